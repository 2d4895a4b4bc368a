"""What does a flow do for its caller that takes its time? Lookups with something to hear meanwhile, and messages kept.

Knows the desk and the caller's channel, and nothing of where in the flow he is.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from cti.ivr import replies, verbs
from cti.model.words import CallId
from cti.switch.flow_channel import FlowChannel, HungUp
from cti.switch.flow_desk import FlowDesk

SPOKEN_S = 1.0  # of a message that a hangup ended: less is nobody's voice


class FlowWork:
    """The work of one caller's flow. `records`: a message for a queue, which outlives his hangup."""

    def __init__(self, desk: FlowDesk, channel: FlowChannel, whose: Callable[[], CallId]) -> None:
        self.records = False
        self._desk, self._channel, self._whose = desk, channel, whose

    async def record(self, verb: verbs.Record) -> replies.AnyReply:
        """The name has call, node and visit in it. Who hangs up when he has spoken has left his message as well."""
        file = f"{self._desk.recordings}/{verb.name}"
        self.records = bool(verb.queue)
        try:
            reply = await self._channel.record(verb, file)
            if verb.queue and isinstance(reply, replies.Recorded) and reply.seconds > 0:
                return await self._keep(verb, file, reply)
            return reply
        except HungUp as gone:
            if verb.queue and gone.seconds >= SPOKEN_S:
                await self._keep(verb, file, replies.Recorded(gone.seconds))
            raise
        finally:
            self.records = False

    async def _keep(self, verb: verbs.Record, file: str, message: replies.Recorded) -> replies.AnyReply:
        if not await self._desk.take_message(verb, file, message.seconds, self._whose()):
            return replies.NotRecorded("not_kept")
        return message

    async def lookup(self, verb: verbs.Lookup) -> replies.AnyReply:
        """Nothing is heard at first; then what the flow says meanwhile, and music."""
        asked = asyncio.ensure_future(self._desk.ask(verb))
        try:
            done, _ = await asyncio.wait([asked], timeout=verb.quiet_s)
            if not done:
                await self._channel.play(verb.meanwhile, "")
                if not asked.done():
                    await self._channel.music(self._desk.music_class)
                    await asyncio.wait([asked])
                    await self._channel.music()
            return asked.result()
        finally:
            asked.cancel()
