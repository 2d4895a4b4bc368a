"""What became of each setting that has no plain counterpart? The one list of errors and notes of an import.

Every note says what the file said, where, and why it is not simply there any more. Grouped, so that 50 queues with the
same setting make one line.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from cti.importing.conf import Place, Setting
from cti.importing.yaml_text import wrapped


class Kind(StrEnum):
    """The heading a note stands under."""

    UNKNOWN = "Unknown to app_queue, which warns and goes on; not carried over"
    LOST = "No counterpart: what your file said that is not in this one, and why"
    DIFFERS = "Carried over with a difference"
    SAME = "Needs no setting: it is always so here, or it had no effect in app_queue either"


MAX_PLACES = 4  # named in one note; the rest is counted


@dataclass
class Report:
    """Errors are lines `file:line: what`; notes are grouped by what was said and the reason."""

    errors: list[str] = field(default_factory=list)
    notes: dict[tuple[Kind, str, str], list[Place]] = field(default_factory=dict)

    def error(self, place: Place, text: str) -> None:
        self.errors.append(f"{place}: {text}")

    def unknown(self, setting: Setting, why: str) -> None:
        """`setting` is none of app_queue's: a mistake, or another program's."""
        self.note(Kind.UNKNOWN, _said(setting), why, setting.place)

    def lost(self, setting: Setting, reason: str) -> None:
        """`setting` has no counterpart."""
        self.note(Kind.LOST, _said(setting), reason, setting.place)

    def differs(self, setting: Setting, difference: str) -> None:
        """`setting` was mapped to something that is not quite the same."""
        self.note(Kind.DIFFERS, _said(setting), difference, setting.place)

    def same(self, setting: Setting, why: str) -> None:
        """`setting` needs none of ours."""
        self.note(Kind.SAME, _said(setting), why, setting.place)

    def note(self, kind: Kind, what: str, reason: str, *places: Place) -> None:
        """Add a note about something that is not one setting."""
        self.notes.setdefault((kind, what, reason), []).extend(places)

    def lines(self, kind: Kind) -> list[str]:
        """Return the notes of `kind`: `what (file:line, ...): reason`."""
        return [
            f"{what}{_places(places)}: {reason}" for (its, what, reason), places in self.notes.items() if its is kind
        ]

    def comments(self) -> Iterator[str]:
        """Yield all notes as YAML comments."""
        for kind in Kind:
            lines = self.lines(kind)
            if lines:
                yield "#"
                yield from wrapped(f"{kind}:", "# ")
                for line in lines:
                    yield from wrapped(line, "# - ", "#   ")


def _said(setting: Setting) -> str:
    value = setting.value if len(setting.value) <= 60 else f"{setting.value[:57]}..."
    return f"{setting.name} = {value}".rstrip()


def _places(places: list[Place]) -> str:
    if not places:
        return ""
    several = list(dict.fromkeys(f"{os.path.basename(place.file)}:{place.line}" for place in places))
    named = ", ".join(several[:MAX_PLACES])
    more = len(several) - MAX_PLACES
    return f" ({named}{f' and {more} more' if more > 0 else ''})"
