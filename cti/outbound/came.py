"""What came of calling a customer who was promised it? The end of the dial and the end of his visit, in one table.

The two are told in either order, and over a death one of them perhaps never. Pure data, read by calling/.
"""

from __future__ import annotations

from collections.abc import Mapping

from cti.model.dialling import AttemptResult
from cti.model.words import DialResult, Outcome
from cti.outbound.results import FOR_A_PROMISE

HE_LEFT = (Outcome.ABANDONED, Outcome.KEY_EXIT, Outcome.MERGED)  # of his own accord


def _person(visit: Outcome | None) -> AttemptResult | None:
    if visit in (None, Outcome.MOVED):  # he is in our hands: his visit is still to end
        return None
    if visit is Outcome.ANSWERED:
        return AttemptResult.ANSWERED
    return AttemptResult.HUNG_UP if visit in HE_LEFT else AttemptResult.ABANDONED


def _one(dial: DialResult | None, visit: Outcome | None) -> AttemptResult | None:
    if visit is Outcome.ANSWERED:  # they talk, whatever was told of the dial
        return AttemptResult.ANSWERED
    if dial is DialResult.HUMAN:
        return _person(visit)
    return FOR_A_PROMISE[dial] if dial is not None else None


CAME: Mapping[tuple[DialResult | None, Outcome | None], AttemptResult | None] = {
    (dial, visit): _one(dial, visit) for dial in (None, *DialResult) for visit in (None, *Outcome)
}
"""The result of a try by both ends, None where it was not told (yet). No result: more is to come."""


def of_dial(word: str) -> AttemptResult:
    """Return what the store's word for the end of an attempt means where nobody can tell of any visit.

    A person who answered counts as served: he is never called a second time on a suspicion.
    """
    if word == DialResult.HUMAN:
        return AttemptResult.ANSWERED
    return FOR_A_PROMISE[DialResult(word)] if word in DialResult.__members__.values() else AttemptResult.UNKNOWN
