"""Does a ticket survive its way through a channel variable, and does a damaged one cost nothing but itself?"""

from __future__ import annotations

import base64
import re

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cti.model.ticket import MAX_TICKET_CHARS, Ticket, decode_ticket, encode_ticket
from cti.model.words import AgentId, ContactId, QueueName

pytestmark = pytest.mark.unit

times = st.floats(0, 4e9)
names = st.from_regex(r"[A-Za-z][A-Za-z0-9_-]{0,20}", fullmatch=True)
tickets = st.builds(
    Ticket,
    contact=st.text(max_size=40).map(ContactId),
    queue=names.map(QueueName),
    since=times,
    entered_at=times,
    entry=st.integers(1, 1000),
    visit=st.integers(1, 1000),
    head_start_s=times,
    tier=st.integers(0, 9),
    requires=st.dictionaries(names, st.integers(1, 10), max_size=5),
    tried=st.dictionaries(names.map(AgentId), times, max_size=5),
    original_position=st.integers(0, 10_000),
)
ONE = Ticket(
    ContactId("node1/1.1"), QueueName("sales"), 1_700_000_000.25, 1_700_000_100.5, tried={AgentId("anna"): 1.0}
)


known = st.dictionaries(names, st.sampled_from(["", "Ada", "x" * 300, "字" * 300, "y" * 3000]), max_size=20)


@given(tickets, known, st.lists(names.map(AgentId), max_size=300))
def test_however_much_is_known_about_a_customer_his_ticket_can_be_read(
    ticket: Ticket, customer: dict[str, str], preferred: list[AgentId]
) -> None:
    ticket = msgspec.structs.replace(ticket, customer=customer, preferred=tuple(preferred))
    text = encode_ticket(ticket)
    assert len(text) <= MAX_TICKET_CHARS
    read = decode_ticket(text)
    assert read is not None and read.since == ticket.since and read.contact == ticket.contact
    assert read.customer.items() <= customer.items()


@pytest.mark.parametrize("cell", ["字" * 1000, "x" * 4000], ids=["one long cell in Chinese", "one of notes"])
def test_the_longest_cell_of_a_row_is_left_out_and_the_others_stay(cell: str) -> None:
    read = decode_ticket(
        encode_ticket(msgspec.structs.replace(ONE, customer={"name": "Ada", "notes": cell, "id": "7"}))
    )
    assert read is not None and read.customer == {"name": "Ada", "id": "7"} and not read.tried


@given(tickets)
def test_there_and_back(ticket: Ticket) -> None:
    text = encode_ticket(ticket)
    assert re.fullmatch(r"[A-Za-z0-9_-]*", text), "no quoting needed anywhere"
    assert decode_ticket(text) == ticket


@pytest.mark.parametrize(
    "text", ["", "?", "AAAA", "e30", "bnVsbA", "W10", "MQ", "ü", "a b", "A" * (MAX_TICKET_CHARS + 1)]
)
def test_what_is_no_ticket_is_none(text: str) -> None:
    assert decode_ticket(text) is None


@given(st.integers(0, 200), st.characters(codec="utf-8"))
def test_a_damaged_ticket_never_raises(place: int, letter: str) -> None:
    text = encode_ticket(ONE)
    place %= len(text)
    decode_ticket(text[:place] + letter + text[place + 1 :])
    decode_ticket(text[:place])


@given(st.text(max_size=300))
def test_any_text_is_a_ticket_or_none(text: str) -> None:
    decode_ticket(text)


def test_a_ticket_too_deep_to_read_is_none() -> None:
    """One channel with it kept its whole node from coming up."""
    deep = base64.urlsafe_b64encode(b'{"x":' + b"[" * 2_500).decode()
    assert len(deep) <= MAX_TICKET_CHARS and decode_ticket(deep) is None


def test_a_field_of_a_later_version_does_no_harm() -> None:

    text = (
        base64.urlsafe_b64encode(b'{"contact":"c","queue":"q","since":1,"in":2,"colour":"red"}').rstrip(b"=").decode()
    )
    ticket = decode_ticket(text)
    assert ticket is not None and ticket.since == 1.0
