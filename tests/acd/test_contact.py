"""Is urgency what the formula says, and does the ticket carry all that must survive?"""

from __future__ import annotations

import pytest
from kit import NODE, call_id

from cti.acd.contact import Contact
from cti.model.ticket import LONGEST_WAIT_S, MOST_HEAD_START_S, Ticket
from cti.model.words import AgentId, ContactId, QueueName

pytestmark = pytest.mark.unit


def made(since: float = 100.0, **more: object) -> Contact:
    call = call_id("c1")
    contact = Contact(ContactId(call), call, NODE, QueueName("sales"), since, since + 5, since + 7)
    for field, value in more.items():
        setattr(contact, field, value)
    return contact


def test_urgency_is_head_start_and_wait_over_target() -> None:
    assert made(target_s=20.0, head_start_s=10.0).urgency(130.0) == pytest.approx((10 + 30) / 20)


def test_tier_before_urgency_before_arrival() -> None:
    now = 200.0
    by_tier = made(190.0, tier=0, target_s=600.0), made(100.0, tier=1, target_s=1.0)
    assert by_tier[0].rank(now) < by_tier[1].rank(now)
    by_urgency = made(180.0, target_s=10.0), made(150.0, target_s=60.0)
    assert by_urgency[0].rank(now) < by_urgency[1].rank(now)
    same_urgency = made(100.0, target_s=20.0), made(150.0, target_s=10.0)
    assert same_urgency[0].rank(now) < same_urgency[1].rank(now)


def test_the_order_of_a_class_is_the_order_of_urgency_at_any_time() -> None:
    people = [made(since, head_start_s=head) for since, head in ((100, 0), (110, 30), (120, 0), (90, 5))]
    for now in (121.0, 500.0, 1e6):
        assert sorted(people, key=Contact.order) == sorted(people, key=lambda contact: contact.rank(now))


def test_the_ticket_carries_what_must_survive() -> None:
    contact = made(
        own_head_start_s=3.0, tier=2, own_requires=(("en", 2),), tried={AgentId("anna"): 160.0}, entry=2, visit=3
    )
    ticket = contact.ticket()
    assert (ticket.contact, ticket.queue, ticket.since, ticket.entered_at) == (contact.id, "sales", 100.0, 105.0)
    assert (ticket.head_start_s, ticket.tier, ticket.requires) == (3.0, 2, {"en": 2})
    assert (ticket.tried, ticket.entry, ticket.visit) == ({"anna": 160.0}, 2, 3)


def test_a_ticket_says_no_time_that_cannot_be() -> None:
    now = 1_800_000_000.0
    for said, begun in (
        (-1e308, now - LONGEST_WAIT_S),
        (0.0, now - LONGEST_WAIT_S),
        (4e9, now),
        (now - 5.0, now - 5.0),
    ):
        ticket = Ticket(ContactId("c"), QueueName("sales"), said, said, head_start_s=1e308)
        back = Contact.of_ticket(ticket, call_id("c1"), NODE, now, {})
        assert (back.since, back.entered_at, back.own_head_start_s) == (begun, begun, MOST_HEAD_START_S)
    ticket = Ticket(ContactId("c"), QueueName("sales"), now, now, head_start_s=-9.0)
    assert Contact.of_ticket(ticket, call_id("c1"), NODE, now, {}).own_head_start_s == 0.0


def test_agents_who_are_gone_are_no_longer_left_out() -> None:
    contact = Contact(ContactId("c"), call_id("c1"), NODE, QueueName("sales"), 10.0, 10.0, 10.0)
    contact.tried = {AgentId("anna"): 70.0, AgentId("gone"): 80.0}
    back = Contact.of_ticket(contact.ticket(), call_id("c1"), NODE, 20.0, {AgentId("anna"): None})  # type: ignore[dict-item]
    assert back.tried == {AgentId("anna"): 70.0}


def test_of_equal_urgency_he_goes_first_who_waits_longer_and_then_who_came_first() -> None:
    longer, shorter = made(100.0, arrival=2), made(110.0, head_start_s=10.0, arrival=1)
    assert longer.order() < shorter.order()
    assert longer.rank(200.0) < shorter.rank(200.0)
    first, second = made(100.0, arrival=1), made(100.0, arrival=2)
    assert first.order() < second.order()
    assert first.rank(200.0) < second.rank(200.0)
