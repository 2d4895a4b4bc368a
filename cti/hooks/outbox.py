"""How does what happened get into the outbox? From the stream of facts, by one thread; the loop never waits for it.

Here a message gets its text. What is in memory when the process dies is not told: facts are no promises, and the tables
of calls and leads hold them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
import structlog
from sqlalchemy.exc import SQLAlchemyError

from cti.hooks.occasions import Occasion, Occasions
from cti.model.books import AnyBookOrder
from cti.model.changes import Changed
from cti.model.hooks import Hook
from cti.store import hook_outbox, leads
from cti.store.database import Store
from cti.store.writer_thread import WriterThread

MAX_PENDING = 20_000
MAX_PORTION = 500
RETRY_S = 1.0

_log = structlog.get_logger(__name__)


class Outbox(WriterThread[list[Occasion]]):
    """A ports.Reader, and a reader of orders to the store. `lost` counts messages that found no room.

    `wake` is called in the writing thread whenever there is more to send.
    """

    def __init__(
        self, store: Store, hooks: Mapping[str, Hook], wake: Callable[[], None], *, retry_s: float = RETRY_S
    ) -> None:
        super().__init__("cti-hooks", retry_s)
        self.lost = 0
        self._store, self._hooks, self._wake_sender = store, hooks, wake
        self._wanted = frozenset(told for hook in hooks.values() for told in hook.events)
        self._columns = any(hook.columns for hook in hooks.values())
        self._occasions = Occasions()
        self._pending: list[Occasion] = []
        self._begin()

    def apply(self, changed: Changed) -> None:
        """Take in one fact; returns at once. Never raises."""
        occasion = self._occasions.of_fact(changed)
        if occasion is not None:
            self._tell(occasion)

    def order(self, order: AnyBookOrder) -> None:
        """Take in one order of the core to the store; returns at once. Never raises."""
        for occasion in self._occasions.of_order(order):
            self._tell(occasion)

    def close(self, timeout_s: float = 5.0) -> int:
        """Write what is left (one last try); how much was not written."""
        self._end(timeout_s)
        return len(self._pending)

    def _tell(self, occasion: Occasion) -> None:
        if occasion.told not in self._wanted:
            return
        with self._wake:
            if len(self._pending) >= MAX_PENDING:
                self.lost += 1
                return
            self._pending.append(occasion)
            self._wake.notify_all()

    # --- the thread -------------------------------------------------------------------------------------------------

    def _waits(self) -> bool:
        return bool(self._pending)

    def _take(self) -> list[Occasion] | None:
        taken, self._pending = self._pending[:MAX_PORTION], self._pending[MAX_PORTION:]
        return taken or None

    def _give_back(self, work: list[Occasion]) -> None:
        self._pending = work + self._pending

    def _write(self, work: list[Occasion]) -> None:
        columns = self._columns_of(work)
        rows = [
            _row(name, occasion, body(occasion, hook, columns.get(occasion.lead, {})))
            for occasion in work
            for name, hook in self._hooks.items()
            if occasion.told in hook.events
        ]
        keep_most = {name: hook.keep_most for name, hook in self._hooks.items()}
        self.lost += hook_outbox.add(self._store, rows, keep_most)

    def _columns_of(self, work: Sequence[Occasion]) -> Mapping[int | None, Mapping[str, str]]:
        wanted = {each.lead for each in work if each.lead is not None} if self._columns else set()
        return {lead.id: lead.data for lead in leads.load_leads(self._store, sorted(wanted))} if wanted else {}

    def _afterwards(self, work: list[Occasion] | None) -> None:
        if work:
            self._wake_sender()

    def _give_up(self, work: list[Occasion], error: Exception) -> bool:
        if isinstance(error, SQLAlchemyError):
            return False
        self.lost += len(work)  # what cannot be written must not hold up all that comes after
        _log.error("hooks_lost", count=len(work), error=type(error).__name__)
        return True

    def _tell_failed(self, work: list[Occasion], error: SQLAlchemyError) -> None:
        _log.error("hooks_not_written", waiting=len(work), error=type(error).__name__)

    def _tell_works_again(self) -> None:
        _log.warning("hooks_written_again", errors=self.errors, lost=self.lost)


def body(occasion: Occasion, hook: Hook, columns: Mapping[str, str]) -> str:
    """Return the text that `hook` gets: type, timestamp and data, as Standard Webhooks has it."""
    data: dict[str, Any] = dict(occasion.data)
    if hook.numbers and occasion.number:
        data["number"] = occasion.number
    if hook.columns and occasion.lead is not None:
        data["columns"] = {name: columns.get(name) for name in hook.columns}
    stamp = datetime.fromtimestamp(occasion.at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return msgspec.json.encode({"type": occasion.told, "timestamp": stamp, "data": data}).decode()


def _row(name: str, occasion: Occasion, text: str) -> dict[str, Any]:
    return {
        "hook": name,
        "id": occasion.id,
        "type": occasion.told.value,
        "at": occasion.at,
        "body": text,
        "state": hook_outbox.WAITING,
        "tries": 0,
        "next_at": 0.0,
        "changed_at": occasion.at,
        "answer": "",
    }
