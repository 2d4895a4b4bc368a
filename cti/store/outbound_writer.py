"""How do the ends of attempts, and how promises stand, get into the store? By one thread; the loop never waits.

Only the newest state of a promise, or of a campaign, matters, and an attempt ends once: what waits is bounded by what
goes on. Nothing is given up before it is written: a disk that is full holds back no call, and a promise is not
forgotten over it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import TypeVar

import structlog

from cti.model.books import AnyBookOrder, KeepCampaign, KeepNotAgain, KeepPromise, SettleLead, WantLeads
from cti.model.changes import Changed, Kind
from cti.model.dialling import LeadId
from cti.model.promise import Promise
from cti.model.words import DialResult
from cti.ports import told_of
from cti.store import attempts, callbacks, campaigns
from cti.store.attempts import AttemptState
from cti.store.database import Store

RETRY_S = 1.0
_RESULTS = frozenset(DialResult)

_log = structlog.get_logger(__name__)

Ended = tuple[str, float, str]  # result, when, contact
Order = KeepPromise | SettleLead | KeepNotAgain | KeepCampaign
T = TypeVar("T")


class OutboundWriter:
    """A ports.Reader (attempts), and the books of the engine (promises, leads, campaigns).

    `errors`: failed tries, each tried again.
    """

    def __init__(self, store: Store, *, retry_s: float = RETRY_S) -> None:
        self.errors = 0
        self._store, self._retry_s = store, retry_s
        self._ended: dict[str, Ended] = {}
        self._orders: dict[str, Order] = {}
        self._wake = threading.Condition()
        self._closing = self._failing = False
        self._thread = threading.Thread(target=self._run, name="cti-outbound", daemon=True)
        self._thread.start()

    @told_of(Kind.ATTEMPT)
    def apply(self, changed: Changed) -> None:
        """Take in one fact; returns at once. Never raises."""
        if changed.kind is Kind.ATTEMPT and changed.new in _RESULTS:
            with self._wake:
                self._ended[changed.id] = (changed.new, changed.at, changed.contact or "")
                self._wake.notify_all()

    def order(self, order: AnyBookOrder) -> None:
        """Take in one order of the core; returns at once. Never raises."""
        if isinstance(order, WantLeads):
            return  # of whoever reads leads
        with self._wake:
            key = _key(order)
            self._orders.pop(key, None)
            self._orders[key] = order
            self._wake.notify_all()

    def unwritten(self) -> dict[LeadId, Promise]:
        """Promises that stand otherwise than the store says."""
        with self._wake:
            return {order.promise.id: order.promise for order in _those(self._orders, KeepPromise)}

    def flush(self, timeout_s: float = 1.0) -> None:
        """Wait for what came before; blocks."""
        with self._wake:
            self._wake.wait_for(lambda: not (self._ended or self._orders), timeout=timeout_s)

    def close(self, timeout_s: float = 5.0) -> int:
        """Write what is left (one last try); how much was not written."""
        with self._wake:
            self._closing = True
            self._wake.notify_all()
        self._thread.join(timeout_s)
        return len(self._ended) + len(self._orders)

    def _run(self) -> None:
        while True:
            with self._wake:
                self._wake.wait_for(lambda: self._ended or self._orders or self._closing)
                ended, orders, last = dict(self._ended), dict(self._orders), self._closing
            written = self._try(ended, orders)
            with self._wake:
                if written:
                    self._ended = {key: each for key, each in self._ended.items() if ended.get(key) is not each}
                    self._orders = {key: each for key, each in self._orders.items() if orders.get(key) is not each}
                    self._wake.notify_all()
                elif not last:
                    self._wake.wait_for(lambda: self._closing, timeout=self._retry_s)
                if last:
                    return

    def _try(self, ended: Mapping[str, Ended], orders: Mapping[str, Order]) -> bool:
        try:
            for write in in_order(self._store, ended, orders):
                write()
        except Exception as error:  # whatever it is: it is told, tried again, and never the end of the thread
            self.errors += 1
            if not self._failing:
                waiting = len(ended) + len(orders)
                _log.error("outbound_not_written", waiting=waiting, error=type(error).__name__)
            self._failing = True
            return False
        self._failing = False
        return True


def in_order(store: Store, ended: Mapping[str, Ended], orders: Mapping[str, Order]) -> Iterator[Callable[[], object]]:
    """Yield what is to be written, commit by commit. Each may be the last one before a death."""
    for name, (result, at, contact) in ended.items():
        unknown = result == DialResult.UNKNOWN
        state = AttemptState.UNKNOWN if unknown else AttemptState.ENDED
        yield partial(attempts.ended, store, name, result, at, contact=contact, state=state)
    if promises := _those(orders, KeepPromise):
        yield partial(callbacks.keep, store, [order.promise for order in promises])
    if wishes := _those(orders, KeepNotAgain):
        yield partial(campaigns.not_again, store, wishes)
    if moved := _those(orders, KeepCampaign):
        yield partial(campaigns.keep, store, moved)
    if leads := _those(orders, SettleLead):  # the last: from here on they may be handed out again
        yield partial(campaigns.settle, store, leads)


def _key(order: Order) -> str:
    match order:
        case KeepPromise(promise):
            return f"promise {promise.id}"
        case SettleLead(campaign, lead):
            return f"lead {campaign} {lead}"
        case KeepCampaign(campaign):
            return f"campaign {campaign}"
        case KeepNotAgain(number, campaign):
            return f"number {number} {campaign}"


def _those(orders: Mapping[str, Order], kind: type[T]) -> list[T]:
    return [order for order in orders.values() if isinstance(order, kind)]
