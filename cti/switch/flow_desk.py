"""What does a flow need beside its caller's channel? Its book, the calendar, lookups, a voice, transfers, callbacks.

Handed to the switch by the composition root; knows none of those who do it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from cti.ivr import replies, verbs
from cti.ivr.book import FlowBook
from cti.ivr.caller import HoursState

Reply = replies.AnyReply


async def _no_lookup(_verb: verbs.Lookup) -> Reply:
    return replies.Down("not_configured")


async def _no_voice(_text: str, _language: str) -> str | None:
    return None


async def _no_callback(_verb: verbs.TakeCallback, _call: str) -> Reply:
    return replies.CallbackRefused("not_allowed")


async def _no_keeping(_verb: verbs.Record, _file: str, _seconds: float, _call: str) -> bool:
    return True


async def _always(_verb: verbs.MaySurvey) -> Reply:
    return replies.SurveyAllowed()


def _nothing_to_drop(_verb: verbs.TakeCallback) -> None:
    return


async def _no_book(_version: int) -> FlowBook | None:
    return None


@dataclass
class FlowDesk:
    """`book` is what new calls begin with: a call keeps the book it began with."""

    book: FlowBook = field(default_factory=lambda: FlowBook({}, 0))
    stored_book: Callable[[int], Awaitable[FlowBook | None]] = _no_book  # another version, where it is still known
    hours: Callable[[str, float], HoursState | None] = lambda name, now: None
    ask: Callable[[verbs.Lookup], Awaitable[Reply]] = _no_lookup
    speak: Callable[[str, str], Awaitable[str | None]] = _no_voice  # text, language -> a sound below that language
    built: Mapping[tuple[str, str], str] = field(default_factory=dict)  # (language, file) -> the text it says today
    take_callback: Callable[[verbs.TakeCallback, str], Awaitable[Reply]] = _no_callback
    drop_callback: Callable[[verbs.TakeCallback], None] = _nothing_to_drop  # his turn has come before it
    take_message: Callable[[verbs.Record, str, float, str], Awaitable[bool]] = _no_keeping  # file, seconds, call
    may_survey: Callable[[verbs.MaySurvey], Awaitable[Reply]] = _always
    transfers: Mapping[str, str] = field(default_factory=dict)  # name -> dial string
    recordings: str = "/var/spool/asterisk/cti-recordings"  # a folder on the Asterisk's machine
    music_class: str = "default"
    inside: Counter[int] = field(default_factory=Counter)  # calls by the version of their book; 0: only just begun
    bugs: int = 0

    @property
    def calls(self) -> int:
        """How many are in a flow now, or in a line that one has put them into."""
        return self.inside.total()

    def says_other(self, sound: verbs.Sound) -> bool:
        """Whether the file of `sound` says another text by now: that of a newer version of the flow."""
        built = self.built.get((sound.language, sound.file))
        return bool(sound.text) and built is not None and built != sound.text

    def recount(self, was: int, now: int) -> int:
        """Return `now`: the version in which a call is that was counted elsewhere."""
        self.inside[was] -= 1
        self.inside[now] += 1
        return now

    async def book_of(self, version: int) -> FlowBook:
        """Return the book in which a caller was under an earlier engine, or else the newest."""
        if version == self.book.version:
            return self.book
        return await self.stored_book(version) or self.book
