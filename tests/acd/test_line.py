"""Is the head of the line the one who is served next, for everybody who may serve him?"""

from __future__ import annotations

import pytest
from kit import NODE, call_id

from cti.acd.agent import Agent
from cti.acd.contact import Contact
from cti.acd.line import Line
from cti.acd.reach import pools_of, widen
from cti.model import policy
from cti.model.words import AgentId, ContactId, QueueName

pytestmark = pytest.mark.unit

SALES = QueueName("sales")


def contact(name: str, since: float, **more: object) -> Contact:
    call = call_id(name)
    made = Contact(ContactId(call), call, NODE, SALES, since, since, since)
    for field, value in more.items():
        setattr(made, field, value)
    return made


def stand(line: Line, waiting: Contact, now: float) -> None:
    reach, _, _ = widen(policy.Queue(), waiting, now, ())
    line.add(waiting, reach)


def agent(name: str, **skills: int) -> Agent:
    rules = policy.Agent(phone="PJSIP/1", skills=skills, queues={"sales": policy.Membership()})
    return Agent(AgentId(name), rules, pools=pools_of(AgentId(name), rules))


def test_heads_are_the_most_urgent_of_each_class() -> None:
    line = Line()
    plain, later, english = contact("a", 10), contact("b", 20), contact("c", 5, requires=(("en", 2),))
    for each in (later, english, plain):
        stand(line, each, 100)
    assert line.best_two(agent("anna"), 100) == (plain, later)
    assert line.best_two(agent("ben", en=2), 100) == (english, plain)
    line.remove(plain)
    assert line.best_two(agent("anna"), 100) == (later, None)


def test_who_was_tried_does_not_see_the_contact() -> None:
    line = Line()
    stand(line, contact("a", 10, tried={AgentId("anna"): 150.0}), 100)
    assert line.best_two(agent("anna"), 100) == (None, None)
    assert line.best_two(agent("ben"), 100)[0] is not None


def test_positions_count_who_is_served_before() -> None:
    line = Line()
    people = [
        contact("late", 30),
        contact("early", 10),
        contact("tier", 40, tier=-1),
        contact("helped", 35, head_start_s=30.0),
        contact("skill", 20, requires=(("en", 1),)),
    ]
    for each in people:
        stand(line, each, 100)
    assert {each.id.partition("/")[2]: line.position(each) for each in people} == {
        "tier": 1,
        "helped": 2,
        "early": 3,
        "skill": 4,
        "late": 5,
    }
    assert line.waiting(SALES) == 5


def test_taking_out_twice_is_harmless() -> None:
    line = Line()
    one = contact("a", 10)
    stand(line, one, 100)
    line.remove(one)
    line.remove(one)
    assert line.waiting(SALES) == 0
    assert one.stands_in is None
