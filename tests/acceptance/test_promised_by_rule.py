"""Is a customer called on a real Asterisk by a rule: after a bad answer to a survey, for his regular visit?"""

from __future__ import annotations

from pathlib import Path

import pytest

from .centre import Centre, number_of
from .selling import load_list
from .test_callbacks import CUSTOMER, E164, Promising, they_talk
from .tones import TALK, Ear
from .waiting import until

pytestmark = pytest.mark.acceptance

VISITED = f"+{number_of(2)}"
KINDS = "SELECT kind, number, state FROM callback ORDER BY kind"
FOLLOW_UPS = "SELECT owner, answer, done_by FROM follow_up"


def is_judged(centre: Promising, folder: Path) -> None:
    """A caller talks with anna's phone, and says with a key that it was bad."""
    call = centre.centre.call(caller=CUSTOMER)
    call.record(folder / "judge.wav")
    ear = Ear(folder / "judge.wav")
    phone = centre.answers()
    ear.until(TALK)
    phone.hangup()
    ear.until("satisfied")
    call.press("1")
    call.wait("disconnected")


def is_called(centre: Promising, number: str) -> None:
    """The agent's phone rings, then the customer's, and they talk."""
    phone = centre.centre.rings(number)
    phone.answer()
    customer = centre.customer_rings()
    customer.answer()
    they_talk(customer, phone)


def test_who_was_not_satisfied_and_who_is_due_for_his_visit_are_called(centre: Centre, tmp_path: Path) -> None:
    """Once each: the one by the owner of the follow-up, which is done by it, the other one by whom his list names."""
    load_list(tmp_path / "state" / "cti.db", "customers", "valued.csv", VISITED, cares="a1002")
    found = Promising(
        centre,
        tmp_path,
        {},
        visits={"care": {"leads_of": "customers", "every_days": 30, "queue": "sales", "agent_column": "cares"}},
        settings={
            "entries": {"6001": {"flow": "judged"}},
            "campaigns": {"customers": {"mode": "progressive", "queue": "sales"}},
        },
    )
    found.comes("1001")
    is_judged(found, tmp_path)
    is_called(found, "1001")
    until(lambda: found.rows(FOLLOW_UPS) == [("a1001", "satisfied=1", "callback")], "the follow-up is done")
    until(lambda: ("visit", VISITED, "in_line") in found.rows(KINDS), "he is due, and waits for a1002")
    found.comes("1002")
    is_called(found, "1002")
    kept = [("follow_up", E164, "kept"), ("visit", VISITED, "kept")]
    until(lambda: found.rows(KINDS) == kept, f"both are kept; {found.rows(KINDS)}")
    assert found.attempts() == [("ended", "human")] * 2
    centre.until_no_calls()
    assert not centre.world.incoming, "nobody is called once more"
