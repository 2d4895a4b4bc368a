"""What does this caller hear of a prompt, in his language, with what can be played at all?

Remembers for one call which files are missing; other languages stand in for them, else they are left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from cti.ivr.prompting import node_place, segments, text_place, value_segments
from cti.ivr.values import Secret
from cti.ivr.verbs import Segment, Sound
from cti.model.flow import BUILT_IN
from cti.model.spoken import Kind, Prompt, Slot

if TYPE_CHECKING:
    from cti.ivr.session import FlowSession


class Voice:
    """The voice of one session. `voiceless`: nobody can speak texts now."""

    __slots__ = ("_lost", "_session", "voiceless")

    def __init__(self, session: FlowSession) -> None:
        self._session = session
        self._lost: set[str] = set()
        self.voiceless = False

    @property
    def is_impaired(self) -> bool:
        """Whether anything could not be played in this call."""
        return self.voiceless or bool(self._lost)

    def prompt(self, prompt: Prompt, field: str = "") -> tuple[Segment, ...]:
        """Return what to play for a prompt of the present node; `field` as in graph.prompts."""
        session = self._session
        return self._segments(prompt, node_place(session.flow, session.frame.node, field))

    def text(self, field: str) -> tuple[Segment, ...]:
        """Return what to play for one of the flow's own texts."""
        flow = self._session.flow
        return self._segments(getattr(flow.texts, field), text_place(flow, field))

    def value(self, slot: Slot, language: str = "") -> Iterator[Segment]:
        """Yield what says a variable, in the caller's language if none is given. A secret is never said."""
        session = self._session
        variable = session.flow.variables.get(slot.variable)
        value = session.get(slot.variable)
        if isinstance(value, Secret):
            session.trouble("secret_not_said", slot.variable)
            return
        declared = variable.type if variable else BUILT_IN.get(slot.variable, Kind.TEXT)
        currency = variable.currency if variable else ""
        yield from value_segments(slot.kind or declared, value, language or session.language, currency)

    def lose(self, prompts: Sequence[Segment], files: Sequence[str]) -> list[str] | None:
        """Take note that of `prompts` these files (LANGUAGE/FILE) cannot be played, or, if none of them is named, that
        nothing of it can. Return the files, None if that was known before: whoever says so does not listen."""
        wanted = {path(part) for part in prompts if isinstance(part, Sound)}
        gone = wanted.intersection(files) if files else wanted
        before = len(self._lost), self.voiceless
        self.voiceless = self.voiceless or not gone or gone <= self._lost
        self._lost |= gone
        return sorted(gone) if (len(self._lost), self.voiceless) != before else None

    def _segments(self, prompt: Prompt, place: str) -> tuple[Segment, ...]:
        session = self._session
        first: tuple[Segment, ...] | None = None
        for language in dict.fromkeys((session.language, *session.flow.languages)):
            found = tuple(segments(session.flow, prompt, place, language, self.value))
            heard = tuple(part for part in found if self._can_be_heard(part))
            if len(heard) == len(found):
                return heard
            first = heard if first is None else first
        return first or ()

    def _can_be_heard(self, part: Segment) -> bool:
        return path(part) not in self._lost if isinstance(part, Sound) else not self.voiceless


def path(sound: Sound) -> str:
    """Return the name by which a missing file is told: LANGUAGE/FILE."""
    return f"{sound.language}/{sound.file}"
