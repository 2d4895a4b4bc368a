"""Is an agent in two teams in both rows, and a campaign shown that has not dialled yet?"""

from __future__ import annotations

import pytest

from cti.metrics.group_rows import campaign_rows, flow_rows, team_rows
from cti.metrics.live import LiveView
from cti.model.changes import Changed, Kind
from cti.model.policy import Agent, Center, Queue
from cti.model.words import AgentId

pytestmark = pytest.mark.unit

NOON = 1_700_049_600.0


def test_teams() -> None:
    both = Agent(phone="PJSIP/1", groups=("east", "west"))
    view = LiveView(
        Center(queues={"sales": Queue()}, agents={"anna": both, "ben": Agent(phone="PJSIP/2", groups=("east",))})
    )
    anna = AgentId("anna")
    view.apply(Changed(Kind.STATUS, anna, "logged_out", "available", NOON, "Test", agent=anna))
    east, west = team_rows(view, NOON + 1)
    assert (east["name"], east["agents"], east["available"], east["free"]) == ("east", 2, 1, 1)
    assert (west["agents"], west["available"], west["logged_out"]) == (1, 1, 0)
    assert (campaign_rows(view, NOON), flow_rows(view, NOON)) == ([], [])
