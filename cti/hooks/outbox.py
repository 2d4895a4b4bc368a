"""How does what happened get into the outbox? From the stream of facts, by one thread; the loop never waits for it.

Here a message gets its text. What is in memory when the process dies is not told: facts are no promises, and the tables
of calls and leads hold them.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec

from cti.hooks.occasions import Occasion, Occasions
from cti.model.books import AnyBookOrder
from cti.model.changes import Changed
from cti.model.hooks import Hook
from cti.store import hook_outbox, leads
from cti.store.database import Store
from cti.store.row_writer import RETRY_S, RowWriter

MAX_PENDING = 20_000


class Outbox(RowWriter[Occasion]):
    """A ports.Reader, and a reader of orders to the store. `lost` counts messages that found no room.

    `wake` is called in the writing thread whenever there is more to send.
    """

    def __init__(
        self, store: Store, hooks: Mapping[str, Hook], wake: Callable[[], None], *, retry_s: float = RETRY_S
    ) -> None:
        super().__init__("hooks", retry_s, most=MAX_PENDING)
        self._store, self._hooks, self._wake_sender = store, hooks, wake
        self._wanted = frozenset(told for hook in hooks.values() for told in hook.events)
        self._columns = any(hook.columns for hook in hooks.values())
        self._occasions = Occasions()
        self._begin()

    def goes_on(self, facts: Iterable[Changed]) -> None:
        """Before the first fact: see Occasions."""
        self._occasions.goes_on(facts)

    def apply(self, changed: Changed) -> None:
        """Take in one fact; returns at once. Never raises."""
        occasion = self._occasions.of_fact(changed)
        if occasion is not None:
            self._tell(occasion)

    def order(self, order: AnyBookOrder) -> None:
        """Take in one order of the core to the store; returns at once. Never raises."""
        for occasion in self._occasions.of_order(order):
            self._tell(occasion)

    def _tell(self, occasion: Occasion) -> None:
        if occasion.told in self._wanted:
            self._put(occasion)

    # --- the thread -------------------------------------------------------------------------------------------------

    def _write(self, work: dict[Hashable, Occasion]) -> None:
        columns = self._columns_of(work.values())
        rows = [
            _row(name, occasion, body(occasion, hook, columns.get(occasion.lead, {})))
            for occasion in work.values()
            for name, hook in self._hooks.items()
            if occasion.told in hook.events
        ]
        keep_most = {name: hook.keep_most for name, hook in self._hooks.items()}
        self.lost += hook_outbox.add(self._store, rows, keep_most)

    def _columns_of(self, work: Iterable[Occasion]) -> Mapping[int | None, Mapping[str, str]]:
        wanted = {each.lead for each in work if each.lead is not None} if self._columns else set()
        return {lead.id: lead.data for lead in leads.load_leads(self._store, sorted(wanted))} if wanted else {}

    def _afterwards(self, work: dict[Hashable, Occasion] | None) -> None:
        if work:
            self._wake_sender()


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
