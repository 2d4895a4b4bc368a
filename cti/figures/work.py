"""What do offers, transfers and time add, and to whose counts? To the agent's own, and to those of queues. PURE.

The live view and the history ask the same two questions here; from when to when they count is theirs.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from cti.figures.counting import WORK, Counts
from cti.figures.staffing import OF_TALKS, Stretch, work_of
from cti.model.changes import Changed, Kind
from cti.model.words import OfferState

_DID: dict[tuple[Kind, str], str] = {
    (Kind.OFFER, OfferState.ACCEPTED): "handled",
    (Kind.OFFER, OfferState.MISSED): "missed",
}
_OF_AGENTS_ONLY = ("missed",)


class Share(NamedTuple):
    """What is added. `agent` "": to the queue's own counts; else to the agent's, `queue` is whose contact it was."""

    agent: str
    queue: str
    counts: Counts


def of_fact(changed: Changed) -> list[Share]:
    """What somebody did, at the moment of the fact."""
    did = "transferred" if changed.kind is Kind.TRANSFER else _DID.get((changed.kind, changed.new))
    if did is None:
        return []
    agent, queue, counts = changed.agent or "", changed.queue or "", {did: 1.0}
    of_queue = [Share("", queue, counts)] if queue and did not in _OF_AGENTS_ONLY else []
    return [*of_queue, *([Share(agent, queue, counts)] if agent else [])]


def of_time(stretch: Stretch, seconds: float, queues: Iterable[str]) -> list[Share]:
    """What `seconds` of a stretch add. `queues`: the agent's, of each of which his time is part."""
    talks = stretch.queue if stretch.state in OF_TALKS else ""
    counts = work_of(stretch.state, seconds)
    found = [Share(stretch.agent, talks, counts)]
    if talks:
        found.append(Share("", talks, {stretch.state: seconds}))
    shared = {name: counts[name] for name in WORK if name in counts}
    if shared:
        found += [Share("", queue, shared) for queue in queues]
    return found
