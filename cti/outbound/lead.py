"""How are attempts at a lead named, and what do they say together? Questions to data (model/lead.py), without rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cti.model.calling_rules import Meaning
from cti.model.dialling import AttemptResult
from cti.model.dialling import attempt_id as attempt_id
from cti.model.lead import Lead as Lead
from cti.model.promise import Number as Number
from cti.model.promise import Tried as Tried


def in_one_word(result: AttemptResult, disposition: str) -> str:
    """Return what came of an attempt as the store keeps it: what the agent noted, or else the result."""
    return disposition or result.value


def from_one_word(word: str) -> tuple[AttemptResult | None, str]:
    """Return result and disposition of a word from the store; an attempt without one is being made."""
    if not word:
        return None, ""
    try:
        return AttemptResult(word), ""
    except ValueError:
        return AttemptResult.ANSWERED, word


def meant(when: dict[str, str], data: dict[str, str]) -> bool:
    """Whether all of `when` is true of a customer."""
    return all(data.get(key) == value for key, value in when.items())


def this_round(tries: Sequence[Tried], dispositions: Mapping[str, Meaning]) -> Sequence[Tried]:
    """Return those of a lead's tries that came after he was last reached: regular visits begin anew each time."""
    for at in range(len(tries) - 1, -1, -1):
        if tries[at].result is AttemptResult.ANSWERED:
            meaning = dispositions.get(tries[at].disposition)
            if meaning is None or meaning.means == "reached":
                return tries[at + 1 :]
    return tries


def dead_numbers(tries: Sequence[Tried], dispositions: Mapping[str, Meaning]) -> set[str]:
    """Return the numbers that do not exist, or are somebody else's; personal data."""
    wrong = {name for name, meaning in dispositions.items() if meaning.means == "wrong_number"}
    return {tried.number for tried in tries if tried.result is AttemptResult.INVALID or tried.disposition in wrong}
