"""Has the same policy the same name, and another one another?"""

from __future__ import annotations

import pytest
from kit import Queue, center, member

from cti.model.policy_version import DIGITS, policy_version

pytestmark = pytest.mark.unit


def test_the_content_alone_names_it() -> None:
    def version(**more: object) -> str:
        agents = {"anna": member("sales"), "ben": member("sales")}
        return policy_version(center({"sales": Queue(**more)}, agents=agents))

    assert version() == version()
    assert len(version()) == DIGITS
    assert version() != version(wrap_up_s=1)


def test_the_order_of_agents_counts() -> None:
    anna, ben = member("sales", phone="PJSIP/1"), member("sales", phone="PJSIP/2")
    assert policy_version(center(agents={"anna": anna, "ben": ben})) != policy_version(
        center(agents={"ben": ben, "anna": anna})
    )
