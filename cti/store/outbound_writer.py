"""How do the ends of attempts, and how promises stand, get into the store? By one thread; the loop never waits.

Only the newest state of a promise matters, and an attempt ends once: what waits is bounded by what goes on. Nothing is
given up before it is written: a disk that is full holds back no call, and a promise is not forgotten over it.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping

import structlog
from sqlalchemy.exc import SQLAlchemyError

from cti.model.books import AnyBookOrder
from cti.model.changes import Changed, Kind
from cti.model.dialling import LeadId
from cti.model.promise import Promise
from cti.model.words import DialResult
from cti.store import attempts, callbacks
from cti.store.attempts import AttemptState
from cti.store.database import Store

RETRY_S = 1.0
_RESULTS = frozenset(DialResult)

_log = structlog.get_logger(__name__)

Ended = tuple[str, float, str]  # result, when, contact


class OutboundWriter:
    """A ports.Reader (attempts), and the books of the engine (promises). `errors`: failed tries, each tried again."""

    def __init__(self, store: Store, *, retry_s: float = RETRY_S) -> None:
        self.errors = 0
        self._store, self._retry_s = store, retry_s
        self._ended: dict[str, Ended] = {}
        self._promises: dict[LeadId, Promise] = {}
        self._wake = threading.Condition()
        self._closing = self._failing = False
        self._thread = threading.Thread(target=self._run, name="cti-outbound", daemon=True)
        self._thread.start()

    def apply(self, changed: Changed) -> None:
        """Take in one fact; returns at once. Never raises."""
        if changed.kind is Kind.ATTEMPT and changed.new in _RESULTS:
            with self._wake:
                self._ended[changed.id] = (changed.new, changed.at, changed.contact or "")
                self._wake.notify_all()

    def order(self, order: AnyBookOrder) -> None:
        """Take in one order of the core; returns at once. Never raises."""
        with self._wake:
            self._promises[order.promise.id] = order.promise
            self._wake.notify_all()

    def unwritten(self) -> dict[LeadId, Promise]:
        """Promises that stand otherwise than the store says."""
        with self._wake:
            return dict(self._promises)

    def flush(self, timeout_s: float = 1.0) -> None:
        """Wait for what came before; blocks."""
        with self._wake:
            self._wake.wait_for(lambda: not (self._ended or self._promises), timeout=timeout_s)

    def close(self, timeout_s: float = 5.0) -> int:
        """Write what is left (one last try); how much was not written."""
        with self._wake:
            self._closing = True
            self._wake.notify_all()
        self._thread.join(timeout_s)
        return len(self._ended) + len(self._promises)

    def _run(self) -> None:
        while True:
            with self._wake:
                self._wake.wait_for(lambda: self._ended or self._promises or self._closing)
                ended, promises, last = dict(self._ended), dict(self._promises), self._closing
            written = self._try(ended, promises)
            with self._wake:
                if written:
                    self._ended = {key: each for key, each in self._ended.items() if ended.get(key) is not each}
                    self._promises = {
                        key: each for key, each in self._promises.items() if promises.get(key) is not each
                    }
                    self._wake.notify_all()
                elif not last:
                    self._wake.wait_for(lambda: self._closing, timeout=self._retry_s)
                if last:
                    return

    def _try(self, ended: Mapping[str, Ended], promises: Mapping[LeadId, Promise]) -> bool:
        try:
            for name, (result, at, contact) in ended.items():
                unknown = result == DialResult.UNKNOWN
                state = AttemptState.UNKNOWN if unknown else AttemptState.ENDED
                attempts.ended(self._store, name, result, at, contact=contact, state=state)
            if promises:
                callbacks.keep(self._store, list(promises.values()))
        except SQLAlchemyError as error:
            self.errors += 1
            if not self._failing:
                waiting = len(ended) + len(promises)
                _log.error("outbound_not_written", waiting=waiting, error=type(error).__name__)
            self._failing = True
            return False
        self._failing = False
        return True
