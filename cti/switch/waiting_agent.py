"""How does an agent wait for a customer who is not there yet? The legs of RingAgent on one node.

His phone rings by an Originate; once he has answered, our dialplan lets him hear the ringing tone and holds an AGI
session open, until a Bridge takes his channel away (which ends the session) or he is dismissed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import structlog

from cti.model import events
from cti.model.commands import DismissAgent, RingAgent
from cti.model.events import SnapshotLeg
from cti.model.words import NodeId, OfferId, RingResult
from cti.switch import originate
from cti.switch.agi_codec import AgiEncodeError
from cti.switch.agi_session import ANSWER_S, PROMPT_S, AgiBusy, AgiConnectionLost, AgiSession
from cti.switch.ami import AmiDisconnected, AmiLink, AmiRefused
from cti.switch.ami_codec import AmiEncodeError
from cti.switch.ami_events import Fields, leg_id
from cti.switch.message_heard import Said, listen

log = structlog.get_logger(__name__)

NO_CHANNEL_S = 1.0  # as in placed_call.py


@dataclass(eq=False)
class Waiting:
    """One agent's leg."""

    offer: OfferId
    channel: str = ""
    ringing: bool = False
    answered: bool = False
    dismissed: bool = False
    prompts: tuple[str, ...] = ()
    session: AgiSession | None = None
    hear: tuple[str, ...] = ()  # first: what his customer has left for him
    listens: bool = False  # to that, now


class WaitingAgents:
    """Everybody who is rung, or waits, for a customer on one node."""

    def __init__(
        self, node: NodeId, link: AmiLink, hangup: Callable[[str], None], post: Callable[[events.AnyEvent], None]
    ) -> None:
        self._node, self._link, self._hangup, self._post = node, link, hangup, post
        self._waiting: dict[str, Waiting] = {}  # by mark

    # --- commands ---------------------------------------------------------------------------------------------------

    def ring(self, command: RingAgent) -> None:
        """OfferRinging and OfferAnswered follow, or OfferEnded."""
        offer = command.leg.offer
        mark = originate.mark_of(offer)
        self._waiting[mark] = Waiting(offer, hear=command.hear)
        try:
            answer = self._link.send(originate.ring_agent(command))
        except (AmiDisconnected, AmiEncodeError) as error:
            log.warning("an agent was not rung", node=self._node, error=type(error).__name__)
            self._over(mark, RingResult.UNREACHABLE)
            return
        answer.add_done_callback(lambda future: self._acknowledged(mark, future))

    def dismiss(self, command: DismissAgent) -> None:
        """Take the ring back, or say good-bye to who waits."""
        waiting = self._waiting.get(originate.mark_of(command.offer))
        if waiting is None:
            return
        waiting.dismissed, waiting.prompts = True, command.prompts
        if waiting.session is not None and not waiting.listens:  # what he hears now would have to end first
            self._say_goodbye(waiting, waiting.session)
        elif waiting.channel and (waiting.listens or not (waiting.answered and waiting.prompts)):
            self._hangup(waiting.channel)

    def joins(self, offer: OfferId) -> Waiting | None:
        """The agent who waits, to be connected now; None: he is not there any more. He is not dismissed any more."""
        waiting = self._waiting.pop(originate.mark_of(offer), None)
        return waiting if waiting is not None and waiting.answered else None

    def not_joined(self, offer: OfferId) -> None:
        """His customer was gone before anything could connect them."""
        waiting = self.joins(offer)
        if waiting is not None:
            self.not_taken(waiting)

    def not_taken(self, waiting: Waiting) -> None:
        """It is over. Whom no Bridge has taken (that ends his session) still waits, for a customer who has gone."""
        if waiting.session is not None and waiting.session.gone is None:
            self._hangup(waiting.channel)

    def _acknowledged(self, mark: str, future: asyncio.Future[list[dict[str, str]]]) -> None:
        if not future.cancelled() and isinstance(future.exception(), AmiRefused):
            log.error("Asterisk refuses to ring agents: does its dialplan have cti-waiting-agent?", node=self._node)
            self._over(mark, RingResult.UNREACHABLE)

    def _over(self, mark: str, result: RingResult) -> None:
        waiting = self._waiting.pop(mark, None)
        if waiting is not None:
            self._post(events.OfferEnded(waiting.offer, RingResult.CANCELLED if waiting.dismissed else result))

    def _say_goodbye(self, waiting: Waiting, session: AgiSession) -> None:
        session.on_late(session.close)
        try:
            for prompt in waiting.prompts:
                session.submit("STREAM FILE", prompt, "", timeout_s=PROMPT_S)
            session.submit("HANGUP", timeout_s=ANSWER_S)
        except (AgiConnectionLost, AgiBusy, AgiEncodeError):
            self._hangup(waiting.channel)
            return

    # --- his session --------------------------------------------------------------------------------------------------

    async def attend(self, mark: str, session: AgiSession) -> None:
        """He has answered: hold his session open. Without an offer of ours he goes to the next engine, or hangs up."""
        waiting = self._waiting.get(mark)
        if waiting is None:
            return
        waiting.session, waiting.channel = session, waiting.channel or session.channel
        self._answered(waiting, session.uniqueid)
        if waiting.dismissed:
            self._say_goodbye(waiting, session)
        gone: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        session.on_gone(lambda _: None if gone.done() else gone.set_result(None))
        if waiting.hear and not waiting.dismissed:
            await self._hears(waiting, session)
        await gone

    async def _hears(self, waiting: Waiting, session: AgiSession) -> None:
        """He hears what his customer has left, and says what is to be done. Who says nothing is not there."""
        waiting.listens = True
        said = await listen(session, waiting.hear)
        waiting.listens = False
        if said is not None and not waiting.dismissed:
            self._post(events.MessageHeard(waiting.offer, done=said is Said.DONE))
        elif session.gone is None and not waiting.dismissed:
            self._hangup(waiting.channel)

    # --- events -----------------------------------------------------------------------------------------------------

    def came(self, mark: str, fields: Fields) -> None:
        """Newchannel."""
        waiting = self._waiting.get(mark)
        if waiting is not None:
            waiting.channel = fields["Channel"]
            if waiting.dismissed:
                self._hangup(waiting.channel)

    def rings(self, mark: str, fields: Fields) -> None:
        """DialBegin."""
        waiting = self._waiting.get(mark)
        if waiting is not None:
            waiting.channel = fields["DestChannel"]
            self._ringing(waiting, fields["DestUniqueid"])

    def dialled(self, mark: str, fields: Fields) -> None:
        """DialEnd. What is no answer is told by its Hangup."""
        waiting = self._waiting.get(mark)
        if waiting is not None and fields.get("DialStatus") == "ANSWER":
            waiting.channel = fields["DestChannel"]
            self._answered(waiting, fields["DestUniqueid"])

    def went(self, mark: str, fields: Fields) -> None:
        """Hangup. One who had answered is gone by his LegDown."""
        waiting = self._waiting.get(mark)
        if waiting is None or waiting.answered:
            self._waiting.pop(mark, None)
        else:
            self._over(mark, originate.ring_result(fields.get("Cause", "")))

    def responded(self, mark: str, fields: Fields) -> None:
        """OriginateResponse: a phone that is not registered gets no channel."""
        waiting = self._waiting.get(mark)
        if waiting is not None and fields.get("Response") == "Failure" and not waiting.channel:
            asyncio.get_running_loop().call_later(NO_CHANNEL_S, self._no_channel, mark, waiting)

    def reconcile(self, legs: Iterable[SnapshotLeg]) -> None:
        """After AMI was away: whoever is not in the snapshot does not wait any more."""
        present = {leg.leg for leg in legs}
        for mark, waiting in list(self._waiting.items()):
            if leg_id(self._node, f"{originate.AGENT_MARK}{mark}") in present:
                continue
            if waiting.answered:
                del self._waiting[mark]
            else:
                self._over(mark, RingResult.UNREACHABLE)

    def _no_channel(self, mark: str, waiting: Waiting) -> None:
        if self._waiting.get(mark) is waiting and not waiting.channel:
            self._over(mark, RingResult.UNREACHABLE)

    def _ringing(self, waiting: Waiting, uniqueid: str) -> None:
        if not waiting.ringing:
            waiting.ringing = True
            self._post(events.OfferRinging(waiting.offer, leg_id(self._node, uniqueid), waiting.channel))

    def _answered(self, waiting: Waiting, uniqueid: str) -> None:
        if not waiting.answered:
            self._ringing(waiting, uniqueid)
            waiting.answered = True
            self._post(events.OfferAnswered(waiting.offer))
