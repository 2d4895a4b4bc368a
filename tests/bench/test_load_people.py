"""Are the scenarios of bench.load filled in whole, and are they XML?"""

from xml.etree import ElementTree

import pytest

from bench.load_people import SCENARIOS, agent_values, caller_values, fill_in
from bench.load_plan import Plan

pytestmark = pytest.mark.unit


@pytest.mark.parametrize("name", ["callers", "agents"])
def test_every_placeholder_has_a_value_and_every_jump_its_label(name: str) -> None:
    values = caller_values(Plan(), 1.8e9) if name == "callers" else agent_values(Plan())
    filled = fill_in((SCENARIOS / f"load_{name}.xml").read_text(), values)
    tree = ElementTree.fromstring(filled)
    labels = {element.get("id") for element in tree.iter("label")}
    jumps = {element.get(key) for element in tree.iter() for key in ("next", "ontimeout")} - {None}
    assert jumps <= labels


def test_a_placeholder_without_a_value_is_a_mistake() -> None:
    with pytest.raises(KeyError):
        fill_in("@NOBODY@", {})


def test_an_address_is_no_placeholder() -> None:
    assert fill_in("sip:[$phone]@[local_ip] @A@@[remote_ip]", {"A": 6001}) == "sip:[$phone]@[local_ip] 6001@[remote_ip]"
