"""Does each trunk bear no more than it can, and does every number go out where it is known best?"""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cti.calendar.instants import day_begins
from cti.model.campaign import Trunk
from cti.model.commands import PlaceCall
from cti.outbound.ways import KEPT_S, Ways, ways_of
from tests.campaigns import Campaigning, number

pytestmark = pytest.mark.unit

DIAL = "PJSIP/{number}@carrier"


def trunk(*numbers: str, lines: int = 30, calls_per_s: float = 1000.0, **more: object) -> Trunk:
    words = {"dial": DIAL, "numbers": numbers or ("+",), "lines": lines, "calls_per_s": calls_per_s} | more
    return Trunk.model_validate(words)


def ways(**trunks: Trunk) -> Ways:
    made = Ways()
    made.follow(trunks)
    made.look([])
    return made


def test_the_trunk_that_knows_most_of_a_number_takes_it() -> None:
    trunks = {"all": trunk(), "berlin": trunk("+4930"), "too": trunk("+4930", except_numbers=("+49309",))}
    assert ways_of(trunks, "+493012345") == ["berlin", "too"]
    assert ways_of(trunks, "+493091") == ["berlin"]
    assert ways_of(trunks, "+442012345") == ["all"]
    assert ways_of({"berlin": trunk("+4930")}, "+4420") == []


def test_of_equals_the_first_with_room() -> None:
    made = ways(one=trunk(lines=1), other=trunk(lines=1))
    assert [made.take(f"+49301234{last}", 0.0) for last in range(3)] == ["one", "other", None]
    made.look(["+493012340"])
    assert made.take("+493012349", 0.0) == "other", "a call of the first trunk goes on"


def test_without_trunks_the_switch_decides() -> None:
    assert ways().take("+493012345", 0.0) == ""


def test_who_came_in_by_a_trunk_has_a_line_of_it() -> None:
    channels = ["PJSIP/carrier-0000002a", "PJSIP/carrier-west-0000002b", "PJSIP/1001-0000002c"]
    made = Ways(lambda: channels)
    made.follow({"one": trunk(lines=2)})
    made.look([])
    assert [made.take(f"+49301234{last}", 0.0) for last in range(2)] == ["one", None]
    channels.clear()
    made.look(["+493012340"])
    assert made.take("+493012341", 0.0) == "one"


def test_who_is_dialled_without_asking_costs_those_to_come() -> None:
    made = ways(one=trunk(calls_per_s=1.0))
    made.spend("+493012340", 10.0)
    made.spend("+493012341", 10.0)
    assert [made.room("+493012342", at) for at in (10.0, 11.0, 12.0)] == [False, False, True]


def test_the_next_line_is_kept_for_who_found_none() -> None:
    made = ways(one=trunk(lines=2))
    made.look(["+493012340", "+493012341"])
    assert not made.room("+493012349", 10.0)
    made.look(["+493012340"])
    assert made.take("+493012342", 10.5) is None, "of others"
    assert made.room("+493012349", 11.0)
    made.spend("+493012349", 11.0)
    assert made.take("+493012342", 11.0) == "one"
    made.look(["+493012340", "+493012341"])
    assert not made.room("+493012349", 20.0)
    made.look(["+493012340"])
    assert made.take("+493012342", 20.0 + KEPT_S) == "one", "he has not come again"


def test_a_reload_gives_nobody_a_second_more() -> None:
    made = ways(one=trunk(calls_per_s=1.0))
    assert made.take("+493012345", 10.0) == "one"
    made.follow({"one": trunk(calls_per_s=1.0, lines=99)})
    assert made.take("+493012346", 10.5) is None
    made.follow({"one": trunk(calls_per_s=2.0)})
    assert made.take("+493012346", 10.5) == "one"


@settings(max_examples=60)
@given(
    st.lists(st.tuples(st.floats(0.0, 2.0), st.sampled_from(["+4930", "+44"])), min_size=1, max_size=60),
    st.integers(1, 5),
    st.integers(1, 4),
)
def test_never_more_than_a_trunk_bears(calls: list[tuple[float, str]], lines: int, rate: int) -> None:
    """Whatever is asked for: in no stretch of time more than its bucket holds, and never more lines than it has."""
    made = ways(home=trunk("+4930", lines=lines, calls_per_s=rate), abroad=trunk("+44", lines=2))
    now, air, placed = 0.0, list[str](), list[float]()
    for count, (after_s, beginning) in enumerate(calls):
        now += after_s
        if after_s > 1.0:
            air = air[1:]
        made.look(air)
        callee = f"{beginning}{count:07d}"
        found = made.take(callee, now)
        assert found in (None, "home" if beginning == "+4930" else "abroad")
        if found is not None:
            air.append(callee)
            placed += [now] if found == "home" else []
        assert sum(callee.startswith("+4930") for callee in air) <= lines
    for begin in placed:
        assert sum(begin <= at <= begin + 1.0 for at in placed) <= 2 * rate


def scene(leads: int, trunks: dict[str, object], **written: object) -> Campaigning:
    made = Campaigning("anna", "bert", "cleo", leads=leads, outbound={"trunks": trunks}, **written)
    made.start()
    return made


def test_a_campaign_dials_by_the_trunk_that_has_room() -> None:
    narrow = {"dial": DIAL, "numbers": [number(1)], "lines": 1}
    made = scene(3, {"narrow": narrow, "wide": {"dial": DIAL}})
    assert [command.trunk for command in made.commands(PlaceCall)] == ["narrow", "wide", "wide"]


def test_a_full_trunk_keeps_nobody_else_waiting() -> None:
    narrow = {"dial": DIAL, "lines": 1, "numbers": [number(1), number(2)]}
    made = scene(3, {"narrow": narrow, "wide": {"dial": DIAL}})
    assert made.placed() == ["spring-1-1", "spring-3-1"]
    assert made.now_().not_dialled == {"lines": 1}
    made.fails("spring-1-1")
    made.wait(1.1)
    assert made.placed()[2:] == ["spring-2-1"]


def test_a_number_that_no_trunk_may_call_is_its_leads_reason_and_rings_at_nobodys() -> None:
    made = scene(2, {"berlin": {"dial": DIAL, "numbers": [number(2)]}})
    assert made.placed() == ["spring-2-1"]
    assert made.agent("bert").activity == "idle"
    (settled,) = made.settled(1)
    assert (settled.outcome, settled.rule, settled.due_at - made.now > 3500) == (None, "no_trunk", True)
    assert made.now_().not_dialled == {"no_trunk": 1}


def test_why_leads_were_not_dialled_is_told_of_today() -> None:
    made = scene(2, {"berlin": {"dial": DIAL, "numbers": [number(2)]}})
    assert made.now_().not_dialled == {"no_trunk": 1}
    tomorrow = day_begins(ZoneInfo("UTC"), made.now, 1)
    [before, after] = (made.center.campaigns_now(at)[0].not_dialled for at in (tomorrow - 1, tomorrow))
    assert (before, after) == ({"no_trunk": 1}, {})
