"""How do the ends of attempts, and how promises stand, get into the store? By one thread; the loop never waits.

Only the newest state of a promise, or of a campaign, matters, and an attempt ends once: what waits is bounded by what
goes on. A disk that is full holds back no call, and no promise is forgotten over it: it is tried until it works. An
order that no database takes holds up no other.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Iterator
from functools import partial
from typing import NamedTuple, TypeVar

from cti.model.books import AnyBookOrder, KeepCampaign, KeepNotAgain, KeepPromise, SettleLead, WantLeads
from cti.model.changes import Changed, Kind
from cti.model.dialling import LeadId
from cti.model.promise import Promise
from cti.model.words import AttemptId, DialResult
from cti.ports import told_of
from cti.store import attempts, callbacks, campaigns
from cti.store.attempts import AttemptState
from cti.store.database import Store
from cti.store.row_writer import RETRY_S, RowWriter

_RESULTS = frozenset(DialResult)


class Ended(NamedTuple):
    """An attempt is over. `at`: epoch seconds."""

    attempt: str
    result: str
    at: float
    contact: str


Order = KeepPromise | SettleLead | KeepNotAgain | KeepCampaign
T = TypeVar("T")

# As `in_order` writes them, also where they are more than one portion
_TURNS = (Ended, KeepPromise, KeepNotAgain, KeepCampaign, SettleLead)


class OutboundWriter(RowWriter[Ended | Order]):
    """A ports.Reader (attempts), and the books of the engine (promises, leads, campaigns, dials that did not go out).

    `errors`: failed tries, each tried again. `lost`: what no database takes; the rest goes on without it.
    """

    def __init__(self, store: Store, *, retry_s: float = RETRY_S) -> None:
        super().__init__("outbound", retry_s)
        self._store = store
        self._begin()

    @told_of(Kind.ATTEMPT)
    def apply(self, changed: Changed) -> None:
        """Take in one fact; returns at once. Never raises."""
        if changed.kind is Kind.ATTEMPT and changed.new in _RESULTS:
            ended = Ended(changed.id, changed.new, changed.at, changed.contact or "")
            self._put(ended, key_of(ended))

    def order(self, order: AnyBookOrder) -> None:
        """Take in one order of the core; returns at once. Never raises."""
        if not isinstance(order, WantLeads):  # those are of whoever reads leads
            self._put(order, key_of(order))

    def not_sent(self, attempt: AttemptId, result: DialResult, at: float) -> None:
        """It was intended, and has not gone out. Returns at once, never raises.

        It stands beside what the core says of it, and in this order: of what counts, the first word stays.
        """
        self._put(Ended(attempt, result, at, ""), (Ended, attempt, "not sent"))

    def unwritten(self) -> dict[LeadId, Promise]:
        """Promises that stand otherwise than the store says."""
        with self._wake:
            return {order.promise.id: order.promise for order in self._pending.values() if type(order) is KeepPromise}

    def _in_order(self) -> Iterable[tuple[Hashable, Ended | Order]]:
        return sorted(self._pending.items(), key=lambda item: _TURNS.index(type(item[1])))

    def _write(self, work: dict[Hashable, Ended | Order]) -> None:
        for write in in_order(self._store, work.values()):
            write()


def in_order(store: Store, rows: Collection[Ended | Order]) -> Iterator[Callable[[], object]]:
    """Yield what is to be written, commit by commit. Each may be the last one before a death."""
    for name, result, at, contact in _those(rows, Ended):
        unknown = result == DialResult.UNKNOWN
        state = AttemptState.UNKNOWN if unknown else AttemptState.ENDED
        yield partial(attempts.ended, store, name, result, at, contact=contact, state=state)
    if promises := _those(rows, KeepPromise):
        yield partial(callbacks.keep, store, [order.promise for order in promises])
    if wishes := _those(rows, KeepNotAgain):
        yield partial(campaigns.not_again, store, wishes)
    if moved := _those(rows, KeepCampaign):
        yield partial(campaigns.keep, store, moved)
    if leads := _those(rows, SettleLead):  # the last: from here on they may be handed out again
        yield partial(campaigns.settle, store, leads)


def key_of(row: Ended | Order) -> tuple[object, ...]:
    """What it is the newest word of."""
    match row:
        case Ended(attempt):
            return Ended, attempt
        case KeepPromise(promise):
            return KeepPromise, promise.id
        case SettleLead(campaign, lead):
            return SettleLead, campaign, lead
        case KeepCampaign(campaign):
            return KeepCampaign, campaign
        case KeepNotAgain(number, campaign):
            return KeepNotAgain, number, campaign


def _those(rows: Iterable[Ended | Order], kind: type[T]) -> list[T]:
    return [row for row in rows if isinstance(row, kind)]
