"""What was tried at a number, in the words of the rules? Attempts of the store as history for caps, gaps and retries.

Blocks for the disk: callers run it in a thread. Numbers are personal data.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from cti.model.dialling import AttemptResult, CampaignName, LeadId
from cti.model.promise import Tried
from cti.model.words import DialResult
from cti.outbound.lead import from_one_word
from cti.store.attempts import attempts_since
from cti.store.database import Store

HISTORY_S = 30 * 86_400.0  # the longest time over which caps count, but for those that count for ever


def tried(made: Any) -> Tried:
    """An Attempt, or its row."""
    result, disposition = from_one_word(made.result)
    if made.result == DialResult.HUMAN:  # a death came before it was known what became of him
        result, disposition = AttemptResult.ANSWERED, ""
    return Tried(
        made.intended_at or 0.0,
        CampaignName(made.campaign),
        LeadId(made.lead),
        made.number,
        made.attempt_no,
        result,
        disposition,
    )


def history(store: Store, numbers: Collection[str], now: float, *, ever: bool = False) -> dict[str, tuple[Tried, ...]]:
    """Return what was tried at each of `numbers` by whomever, as far back as any cap looks. Raises SQLAlchemyError.

    `ever`: a cap counts for ever (outbound_retention.py `counts_for_ever`).
    """
    if not numbers:
        return {}
    made = attempts_since(store, numbers, 0.0 if ever else now - HISTORY_S)
    return {number: tuple(map(tried, tries)) for number, tries in made.items() if tries}
