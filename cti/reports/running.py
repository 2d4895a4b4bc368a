"""Which reports are there, and how is one asked for? Blocks for the disk: not to be called on the loop.

Definitions of the figures are in metrics/contract.py.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlalchemy import Connection

from cti.reports.abandonment import abandonment
from cti.reports.agents import agents
from cti.reports.campaigns import campaigns
from cti.reports.query import BadQuery, Query, read
from cti.reports.queues import intervals, queues
from cti.reports.report import Report
from cti.reports.simple import flows, numbers
from cti.store.database import Store
from cti.suggest import did_you_mean

REPORTS: dict[str, Callable[[Connection, Query, float], Report]] = {
    "queues": queues,
    "agents": agents,
    "intervals": intervals,
    "campaigns": campaigns,
    "flows": flows,
    "numbers": numbers,
    "abandonment": abandonment,
}
STEP = {"intervals": "30m"}  # where nobody says which; else: the whole time in one row


class Reports:
    """The reports of one store. `zone` returns the centre's, `clock` epoch seconds."""

    def __init__(self, store: Store, zone: Callable[[], str], clock: Callable[[], float]) -> None:
        self._store, self._zone, self._clock = store, zone, clock

    def run(self, name: str, asked: Mapping[str, str]) -> Report:
        """The report `name`; `asked` as query.read takes it. Raises BadQuery, and SQLAlchemyError."""
        report = REPORTS.get(name)
        if report is None:
            raise BadQuery(
                f'there is no report "{name[:30]}"{did_you_mean(name, REPORTS)}; there are {", ".join(REPORTS)}'
            )
        now = self._clock()
        query = read(asked, now, self._zone(), STEP.get(name, "all"))
        with self._store.engine.connect() as connection:
            return report(connection, query, now)
