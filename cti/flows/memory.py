"""What is kept of what callers do in flows? Promised callbacks, messages, who was asked for his opinion.

Each look into the store has a thread of its own and a time: a store that hangs makes no caller wait in silence, and
nothing else of the engine. Knows rows by their stores.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from typing import TypeVar

import msgspec
import structlog
from sqlalchemy.exc import SQLAlchemyError

from cti.background import in_thread_of_its_own
from cti.ivr import replies, verbs
from cti.model.promise import Asker
from cti.model.words import CallId
from cti.ports import Clock
from cti.store.callback_request import CallbackRequest, ConflictingRequest, decode_request, drop, take_over
from cti.store.database import Store
from cti.store.owner import gravity
from cti.store.survey_asked import may_ask
from cti.store.voicemail import Voicemail, keep

PROMISE_S = 2.5  # a verb is answered within verbs.MAX_SILENCE_S
OPINION_S = 0.5  # the first question follows within a second of the agent's hangup
MAX_AT_ONCE = 50  # threads; more of them only wait for the same store

log = structlog.get_logger(__name__)
T = TypeVar("T")


class Deaf(Exception):
    """The store gave no answer in time, or an error."""


class FlowMemory:
    """`asked` hears of each promise that is kept in the (open) store; `errors`: what could not be kept or known."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        asked: Callable[[], None] = lambda: None,
        may_call: Callable[[str], bool] = lambda number: True,
        asker: Callable[[CallId], Asker | None] = lambda call: None,
    ) -> None:
        self.errors = 0
        self._promised, self._may_call, self._asker = asked, may_call, asker
        self._store, self._clock = store, clock
        self._asked = 0
        self._taking, self._unwanted = set[str](), set[str]()  # requests by their ids
        self._told_no = set[str]()  # the same: their callers have been told that nobody will call

    async def take_callback(self, verb: verbs.TakeCallback, call: str) -> replies.AnyReply:
        """The promise is in the database before the caller hears that it is."""
        name, asker = _name("flow", f"{verb.once} {verb.number}"), self._asker(CallId(call))
        own = verb.number if asker is None else asker.caller[:80]  # he may have typed another number than he calls from
        request = CallbackRequest(name, self._clock(), verb.number, own, verb.queue, "", call)
        if decode_request(msgspec.json.encode(request)) is None or not self._may_call(verb.number):
            return replies.CallbackRefused("invalid_number")
        self._taking.add(name)
        self._told_no.discard(name)
        try:
            await self._within(
                PROMISE_S,
                lambda: take_over(self._store, request, self._clock(), asker, lambda: name not in self._told_no),
                late=lambda: self._kept_after_all(name),
            )
        except ConflictingRequest:
            pass  # promised before an engine died, and asked again: the promise is from then
        except Deaf:
            self._unwanted.discard(name)
            self._told_no.add(name)
            return replies.CallbackRefused("too_many")
        finally:
            self._taking.discard(name)
        if name in self._unwanted:
            self._drop(name)
            return replies.CallbackRefused("served")
        self._promised()
        return replies.CallbackTaken()

    def drop_callback(self, verb: verbs.TakeCallback) -> None:
        """Take the promise back, as far as nobody has begun to keep it: an agent has him now."""
        name = _name("flow", f"{verb.once} {verb.number}")
        if name in self._taking:
            self._unwanted.add(name)  # before anybody hears that there is one
        else:
            self._drop(name)

    def _kept_after_all(self, name: str) -> None:
        """The store was late: he has been told that nobody will call him, unless he has asked again meanwhile."""
        if name in self._told_no:
            self._told_no.discard(name)
            self._drop(name)

    def _drop(self, name: str) -> None:
        self._unwanted.discard(name)
        dropped = in_thread_of_its_own(lambda: drop(self._store, name))
        dropped.add_done_callback(self._dropped)

    def _dropped(self, future: asyncio.Future[None]) -> None:
        if not future.cancelled() and future.exception() is not None:
            self.errors += 1
            log.error("a promised callback could not be taken back; he may be called although he was served")

    async def take_message(self, verb: verbs.Record, file: str, seconds: float, call: str) -> bool:
        """Whether the message in `file` is in its queue's keeping, and somebody will hear it."""
        name = _name("message", verb.name)
        asker = self._asker(CallId(call))
        message = Voicemail(name, self._clock(), verb.number, verb.queue, call, file, seconds, connect=verb.connect)
        try:
            await self._within(PROMISE_S, lambda: keep(self._store, message, asker))
        except Deaf:
            log.error("a voicemail is recorded, but not in its queue's keeping", queue=verb.queue, name=verb.name)
            return False
        return True

    async def may_survey(self, verb: verbs.MaySurvey) -> replies.AnyReply:
        """Where the store does not say so in time, the customer is left in peace."""
        now = self._clock()
        try:
            asked = (self._store, verb.customer, verb.call, verb.quiet_s, now)
            return replies.SurveyAllowed(await self._within(OPINION_S, lambda: may_ask(*asked)))
        except Deaf:
            return replies.SurveyAllowed(yes=False, known=False)

    async def _within(self, limit_s: float, work: Callable[[], T], late: Callable[[], None] = lambda: None) -> T:
        """What `work` returns. Raises Deaf, and whatever else it raises. `late`: it was done after that."""
        if self._asked >= MAX_AT_ONCE:
            self.errors += 1
            raise Deaf
        self._asked += 1
        future = in_thread_of_its_own(work)
        future.add_done_callback(self._answered)
        try:
            return await asyncio.wait_for(asyncio.shield(future), limit_s)
        except (TimeoutError, SQLAlchemyError) as error:
            self.errors += 1
            future.add_done_callback(lambda done: late() if not done.cancelled() and done.exception() is None else None)
            log.log(gravity(error), "the store gave a flow no answer", error=type(error).__name__)
            raise Deaf from None

    def _answered(self, future: asyncio.Future[T]) -> None:
        self._asked -= 1
        if not future.cancelled():
            future.exception()  # who had asked may be gone; nobody else is to hear of it


def _name(kind: str, what: str) -> str:
    """The same for the same, however often it is asked for; a call's name has signs that no request's may."""
    return f"{kind}-{hashlib.sha256(what.encode()).hexdigest()[:32]}"
