"""How are commands carried out on one caller's AGI session?

One object per session. Commands are written at once if the session is idle; the session itself keeps their order.
Knows AGI words and nothing of queues or agents; tells what came of it through `post`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import structlog

from cti.model import commands, events
from cti.model.ticket import VARIABLE, encode_ticket
from cti.model.words import CallId, OfferId, RingResult
from cti.ports import Clock
from cti.switch.agi_codec import AgiEncodeError, Reply
from cti.switch.agi_session import ANSWER_S, PROMPT_S, AgiBusy, AgiConnectionLost, AgiSession, Gone
from cti.switch.ami_events import ring_result
from cti.switch.flow_call import FlowCall
from cti.switch.flow_desk import FlowDesk
from cti.switch.joining import Ending, join
from cti.switch.originate import AUTO_ANSWER, behind_beep
from cti.switch.waiting_agent import Waiting

log = structlog.get_logger(__name__)

STUCK_RING_S = 30.0  # beyond the ring time-out, with nobody answering: that Dial's thread is wedged
DIAL_STATUS = "${DIALSTATUS},${HANGUPCAUSE},${ANSWEREDTIME}"


class InboundCall:
    """A caller's session from CallArrived to SessionLost."""

    def __init__(
        self, call: CallId, channel: str, session: AgiSession, post: Callable[[events.AnyEvent], None]
    ) -> None:
        self.call = call
        self.channel = channel
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.legs: dict[OfferId, str] = {}  # channel names of the legs that ring
        self.to_stop: set[OfferId] = set()  # taken back before their leg was known
        self.answered: OfferId | None = None
        self.flow: FlowCall | None = None
        self._side: FlowCall | None = None  # a flow beside the line
        self._session = session
        self._post = post
        self._music = ""
        self._music_on: asyncio.Future[Reply] | None = None
        self._prompts: list[asyncio.Future[Reply]] = []
        self._ringing = False
        self._lost = False
        self._accepted = False
        session.on_late(self._too_late)
        session.on_gone(self._gone)

    # --- commands ---------------------------------------------------------------------------------------------------

    def save_ticket(self, command: commands.SaveTicket) -> None:
        self._set(f"{VARIABLE}={encode_ticket(command.ticket)}")

    def start_music(self, command: commands.StartMusic) -> bool:
        """True if a prompt is playing that must be cut off from outside, as of the next three."""
        cut_off = self._side is not None and self._side.cut()
        self._music = command.music_class
        self._music_on = self._submit("SET", "MUSIC", "ON", self._music)
        return cut_off

    def ring(self, command: commands.Ring) -> bool:
        """Start the Dial, which brings its own music: where somebody is free at once, none is begun before."""
        self.legs, self.to_stop, self.answered = {}, set(), None
        cut_off = self._silence()
        if self._music_on is not None:
            self._session.withdraw(self._music_on)
        dial = "&".join(leg.dial for leg in command.legs)
        options = f"gm({command.music_class})" if command.music_class else "g"
        options += f"b({'^'.join(AUTO_ANSWER)})" if command.auto_answer else ""
        self._ringing = True
        sent = self._submit("EXEC", "Dial", f"{dial},{command.ring_timeout_s:g},{options}", timeout_s=None)
        if sent is None:
            self._ring_over(RingResult.CANCELLED, caller_there=False)
        else:
            sent.add_done_callback(self._dial_ended)
            stuck = asyncio.get_running_loop().call_later(command.ring_timeout_s + STUCK_RING_S, self._stuck, sent)
            sent.add_done_callback(lambda _: stuck.cancel())
        return cut_off

    def join(self, command: commands.Join, agent: Waiting | None, over: Callable[[Waiting], None]) -> bool:
        """Connect him with the agent who waits (None: no more), and tell when it is `over`. As for `ring`."""
        self.legs, self.to_stop, self.answered = {}, set(), None
        cut_off = self._drop_prompts()
        self._ringing = True
        if agent is None:
            self._join_ended(Ending.NOT_JOINED)
            return cut_off
        self._set()
        if self._music:
            self._submit("SET", "MUSIC", "OFF")
        self.answered = command.offer

        def ended(ending: Ending) -> None:
            over(agent)
            self._join_ended(ending)

        join(agent.channel, self._session, self._submit, ended)
        return cut_off

    def leave_message(self, command: commands.LeaveMessage) -> None:
        """For a machine: behind its beep, then good-bye."""
        self._drop_prompts()
        self._set()
        silence = behind_beep(command.beep_wait_s)
        self._submit("EXEC", "WaitForSilence", silence, timeout_s=command.beep_wait_s + ANSWER_S)
        self.release(commands.Release(self.call, command.prompts))

    def announce(self, command: commands.Announce) -> None:
        self._drop_prompts()
        sent = [self._play(prompt) for prompt in command.prompts]
        self._prompts = [future for future in sent if future is not None]
        if not self._prompts:
            self._post(events.AnnouncementEnded(self.call))
            return
        self._prompts[-1].add_done_callback(self._prompts_ended)
        if self._music:
            music = self._submit("SET", "MUSIC", "ON", self._music)
            if music is not None:
                self._prompts.append(music)

    def release(self, command: commands.Release) -> bool:
        """Good-bye."""
        cut_off = self._silence()
        if command.prompts:
            self._set()
        for prompt in command.prompts:
            self._play(prompt)
        if command.goto:
            self._submit("SET", "VARIABLE", "CTI_NEXT", command.goto)
        done = self._submit("SET", "VARIABLE", "CTI_DONE", "1")
        if done is not None:
            done.add_done_callback(lambda _: self._session.close())
        return cut_off

    def run_flow(self, command: commands.RunFlow, desk: FlowDesk, clock: Clock) -> bool:
        """Let the flow begin, or go on after a line; or begin beside it."""
        cut_off = self._silence()
        self._set()
        if command.keeps_place:
            walk = (lambda: self.call, self._send, desk, self._post, clock)
            self._side = FlowCall(*walk, on_leaving=self._side_leaves)
            self._side.run(command)
            return cut_off
        if self.flow is not None and self.flow.is_in_line and not command.outcome:
            self.flow.end()  # the line leads into another one
            self.flow = None
        if self.flow is None or self.flow.over:
            self.flow = FlowCall(lambda: self.call, self._send, desk, self._post, clock)
        self.flow.run(command)
        return cut_off

    def _side_leaves(self) -> None:
        """The flow beside the line has the caller alone now; the one that had led him into the line is over."""
        if self.flow is not None:
            self.flow.end()
        self.flow, self._side = self._side, None

    @property
    def flow_takes_keys(self) -> bool:
        """Whether what is pressed now is for a flow."""
        return any(flow is not None and flow.takes_keys for flow in (self.flow, self._side))

    @property
    def side_plays(self) -> bool:
        """Whether a sound of a flow beside the line is still playing."""
        return self._side is not None and self._side.plays

    def exchange(self, other: InboundCall) -> None:
        """Attended transfer into the line: Asterisk has exchanged the channels of the two sessions."""
        self.call, other.call = other.call, self.call
        self.channel, other.channel = other.channel, self.channel

    @property
    def rings(self) -> bool:
        """A Dial is under way: it rings, or somebody has answered."""
        return self._ringing

    def close(self) -> None:
        """Another session of the same call has begun, or we go: end this one and say so now."""
        self._session.close()
        self._end()

    def let_go(self) -> None:
        """Nobody asks any more: forget the flows, which hold us, so that all of it is gone at once, not in a circle."""
        self.flow = self._side = None

    # --- inside -----------------------------------------------------------------------------------------------------

    def _set(self, *assignments: str) -> None:
        """Set variables of the call. The first time this says that we have accepted it.

        Without that the dialplan takes us for frozen after CTI_ACCEPT_S, and the call goes on without us.
        """
        if not self._accepted:
            self._accepted = True
            assignments = ("TIMEOUT(absolute)=0", *assignments)
        if assignments:
            self._submit("EXEC", "MSet", ",".join(assignments))

    def _play(self, prompt: str) -> asyncio.Future[Reply] | None:
        return self._submit("STREAM", "FILE", prompt, "", timeout_s=PROMPT_S)

    def _submit(self, *words: str, timeout_s: float | None = ANSWER_S) -> asyncio.Future[Reply] | None:
        try:
            return self._send(*words, timeout_s=timeout_s)
        except AgiEncodeError as error:
            log.error("an AGI command cannot be sent", verb=" ".join(words[:2]), error=str(error))
            return None

    def _send(self, *words: str, timeout_s: float | None = ANSWER_S) -> asyncio.Future[Reply] | None:
        try:
            return self._session.submit(*words, timeout_s=timeout_s)
        except AgiConnectionLost:
            return None
        except AgiBusy:
            log.error("a caller's session has too many commands waiting; it is given back to the dialplan")
            self._session.close()
            return None

    def _too_late(self) -> None:
        """A wedged Asterisk thread must not keep a caller for ever: the dialplan brings him back."""
        log.warning("no answer to an AGI command in time; the session is given back to the dialplan")
        self._session.close()

    def _stuck(self, dial: asyncio.Future[Reply]) -> None:
        """Dial keeps its own ring time-out. Long past it, and nobody answered: let the dialplan bring him back.

        If somebody did answer and we missed it, the talk goes on all the same, and he comes back after it.
        """
        if not dial.done() and self.answered is None:
            log.warning("a ring did not end; the session is given back to the dialplan")
            self._session.close()

    def _silence(self) -> bool:
        dropped = self._drop_prompts()
        return (self._side is not None and self._side.cut()) or dropped

    def _drop_prompts(self) -> bool:
        """Forget prompts that are not yet sent; whether one is playing now."""
        playing = False
        for future in self._prompts:
            if not future.done():
                playing = True
                future.remove_done_callback(self._prompts_ended)
                future.cancel()
        self._prompts = []
        if playing:
            self._post(events.AnnouncementEnded(self.call))
        return playing

    def _prompts_ended(self, future: asyncio.Future[Reply]) -> None:
        if future in self._prompts:
            self._prompts = []  # the music behind them is no prompt: nothing is left to cut off
        self._post(events.AnnouncementEnded(self.call))

    def _dial_ended(self, future: asyncio.Future[Reply]) -> None:
        if future.cancelled() or future.exception() is not None:
            self._dial_unheard()
            return
        there = future.result().ok and self._session.gone is None
        if self.answered is not None:
            self._ring_over(RingResult.ANSWERED, caller_there=there)
            return
        status = self._submit("GET", "FULL", "VARIABLE", DIAL_STATUS)
        if status is None:
            self._ring_over(RingResult.CANCELLED, caller_there=False)
        else:
            status.add_done_callback(lambda future: self._dial_status(future, there))

    def _dial_status(self, future: asyncio.Future[Reply], there: bool) -> None:
        """`there`: as the Dial itself ended. A result of -1 means that he is gone, even where no HANGUP says so."""
        if future.cancelled() or future.exception() is not None:
            self._dial_unheard()
            return
        dial_status, _, rest = future.result().data.partition(",")
        cause, _, answered = rest.partition(",")
        result = RingResult.ANSWERED if self.answered is not None else ring_result(dial_status, cause)
        seconds = float(answered) if answered.isdecimal() else 0.0
        self._ring_over(result, caller_there=there and self._session.gone is None, answered_s=seconds)

    def _join_ended(self, ending: Ending) -> None:
        if ending is Ending.UNHEARD:
            self._dial_unheard()
        elif ending is Ending.NOT_JOINED:
            self.answered = None
            self._ring_over(RingResult.UNREACHABLE, caller_there=True)
        else:
            self._ring_over(RingResult.ANSWERED, caller_there=ending is Ending.AGENT_LEFT)

    def _dial_unheard(self) -> None:
        """The connection broke during a Dial, which goes on: the call comes back with what became of it.

        Only if the caller had hung up before is the ring over.
        """
        if self._session.gone is Gone.HANGUP:
            self._ring_over(self._known_result(), caller_there=False)
        else:
            self._ringing = False

    def _known_result(self) -> RingResult:
        return RingResult.ANSWERED if self.answered is not None else RingResult.CANCELLED

    def _ring_over(self, result: RingResult, *, caller_there: bool, answered_s: float = 0.0) -> None:
        if not self._ringing:
            return
        self._ringing = False
        offer = self.answered
        if caller_there and result is not RingResult.ANSWERED and self._music:
            self._submit("SET", "MUSIC", "ON", self._music)
        self._post(events.RingEnded(self.call, result, answered_s, caller_there, offer))
        if not caller_there:
            self._session.close()
            self._end()

    def _gone(self, gone: Gone) -> None:
        """HANGUP arrived, or the connection is lost. A Dial or a recording still gets its answer: wait for it."""
        if gone is Gone.HANGUP and self._ringing:
            return
        if gone is Gone.HANGUP and self.flow is not None and self.flow.is_recording:
            self.flow.when_over(self.close)
            return
        self.close()

    def _end(self) -> None:
        if self._lost:
            return
        self._lost = True
        for flow in (self.flow, self._side):
            if flow is not None:
                flow.end()
        self._dial_unheard()
        self._post(events.SessionLost(self.call))
        if not self.ended.done():
            self.ended.set_result(None)
