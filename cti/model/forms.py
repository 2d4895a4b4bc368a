"""What form has a name, a number, a sound file? The small types that every part of the configuration is written in."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_-]{0,39}$")]
Number = Annotated[str, StringConstraints(pattern=r"^[+0-9*#]{1,20}$")]
Phone = Annotated[
    str, StringConstraints(pattern=r"^([A-Za-z0-9]+/[A-Za-z0-9_.@+-]{1,80}|[Ll]ocal/[A-Za-z0-9_.@+-]{1,80}/n)$")
]
SoundFile = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_/.-]{0,120}$")]
Seconds = Annotated[float, Field(ge=0, le=86_400)]
