"""What does a flow need beside its caller's channel? Its book, the calendar, lookups, a voice, transfers, callbacks.

Handed to the switch by the composition root; knows none of those who do it.
"""

from __future__ import annotations

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


@dataclass
class FlowDesk:
    """`book` is what new calls begin with: a call keeps the book it began with."""

    book: FlowBook = field(default_factory=lambda: FlowBook({}))
    hours: Callable[[str, float], HoursState | None] = lambda name, now: None
    ask: Callable[[verbs.Lookup], Awaitable[Reply]] = _no_lookup
    speak: Callable[[str, str], Awaitable[str | None]] = _no_voice  # text, language -> a sound below that language
    take_callback: Callable[[verbs.TakeCallback, str], Awaitable[Reply]] = _no_callback
    transfers: Mapping[str, str] = field(default_factory=dict)  # name -> dial string
    recordings: str = "/var/spool/asterisk/cti-recordings"  # a folder on the Asterisk's machine
    music_class: str = "default"
    calls: int = 0  # in a flow now
    bugs: int = 0
