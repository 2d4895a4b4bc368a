"""Does a listener's leg have its name before there is a channel?"""

from __future__ import annotations

import pytest

from cti.acd.spy import MARK, Spy
from cti.model.words import ContactId, NodeId, OfferId, SpyId, SpyMode
from cti.switch.originate import SPY_MARK

pytestmark = pytest.mark.unit


def test_both_sides_of_the_port_name_it_alike() -> None:
    spy = Spy(SpyId("17-1"), ContactId("c"), OfferId("o"), NodeId("n1"), SpyMode.LISTEN, "PJSIP/1009", "eva")
    assert spy.leg == "n1/ctil-17-1" and MARK == SPY_MARK
