"""How many leads of each quota were reached, ever and today? Counted from the attempts: quotas outlive a restart.

Blocks for the disk: callers run it in a thread.
"""

from __future__ import annotations

import msgspec
from sqlalchemy import case, func, select

from cti.model.campaign import Campaign
from cti.model.dialling import AttemptResult
from cti.model.words import DialResult
from cti.outbound.lead import meant
from cti.store.attempts import AttemptState
from cti.store.database import Store
from cti.store.tables import attempt, lead

_decode = msgspec.json.Decoder(dict[str, str]).decode


def reached(store: Store, name: str, written: Campaign, today_begins_at: float) -> tuple[tuple[int, int], ...]:
    """Return of each quota of `written`, in order: (ever, since `today_begins_at`). Raises SQLAlchemyError.

    Reached is whom an agent (or a flow) had, unless what was noted of it means something else.
    """
    if not written.quotas:
        return ()
    others = {result.value for result in (*AttemptResult, *DialResult)} - {AttemptResult.ANSWERED.value}
    others |= {word for word, meaning in written.dispositions.items() if meaning.means != "reached"}
    today = func.sum(case((attempt.c.ended_at >= today_begins_at, 1), else_=0))
    query = select(lead.c.data, func.count(), today)
    query = query.join_from(attempt, lead, lead.c.id == attempt.c.lead).group_by(lead.c.data)
    query = query.where(
        attempt.c.campaign == name,
        attempt.c.state == AttemptState.ENDED,
        attempt.c.result != "",
        attempt.c.result.not_in(sorted(others)),
    )
    counts = [[0, 0] for _ in written.quotas]
    with store.engine.connect() as connection:
        for data, ever, of_today in connection.execute(query):
            known = _decode(data or "{}")
            for count, quota in zip(counts, written.quotas, strict=True):
                if meant(quota.when, known):
                    count[0] += ever
                    count[1] += int(of_today or 0)
    return tuple((ever, of_today) for ever, of_today in counts)
