"""How does one caller walk through a flow? Verbs become AGI commands, their answers replies, until the flow is over.

Prompt by prompt in the caller's own task, without an event of the core each: it hears only of a line to be entered and
of the end. What is pressed is personal: it goes into the session and nowhere else.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable

import structlog

from cti.ivr import checkpoint, replies, resuming, verbs
from cti.ivr.caller import Caller
from cti.ivr.session import FlowSession
from cti.model import commands, events
from cti.model.words import AgentId, CallId, QueueName
from cti.ports import Clock
from cti.switch.agi_codec import Reply
from cti.switch.agi_session import AgiConnectionLost
from cti.switch.flow_channel import CannotDo, FlowChannel, Gone
from cti.switch.flow_desk import FlowDesk
from cti.switch.flow_work import FlowWork

log = structlog.get_logger(__name__)

FALLBACK = "cti-fallback,s,1"
TALKED = "talked"
KEY_LAG_S = 0.5  # AMI tells of the key that led into the line after AGI did; nobody presses another one so soon


class FlowCall:
    """One caller in a flow, from RunFlow to FlowEnded, over all the lines it puts him into."""

    def __init__(
        self,
        whose: Callable[[], CallId],
        submit: Callable[..., asyncio.Future[Reply] | None],
        desk: FlowDesk,
        post: Callable[[events.AnyEvent], None],
        clock: Clock,
        *,
        on_leaving: Callable[[], None] | None = None,
    ) -> None:
        """`whose` call the session is now: an attended transfer gives it to another one. `submit`: see FlowChannel.

        With `on_leaving` it runs beside the line, until it calls that: from then on the caller is in no line.
        """
        self._whose = whose
        self._submit, self._desk, self._post, self._clock = submit, desk, post, clock
        self._on_leaving = on_leaving
        self._channel = FlowChannel(submit, desk.speak, beside=on_leaving is not None, says_other=desk.says_other)
        self._work = FlowWork(desk, self._channel, whose)
        self._back: asyncio.Future[str] | None = None
        self._in_line_since = 0.0
        self._saved = ""
        self._taken_over = False  # the next verb may have been carried out by another process of ours
        self._task: asyncio.Task[None] | None = None
        self._version = 0  # of his book; 0: not known yet
        self._served_in = ""
        self._session: FlowSession | None = None
        self._cut_off = False
        self._ended_at: float | None = None

    def run(self, command: commands.RunFlow) -> None:
        """Begin, or go on: where the caller has just come back from a line, with how that ended."""
        self._served_in = command.served_in
        if self._back is not None and not self._back.done():
            self._back.set_result(command.outcome or "failed")
        elif self._task is None:
            self._taken_over = bool(command.at)
            self._task = asyncio.get_running_loop().create_task(self._live(command), name="flow")

    @property
    def call(self) -> CallId:
        return self._whose()

    @property
    def over(self) -> bool:
        return self._task is not None and self._task.done()

    @property
    def takes_keys(self) -> bool:
        """Whether what is pressed now is for the flow, and not for the line that it put the caller into."""
        if self._back is not None:
            return self._clock() - self._in_line_since < KEY_LAG_S
        if self._on_leaving is not None and self._ended_at is not None:
            return self._clock() - self._ended_at < KEY_LAG_S
        return not self.over

    @property
    def is_in_line(self) -> bool:
        """The line has him, and the flow waits for its end."""
        return self._back is not None and not self._back.done() and not self.over

    @property
    def plays(self) -> bool:
        """A sound is playing that was begun here, whatever has become of the walk."""
        return self._channel.plays

    def cut(self) -> bool:
        """Beside the line: it is his turn, or he leaves it. End at once; whether a sound has to be stopped by AMI."""
        if self._task is None or self._ended_at is not None:
            return False
        self._cut_off = True
        self._task.cancel()
        return self.plays

    @property
    def is_recording(self) -> bool:
        """A message for a queue is recorded or kept: the caller's hangup ends it, and what came of it is told after."""
        return self._work.records and not self.over

    def when_over(self, then: Callable[[], None]) -> None:
        """Call `then` once the walk has ended; it must be under way."""
        assert self._task is not None
        self._task.add_done_callback(lambda _: then())

    def end(self) -> None:
        """The caller is gone, or another session has him. A message that is recorded is kept first."""
        if self._task is not None and not self.is_recording:
            self._task.cancel()

    # --- the walk -----------------------------------------------------------------------------------------------------

    async def _live(self, command: commands.RunFlow) -> None:
        self._desk.inside[self._version] += 1
        try:
            await self._walk(command)
        except (Gone, AgiConnectionLost):
            pass  # SessionLost and CallGone tell it
        except Exception as error:  # a bug of ours costs this caller his flow, not his call
            self._desk.bugs += 1
            bug = type(error).__name__
            log.error("a flow broke off; its caller goes to the fallback", flow=command.flow, error=bug)
            self._finish(FALLBACK)
        finally:
            self._desk.inside[self._version] -= 1
            self._ended_at = self._clock()

    def _finish(self, goto: str = "") -> None:
        """Tell the end of the flow; beside a line that is no end of the wait."""
        self._ended_at = self._clock()
        beside = self._on_leaving is not None
        self._post(events.SideFlowEnded(self.call) if beside else events.FlowEnded(self.call, goto))

    def _leave_line(self) -> None:
        """Beside a line: what comes now ends the wait."""
        if self._on_leaving is None:
            return
        leave, self._on_leaving, self._channel.beside = self._on_leaving, None, False
        leave()
        self._post(events.SideFlowLeaves(self.call))
        if self._session is not None:
            self._save(self._session)

    async def _walk(self, command: commands.RunFlow) -> None:
        begun = await self._begin(command)
        if begun is None:
            if command.outcome != TALKED:
                log.error("no such flow; its caller goes to the fallback", flow=command.flow)
            self._finish("" if command.outcome == TALKED else FALLBACK)
            return
        session, verb = begun
        self._session = session
        self._version = self._desk.recount(self._version, session.book.version)
        self._tell(session)  # a flow may have decided and be over before anything is said
        await self._channel.music()
        while not isinstance(verb, verbs.Hangup):
            self._save(session)
            try:
                reply = await self._do(verb)
            except CannotDo:
                reply = replies.Broken("refused")
            except (Gone, AgiConnectionLost):
                session.step(self._clock(), replies.Gone())
                self._tell(session)
                raise
            verb = session.step(self._clock(), reply)
            self._tell(session)
        if verb.why != "gone":
            if verb.why == "done":
                self._leave_line()
            with contextlib.suppress(CannotDo):
                await self._channel.play(verb.prompts, "")
            self._finish()

    async def _begin(self, command: commands.RunFlow) -> tuple[FlowSession, verbs.AnyVerb] | None:
        desk, now = self._desk, self._clock()
        caller = Caller(self.call, command.caller, command.dialled, dict(command.customer), command.served_in)
        saved = checkpoint.read(command.at)
        session = None
        if saved is not None:
            book = await desk.book_of(saved.version)  # he goes on with the version he began with
            session = resuming.restore(book, saved, caller, desk.hours)
        if session is not None:
            if command.outcome:
                return session, session.step(now, replies.QueueEnded(command.outcome, command.served_in))
            return session, session.resume(now)
        if command.flow not in desk.book.flows or command.outcome == TALKED:
            return None
        session = FlowSession(desk.book, command.flow, caller, desk.hours)
        return session, session.begin(now)

    def _save(self, session: FlowSession) -> None:
        """Where he stands goes onto his channel: should we die, he hears this node again, not the start.

        Beside a line he would only wait on: there it is the place of the flow that led him into it.
        """
        if self._on_leaving is not None:
            return
        written = checkpoint.write(resuming.save(session)).text
        if written != self._saved:
            self._saved = written
            self._submit("SET", "VARIABLE", "CTI_FLOW", written)

    def _tell(self, session: FlowSession) -> None:
        for fact in session.facts():
            match fact:
                case replies.Answered(survey=survey, question=question, scale=scale, score=score):
                    answer = (fact.flow, survey, question, scale, score, self._version)
                    work = (fact.owner, fact.due_in_s, fact.call_in_s)
                    self._post(events.SurveyAnswered(self.call, *answer, *work))
                case replies.Asked(survey=survey, question=question):
                    self._tell_core(fact, events.SURVEY_ASKED, f"{survey}.{question}")
                case replies.CallsUnwanted(reason=reason):
                    self._post(events.CallsUnwanted(self.call, f"{fact.flow}: {reason}"))
                case replies.SplitTaken(split=split, share=share):
                    self._tell_core(fact, "split", f"{split}={share}")
                case replies.Trouble(what=what):
                    self._tell_core(fact, "trouble", what)

    def _tell_core(self, fact: replies.Fact, what: str, detail: str) -> None:
        self._post(events.FlowTold(self.call, fact.flow, fact.node, what, detail, self._version))

    # --- verbs --------------------------------------------------------------------------------------------------------

    async def _do(self, verb: verbs.AnyVerb) -> replies.AnyReply:
        taken_over, self._taken_over = self._taken_over, False
        if isinstance(verb, verbs.Record | verbs.Enqueue | verbs.Transfer):
            self._leave_line()
        match verb:
            case verbs.Play():
                return await self._channel.play(verb.prompts, verb.stop_on)
            case verbs.Collect():
                return await self._channel.collect(verb)
            case verbs.Lookup():
                return await self._work.lookup(verb)
            case verbs.Record():
                return await self._work.record(verb)
            case verbs.Enqueue():
                return await self._enqueue(verb)
            case verbs.TakeCallback():
                return await self._promise(verb)
            case verbs.MaySurvey():
                return await self._desk.may_survey(verb)
            case verbs.Transfer():
                dial = self._desk.transfers.get(verb.to)
                if dial is None:
                    return replies.Transferred("failed")
                return await self._channel.transfer(dial, verb.ring_timeout_s, once=taken_over)
        return replies.Broken("unknown_verb")

    async def _promise(self, verb: verbs.TakeCallback) -> replies.AnyReply:
        """Beside a line: nobody is called back whose turn has come meanwhile, and who is promised it waits no more."""
        promise = asyncio.ensure_future(self._desk.take_callback(verb, self.call))
        try:
            reply = await asyncio.shield(promise)
        except asyncio.CancelledError:
            if self._cut_off:
                self._desk.drop_callback(verb)
            raise
        if isinstance(reply, replies.CallbackTaken):
            self._leave_line()
        return reply

    async def _enqueue(self, verb: verbs.Enqueue) -> replies.AnyReply:
        """The line has him until it tells how it ended."""
        await self._channel.forget_dial()
        self._back = asyncio.get_running_loop().create_future()
        self._in_line_since = self._clock()
        preferred = tuple(map(AgentId, verb.preferred))
        self._post(
            events.FlowEnqueues(
                self.call, QueueName(verb.queue), dict(verb.requires), verb.head_start_s, preferred, dict(verb.customer)
            )
        )
        outcome = await self._back
        self._back = None
        await self._channel.music()
        return replies.QueueEnded(outcome, self._served_in)
