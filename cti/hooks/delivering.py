"""Who is handed what, and when again? One lane for each receiver: none waits for another, none is asked too much.

A receiver that failed several times in a row rests; then one message tries it, and when it is taken, all that wait go
at once. The outbox is the truth: a message is struck off when the receiver has said that it has it, so that a death
between the two sends it again, under the same id.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping
from contextlib import AsyncExitStack
from typing import Any

import structlog

from cti.hooks.backoff import pause_s
from cti.hooks.receiver import Answer, Receiver
from cti.lookup.breaker import Breaker
from cti.model.hooks import Hook
from cti.ports import Clock
from cti.store import hook_outbox
from cti.store.database import Store
from cti.store.hook_outbox import Message
from cti.store.owner import gravity

GIVE_UP_AFTER, REST_S = 5, 60.0
LOOK_S = 60.0  # at the latest: another process may have put something in
STORE_RETRY_S = 5.0
KEEP_SENT_S, KEEP_FAILED_S = 7 * 86_400.0, 30 * 86_400.0
CLEAN_EVERY_S, CLEAN_PAUSE_S = 3600.0, 1.0  # the pause: between two portions, for those who send meanwhile
HOUR_S = 3600.0

_log = structlog.get_logger(__name__)


class Deliveries:
    """All receivers of a centre. `counts`: (receiver, sent | tried | failed) -> how often. `errors`: of the store."""

    def __init__(self, store: Store, hooks: Mapping[str, Hook], clock: Clock, *, rest_s: float = REST_S) -> None:
        """Raises ConfigError for each receiver that cannot be used."""
        self.counts: Counter[tuple[str, str]] = Counter()
        self.errors = 0
        self._store, self._clock = store, clock
        self._lanes = {
            name: _Lane(Receiver(name, hook), store, clock, self.counts, rest_s) for name, hook in hooks.items()
        }

    async def run(self) -> None:
        """Until it is cancelled."""
        async with AsyncExitStack() as stack, asyncio.TaskGroup() as group:
            for lane in self._lanes.values():
                await stack.enter_async_context(lane.receiver)
                group.create_task(self._watched(lane))
            group.create_task(self._clean())  # also without any: the last one may have been taken out of the file

    def wake(self) -> None:
        """There is more to send. Of the loop."""
        for lane in self._lanes.values():
            lane.wake.set()

    # --- what people ask ----------------------------------------------------------------------------------------------

    async def load(self) -> list[dict[str, Any]]:
        """How each receiver stands. Raises SQLAlchemyError."""
        found = await asyncio.to_thread(hook_outbox.standings, self._store, list(self._lanes))
        return [lane.row(found[name]) for name, lane in self._lanes.items()]

    async def test(self, name: str) -> dict[str, Any] | None:
        """Send a message that tells of nothing, now; None: no such receiver."""
        lane = self._lanes.get(name)
        if lane is None:
            return None
        given = await lane.receiver.test()
        return {"hook": name, "taken": given.taken, "answer": given.word}

    async def retry(self, name: str) -> int | None:
        """Let those that failed wait again; how many. None: no such receiver. Raises SQLAlchemyError."""
        lane = self._lanes.get(name)
        if lane is None:
            return None
        number = await asyncio.to_thread(hook_outbox.again, self._store, name, self._clock())
        await asyncio.to_thread(hook_outbox.hurry, self._store, name, self._clock())
        lane.ask_again()
        return number

    # --- the loop -----------------------------------------------------------------------------------------------------

    async def _watched(self, lane: _Lane) -> None:
        while True:
            try:
                await lane.run()
            except Exception as error:  # whatever it is: this lane, and those beside it, must go on
                self.errors += 1
                _log.log(
                    gravity(error),
                    "hooks: a lane broke off, and begins again",
                    hook=lane.name,
                    error=type(error).__name__,
                )
                await asyncio.sleep(STORE_RETRY_S)

    async def _clean(self) -> None:
        while True:
            now, deleted = self._clock(), 0
            try:
                over = (now - KEEP_SENT_S, now - KEEP_FAILED_S)
                deleted = await asyncio.to_thread(hook_outbox.forget, self._store, list(self._lanes), *over)
            except Exception as error:
                self.errors += 1
                _log.log(gravity(error), "hooks: what is over cannot be forgotten", error=type(error).__name__)
            await asyncio.sleep(CLEAN_EVERY_S if deleted < hook_outbox.PORTION else CLEAN_PAUSE_S)


class _Lane:
    """One receiver and the messages for it, max_at_once together."""

    def __init__(
        self, receiver: Receiver, store: Store, clock: Clock, counts: Counter[tuple[str, str]], rest_s: float
    ) -> None:
        self.receiver, self.wake = receiver, asyncio.Event()
        self._store, self._clock, self._counts, self._rest_s = store, clock, counts, rest_s
        self._breaker = Breaker(GIVE_UP_AFTER, rest_s)
        self._answer: tuple[float, str] | None = None
        self.name, self._hook = receiver.name, receiver.hook

    async def run(self) -> None:
        """Until it is cancelled. Raises SQLAlchemyError."""
        while True:
            self.wake.clear()
            now = self._clock()
            at_once = 1 if self._breaker.resting else self._hook.max_at_once
            due, later_at = await asyncio.to_thread(hook_outbox.due, self._store, self.name, now, at_once)
            if due and self._breaker.allows(now):
                await asyncio.gather(*map(self._deliver, due))
            elif due:
                await self._wait(self._rest_s)
            else:
                await self._wait(LOOK_S if later_at is None else min(LOOK_S, max(0.05, later_at - now)))

    def ask_again(self) -> None:
        """A person says that it works again."""
        self._breaker = Breaker(GIVE_UP_AFTER, self._rest_s)
        self.wake.set()

    def row(self, standing: hook_outbox.Standing) -> dict[str, Any]:
        """How it stands, for people; the secret is not in it."""
        at, word = self._answer if self._answer is not None else (None, "")
        return {
            "hook": self.name,
            "url": self._hook.url,
            "events": [told.value for told in self._hook.events],
            **standing._asdict(),
            "resting": self._breaker.resting,
            "answer": word,
            "answered_at": at,
        }

    async def _wait(self, most_s: float) -> None:
        resting = self._breaker.resting
        try:
            async with asyncio.timeout(most_s):
                await self.wake.wait()
        except TimeoutError:
            return
        if resting and self._breaker.resting:
            self.wake.clear()  # there is more for a receiver that rests: no reason to ask it earlier
            await asyncio.sleep(min(1.0, most_s))

    async def _deliver(self, message: Message) -> None:
        given = await self.receiver.hand_over(message.id, message.body)
        now = self._clock()
        self._answer = (now, given.word)
        self._counts[self.name, "tried"] += 1
        state, next_at = self._follows(message, given, now)
        if given.taken or given.refused:
            if self._breaker.worked():
                _log.warning("hooks: a receiver answers again", hook=self.name)
                await asyncio.to_thread(hook_outbox.hurry, self._store, self.name, now)
        elif self._breaker.failed(now):
            _log.warning("hooks: a receiver is down", hook=self.name, answer=given.word, rest_s=self._rest_s)
        await asyncio.to_thread(hook_outbox.tried, self._store, self.name, message.id, state, now, given.word, next_at)
        if state != hook_outbox.WAITING:  # counted when it is written: who reads the count finds the row
            self._counts[self.name, state] += 1

    def _follows(self, message: Message, given: Answer, now: float) -> tuple[str, float]:
        """State and time of the next try."""
        if given.taken:
            return hook_outbox.SENT, 0.0
        next_at = now + pause_s(message.id, message.tries + 1, given.rests_s)
        over = next_at - message.at > self._hook.give_up_after_h * HOUR_S
        return (hook_outbox.FAILED if given.refused or over else hook_outbox.WAITING), next_at
