"""Is nothing rung for who listens but a phone like the agents', and on the web his own or one of his agents'?"""

from __future__ import annotations

import pytest

from cti.model.policy import Center
from cti.people.person import Person
from cti.people.phones import fault_of, may_ring, own, whole
from cti.people.rights import Role

pytestmark = pytest.mark.unit

CENTER = Center.model_validate(
    {
        "queues": {"sales": {}},
        "agents": {"anna": {"phone": "PJSIP/1001"}, "ben": {"phone": "Local/5@x/n", "phones": {"node2": "IAX2/ben"}}},
    }
)


@pytest.mark.parametrize("phone", ["PJSIP/1009", "IAX2/1009", "Local/5@x/n", "PJSIP/1001"])
def test_a_phone_like_those_of_the_agents_may_be(phone: str) -> None:
    assert fault_of(phone, CENTER) == ""


@pytest.mark.parametrize(
    "phone",
    ["", "1009", "Local/5", "Local/0019005551234", "local/5@x/n", "SIP/1009", "DAHDI/g1", "PJSIP/1@out", "PJSIP/1/2"],
)
def test_no_other_technology_no_way_out_and_no_regex_told(phone: str) -> None:
    assert fault_of(phone, CENTER) == (
        "a phone is written IAX2/1009, as in the configuration (here: IAX2, PJSIP), or is an agent's own"
    )


def test_where_all_phones_are_behind_the_dialplan_only_these_ring() -> None:
    center = Center.model_validate({"queues": {"sales": {}}, "agents": {"ben": {"phone": "Local/5@x/n"}}})
    assert fault_of("Local/5@x/n", center) == "" and "only an agent's phone" in fault_of("PJSIP/1", center)
    assert fault_of("PJSIP/1009", Center.model_validate({"queues": {"sales": {}}})) == "", "a file without agents"


def test_on_the_web_his_own_rings_or_one_of_his_agents() -> None:
    eva = Person("eva", Role.SUPERVISOR, phone="1009")
    assert own(eva, CENTER) == "PJSIP/1009" == whole("1009")
    assert own(Person("anna", Role.SUPERVISOR, agent="anna"), CENTER) == "PJSIP/1001"
    assert own(Person("x", Role.SUPERVISOR), CENTER) == ""
    assert may_ring(eva, "PJSIP/1009", CENTER, frozenset()) and not may_ring(eva, "PJSIP/1010", CENTER, None)
    assert may_ring(eva, "PJSIP/1001", CENTER, {"anna"}) and not may_ring(eva, "PJSIP/1001", CENTER, {"ben"})
    assert may_ring(eva, "IAX2/ben", CENTER, None)
