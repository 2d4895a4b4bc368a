"""How does an agent wait for a customer who is not there yet? The legs of RingAgent on one node.

His phone rings by an Originate; once he has answered, our dialplan lets him hear the ringing tone and holds an AGI
session open, until a Bridge takes his channel away (which ends the session) or he is dismissed.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass

from cti.model import events
from cti.model.commands import DismissAgent, RingAgent
from cti.model.words import OfferId, RingResult
from cti.switch import originate
from cti.switch.agi_codec import AgiEncodeError
from cti.switch.agi_session import ANSWER_S, PROMPT_S, AgiBusy, AgiConnectionLost, AgiSession, AgiTimeout
from cti.switch.ami_events import Fields, leg_id
from cti.switch.begun_legs import BegunLeg, BegunLegs
from cti.switch.message_heard import Said, listen


@dataclass(eq=False, kw_only=True)
class Waiting(BegunLeg):
    """One agent's leg. Taken back: dismissed."""

    offer: OfferId
    ringing: bool = False
    picked_up: bool = False  # as AMI says; he waits, and has answered, once his session is here
    prompts: tuple[str, ...] = ()
    session: AgiSession | None = None
    hear: tuple[str, ...] = ()  # first: what his customer has left for him
    listens: bool = False  # to that, now


class WaitingAgents(BegunLegs[str, Waiting]):
    """Everybody who is rung, or waits, for a customer on one node."""

    mark, context = originate.AGENT_MARK, originate.AGENT_CONTEXT

    # --- commands ---------------------------------------------------------------------------------------------------

    def ring(self, command: RingAgent) -> None:
        """OfferRinging and OfferAnswered follow, or OfferEnded."""
        name = originate.mark_of(command.leg.offer)
        self._legs[name] = Waiting(offer=command.leg.offer, hear=command.hear)
        self._send(name, originate.ring_agent(command))

    def dismiss(self, command: DismissAgent) -> None:
        """Take the ring back, or say good-bye to who waits."""
        waiting = self._legs.get(originate.mark_of(command.offer))
        if waiting is None:
            return
        waiting.taken_back, waiting.prompts = True, command.prompts
        if waiting.session is not None and not waiting.listens:  # what he hears now would have to end first
            self._say_goodbye(waiting, waiting.session)
        elif waiting.channel:
            self._hangup(waiting.channel)

    def joins(self, offer: OfferId) -> Waiting | None:
        """The agent who waits, to be connected now; None: he is not there any more. He is not dismissed any more."""
        waiting = self._legs.pop(originate.mark_of(offer), None)
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

    def _say_goodbye(self, waiting: Waiting, session: AgiSession) -> None:
        session.on_late(session.close)
        try:
            for prompt in waiting.prompts:
                session.submit("STREAM FILE", prompt, "", timeout_s=PROMPT_S)
            session.submit("HANGUP", timeout_s=ANSWER_S)
        except (AgiConnectionLost, AgiBusy, AgiEncodeError):
            self._hangup(waiting.channel)

    # --- his session --------------------------------------------------------------------------------------------------

    async def attend(self, name: str, session: AgiSession) -> None:
        """He has answered: hold his session open. One that was broken comes back. Without an offer of ours he hangs up.

        Only now is his customer called: where FastAGI is broken, that one's phone would ring in vain.
        """
        waiting = self._legs.get(name)
        if waiting is None:
            with suppress(AgiTimeout):
                await session.command("SET", "VARIABLE", "CTI_DONE", "1", timeout_s=ANSWER_S)
            return
        waiting.session, waiting.channel = session, waiting.channel or session.channel
        self._answered(waiting, session.uniqueid)
        if waiting.taken_back:
            self._say_goodbye(waiting, session)
        gone: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        session.on_gone(lambda _: None if gone.done() else gone.set_result(None))
        if waiting.hear and not waiting.taken_back:
            await self._hears(waiting, session)
        await gone

    async def _hears(self, waiting: Waiting, session: AgiSession) -> None:
        """He hears what his customer has left, and says what is to be done. Who says nothing is not there."""
        waiting.listens = True
        said = await listen(session, waiting.hear)
        waiting.listens = False
        if said is not None and not waiting.taken_back:
            self._post(events.MessageHeard(waiting.offer, done=said is Said.DONE))
        elif session.gone is None and not waiting.taken_back:
            self._hangup(waiting.channel)

    # --- events -----------------------------------------------------------------------------------------------------

    def _rings(self, leg: Waiting, fields: Fields) -> None:
        leg.channel = fields["DestChannel"]
        self._ringing(leg, fields["DestUniqueid"])

    def _picked_up(self, name: str, leg: Waiting, fields: Fields) -> None:
        leg.channel, leg.picked_up = fields["DestChannel"], True

    def _gone(self, name: str, leg: Waiting, cause: str) -> bool:
        if leg.answered:  # told by his LegDown
            del self._legs[name]
        else:
            went = leg.picked_up or not cause  # with its node, while AMI was away: nobody knows why
            self._over(name, RingResult.CANCELLED if went else originate.ring_result(cause))
        return False

    def _not_begun(self, name: str) -> None:
        self._over(name, RingResult.UNREACHABLE)

    def _over(self, name: str, result: RingResult) -> None:
        waiting = self._legs.pop(name, None)
        if waiting is not None:
            self._post(events.OfferEnded(waiting.offer, RingResult.CANCELLED if waiting.taken_back else result))

    def _ringing(self, waiting: Waiting, uniqueid: str) -> None:
        if not waiting.ringing:
            waiting.ringing = True
            self._post(events.OfferRinging(waiting.offer, leg_id(self._node, uniqueid), waiting.channel))

    def _answered(self, waiting: Waiting, uniqueid: str) -> None:
        if not waiting.answered:
            self._ringing(waiting, uniqueid)
            waiting.answered = True
            self._post(events.OfferAnswered(waiting.offer))
