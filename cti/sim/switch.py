"""How does the exchange speak the core's words? Commands in, events out: what cti.switch does for the real Asterisk.

Implements ports.Switch. Must not decide anything: it keeps one queue of commands per AGI session, as AGI does.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from functools import partial

from cti.model import commands as do
from cti.model import events as ev
from cti.model.words import AttemptId, CallId, Heard, NodeId, OfferId, QueueName, RingResult
from cti.sim.agenda import Agenda
from cti.sim.channels import Call, DialResult, Leg
from cti.sim.exchange import Exchange
from cti.sim.outgoing import OutgoingCalls
from cti.sim.placing import Begins, Placing
from cti.sim.sessions import Session, ring_result
from cti.sim.streams import AgiStream, AmiStream

CHECK_EVERY_S = 30.0
AGI_TRIP_S = 0.001
FLOW_S = 20.0  # so long at most a caller is in a flow before it asks for something
KEPT_OFFERS = 1000  # of calls that are over; what AMI still tells of one comes long before so many more


class SimSwitch:
    """The pure switch. `deliver` gets every event at the (virtual) instant it reaches the engine."""

    def __init__(
        self,
        agenda: Agenda,
        exchange: Exchange,
        rng: random.Random,
        deliver: Callable[[ev.AnyEvent], None],
        clock: Callable[[], float],
        queues: Sequence[str] = (),
    ) -> None:
        self.agenda, self.exchange, self.rng, self.deliver = agenda, exchange, rng, deliver
        self.clock, self.queues = clock, queues
        self.ami = {node: AmiStream(agenda, rng, self._landed) for node in exchange.nodes}
        self.agi = AgiStream(agenda, rng, deliver)
        self.sessions: dict[str, Session] = {}
        self.offers: dict[str, Session] = {}  # offers this engine process has asked for
        self.engine_up = False
        self.outgoing = OutgoingCalls(exchange)
        self.placing = Placing(agenda, self.outgoing, rng, self.ami, self.agi, deliver)
        exchange.wire = self

    # --- the engine's life -----------------------------------------------------------------------------------------

    def engine_starts(self, node_delays_s: Sequence[float]) -> None:
        """A new engine process listens, and connects to each node after its delay."""
        self.engine_up = True
        for node, delay_s in zip(self.exchange.nodes, node_delays_s, strict=True):
            self.agenda.after(delay_s, lambda node=node: self.connect(node))  # type: ignore[misc]

    def engine_dies(self) -> None:
        """kill -9: sockets close, everything under way is lost, callers go back into the dialplan's loop."""
        self.engine_up = False
        self.agi.cut()
        for stream in self.ami.values():
            stream.cut()
        self.placing.engine_dies()
        sessions, self.sessions = self.sessions, {}
        self.offers.clear()
        for session in sessions.values():
            session.open = False
            if session.call.agi is session:
                self.exchange.agi_lost(session.call, gap_s=0.75 * self.rng.random())

    def connect(self, node: str) -> None:
        """AMI login and snapshot."""
        stream = self.ami[node]
        if self.engine_up and not stream.up:
            stream.connect()
            stream.send(ev.NodeUp(NodeId(node), self.snapshot(node), self.clock()), sure=True)
            self.agenda.after(CHECK_EVERY_S, lambda life=stream.life: self._check(node, life))  # type: ignore[misc]

    def _check(self, node: str, life: int) -> None:
        stream = self.ami[node]
        if stream.up and stream.life == life:
            stream.send(ev.NodeChecked(NodeId(node), self.snapshot(node), self.clock()), sure=True)
            self.agenda.after(CHECK_EVERY_S, lambda: self._check(node, life))

    def cut_ami(self, node: str, for_s: float, noticed_after_s: float) -> None:
        """The AMI connection breaks; the engine notices later and connects again after `for_s`."""
        stream = self.ami[node]
        if not stream.up:
            return
        stream.cut()
        life = stream.life

        def noticed() -> None:
            if life == stream.life and self.engine_up and not stream.up:
                self.deliver(ev.NodeDown(NodeId(node)))

        def back() -> None:
            if life == stream.life:
                self.connect(node)

        self.agenda.after(noticed_after_s, noticed)
        self.agenda.after(noticed_after_s + for_s, back)

    def snapshot(self, node: str) -> tuple[ev.SnapshotLeg, ...]:
        """Everything that exists on `node`, as Status shows it."""
        found = self.placing.snapshot(node)
        for call in self.exchange.calls.values():
            if call.node == node:
                bridge = f"b-{call.uniqueid}" if call.dial is not None and call.dial.answered is not None else ""
                ours = call.place == "cti-inbound"
                found.append(ev.SnapshotLeg(call.id, call.channel, call.endpoint, bridge, ours, call.ticket))
        for leg in self.exchange.legs.values():
            if leg.node == node:
                dial = leg.dial
                bridge = f"b-{dial.call.uniqueid}" if dial is not None and dial.answered is leg else ""
                found.append(ev.SnapshotLeg(leg.id, leg.channel, leg.phone.dial, bridge))
        return tuple(found)

    def quiet(self) -> bool:
        """Whether nothing is under way between exchange and engine."""
        return (
            self.engine_up
            and not self.agi.in_flight
            and not self.placing.busy
            and all(stream.clean for stream in self.ami.values())
            and not any(session.todo or (session.busy and not session.runs) for session in self.sessions.values())
        )

    # --- commands --------------------------------------------------------------------------------------------------

    def execute(self, command: do.AnyCommand) -> None:
        if isinstance(command, do.HangupLeg):
            channel = command.channel
            self.ami[command.node].act(lambda: self.exchange.hang_up_channel(channel))
            return
        if isinstance(command, Begins):
            self.placing.execute(command)
            return
        session = self.sessions.get(command.call)
        if isinstance(command, do.StopRing):
            self._stop_ring(command.offers)
        elif session is None or not session.open:
            self._refuse(command)
        elif isinstance(command, do.SaveTicket) and session.call.dial is not None:
            call, ticket = session.call, command.ticket
            self.ami[call.node].act(lambda: setattr(call, "ticket", ticket))
        else:
            session.todo.append(command)
            if isinstance(command, do.Ring):
                self._forget_old_offers()
                for leg in command.legs:
                    self.offers[leg.offer] = session
            if isinstance(command, do.Ring | do.Join | do.Release | do.LeaveMessage) and session.announcing:
                self.ami[session.call.node].act(lambda: self.exchange.stop_play(session.call))
            self._pump(session)

    def _forget_old_offers(self) -> None:
        """A world may last for weeks."""
        while len(self.offers) > KEPT_OFFERS and not self.offers[oldest := next(iter(self.offers))].call.up:
            del self.offers[oldest]

    def _refuse(self, command: do.AnyCommand) -> None:
        """The session is over: what has an end ends at once."""
        if isinstance(command, do.Ring | do.Join):
            self.agi.send(command.call, ev.RingEnded(command.call, RingResult.CANCELLED, caller_there=False))
            if isinstance(command, do.Join):  # the customer has gone, and his agent waits for nobody
                self.outgoing.dismiss(command.offer, prompts=False)
        elif isinstance(command, do.Announce):
            self.agi.send(command.call, ev.AnnouncementEnded(command.call))

    def _stop_ring(self, offers: Sequence[OfferId]) -> None:
        """Also where the session is gone: his Dial goes on by itself."""
        for offer in offers:
            if (session := self.offers.get(offer)) is not None:
                session.unwanted.add(offer)
                self._hang_up_offer(session, offer)

    def _hang_up_offer(self, session: Session, offer: OfferId) -> None:
        channel = session.channels.get(offer)
        if channel is not None:
            self.ami[session.call.node].act(lambda: self.exchange.hang_up_channel(channel))

    def stops_in_vain(self, leg: Leg) -> bool:
        """It shall stop, but the event that names its channel was lost: it rings until its time is up."""
        session = self.offers.get(leg.tag)
        return session is not None and leg.tag in session.unwanted and leg.tag not in session.channels

    def _pump(self, session: Session) -> None:
        """Let the next command of an idle session travel."""
        if session.todo and not session.busy and session.open:
            session.busy = True
            self.agenda.after(AGI_TRIP_S * (0.5 + self.rng.random()), lambda: self._apply(session))

    def _apply(self, session: Session) -> None:
        call = session.call
        while session.open and session.todo:
            command = session.todo.popleft()
            if isinstance(command, do.SaveTicket):
                call.ticket = command.ticket
            if isinstance(command, do.Ring | do.Release | do.StartMusic | do.RunFlow):
                session.side = session.side_left = None  # cut off
            if isinstance(command, do.RunFlow) and command.keeps_place:
                session.side = command
                self.agenda.after(FLOW_S * self.rng.random(), partial(self._side_flow, session, command))
            elif isinstance(command, do.RunFlow):
                self.agenda.after(FLOW_S * self.rng.random(), partial(self._flow, session, command))
            elif isinstance(command, do.Ring):
                self._ring(session, command)
                return
            elif isinstance(command, do.Join):
                self._join(session, command)
                return
            elif isinstance(command, do.Announce):
                if any(isinstance(later, do.Ring | do.Join | do.Release) for later in session.todo):
                    self.agi.send(command.call, ev.AnnouncementEnded(command.call))
                    continue
                self._announce(session, command)
                return
            elif isinstance(command, do.Release):
                self._release(session, command)
                return
            elif isinstance(command, do.LeaveMessage):
                self._release(session, do.Release(command.call, command.prompts))
                return
        session.busy = False

    def _free(self, session: Session) -> None:
        session.busy = False
        self._pump(session)

    def _ring(self, session: Session, command: do.Ring) -> None:
        call, single = session.call, command.legs[0].offer if len(command.legs) == 1 else None

        def over(result: DialResult) -> None:
            if not session.open:
                return  # the connection broke meanwhile: nobody hears the answer of EXEC
            found = ring_result(result.status, result.cause)
            if found is RingResult.UNREACHABLE and session.unwanted:
                found = RingResult.CANCELLED  # hung up by us: CHANUNAVAIL (shared facts, section 2)
            offer = OfferId(result.leg.tag) if result.leg is not None else None
            if single is None and self.rng.random() < 0.5:
                offer = None
            self.agi.send(call.id, ev.RingEnded(CallId(call.id), found, result.answered_s, result.caller_there, offer))
            if result.caller_there:
                session.channels.clear()
                session.unwanted.clear()
                self._free(session)

        targets = [(leg.dial, str(leg.offer)) for leg in command.legs]
        self.exchange.dial(call, targets, command.ring_timeout_s, over)

    def _join(self, session: Session, command: do.Join) -> None:
        """The agent waits on a leg of his own: from here on it is as a Dial that he has answered."""
        call, offer = session.call, command.offer

        def over(result: DialResult) -> None:
            if not session.open:
                return
            found = ring_result(result.status, result.cause)
            self.agi.send(call.id, ev.RingEnded(CallId(call.id), found, result.answered_s, result.caller_there, offer))
            if result.caller_there:
                self._free(session)

        self.outgoing.join(call, offer, over)

    def _flow(self, session: Session, command: do.RunFlow) -> None:
        """Some flow or other: it puts its caller into any line, and when he is back, perhaps again, or is done.

        The core knows no more of a flow. What flows really do is tried on ivr/session.py itself.
        """
        if self.sessions.get(session.call.id) is not session or not session.open:
            return
        call = CallId(session.call.id)
        rng = random.Random(f"{session.call.arrived_at} {self.agenda.now}")  # the same, whoever else calls (shrink)
        again = rng.random() < (0.15 if command.outcome else 0.8)
        if not again:
            self.agi.send(call, ev.FlowEnded(call, rng.choice(("", "cti-fallback,s,1"))))
            return
        queue = QueueName(rng.choice((*self.queues, "nowhere")))
        session.call.dial_status = ""
        self.agi.send(call, ev.FlowEnqueues(call, queue, head_start_s=rng.choice((0.0, 60.0))))

    def _side_flow(self, session: Session, command: do.RunFlow) -> None:
        """Some flow beside a line: it is over, and its caller waits on, or what it does now ends his wait."""
        if session.side is not command or not session.open:
            return
        session.side = None
        call = CallId(session.call.id)
        rng = random.Random(f"side {session.call.arrived_at} {self.agenda.now}")
        if rng.random() < 0.6:
            self.agi.send(call, ev.SideFlowEnded(call))
            return
        session.side_left = command
        self.agi.send(call, ev.SideFlowLeaves(call))

        def goes_on() -> None:
            if session.side_left is command:
                self._flow(session, command)

        self.agenda.after(FLOW_S * rng.random(), goes_on)

    def _announce(self, session: Session, command: do.Announce) -> None:
        session.announcing = True

        def over(caller_there: bool) -> None:
            session.announcing = False
            if session.open and (caller_there or self.rng.random() < 0.5):
                self.agi.send(command.call, ev.AnnouncementEnded(command.call))
            if caller_there:
                self._free(session)

        self.exchange.play(session.call, over, 1.5 * len(command.prompts))

    def _release(self, session: Session, command: do.Release) -> None:
        session.releasing = True

        def over(caller_there: bool) -> None:
            if caller_there and session.open:
                session.open = False
                self._session_over(session)
                self.exchange.agi_done(session.call, command.goto)

        if command.prompts:
            self.exchange.play(session.call, over, 1.5 * len(command.prompts))
        else:
            over(True)

    def _session_over(self, session: Session) -> None:
        session.open = False
        for command in session.todo:
            self._refuse(command)
        session.todo.clear()
        call = CallId(session.call.id)
        if self.sessions.get(call) is session:
            del self.sessions[call]
        self.agi.send(call, ev.SessionLost(call))

    def break_agi(self, call: Call) -> None:
        """The AGI connection of one call breaks; engine and caller live on.

        A Dial under way goes on: nobody may say RingEnded, as neither ring nor talk is over. The call comes back with
        DIALSTATUS.
        """
        session = self.sessions.get(call.id)
        if session is not None and session.open:
            self._session_over(session)
            self.exchange.agi_lost(call)

    def node_restarts(self, node: str, back_after_s: float) -> None:
        """`core restart now`: no events, sockets close, and after a while an empty Asterisk."""
        lost = [session for session in self.sessions.values() if session.call.node == node]
        for session in lost:
            session.open = False  # the answer of a running EXEC never comes
        self.exchange.down.add(node)
        self.exchange.restart(node)
        self.outgoing.restart(node)
        for session in lost:
            self._session_over(session)
        self.agenda.after(back_after_s, lambda: self.exchange.down.discard(node))
        self.cut_ami(node, back_after_s, noticed_after_s=0.002 * self.rng.random())

    # --- what the exchange tells (exchange.Wire) -------------------------------------------------------------------

    def agi_open(self, call: Call) -> bool:
        if not self.engine_up:
            return False
        session = Session(call)
        call.agi = session
        self.sessions[call.id] = session
        self.agi.send(
            call.id,
            ev.CallArrived(
                CallId(call.id),
                NodeId(call.node),
                call.channel,
                call.dialled,
                call.caller,
                entry=call.entry,
                ticket=call.ticket,
                dial_status=call.dial_status,
                answered_s=call.answered_s,
                attempt=AttemptId(call.attempt) if call.attempt else None,
                heard=Heard(call.heard),
            ),
        )
        return True

    def agi_hangup(self, call: Call, session: Session) -> None:
        if session.open:
            self._session_over(session)

    def leg_new(self, leg: Leg) -> None:
        self.ami[leg.node].send(ev.LegUp(leg.id, leg.phone.dial))

    def leg_gone(self, leg: Leg) -> None:
        self.ami[leg.node].send(ev.LegDown(leg.id))

    def dial_begin(self, leg: Leg) -> None:
        if leg.tag in self.offers:
            self.ami[leg.node].send(ev.OfferRinging(OfferId(leg.tag), leg.id, leg.channel))

    def dial_end(self, leg: Leg, status: str) -> None:
        offer = OfferId(leg.tag)
        session = self.offers.get(leg.tag)
        if session is None:
            return
        if status == "ANSWER":
            self.ami[leg.node].send(ev.OfferAnswered(offer))
            return
        result = ring_result(status, leg.dial.cause if leg.dial is not None else 0)
        if offer in session.unwanted and result is RingResult.NO_ANSWER:
            result = RingResult.CANCELLED
        self.ami[leg.node].send(ev.OfferEnded(offer, result))

    def call_new(self, call: Call) -> None: ...

    def call_gone(self, call: Call) -> None:
        self.ami[call.node].send(ev.CallGone(CallId(call.id)))
        self.agi.forget(call.id)

    def digit(self, call: Call, digit: str) -> None:
        self.ami[call.node].send(ev.DigitPressed(CallId(call.id), digit))

    def held(self, leg: Leg, held: bool) -> None:
        self.ami[leg.node].send(ev.LegHeld(leg.id, held))

    def transferred(self, call: Call, leg: Leg, context: str, exten: str) -> None:
        self.ami[call.node].send(ev.CallTransferred(CallId(call.id), context, exten, leg.id))

    def _landed(self, event: ev.AnyEvent) -> None:
        """The adapter learns a channel's name only from the event that carries it."""
        if isinstance(event, ev.OfferRinging):
            session = self.offers.get(event.offer)
            if session is not None:
                session.channels[event.offer] = event.channel
                if event.offer in session.unwanted:
                    self._hang_up_offer(session, event.offer)
        self.deliver(event)
