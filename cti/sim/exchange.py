"""What does a telephone exchange do with callers, phones and dials? A model of Asterisk.

Must not know the core's words. It knows channels, `Dial`, prompts and the cti-inbound dialplan. Who listens (`Wire`)
hears what AMI and AGI would tell; who lives there (`People`) hears what a person would. Each behaviour was measured on
Asterisk 22 (shared facts, sections 2 and 3) and is marked where it surprises.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from cti.sim.agenda import Agenda
from cti.sim.channels import Call, Dial, DialResult, Leg, Phone, Play
from cti.sim.ends import Deaf, People, Wire

RETRY_GAP_S = 0.25  # the dialplan's pause before it enters the engine again
GIVE_UP_S = 6.0  # CTI_RETRY_S: engine not reachable for so long -> fallback
BUSY_AFTER_S = 0.02
PROMPT_S = 2.0


class Exchange:
    """Nodes that share phones. Every method is an act of a person, of the dialplan, or of the engine's hands."""

    def __init__(self, agenda: Agenda, nodes: Sequence[str], phones: Sequence[str]) -> None:
        self.agenda = agenda
        self.nodes = tuple(nodes)
        self.phones = {dial: Phone(dial) for dial in phones}
        self.calls: dict[str, Call] = {}  # by "<node>/<uniqueid>"
        self.legs: dict[str, Leg] = {}  # by channel name
        self.wire: Wire
        self.people: People
        self.down: set[str] = set()  # nodes that are just restarting
        self.no_sound: Callable[[str], bool] = lambda name: False  # which sound files are nowhere
        self.call_s = 0.0  # seconds that callers have spent here, all together
        self.on_leg_gone: Callable[[Leg], None] = lambda leg: None
        self._serial = 0

    # --- callers ---------------------------------------------------------------------------------------------------

    def new_call(self, node: str, dialled: str, caller: str, trunk: str = "PJSIP/trunk1") -> Call:
        """A caller reaches cti-inbound on `node`."""
        self._serial += 1
        uniqueid = f"{1_700_000_000 + int(self.agenda.now)}.{self._serial}"
        call = Call(node, uniqueid, f"{trunk}-{self._serial:08x}", trunk, caller, dialled, self.agenda.now)
        self.calls[call.id] = call
        self.wire.call_new(call)
        self.enter(call)
        return call

    def hang_up_call(self, call: Call) -> None:
        """The caller's channel ends, by himself or by us. Stops the ring or the talk it is in."""
        if not call.up:
            return
        call.up = False
        self._stop_timers(call)
        dial, call.dial = call.dial, None
        if dial is not None:
            self._finish_dial(call, dial, caller_there=False)
        play, call.play = call.play, None
        if play is not None:
            play.timer.cancel()
            play.done(False)
        if call.agi is not None:
            self._close_agi(call)
        del self.calls[call.id]
        self.call_s += self.agenda.now - call.arrived_at
        self.wire.call_gone(call)
        self.people.call_over(call)

    def press(self, call: Call, digit: str) -> None:
        if call.up:
            self.wire.digit(call, digit)
            if call.ear is not None:
                call.ear(digit)

    # --- the dialplan ----------------------------------------------------------------------------------------------

    def enter(self, call: Call, tries_since: float | None = None) -> None:
        """cti-inbound: into the engine, again and again, then the fallback."""
        call.timer = None
        if not call.up:
            return
        call.place = "cti-inbound"
        if self.wire.agi_open(call):
            return
        since = self.agenda.now if tries_since is None else tries_since
        if self.agenda.now - since > GIVE_UP_S:
            self._go_elsewhere(call, "cti-fallback")
        else:
            call.timer = self.agenda.after(RETRY_GAP_S, lambda: self.enter(call, since))

    def agi_lost(self, call: Call, gap_s: float = RETRY_GAP_S) -> None:
        """The engine's end of the AGI connection is gone without CTI_DONE: a Dial or prompt goes on, then re-entry.

        `AGISTATUS` would say SUCCESS here: only CTI_DONE tells (shared facts, section 2).
        """
        call.agi = None
        call.reenter_gap_s = gap_s
        if call.up and call.dial is None and call.play is None:
            self._reenter(call)

    def _reenter(self, call: Call) -> None:
        if call.timer is None:
            call.timer = self.agenda.after(call.reenter_gap_s, lambda: self.enter(call))

    def agi_done(self, call: Call, goto: str = "") -> None:
        """The engine has set CTI_DONE and ended the session: on to `goto`, or hang up."""
        call.agi = None
        if not call.up:
            return
        if goto:
            context, exten, _ = goto.split(",")
            self.go_to(call, context, exten)
        else:
            self.hang_up_call(call)

    def go_to(self, call: Call, context: str, exten: str) -> None:
        """The caller's channel goes on in another place of the dialplan."""
        if context == "cti-inbound":
            call.attempt = ""  # of his entry before
            call.dialled, call.entry = exten, call.entry + 1
            call.dial_status, call.answered_s = "", 0.0  # cleared at a fresh entry
            call.reenter_gap_s = 0.005
            self._reenter(call)
        else:
            self._go_elsewhere(call, context)

    def _go_elsewhere(self, call: Call, context: str) -> None:
        call.place = context
        call.timer = self.agenda.after(20.0, lambda: self.hang_up_call(call))

    def _close_agi(self, call: Call) -> None:
        session, call.agi = call.agi, None
        self.wire.agi_hangup(call, session)

    def _stop_timers(self, call: Call) -> None:
        if call.timer is not None:
            call.timer.cancel()
            call.timer = None

    # --- prompts ---------------------------------------------------------------------------------------------------

    def play(self, call: Call, done: Callable[[bool], None], length_s: float = PROMPT_S) -> None:
        """STREAM FILE; `done(True)` when played or cut off, `done(False)` when the caller left."""

        def ended() -> None:
            call.play = None
            done(True)
            self._unless_listened_to(call)

        call.play = Play(self.agenda.after(length_s, ended), done)

    def stop_play(self, call: Call) -> None:
        """ControlPlayback stop: the AGI answer follows at once."""
        play, call.play = call.play, None
        if play is not None:
            play.timer.cancel()
            play.done(True)
            self._unless_listened_to(call)

    def _unless_listened_to(self, call: Call) -> None:
        if call.up and call.agi is None and call.dial is None and call.play is None and call.place == "cti-inbound":
            self._reenter(call)

    # --- Dial ------------------------------------------------------------------------------------------------------

    def dial(
        self, call: Call, targets: Sequence[tuple[str, str]], timeout_s: float, done: Callable[[DialResult], None]
    ) -> Dial:
        """EXEC Dial of `targets` (dial string, tag). A phone that is not there gets no leg and no DialBegin."""
        dial = Dial(call, done, self.agenda.now)
        call.dial = dial
        call.dial_status, call.answered_s = "", 0.0
        for target, tag in targets:
            phone = self.phones.get(target)
            if phone is None or not phone.registered:
                dial.outcomes.append("CHANUNAVAIL")
                continue
            dial.ringing.append(self.new_leg(call.node, phone, dial, tag))
        if not dial.ringing:
            self.agenda.after(0.001, lambda: self._dial_over(dial))
            return dial
        dial.timer = self.agenda.after(timeout_s, lambda: self._dial_timeout(dial))
        for leg in list(dial.ringing):
            self.wire.dial_begin(leg)
            if len(leg.phone.legs) > 1:
                self.agenda.after(BUSY_AFTER_S, lambda leg=leg: self.refuse(leg, "BUSY", 17))  # type: ignore[misc]
            else:
                self.people.phone_rings(leg)
        return dial

    def new_leg(self, node: str, phone: Phone, dial: Dial | None, tag: str) -> Leg:
        self._serial += 1
        uniqueid = f"{1_700_000_000 + int(self.agenda.now)}.{self._serial}"
        leg = Leg(node, uniqueid, f"{phone.dial}-{self._serial:08x}", phone, dial, tag)
        phone.legs[leg.channel] = leg
        self.legs[leg.channel] = leg
        self.wire.leg_new(leg)
        return leg

    def _leg_gone(self, leg: Leg) -> None:
        if not leg.up:
            return
        leg.up = False
        if leg.timer is not None:
            leg.timer.cancel()
        del leg.phone.legs[leg.channel]
        del self.legs[leg.channel]
        self.on_leg_gone(leg)
        self.wire.leg_gone(leg)

    def _end_ring(self, leg: Leg, status: str, cause: int) -> None:
        """One ringing leg is over without an answer."""
        dial = leg.dial
        if dial is None or leg not in dial.ringing:
            return
        dial.ringing.remove(leg)
        dial.outcomes.append("CHANUNAVAIL" if leg.hung_up_by_us else status)
        dial.cause = leg.cause = cause
        self.people.phone_stops(leg)
        self.wire.dial_end(leg, status)
        self._leg_gone(leg)

    def refuse(self, leg: Leg, status: str, cause: int) -> None:
        """The phone says no: BUSY/17, CHANUNAVAIL/21 (603: app_dial has no word for it), CHANUNAVAIL/20."""
        dial = leg.dial
        if dial is None or leg not in dial.ringing:
            return
        self._end_ring(leg, status, cause)
        if not dial.ringing and dial.answered is None:
            self._dial_over(dial)

    def _dial_timeout(self, dial: Dial) -> None:
        if dial.over or dial.answered is not None:
            return
        for leg in list(dial.ringing):
            self._end_ring(leg, "NOANSWER", 0)
        self._dial_over(dial)

    def _dial_over(self, dial: Dial) -> None:
        """Dial returns to the AGI with the caller still there."""
        call = dial.call
        if dial.over or call.dial is not dial:
            return
        call.dial = None
        self._finish_dial(call, dial, caller_there=True)
        self._unless_listened_to(call)

    def _finish_dial(self, call: Call, dial: Dial, *, caller_there: bool) -> None:
        dial.over = True
        if dial.timer is not None:
            dial.timer.cancel()
        for leg in list(dial.ringing):
            self._end_ring(leg, "CANCEL", 26)
        answered = dial.answered
        if answered is not None:
            call.answered_s = self.agenda.now - dial.answered_at
            call.dial_status = "ANSWER"
            self.people.talk_ends(call, answered)
            self._leg_gone(answered)
        else:
            call.dial_status = dial.status() if caller_there else "CANCEL"
        dial.done(DialResult(call.dial_status, call.answered_s, caller_there, answered, dial.cause))

    # --- agents' phones --------------------------------------------------------------------------------------------

    def answer(self, leg: Leg) -> None:
        """The phone is picked up: the first one wins, the others stop (DialEnd CANCEL, cause 26)."""
        dial = leg.dial
        if dial is None or leg not in dial.ringing:
            return
        dial.ringing.remove(leg)
        dial.answered, dial.answered_at = leg, self.agenda.now
        if dial.timer is not None:
            dial.timer.cancel()
        self.wire.dial_end(leg, "ANSWER")
        for loser in list(dial.ringing):
            self._end_ring(loser, "CANCEL", 26)
        self.people.talk_begins(dial.call, leg)

    def hang_up_leg(self, leg: Leg, *, by_us: bool = False) -> None:
        """An agent's leg ends: while it rings by us (DIALSTATUS CHANUNAVAIL but DialEnd NOANSWER), or the talk ends."""
        if not leg.up:
            return
        dial = leg.dial
        if dial is None:
            self._leg_gone(leg)
        elif leg in dial.ringing:
            leg.hung_up_by_us = by_us
            self.refuse(leg, "NOANSWER", 0)
        elif dial.answered is leg and not dial.over:
            self._dial_over(dial)

    def hang_up_channel(self, channel: str) -> bool:
        """AMI Hangup by full channel name."""
        leg = self.legs.get(channel)
        if leg is not None:
            self.hang_up_leg(leg, by_us=True)
            return True
        for call in self.calls.values():
            if call.channel == channel:
                self.hang_up_call(call)
                return True
        return False

    def transfer(self, leg: Leg, context: str, exten: str) -> None:
        """Blind transfer by the agent: the caller leaves our AGI and goes on at `exten`."""
        dial = leg.dial
        if dial is None or dial.answered is not leg or dial.over:
            return
        call = dial.call
        call.dial = None
        self.wire.transferred(call, leg, context, exten)
        self._finish_dial(call, dial, caller_there=False)
        if call.agi is not None:
            self._close_agi(call)
        self.go_to(call, context, exten)

    def hold(self, leg: Leg, held: bool) -> None:
        if leg.up:
            self.wire.held(leg, held)

    def private_call(self, phone: Phone, node: str, length_s: float) -> Leg:
        """The phone is used for something that is not ours."""
        leg = self.new_leg(node, phone, None, "")
        leg.timer = self.agenda.after(length_s, lambda: self.hang_up_leg(leg))
        return leg

    # --- nodes -----------------------------------------------------------------------------------------------------

    def restart(self, node: str) -> None:
        """`core restart now`: every channel of the node is gone and no event says so."""
        wire, self.wire = self.wire, Deaf()
        try:
            for leg in [leg for leg in self.legs.values() if leg.node == node and leg.dial is None]:
                self._leg_gone(leg)
            for call in [call for call in self.calls.values() if call.node == node]:
                self.hang_up_call(call)
        finally:
            self.wire = wire
