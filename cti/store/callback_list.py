"""Which callbacks are promised, as people see them? From the store, and where it is behind what the core said last.

Blocks for the disk: callers run it in a thread. Rows hold customers' numbers; what his flow knew of him stays here.
"""

from __future__ import annotations

from typing import Any

from cti.model.dialling import OPEN_CALLBACKS, LeadId
from cti.model.promise import Promise
from cti.ports import Part
from cti.store.callbacks import beyond, promise_of, promises, promises_of
from cti.store.database import Store
from cti.store.outbound_writer import OutboundWriter


class CallbackList:
    """An api Callbacks."""

    def __init__(self, store: Store, writer: OutboundWriter) -> None:
        self._store, self._writer = store, writer

    def load(
        self, *, all_of_them: bool, limit: int, after: tuple[float, int] | None = None, part: Part | None = None
    ) -> list[dict[str, Any]]:
        """Return the open ones, the next one first, or the newest of all; behind (due_at, id) of `after`.

        Of `part`, and of no queue. Raises SQLAlchemyError.
        """
        self._writer.flush()
        newer = self._writer.unwritten()
        rows: list[dict[str, Any]] = []
        while len(rows) < limit:  # what has ended, and is not written yet, makes no page short
            found = promises(self._store, all_of_them=all_of_them, limit=limit, after=after, part=part)
            shown = [newer.get(each.id, each) for each in found]
            rows += [row_of(each) for each in shown if all_of_them or each.state in OPEN_CALLBACKS]
            if len(found) < limit:
                break
            after = (found[-1].due_at, found[-1].id)
        return self._seen_by(part, rows[:limit])

    def of_agent(self, agent: str, limit: int) -> list[dict[str, Any]]:
        """Return the open ones that `agent` is to keep himself, the next one first. Raises SQLAlchemyError."""
        self._writer.flush()
        newer = self._writer.unwritten()
        found = [newer.get(each.id, each) for each in promises_of(self._store, agent, limit)]
        return [row_of(each) for each in found if each.state in OPEN_CALLBACKS and each.agent == agent]

    def one(self, number: int, part: Part | None = None) -> dict[str, Any] | None:
        """Return one of them, as it is seen from `part`; None where there is none. Raises SQLAlchemyError."""
        self._writer.flush()
        found = self._writer.unwritten().get(LeadId(number)) or promise_of(self._store, LeadId(number))
        return None if found is None else self._seen_by(part, [row_of(found)])[0]

    def _seen_by(self, part: Part | None, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Leave out into which one of another part they went: a customer's other promises are not his to know."""
        into = {row["merged_into"] for row in rows} - {None}
        others = beyond(self._store, part, ids=into) if part is not None and into else set()
        return [row | {"merged_into": None} if row["merged_into"] in others else row for row in rows]


def row_of(promise: Promise) -> dict[str, Any]:
    """How one stands. Times are epoch seconds; `number` is personal data."""
    return {
        "id": promise.id,
        "state": promise.state.value,
        "kind": promise.kind.value,
        "queue": promise.queue,
        "number": promise.number.number,
        "zones": list(promise.number.zones),
        "topic": promise.topic,
        "agent": promise.agent,
        "promised_at": promise.promised_at,
        "due_at": promise.due_at,
        "since": promise.since,
        "expires_at": promise.expires_at,
        "tries": [
            {
                "attempt_no": tried.attempt_no,
                "at": tried.at,
                "result": tried.result.value if tried.result is not None else "",
                "disposition": tried.disposition,
            }
            for tried in promise.tries
        ],
        "reason": promise.reason,
        "merged_into": promise.merged_into,
        "call": promise.call,
        "recordings": list(promise.recordings),
        "node": promise.node,
        "follow_up": promise.follow_up or None,
    }
