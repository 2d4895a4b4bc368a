"""What may somebody wish for a list that he uploads, and how is he refused? Words, for keepers/list_desk.py."""

from __future__ import annotations

import msgspec

UPLOADS = "uploads"  # the folder of the state folder in which they lie


class Refusal(Exception):
    """The upload is not taken, or cannot be used so; the text says what to do."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


class Wishes(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a list is to be read and judged; what is not said is found out. `columns`: of the file, by field."""

    region: str = ""
    encoding: str = ""
    delimiter: str = ""
    header: bool | None = None
    columns: dict[str, list[str]] = {}
    zone: str = ""
    not_across: bool = False
    by: str = "control"
