"""Are agents counted for each of their queues, once altogether, and not at all when they have gone?"""

from __future__ import annotations

import pytest

from cti.metrics.rows import AgentRow
from cti.metrics.serving import Serving
from cti.model.policy import Agent, Membership
from cti.model.words import AgentStatus

pytestmark = pytest.mark.unit

BOTH = Agent(phone="PJSIP/1", queues={"sales": Membership(), "support": Membership()})


def test_an_agent_counts_in_each_of_his_queues_and_once_altogether() -> None:
    serving, row = Serving(), AgentRow(status=AgentStatus.AVAILABLE)
    assert serving.count("anna", BOTH, row) == {"sales", "support"}
    assert (serving.free, serving.available) == ({"sales": 1, "support": 1}, {"sales": 1, "support": 1})
    assert serving.count("anna", BOTH, row) == ()
    row.engaged = True
    assert serving.count("anna", BOTH, row) == {"sales", "support"}
    assert (serving.free["sales"], serving.available["sales"]) == (0, 1)
    assert (serving.all_free, serving.all_available) == (set(), {"anna"})


def test_who_leaves_a_queue_or_us_counts_there_no_more() -> None:
    serving, row = Serving(), AgentRow(status=AgentStatus.AVAILABLE)
    serving.count("anna", BOTH, row)
    serving.count("anna", BOTH.model_copy(update={"queues": {"sales": Membership()}}), row)
    assert (serving.free["sales"], serving.free["support"]) == (1, 0)
    serving.count("anna", None, None)
    assert not +serving.free and not +serving.available and not serving.all_available
