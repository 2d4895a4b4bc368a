"""Do reasons read as a person would say them, with their numbers and without anybody's number?"""

from __future__ import annotations

from random import Random
from typing import Any

import msgspec
import pytest
from acd.worlds import World

from cti.metrics.reasons import fact_phrase, obstacle_phrase, seconds, standing_phrase, who
from cti.model.changes import Changed, Kind
from cti.model.explanation import LostBy, Obstacle, Reason, Standing
from cti.model.words import AgentId, ContactId, OfferState, QueueName

pytestmark = pytest.mark.unit

ANNA = AgentId("anna")


def standing(reason: Reason, **more: Any) -> Standing:
    return Standing(ANNA, reason, **more)


@pytest.mark.parametrize(
    ("each", "phrase"),
    [
        (standing(Reason.WRAPUP, left_s=7.4), "wraps up, 7 s left"),
        (standing(Reason.ON_BREAK, detail="lunch", for_s=600), "on a break (lunch) for 10:00 min"),
        (standing(Reason.SKILL, detail="en", have=2, need=3), "skill en 2 < 3"),
        (standing(Reason.SKILL, detail="en", have=2, need=3, left_s=12), "skill en 2 < 3, enough (in 12 s)"),
        (standing(Reason.EXCLUDED, left_s=50), "excluded: tried not long ago, again in 50 s"),
        (standing(Reason.PENALTY, have=7, need=0, most=5), "penalty 7 is out of the range (asked are 0 to 5)"),
        (standing(Reason.LATER, left_s=15), "not asked yet (in 15 s)"),
        (standing(Reason.ELSEWHERE), "serves no queue or group that is asked"),
        (standing(Reason.FREE, chosen=True, rule="longest_idle", figure=55), "chosen: idle 55 s"),
    ],
)
def test_a_standing_reads_well(each: Standing, phrase: str) -> None:
    assert standing_phrase(each) == phrase


@pytest.mark.parametrize(
    "rule", ["longest_idle", "least_occupied", "fewest_contacts", "round_robin", "linear", "other"]
)
@pytest.mark.parametrize("lost_by", list(LostBy))
def test_every_way_to_lose_has_a_phrase(rule: str, lost_by: LostBy) -> None:
    best = standing(Reason.FREE, chosen=True, rule=rule, figure=55.0, idle_s=55, level=1, penalty=0, pool="queue:a")
    his = standing(Reason.FREE, lost_by=lost_by, rule=rule, figure=41.0, idle_s=41, level=2, penalty=3, pool="group:b")
    assert standing_phrase(his, best).startswith("lost by ")
    if (rule, lost_by) == ("longest_idle", LostBy.FIGURE):
        assert standing_phrase(his, best) == "lost by idle 41 s, against idle 55 s"


def test_every_reason_has_a_phrase() -> None:
    for reason in Reason:
        assert standing_phrase(standing(reason, detail="en", have=1, need=2, most=3, left_s=4.0))
        assert obstacle_phrase(Obstacle(reason, 2, "en", 1, 2, 4.0)).startswith("2 not for him: ")


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0 s"), (0.3, "0.3 s"), (7.9, "7 s"), (119, "119 s"), (125, "2:05 min"), (7384, "2:03:04 h")],
)
def test_seconds_are_short(value: float, text: str) -> None:
    assert seconds(value) == text


def test_every_fact_of_a_contact_reads_and_names_nobodys_number() -> None:
    kinds = set()
    for seed in range(40):
        world, chance = World(seed), Random(seed)
        for _ in range(25):
            world.step(chance.getrandbits(32))
        for told in world.scene.changes():
            phrase = fact_phrase(told)
            kinds.add((told.kind, phrase is not None))
            assert who(told)
            assert phrase is None or not told.caller or told.caller not in phrase
    assert {(kind, True) for kind in (Kind.CONTACT, Kind.VISIT, Kind.OFFER, Kind.REACH)} <= kinds
    assert (Kind.ACTIVITY, True) not in kinds


def test_what_a_person_or_the_time_did_is_theirs() -> None:
    def changed(cause: str, **more: Any) -> Changed:
        return Changed(Kind.OFFER, "o", "ringing", OfferState.MISSED, 5.0, cause, agent=ANNA, **more)

    assert who(changed("ContactRequest", by="eve")) == "eve"
    assert who(changed("deadline:ring")) == "time"
    assert who(changed("OfferEnded")) == "anna"
    assert fact_phrase(changed("OfferEnded", until=65.0)) == "anna did not answer; not asked again for 60 s"
    visit = Changed(
        Kind.VISIT, "v", "waiting", "timed_out", 5.0, "deadline:max_wait", queue=QueueName("sales"), wait_s=90
    )
    assert fact_phrase(visit) == "leaves sales: timed out after 90 s"
    place = Changed(Kind.PLACE, "c/1", "", "", 5.0, "ContactRequest", position=1, by="eve", seconds=120.0)
    assert (fact_phrase(place), who(place)) == ("2:00 min of waiting given: position 1", "eve")
    taken = msgspec.structs.replace(place, seconds=-30.0, position=3)
    assert fact_phrase(taken) == "30 s of waiting taken away: position 3"
    assert fact_phrase(msgspec.structs.replace(place, seconds=None, by=None)) == "placed anew: position 1"
    assert fact_phrase(Changed(Kind.CONTACT, "c", "", "arrived", 1.0, "CallArrived", contact=ContactId("c"))) == "calls"
