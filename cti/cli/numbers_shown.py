"""How does a command show a number? Masked as everywhere, unless --show-numbers asks for the whole of it."""

from __future__ import annotations

from typing import Annotated

import typer

ShowNumbers = Annotated[bool, typer.Option("--show-numbers", help="show whole numbers: personal data")]


def shown(number: str, whole: bool) -> str:
    """Return a number as it may be shown: its country's beginning and its end, or all of it."""
    if whole:
        return number
    from cti.people.masking import mask  # its list of countries is a tenth of the start of any command

    return mask(number)
