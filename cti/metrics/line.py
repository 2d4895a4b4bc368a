"""Who stands in a queue, in the order of service, and who of them has waited longest? PURE.

The order of service is not the order of waiting (head starts, transfers back). Boards ask several times a second, with
thousands in a line: nobody is looked at who has neither come nor gone.
"""

from __future__ import annotations

from collections.abc import ValuesView
from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING

from sortedcontainers import SortedDict

if TYPE_CHECKING:
    from cti.metrics.rows import ContactRow

FEW = 64  # who have gone are kept among those who came, so many and as many as are there


class Line:
    """Contacts by `order_at` (epoch seconds), which decides; each is in it once, and keeps its `since` meanwhile.

    Who is still to be called stands in it, too, and waits for nothing: he does so from the moment he is on the phone.
    """

    def __init__(self) -> None:
        self._order: SortedDict = SortedDict()  # (order_at, contact) -> ContactRow
        self._since: dict[str, float] = {}  # of those on the phone
        self._came: list[tuple[float, str]] = []  # a heap; who has gone is taken off when he comes to its top

    def __len__(self) -> int:
        return len(self._order)

    @property
    def to_call(self) -> int:
        """How many of them are not on the phone."""
        return len(self._order) - len(self._since)

    def values(self) -> ValuesView[ContactRow]:
        """All of them, the next to be served first."""
        found: ValuesView[ContactRow] = self._order.values()
        return found

    def enter(self, row: ContactRow, order_at: float) -> None:
        self._order[(order_at, row.contact)] = row
        if row.on_phone:
            self.waits(row.contact, row.since)

    def waits(self, contact: str, since: float) -> None:
        """He is on the phone since then."""
        self._since[contact] = since
        if len(self._came) > 2 * len(self._since) + FEW:
            self._came = [(since, contact) for contact, since in self._since.items()]
            heapify(self._came)
        else:
            heappush(self._came, (since, contact))

    def leave(self, contact: str, order_at: float) -> None:
        """Whoever is not in it leaves nothing."""
        self._order.pop((order_at, contact), None)
        self._since.pop(contact, None)

    def move(self, row: ContactRow, before: float, order_at: float) -> None:
        """Give him another place."""
        self._order.pop((before, row.contact), None)
        self._order[(order_at, row.contact)] = row

    @property
    def oldest_since(self) -> float | None:
        """Since when the one who has waited longest on the phone does; None: nobody waits."""
        while self._came:
            since, contact = self._came[0]
            if self._since.get(contact) == since:
                return since
            heappop(self._came)
        return None
