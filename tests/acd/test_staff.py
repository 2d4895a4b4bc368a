"""Who works here, and whose phone is it?"""

from __future__ import annotations

import pytest

from cti.acd.staff import Staff
from cti.model.policy import Agent
from cti.model.words import AgentId
from tests.kit import Queue, center, member

pytestmark = pytest.mark.unit

POLICY = center({"sales": Queue(), "support": Queue()}, agents={"anna": member("sales"), "ben": member("support")})
ANNA = AgentId("anna")


def test_everyone_is_found_by_name_and_by_each_phone() -> None:
    rules = Agent(phone="PJSIP/1", phones={"node2": "PJSIP/2"})
    staff = Staff(POLICY)
    carl = staff.hire(AgentId("carl"), 2, rules, POLICY)
    assert staff.agents["carl"] is staff.by_phone["PJSIP/1"] is staff.by_phone["PJSIP/2"] is carl
    assert [agent.number for agent in staff.agents.values()] == [0, 1, 2]


def test_a_phone_behind_the_dialplan_is_known_by_its_channels() -> None:
    staff = Staff(POLICY)
    carl = staff.hire(AgentId("carl"), 2, Agent(phone="Local/5@home/n"), POLICY)
    assert staff.by_phone["Local/5@home"] is carl and "Local/5@home/n" not in staff.by_phone
    staff.dismiss(carl)
    assert "Local/5@home" not in staff.by_phone


def test_who_is_told_otherwise_has_other_phones_pools_and_seats() -> None:
    staff = Staff(POLICY)
    anna = staff.agents[ANNA]
    rules = POLICY.agents["ben"].model_copy(update={"phone": "PJSIP/9"})
    staff.instruct(anna, 5, rules, POLICY)
    assert set(staff.by_phone) == {"PJSIP/9", "PJSIP/1002"}
    assert anna.pools == ("queue:support", "agent:anna")
    assert [seat.pool for seat in anna.seats] == list(anna.pools)


def test_a_phone_that_another_has_taken_over_stays_his() -> None:
    staff = Staff(POLICY)
    anna, ben = staff.agents[ANNA], staff.agents[AgentId("ben")]
    staff.instruct(ben, 1, POLICY.agents["ben"].model_copy(update={"phone": "PJSIP/1001"}), POLICY)
    staff.dismiss(anna)
    assert staff.by_phone == {"PJSIP/1001": ben}
    assert ANNA not in staff.agents
