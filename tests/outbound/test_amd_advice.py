"""What follows from how AMD judged, and from what agents said of those whom they heard?"""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cti.model.campaign import Machines
from cti.outbound.amd_advice import ENOUGH, Verdict, report, share_at

pytestmark = pytest.mark.unit

MACHINES = Machines(detect=True, said=("machine_again",))
PERSON = Verdict("human", "HUMAN-820-800", 1.6, "sold")
MISSED = Verdict("human", "HUMAN-820-800", 1.6, "machine_again")
LONG = Verdict("machine", "LONGGREETING-1830-1500", 1.9, "sold")
WORDY = Verdict("machine", "MAXWORDS-5-3", 1.4, "sold")
RIGHT = Verdict("machine", "LONGGREETING-1510-1500", 1.6, "machine_again")
LONG_LOOK = Verdict("unsure", "TOOLONG-5000", 5.1)


def advised(*verdicts: Verdict, machines: Machines = MACHINES) -> dict[str, float]:
    return {advice.key: advice.better for advice in report(verdicts, machines).advice}


def test_it_is_counted_what_was_heard_by_which_sign_and_where_agents_said_otherwise() -> None:
    found = report([PERSON] * 3 + [MISSED] * 2 + [RIGHT, LONG_LOOK], MACHINES)
    assert (found.verdicts, found.heard) == (7, {"human": 5, "machine": 1, "unsure": 1})
    assert found.signs == {"human HUMAN": 5, "machine LONGGREETING": 1, "unsure TOOLONG": 1}
    assert (found.noted, found.wrong) == ({"human": 5, "machine": 1}, {"human": 2})
    assert (found.listened_p50_s, found.listened_p90_s) == (1.6, 5.1)


def test_machines_that_pause_ask_for_more_silence() -> None:
    assert advised(*[PERSON] * 18, *[MISSED] * 2) == {"after_greeting_silence_s": 1.0}
    assert advised(*[PERSON] * 19, MISSED) == {}, "one of twenty is no more than may be"


def test_people_taken_for_machines_ask_for_a_longer_greeting_or_more_words() -> None:
    assert advised(*[RIGHT] * 17, *[LONG] * 2, WORDY) == {"greeting_s": 1.9, "max_words": 6}


def test_who_is_not_known_after_long_need_not_be_listened_to_so_long() -> None:
    assert advised(*[PERSON] * 17, *[LONG_LOOK] * 3) == {"total_analysis_s": 4.0}
    at_its_least = Machines(detect=True, amd={"total_analysis_s": 2.0})
    assert advised(*[PERSON] * 17, *[LONG_LOOK] * 3, machines=at_its_least) == {}


def test_nothing_follows_from_few_or_where_agents_have_no_word_for_it() -> None:
    assert advised(*[MISSED] * (ENOUGH - 1)) == {}
    assert advised(*[MISSED] * 40, machines=Machines(detect=True)) == {}
    assert report([], MACHINES).listened_p50_s is None


VERDICTS = st.builds(
    Verdict,
    st.sampled_from(["human", "machine", "unsure"]),
    st.from_regex(r"[A-Z]{0,12}(-[0-9]{1,9}){0,4}", fullmatch=True),
    st.floats(0, 100),
    st.sampled_from(["", "sold", "machine_again"]),
)


@settings(max_examples=60)
@given(st.lists(VERDICTS, max_size=60))
def test_each_is_counted_once_and_advice_is_another_value(verdicts: list[Verdict]) -> None:
    found = report(verdicts, MACHINES)
    assert sum(found.heard.values()) == sum(found.signs.values()) == found.verdicts == len(verdicts)
    assert all(found.wrong.get(heard, 0) <= noted for heard, noted in found.noted.items())
    assert all(advice.better != advice.now for advice in found.advice)


def test_a_share_of_values() -> None:
    assert share_at([3.0, 1.0, 2.0], 0.5) == 2.0 and share_at([1.0], 0.9) == 1.0 and share_at([], 0.5) is None
