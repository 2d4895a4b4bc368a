"""Does a decision say what it rests on, in one sentence?"""

from __future__ import annotations

import pytest

from cti.outbound.placing import PHRASES, Placing, Why, figures, sentence

pytestmark = pytest.mark.unit


def test_the_sentence_of_a_predictive_decision() -> None:
    placing = Placing(
        3, Why.CAP, "predictive", free=2, freed=1.4, share=0.021, cap=0.03, in_air=4, lines_used=8, lines=10
    )
    assert sentence(placing) == (
        "placing 3: 2 free + 1.4 expected, 2.1 % of a cap of 3.0 %, 4 in the air, lines 8/10 "
        "(one more would break the cap)"
    )


def test_its_figures_say_the_same_and_have_the_same_members_in_each_mode() -> None:
    predictive = figures(
        Placing(3, Why.CAP, "predictive", free=2, freed=1.44, share=0.0213, cap=0.03, in_air=4, lines_used=8, lines=10)
    )
    assert predictive == {
        "number": 3, "why": "cap", "free": 2, "freed": 1.4, "share": 0.021, "cap": 0.03, "in_air": 4,
        "lines_used": 8, "lines": 10,
    }  # fmt: skip
    plain = figures(Placing(2, Why.EVIDENCE, "progressive", free=2, cap=0.03))
    assert list(plain) == list(predictive), "a board tells members that changed only where the members are the same"
    assert [name for name, value in plain.items() if value is None] == ["freed", "share", "cap", "lines_used", "lines"]


def test_progressive_says_why() -> None:
    assert sentence(Placing(2, Why.EVIDENCE, "progressive", free=2)) == (
        "placing 2: 2 free (too little known yet: one per free agent)"
    )


@pytest.mark.parametrize("why", [Why.SWITCH_LOST, Why.STALE, Why.NO_AGENTS])
def test_where_nothing_is_dialled_only_the_reason_is_said(why: Why) -> None:
    assert sentence(Placing(0, why, "predictive", free=9)) == f"placing 0: {PHRASES[why]}"


def test_every_reason_has_its_words() -> None:
    assert set(PHRASES) == set(Why)
