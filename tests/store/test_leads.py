"""Is each due lead handed out once, in the right order, and is what came of it kept?"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cti.store.attempts import Attempt, attempts_of, ended, intend
from cti.store.database import Store, open_store
from cti.store.lead_loading import LeadNumber, NewLead, add_portion, begin_list, finish_list, lead_id
from cti.store.leads import (
    DUE,
    HELD,
    Group,
    Lead,
    _due,
    forget_number,
    groups_of,
    known_numbers,
    leads_with,
    load_leads,
    load_lists,
    record,
    release_held,
)
from tests.store.due import next_due

pytestmark = pytest.mark.contract

NOW = 1_700_000_000.0
LONDON, SYDNEY = ("Europe/London",), ("Australia/Sydney",)


def number(n: int, zones: tuple[str, ...] = LONDON) -> LeadNumber:
    return LeadNumber(f"+4420794{n:05}", zones)


def kept(store: Store, lead: int, state: str, now: float, **more: Any) -> bool:
    with store.durable.begin() as connection:
        return record(connection, lead, state, now, **more)


def fill(store: Store, leads: list[NewLead], campaign: str = "winter") -> int:
    list_id = begin_list(store, campaign, "leads.csv", "eva", NOW)
    add_portion(store, list_id, leads, NOW)
    groups = {(" ".join(each.numbers[0].zones), each.priority) for each in leads}
    finish_list(store, list_id, len(leads), len(leads), groups, NOW)
    return list_id


def plain(n: int, priority: int = 5, zones: tuple[str, ...] = LONDON) -> NewLead:
    return NewLead(n, (number(n, zones),), priority=priority)


def rows(leads: list[Lead]) -> list[int]:
    return [each.id % 10_000_000 + 1 for each in leads]


def test_a_lead_comes_back_as_it_was_given(store: Store) -> None:
    new = NewLead(7, (number(1), number(2, SYDNEY)), "Zoë 王\\", 2, "form 12\t", '{"city":"北京 \\\\N"}')
    list_id = fill(store, [new])
    (lead,) = next_due(store, "winter", NOW, 10)
    assert lead == Lead(
        lead_id(list_id, 7), "winter", HELD, new.numbers, priority=2, name="Zoë 王\\", consent="form 12\t",
        data={"city": "北京 \\N"},
    )  # fmt: skip
    assert lead.number == number(1)


def test_each_is_handed_out_once_the_first_priority_first(store: Store) -> None:
    fill(store, [plain(1), plain(2, 0), plain(3), plain(4, 9)])
    fill(store, [plain(1, 0)], "summer")
    assert rows(next_due(store, "winter", NOW, 2)) == [2, 1]
    assert rows(next_due(store, "winter", NOW, 9)) == [3, 4]
    assert next_due(store, "winter", NOW, 9) == [] and next_due(store, "spring", NOW, 9) == []
    assert rows(next_due(store, "summer", NOW, 9)) == [1]


def test_who_has_been_due_for_longest_goes_first_over_lists_and_zones(store: Store) -> None:
    first = fill(store, [plain(1), plain(2, 5, SYDNEY)])
    second = fill(store, [plain(3), plain(4, 5, SYDNEY)])
    for lead, at in (
        (lead_id(first, 1), 40),
        (lead_id(first, 2), 30),
        (lead_id(second, 3), 20),
        (lead_id(second, 4), 10),
    ):
        kept(store, lead, DUE, NOW, next_at=NOW + at)
    assert rows(next_due(store, "winter", NOW, 9)) == []
    assert rows(next_due(store, "winter", NOW + 35, 2)) == [4, 3]
    assert rows(next_due(store, "winter", NOW + 40, 9)) == [2, 1]


def test_where_it_is_night_nobody_is_handed_out(store: Store) -> None:
    list_id = fill(store, [plain(1), plain(2, 5, SYDNEY), plain(3, 1)])
    assert groups_of(store, "winter") == [(list_id, LONDON, 1), (list_id, SYDNEY, 5), (list_id, LONDON, 5)][
        :1
    ] + sorted([(list_id, SYDNEY, 5), (list_id, LONDON, 5)], key=lambda group: group[1])
    assert rows(next_due(store, "winter", NOW, 9, zones={SYDNEY})) == [2]
    assert rows(next_due(store, "winter", NOW, 9, zones={LONDON})) == [3, 1]


def test_what_came_of_a_lead_is_kept(store: Store) -> None:
    list_id = fill(store, [NewLead(1, (number(1), number(2, SYDNEY)))])
    (lead,) = next_due(store, "winter", NOW, 1)
    assert kept(store, lead.id, DUE, NOW, result="busy", next_at=NOW + 600, number_index=1, priority=0)
    (again,) = next_due(store, "winter", NOW + 600, 1, zones={SYDNEY})
    assert (again.number, again.result, again.priority) == (number(2, SYDNEY), "busy", 0)
    assert kept(store, lead.id, "done", NOW, result="sold")
    assert next_due(store, "winter", 1e12, 9) == []
    assert [each.state for each in load_leads(store, [lead.id])] == ["done"]
    assert not kept(store, lead_id(list_id, 99), "done", NOW)
    assert not kept(store, lead.id, DUE, NOW, number_index=2), "it has no third number"
    (found,) = load_lists(store, "winter")
    assert (found["id"], found["rows"], found["leads"], found["states"]) == (list_id, 1, 1, {"done": 1})
    assert load_lists(store, "summer") == []


def test_after_a_start_what_was_held_is_due_again_but_not_while_an_attempt_is_open(store: Store) -> None:
    fill(store, [plain(1), plain(2)])
    one, two = next_due(store, "winter", NOW, 9)
    made = Attempt("winter", one.id, 1, 0, one.number.number)
    intend(store, made, NOW)
    assert release_held(store, "winter") == 1
    assert [each.id for each in next_due(store, "winter", NOW, 9)] == [two.id]
    ended(store, made.id, "busy", NOW)
    assert release_held(store, "winter") == 2
    assert [each.attempts for each in load_leads(store, [one.id, two.id])] == [1, 0]


def test_numbers_are_known_with_their_campaigns(store: Store) -> None:
    fill(store, [plain(1), plain(2)])
    fill(store, [plain(2)], "summer")
    with store.engine.connect() as connection:
        found = known_numbers(connection, [number(n).number for n in (1, 2, 3)])
    assert found == {number(1).number: {"winter"}, number(2).number: {"winter", "summer"}}
    assert [each.campaign for each in leads_with(store, number(2).number)] == ["winter", "summer"]


def test_the_next_leads_are_a_stretch_of_the_index_and_nothing_is_sorted(tmp_path: Path) -> None:
    """On SQLite: PostgreSQL's plans depend on its statistics."""
    store = open_store(f"sqlite:///{tmp_path}/cti.db")
    due = _due(Group(1, LONDON, 5), NOW, 100).compile(store.engine, compile_kwargs={"literal_binds": True})
    with store.engine.connect() as connection:
        plan = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {due}")]
    store.close()
    assert len(plan) == 1 and "USING COVERING INDEX lead_due" in plan[0] and "next_at<?" in plan[0]


def test_who_wants_to_be_forgotten_is(store: Store) -> None:
    list_id = fill(store, [NewLead(1, (number(1), number(2)), "Eva", data='{"a":"b"}'), plain(3)])
    made = Attempt("winter", lead_id(list_id, 1), 1, 1, number(2).number)
    intend(store, made, NOW)
    assert forget_number(store, number(1).number) == 1
    (lead,) = load_leads(store, [lead_id(list_id, 1)])
    assert (lead.state, lead.name, lead.data, lead.numbers) == ("forgotten", "", {}, ())
    assert attempts_of(store, number(2).number) == [] and leads_with(store, number(1).number) == []
    assert rows(next_due(store, "winter", NOW, 9)) == [3]
