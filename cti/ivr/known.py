"""Which names do flows use that something else defines? Queues, agents, hours ... of the centre, for the check.

None: not known here, so nothing is said about it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import NamedTuple


class Known(NamedTuple):
    """`has_sound(language, file)` says whether a recorded file is there."""

    queues: Collection[str] | None = None
    agents: Collection[str] | None = None
    skills: Collection[str] | None = None
    hours: Collection[str] | None = None
    lookups: Collection[str] | None = None
    transfers: Collection[str] | None = None
    has_sound: Callable[[str, str], bool] | None = None
