"""What had been counted today before this engine was started? Out of the history, for the live view.

Of callers who were still waiting when the engine before this one ended, nothing is taken over: who comes back is
counted as he comes, and who does not when his end is told (store/history_left.py), so that outcomes and those who wait
are those who were offered. Those in a flow are taken over, as people and as counts (`FlowWays.goes_on`).
"""

from __future__ import annotations

from sqlalchemy.exc import SQLAlchemyError

from cti.figures.counting import OUTCOMES, add, ended
from cti.metrics.tally import Tally
from cti.reports.query import Query, Span
from cti.reports.sums import read_sums
from cti.store.database import Store
from cti.store.interval_tables import agent_interval, flow_interval, queue_interval


def restore_today(store: Store, tally: Tally, now: float) -> bool:
    """Let `tally` go on where the history of this day ends (`now`: epoch seconds); False if it cannot be read."""
    query = Query(Span(tally.day.begin(now), now), "all", tally.policy.zone, {})
    agents: dict[str, dict[str, float]] = {}
    try:
        with store.engine.connect() as connection:
            queues = {
                str(each.names[0]): each.counts for each in read_sums(connection, queue_interval, query, ("queue",))
            }
            flows = {str(each.names[0]): each.counts for each in read_sums(connection, flow_interval, query, ("flow",))}
            for each in read_sums(connection, agent_interval, query, ("agent",)):
                add(agents.setdefault(str(each.names[0]), {}), each.counts)
    except SQLAlchemyError:
        return False
    for counts in queues.values():
        counts["offered"] = ended(counts)
        counts["called"] = sum(counts[f"called_{outcome}"] for outcome in OUTCOMES)
    known = {name: counts for name, counts in queues.items() if name in tally.policy.queues}
    staff = {name: counts for name, counts in agents.items() if name in tally.policy.agents}
    tally.begin_today_with(known, staff, flows, now)
    return True
