"""How does a flow's question reach a system, and what does the flow hear? Asks; what the words mean is the flow's."""

from __future__ import annotations

from cti.ivr import asked_systems, replies, verbs
from cti.lookup.client import Lookups


async def answer(lookups: Lookups, verb: verbs.Lookup) -> replies.AnyReply:
    """Return the reply to `verb`, within the system's timeout_s. Never raises."""
    return asked_systems.reply(await lookups.ask(asked_systems.request(verb)))
