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
from cti.switch.flow_channel import CannotDo, FlowChannel, Gone, HungUp
from cti.switch.flow_desk import FlowDesk

log = structlog.get_logger(__name__)

FALLBACK = "cti-fallback,s,1"
TALKED = "talked"
SPOKEN_S = 1.0  # of a message that a hangup ended: less is nobody's voice
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
    ) -> None:
        """`whose` call the session is now: an attended transfer gives it to another one. `submit`: see FlowChannel."""
        self._whose = whose
        self._submit, self._desk, self._post, self._clock = submit, desk, post, clock
        self._channel = FlowChannel(submit, desk.speak)
        self._back: asyncio.Future[str] | None = None
        self._in_line_since = 0.0
        self._saved = ""
        self._taken_over = False  # the next verb may have been carried out by another process of ours
        self._task: asyncio.Task[None] | None = None
        self._version = 0  # of his book; 0: not known yet
        self._served_in = ""
        self._recording = False

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
        return not self.over

    @property
    def is_recording(self) -> bool:
        """A message for a queue is recorded or kept: the caller's hangup ends it, and what came of it is told after."""
        return self._recording and not self.over

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
            self._post(events.FlowEnded(self.call, FALLBACK))
        finally:
            self._desk.inside[self._version] -= 1

    async def _walk(self, command: commands.RunFlow) -> None:
        begun = await self._begin(command)
        if begun is None:
            if command.outcome != TALKED:
                log.error("no such flow; its caller goes to the fallback", flow=command.flow)
            self._post(events.FlowEnded(self.call, "" if command.outcome == TALKED else FALLBACK))
            return
        session, verb = begun
        self._version = self._desk.recount(self._version, session.book.version)
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
            with contextlib.suppress(CannotDo):
                await self._channel.play(verb.prompts, "")
            self._post(events.FlowEnded(self.call))

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
        """Where he stands goes onto his channel: should we die, he hears this node again, not the start."""
        written = checkpoint.write(resuming.save(session)).text
        if written != self._saved:
            self._saved = written
            self._submit("SET", "VARIABLE", "CTI_FLOW", written)

    def _tell(self, session: FlowSession) -> None:
        for fact in session.facts():
            match fact:
                case replies.Answered(survey=survey, question=question, scale=scale, score=score):
                    answer = (fact.flow, survey, question, scale, score, self._version, fact.owner, fact.due_in_s)
                    self._post(events.SurveyAnswered(self.call, *answer))
                case replies.SplitTaken(split=split, share=share):
                    self._tell_core(fact, "split", f"{split}={share}")
                case replies.Trouble(what=what):
                    self._tell_core(fact, "trouble", what)

    def _tell_core(self, fact: replies.Fact, what: str, detail: str) -> None:
        self._post(events.FlowTold(self.call, fact.flow, fact.node, what, detail, self._version))

    # --- verbs --------------------------------------------------------------------------------------------------------

    async def _do(self, verb: verbs.AnyVerb) -> replies.AnyReply:
        taken_over, self._taken_over = self._taken_over, False
        match verb:
            case verbs.Play():
                return await self._channel.play(verb.prompts, verb.stop_on)
            case verbs.Collect():
                return await self._channel.collect(verb)
            case verbs.Lookup():
                return await self._lookup(verb)
            case verbs.Record():
                return await self._record(verb)
            case verbs.Enqueue():
                return await self._enqueue(verb)
            case verbs.TakeCallback():
                return await self._desk.take_callback(verb, self.call)
            case verbs.MaySurvey():
                return await self._desk.may_survey(verb)
            case verbs.Transfer():
                dial = self._desk.transfers.get(verb.to)
                if dial is None:
                    return replies.Transferred("failed")
                return await self._channel.transfer(dial, verb.ring_timeout_s, once=taken_over)
        return replies.Broken("unknown_verb")

    async def _record(self, verb: verbs.Record) -> replies.AnyReply:
        """The name has call, node and visit in it. Who hangs up when he has spoken has left his message as well."""
        file = f"{self._desk.recordings}/{verb.name}"
        self._recording = bool(verb.queue)
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
            self._recording = False

    async def _keep(self, verb: verbs.Record, file: str, message: replies.Recorded) -> replies.AnyReply:
        if not await self._desk.take_message(verb, file, message.seconds, self.call):
            return replies.NotRecorded("not_kept")
        return message

    async def _lookup(self, verb: verbs.Lookup) -> replies.AnyReply:
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
