"""What is known of a lead?"""

from __future__ import annotations

import pytest

from cti.model.calling_rules import Meaning
from cti.model.dialling import AttemptResult
from cti.outbound.lead import attempt_id, dead_numbers, from_one_word, in_one_word, meant, this_round
from tests.outbound.rules_kit import NOW, number, tried

pytestmark = pytest.mark.unit

KNOWN = {"later": Meaning(means="again"), "wrong": Meaning(means="wrong_number"), "sale": Meaning(means="reached")}


def test_the_round_begins_after_he_was_reached() -> None:
    no, yes = tried(NOW), tried(NOW, AttemptResult.ANSWERED, disposition="sale")
    later = tried(NOW, AttemptResult.ANSWERED, disposition="later")
    assert this_round([no, yes, no, later], KNOWN) == [no, later]
    assert this_round([no, tried(NOW, AttemptResult.ANSWERED)], KNOWN) == []
    assert this_round([no], KNOWN) == [no]


def test_dead_numbers() -> None:
    tries = [
        tried(NOW, AttemptResult.INVALID, number(1)),
        tried(NOW, AttemptResult.ANSWERED, number(2), disposition="wrong"),
        tried(NOW, AttemptResult.ANSWERED, number(3), disposition="sale"),
    ]
    assert dead_numbers(tries, KNOWN) == {number(1).number, number(2).number}


def test_small_words() -> None:
    assert attempt_id("renewals", 7, 2) == "renewals-7-2"
    assert meant({}, {}) and meant({"a": "1"}, {"a": "1", "b": "2"}) and not meant({"a": "1"}, {"a": "2"})


def test_one_word_tells_what_came_of_an_attempt() -> None:
    for result in AttemptResult:
        assert from_one_word(in_one_word(result, "")) == (result, "")
    assert from_one_word(in_one_word(AttemptResult.ANSWERED, "sale")) == (AttemptResult.ANSWERED, "sale")
    assert from_one_word("") == (None, "")
