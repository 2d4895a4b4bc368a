"""Does the day's tally hold agents' seconds, teams, campaigns and flows, and does it begin anew at midnight?"""

from __future__ import annotations

import pytest

from cti.metrics.live import LiveView
from cti.model.changes import Changed, Kind
from cti.model.policy import Agent, Center, Membership, Queue
from cti.model.words import AgentId, ContactId, QueueName

pytestmark = pytest.mark.unit

NOON = 1_700_049_600.0  # 2023-11-15 12:00 UTC
MIDNIGHT = NOON + 12 * 3600
POLICY = Center(
    queues={"sales": Queue(), "support": Queue()},
    agents={
        "anna": Agent(
            phone="PJSIP/1",
            queues={"sales": Membership(), "support": Membership()},
            groups=("east",),
            starts="available",
        ),
        "ben": Agent(phone="PJSIP/2", queues={"sales": Membership()}, groups=("east", "nights")),
    },
)
ANNA, SALES = AgentId("anna"), QueueName("sales")


def activity(old: str, new: str, at: float) -> Changed:
    return Changed(Kind.ACTIVITY, ANNA, old, new, at, "Test", agent=ANNA, queue=SALES)


@pytest.fixture
def view() -> LiveView:
    view = LiveView(POLICY)
    view.tally.begin(NOON)
    return view


def talk(view: LiveView, at: float) -> None:
    view.apply(activity("idle", "ringing", at))
    view.apply(Changed(Kind.OFFER, "c#1", "ringing", "accepted", at + 5, "Test", agent=ANNA, queue=SALES))
    view.apply(activity("ringing", "talking", at + 5))
    view.apply(activity("talking", "idle", at + 65))


def test_a_missed_ring_counts_in_its_day(view: LiveView) -> None:
    for at in (NOON, MIDNIGHT + 60):
        view.apply(Changed(Kind.OFFER, "c#1", "ringing", "missed", at, "Test", agent=ANNA, queue=SALES))
    snapshot = view.snapshot(MIDNIGHT + 61)
    anna, east = snapshot["agents"][0], snapshot["teams"][0]
    assert (anna["missed"], anna["today"]["missed"], east["today"]["missed"]) == (2, 1, 1)


def test_an_agents_day_and_that_of_his_queues_and_team(view: LiveView) -> None:
    talk(view, NOON + 10)
    snapshot = view.snapshot(NOON + 75)
    today = snapshot["agents"][0]["today"]
    assert (today["idle_s"], today["ringing_s"], today["talk_s"], today["handled"]) == (10.0, 5.0, 60.0, 1)
    assert today["occupancy"] == pytest.approx(65 / 75)
    assert today["aht_s"] == 60.0
    sales, support = (row["today"] for row in snapshot["queues"])
    assert (sales["handled"], sales["aht_s"], support["handled"]) == (1, 60.0, 0)
    assert [snapshot["queues"][0][name]["aht_s"] for name in ("last_15m", "last_60m")] == [60.0, 60.0]
    east, nights = snapshot["teams"]
    assert (east["name"], east["agents"], east["idle"], east["logged_out"]) == ("east", 2, 1, 1)
    assert (east["today"]["handled"], nights["today"]["handled"]) == (1, 0)


def test_at_midnight_the_day_begins_anew(view: LiveView) -> None:
    talk(view, MIDNIGHT - 20)
    today = view.snapshot(MIDNIGHT + 50)["agents"][0]["today"]
    assert (today["talk_s"], today["handled"], today["idle_s"]) == (45.0, 0, 0.0)


def test_a_teams_day_is_that_of_those_who_are_in_it_now(view: LiveView) -> None:
    def today() -> dict[str, tuple[float, int]]:
        rows = {row["name"]: row["today"] for row in view.snapshot(NOON + 200, "teams")["teams"]}
        return {name: (row["talk_s"], row["handled"]) for name, row in rows.items()}

    view.tally.begin_today_with({}, {"anna": {"talk_s": 30.0}, "ben": {"talk_s": 7.0, "handled": 1}}, {}, NOON)
    talk(view, NOON + 10)
    assert today() == {"east": (97.0, 2), "nights": (7.0, 1)}
    anna, ben = POLICY.agents["anna"], POLICY.agents["ben"]
    moved = {"anna": anna.model_copy(update={"groups": ("nights",)}), "ben": ben}
    view.reload(POLICY.model_copy(update={"agents": moved}))
    assert today() == {"east": (7.0, 1), "nights": (97.0, 2)}
    talk(view, NOON + 100)
    assert today() == {"east": (7.0, 1), "nights": (157.0, 3)}
    talk(view, MIDNIGHT + 60)
    (_, nights) = view.snapshot(MIDNIGHT + 130, "teams")["teams"]
    assert (nights["name"], nights["today"]["talk_s"]) == ("nights", 60.0)


def test_an_engine_goes_on_with_the_day_of_the_one_before(view: LiveView) -> None:
    counts = {"offered": 3, "answered": 2, "abandoned": 1, "answered_wait_s": 20.0, "answered_in_target": 2}
    view.tally.begin_today_with(
        {"sales": counts}, {"anna": {"talk_s": 30.0, "handled": 1}}, {"main": {"came": 4}}, NOON
    )
    talk(view, NOON + 10)
    snapshot = view.snapshot(NOON + 80)
    assert (snapshot["queues"][0]["today"]["offered"], snapshot["queues"][0]["today"]["waiting"]) == (3, 0)
    assert snapshot["queues"][0]["offered"] == 0, "since the engine started"
    assert (snapshot["agents"][0]["today"]["talk_s"], snapshot["agents"][0]["today"]["handled"]) == (90.0, 2)
    assert snapshot["flows"] == [
        {
            "name": "main",
            "inside": 0,
            "today": {"came": 4, "to_queue": 0, "self_service": 0, "hung_up": 0},
            "last_15m": dict.fromkeys(("came", "to_queue", "self_service", "hung_up"), 0),
            "last_60m": dict.fromkeys(("came", "to_queue", "self_service", "hung_up"), 0),
        }
    ]


def test_every_attempt_of_a_campaign_has_one_result_or_is_in_the_air(view: LiveView) -> None:
    for number, steps in enumerate(
        (("placed", "answered", "human"), ("placed", "busy"), ("placed",), ("not_dialled",))
    ):
        old = ""
        for step in steps:
            view.apply(Changed(Kind.ATTEMPT, f"winter-sale-7-{number}", old, step, NOON + 1, "Test", outbound=True))
            old = step
    (row,) = view.snapshot(NOON + 2)["campaigns"]
    assert (row["name"], row["in_the_air"], row["today"]["placed"]) == ("winter-sale", 1, 4)
    results = {name: count for name, count in row["today"].items() if name != "placed" and count}
    assert results == {"human": 1, "busy": 1, "not_dialled": 1}


def test_a_caller_counts_for_the_flow_that_received_him(view: LiveView) -> None:
    who = {"contact": ContactId("n/1")}
    view.apply(Changed(Kind.CONTACT, "n/1", "arrived", "in_flow", NOON + 1, "Test", reason="main", **who))
    assert view.snapshot(NOON + 2)["flows"][0]["inside"] == 1
    view.apply(Changed(Kind.CONTACT, "n/1", "in_flow", "ended", NOON + 9, "FlowEnded", **who))
    row = view.snapshot(NOON + 10)["flows"][0]
    assert (row["inside"], row["last_15m"]["came"], row["last_15m"]["self_service"]) == (0, 1, 1)


def test_a_talk_over_midnight_is_whole_in_the_last_hour_and_cut_in_the_day(view: LiveView) -> None:
    for fact in (
        activity("idle", "talking", MIDNIGHT - 30),
        activity("talking", "idle", MIDNIGHT + 20),
    ):
        view.apply(fact)
    windows = view.tally.windows("sales")
    assert windows.counts("today", MIDNIGHT + 20)["talk_s"] == 20
    assert windows.counts("last_60m", MIDNIGHT + 20)["talk_s"] == 50
