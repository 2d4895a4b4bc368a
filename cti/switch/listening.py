"""How does somebody get at a talk that is not his? The legs of Spy on one node.

His phone rings by an Originate into our own context; ChanSpy ends with the talk, whatever becomes of us. Nothing here
holds a session.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import structlog

from cti.model import events
from cti.model.commands import Spy, StopSpy
from cti.model.events import SnapshotLeg
from cti.model.words import NodeId, RingResult, SpyId
from cti.switch import originate
from cti.switch.ami import AmiDisconnected, AmiLink, AmiRefused
from cti.switch.ami_codec import AmiEncodeError
from cti.switch.ami_events import Fields, leg_id

log = structlog.get_logger(__name__)

NO_CHANNEL_S = 1.0  # as in placed_call.py


@dataclass(eq=False)
class Listener:
    """One leg."""

    channel: str = ""
    answered: bool = False
    stopped: bool = False


class Listeners:
    """Everybody who listens, or whose phone rings for it, on one node. Each ends with exactly one SpyEnded."""

    def __init__(
        self, node: NodeId, link: AmiLink, hangup: Callable[[str], None], post: Callable[[events.AnyEvent], None]
    ) -> None:
        self._node, self._link, self._hangup, self._post = node, link, hangup, post
        self._listeners: dict[SpyId, Listener] = {}

    # --- commands ---------------------------------------------------------------------------------------------------

    def spy(self, command: Spy) -> None:
        """SpyHears follows, then SpyEnded; or SpyEnded alone."""
        self._listeners[command.spy] = Listener()
        try:
            answer = self._link.send(originate.spy(command))
        except (AmiDisconnected, AmiEncodeError, ValueError) as error:
            log.warning("nobody was rung to listen", node=self._node, error=type(error).__name__)
            self._over(command.spy, RingResult.UNREACHABLE)
            return
        answer.add_done_callback(lambda future: self._acknowledged(command.spy, future))

    def stop(self, command: StopSpy) -> None:
        """Let him go, also while his phone rings."""
        listener = self._listeners.get(command.spy)
        if listener is not None:
            listener.stopped = True
            if listener.channel:
                self._hangup(listener.channel)

    def _acknowledged(self, spy: SpyId, future: asyncio.Future[list[dict[str, str]]]) -> None:
        if not future.cancelled() and isinstance(future.exception(), AmiRefused):
            log.error("Asterisk refuses to ring a listener: does its dialplan have cti-listen?", node=self._node)
            self._over(spy, RingResult.UNREACHABLE)

    def _over(self, spy: SpyId, result: RingResult) -> None:
        listener = self._listeners.pop(spy, None)
        if listener is not None:
            cancelled = listener.stopped and not listener.answered
            self._post(events.SpyEnded(spy, RingResult.CANCELLED if cancelled else result))

    # --- events -----------------------------------------------------------------------------------------------------

    def hear(self, name: str, spy: SpyId, fields: Fields) -> None:
        """Take in what happens to his channel."""
        listener = self._listeners.get(spy)
        if listener is None:
            return
        match name:
            case "Newchannel":
                listener.channel = fields["Channel"]
                if listener.stopped:
                    self._hangup(listener.channel)
            case "DialEnd" if fields.get("DialStatus") == "ANSWER" and not listener.answered:
                listener.answered = True
                self._post(events.SpyHears(spy))
            case "Hangup":
                cause = fields.get("Cause", "")
                self._over(spy, RingResult.ANSWERED if listener.answered else originate.ring_result(cause))
            case "OriginateResponse" if fields.get("Response") == "Failure" and not listener.channel:
                asyncio.get_running_loop().call_later(NO_CHANNEL_S, self._no_channel, spy, listener)

    def reconcile(self, legs: Iterable[SnapshotLeg]) -> None:
        """After AMI was away: whoever is not in the snapshot does not listen any more."""
        present = {leg.leg for leg in legs}
        for spy, listener in list(self._listeners.items()):
            if leg_id(self._node, f"{originate.SPY_MARK}{spy}") not in present:
                self._over(spy, RingResult.ANSWERED if listener.answered else RingResult.UNREACHABLE)

    def _no_channel(self, spy: SpyId, listener: Listener) -> None:
        if self._listeners.get(spy) is listener and not listener.channel:
            self._over(spy, RingResult.UNREACHABLE)
