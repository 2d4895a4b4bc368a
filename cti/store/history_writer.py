"""How does the stream of facts get into the history without the loop ever waiting for it? One thread, whole batches.

What waits to be written is bounded: beyond that, facts are lost, counted and told, and calls go on.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence

import structlog

from cti.model.changes import Changed
from cti.model.policy import Center
from cti.ports import told_of
from cti.store.database import Store
from cti.store.fact_numbers import FactNumbers
from cti.store.history_batch import Batch, Stored
from cti.store.history_facts import KEPT, Book, Opening, Rows
from cti.store.history_left import LeftBehind
from cti.store.history_retention import PORTION
from cti.store.sweeping import NOTHING_FURTHER, Further, Sweeper
from cti.store.writer_thread import WriterThread

MAX_PENDING = 100_000  # facts; some 60 MB, and with a slow disk minutes of a very busy centre
MAX_POLICIES = 100  # that wait to be written; they share what is equal in them
BATCH = 2_000  # facts of one commit
GATHER_S = 0.25  # a commit takes together what came within so long
RETRY_S = 1.0
SWEEP_S = 60.0  # once nothing is too old any more
SWEEP_ON_S = 0.25  # while there is more
SWEEP_STEP_S = 60.0  # may walk through a whole table, or count a whole day
LATE_LOOK_S = 0.5

_log = structlog.get_logger(__name__)


class _Work:
    """Facts of one commit, and their rows once they are made."""

    def __init__(self, facts: list[Changed | Opening]) -> None:
        self.facts = facts
        self.batch: Batch | None = None
        self.lost = 0  # which no database takes

    @property
    def size(self) -> int:
        return len(self.facts) if self.batch is None else self.batch.facts


class HistoryWriter(WriterThread[_Work]):
    """A ports.Reader that keeps what explanations need. `lost`: facts that found no room; `errors`: failed tries.

    `keep_s`: older rows are deleted, in small portions; callbacks, attempts and recordings as `further` says.
    While `may_wait` says so (the event loop is late) nothing is written until half of `max_pending` waits.
    `clock` (epoch seconds): by which rows grow old, see AgeingClock; without it time is what the newest fact says.
    `now`: epoch seconds at which this engine starts; `left`: what an earlier one has left open, and `left_in_flows`
    where in flows (IVR) those are. Raises SQLAlchemyError where the store cannot be read.
    """

    def __init__(
        self,
        store: Store,
        center: Center,
        version: str,
        *,
        now: float,
        keep_s: float,
        further: Further = NOTHING_FURTHER,
        max_pending: int = MAX_PENDING,
        gather_s: float = GATHER_S,
        retry_s: float = RETRY_S,
        may_wait: Callable[[], bool] = lambda: False,
        clock: Callable[[], float] | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__("history", retry_s, monotonic)
        self.written = 0
        self._tell_lost_at = 1
        self._store, self._center = store, center
        self.sweeper = Sweeper(store, keep_s, further, lambda: self._asks(SWEEP_STEP_S))
        self._max_pending, self._gather_s = max_pending, gather_s
        self._may_wait, self._clock = may_wait, clock
        self._book = Book()
        self.left = LeftBehind(store, now, center.nodes)
        self.left_in_flows = self._book.goes_on(self.left.rows, self.left.facts())
        self._hurry = False
        self._facts: deque[Changed | Opening] = deque()  # the loop appends, the thread takes
        self._openings = 0  # among these
        self._proposed: list[Changed | Opening] | None = None  # and what was told since
        self._work: _Work | None = None  # what is being written
        self._numbers = FactNumbers(store, now)
        self._stored = Stored(self._numbers.start)
        self._taken = self._done = 0  # of the facts that were told: out of `_facts`, and written or lost
        self._newest_at = now
        self._swept_at = 0.0
        self._sweeps_on = False  # the last portion was a full one
        self._take_in(Opening(center, version, now))
        self._begin()

    @told_of(*KEPT)
    def apply(self, changed: Changed) -> None:
        """Take in one fact; returns at once. Never raises."""
        if changed.kind not in KEPT:
            return
        if self.left.rows:
            self.left.seen(changed.contact)
        if self._proposed is None:
            self._take_in(changed)
        else:
            self._proposed.append(changed)

    def propose(self, center: Center, version: str, at: float) -> None:
        """Another policy may hold from `at` (epoch seconds) on: what is told from now on is of it, if it is accepted.

        `settle` must follow: until then nothing more is written.
        """
        self._proposed = [Opening(center, version, at)]

    def settle(self, *, accepted: bool) -> None:
        """Whether the proposed policy holds. One that never held leaves no trace."""
        told, self._proposed = self._proposed or [], None
        for each in told if accepted else told[1:]:
            self._take_in(each)

    def _take_in(self, told: Changed | Opening) -> None:
        """On the loop, which takes the thread's lock for the first fact only: it never waits while facts are taken."""
        if isinstance(told, Opening):
            with self._wake:
                self._open(told)
        elif len(self._facts) < self._max_pending:
            self._facts.append(told)
        else:
            self._no_room()
            return
        if len(self._facts) == 1:
            with self._wake:
                self._wake.notify_all()

    def _open(self, opening: Opening) -> None:
        """A policy is taken in even where a fact finds no room; of too many, only the name."""
        self._center = opening.center or self._center
        if self._openings < MAX_POLICIES:
            self._openings += 1
        else:
            self._no_room()
            opening = opening._replace(center=None)
            if _is_bare(self._facts[-1]):
                self._facts.pop()  # nothing was told while it held
        self._facts.append(opening)

    def _no_room(self) -> None:
        """Told at the first, and then at each tenfold: a log that is flooded helps nobody."""
        self.lost += 1
        if self.lost == self._tell_lost_at:
            self._tell_lost_at *= 10
            _log.error("history_facts_lost", lost=self.lost, waiting=len(self._facts))

    @property
    def waiting(self) -> int:
        """So many facts are not written yet."""
        return len(self._facts) + self._taken - self._done

    def flush(self, timeout_s: float = 1.0) -> bool:
        """Wait until all that was taken in so far is written, at most `timeout_s`; whether it is."""
        with self._wake:
            upto = self._taken + len(self._facts)
            self._hurry = True
            self._wake.notify_all()
            return self._wake.wait_for(lambda: self._done >= upto, timeout=timeout_s)

    def close(self, timeout_s: float = 5.0) -> int:
        """Write what is left (at most `timeout_s`) and return the number of facts not written."""
        self._end(timeout_s)
        work = self._work
        return len(self._facts) + (0 if work is None else work.size)

    # --- the thread -----------------------------------------------------------------------------------------------

    def _wait(self) -> None:
        if self._work is not None and not self._failing:
            return  # it is tried by halves
        idle_s = SWEEP_ON_S if self._sweeps_on else SWEEP_S
        self._wake.wait_for(lambda: self._waits() or self._closing or self._hurry, timeout=idle_s)
        if not self._hurry:
            self._wake.wait_for(lambda: self._closing or self._hurry, timeout=self._gather_s)
        while self._may_wait() and not (self._closing or self._hurry) and len(self._facts) < self._max_pending / 2:
            self._wake.wait_for(lambda: self._closing or self._hurry, timeout=LATE_LOOK_S)

    def _waits(self) -> bool:
        return bool(self._facts) or self._work is not None

    def _take(self) -> _Work | None:
        """What could not be written yet goes first; meanwhile no more is taken, so that all of it has a bound."""
        if self._work is None:
            facts = [self._facts.popleft() for _ in range(min(BATCH, len(self._facts)))]
            self._openings -= sum(isinstance(told, Opening) and not _is_bare(told) for told in facts)
            self._taken += len(facts)
            self._work = _Work(facts) if facts else None
        return self._work

    def _give_back(self, work: _Work) -> None:
        """It has stayed in `_work`."""

    def _write(self, work: _Work) -> None:
        if work.batch is None:
            work.batch = Batch(self._rows(work.facts), self._stored)
        work.batch.write(self._store)
        self.written += work.batch.facts - work.lost

    def _split(self, work: _Work) -> bool:
        """Look for the row by halves; once it is found, the rest goes on without it."""
        lost = 0 if work.batch is None else work.batch.halve()
        work.lost += lost
        return work.batch is not None

    def _size(self, work: _Work) -> int:
        return work.size

    def _done_with(self, work: _Work | None) -> None:
        if work is not None and work.lost:
            self.lost += work.lost
            _log.error("history_lost", lost=work.lost)
        self._work = None
        self._done = self._taken
        self._hurry = self._hurry and bool(self._facts)

    def _afterwards(self, work: _Work | None) -> None:
        if not self._closing:
            self._sweep()

    def _rows(self, facts: Sequence[Changed | Opening]) -> Rows:
        self._newest_at = max(self._newest_at, *(told.at for told in facts))
        try:
            return self._numbers.give(self._book.rows(self._numbered(facts)))
        except Exception as bug:  # a fact that this file does not understand must not end the history
            self.errors += 1
            self.lost += len(facts)
            _log.error("history_facts_not_understood", facts=len(facts), error=type(bug).__name__)
            return Rows()

    def _numbered(self, facts: Iterable[Changed | Opening]) -> Iterator[tuple[int, Changed | Opening]]:
        for told in facts:
            most = 1 + told.most_rows if isinstance(told, Opening) else 1
            yield self._numbers.take(told.at, most), told

    def _sweep(self) -> None:
        """Delete a portion of what is too old; the rest behind the next batches, and soon where none comes."""
        now = self._newest_at if self._clock is None else self._clock()
        if now - self._swept_at < SWEEP_S:
            self._sweeps_on = False  # a clock was set back
            return
        failed = self.sweeper.errors
        self._sweeps_on = self.sweeper.sweep(now, self._book.version, self._center) >= PORTION
        if self.sweeper.errors == failed or not self._is_silent:
            self._answer_by = None  # else it is as silent as before, for who writes next
        if not self._sweeps_on:
            self._swept_at = now


def _is_bare(told: Changed | Opening) -> bool:
    return isinstance(told, Opening) and told.center is None
