"""Would a reader of Asterisk's own queue_log take our lines for its own?"""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cti.metrics.queue_log import QueueLogLines
from cti.model.changes import Changed, Kind
from cti.model.words import AgentId, CallId, ContactId, EndedBy, QueueName

from .streams import CENTER, START, Story

pytestmark = pytest.mark.unit

CALL = CallId("node1/1700000000.42")
WHO = {"queue": QueueName("sales"), "contact": ContactId(CALL), "call": CALL}
AT = START + 0.9

# Number of data fields by event, as app_queue prints them [apps/app_queue.c]
DATA_FIELDS = {
    "QUEUESTART": 1,
    "ENTERQUEUE": 3,
    "CONNECT": 3,
    "COMPLETEAGENT": 3,
    "COMPLETECALLER": 3,
    "ABANDON": 3,
    "EXITWITHTIMEOUT": 3,
    "EXITEMPTY": 3,
    "EXITWITHKEY": 4,
    "WITHDRAW": 4,
    "RINGNOANSWER": 1,
    "RINGCANCELED": 1,
    "BLINDTRANSFER": 5,
    "ATTENDEDTRANSFER": 5,
    "ADDMEMBER": 1,
    "REMOVEMEMBER": 1,
    "PAUSE": 1,
    "UNPAUSE": 1,
    "PAUSEALL": 1,
    "UNPAUSEALL": 1,
}


def told(kind: Kind, old: str, new: str, entity: str = CALL, cause: str = "Test", **more: object) -> Changed:
    return Changed(kind, entity, old, new, AT, cause, **more)  # type: ignore[arg-type]


def lines(*changes: Changed) -> list[str]:
    log = QueueLogLines(CENTER)
    return [line for changed in changes for line in log.lines(changed)]


def visit(new: str, **more: object) -> Changed:
    return told(Kind.VISIT, "waiting", new, **{**WHO, "position": 2, "original_position": 3, "wait_s": 12.9, **more})


def offer(new: str, **more: object) -> Changed:
    numbers = {"wait_s": 12.9, "ring_s": 4.9004, "original_position": 3}
    return told(Kind.OFFER, "ringing", new, f"{CALL}#1", **{**WHO, "agent": AgentId("anna"), **numbers, **more})


def ended(by: EndedBy) -> Changed:
    return offer("ended", talk_s=61.7, ended_by=by)


HEAD = "1700000000|1700000000.42|sales"


@pytest.mark.parametrize(
    ("changed", "line"),
    [
        (
            told(Kind.VISIT, "", "waiting", **WHO, caller="+4930123", position=3, original_position=3),
            f"{HEAD}|NONE|ENTERQUEUE||+4930123|3",
        ),
        (
            visit("answered", agent=AgentId("anna"), leg="node1/1700000001.43", ring_s=4.9),
            f"{HEAD}|anna|CONNECT|12|1700000001.43|4",
        ),
        (visit("abandoned"), f"{HEAD}|NONE|ABANDON|2|3|12"),
        (visit("timed_out"), f"{HEAD}|NONE|EXITWITHTIMEOUT|2|3|12"),
        (visit("key_exit", key="1"), f"{HEAD}|NONE|EXITWITHKEY|1|2|3|12"),
        (visit("overflowed", reason="nobody"), f"{HEAD}|NONE|EXITEMPTY|2|3|12"),
        (visit("overflowed", reason="full"), f"{HEAD}|NONE|WITHDRAW|2|3|12|overflowed"),
        (visit("overflowed"), f"{HEAD}|NONE|WITHDRAW|2|3|12|overflowed"),
        (visit("lost"), f"{HEAD}|NONE|WITHDRAW|2|3|12|lost"),
        (offer("missed"), f"{HEAD}|anna|RINGNOANSWER|4900"),
        (offer("rejected"), f"{HEAD}|anna|RINGNOANSWER|4900"),
        (offer("busy"), f"{HEAD}|anna|RINGNOANSWER|4900"),
        (offer("unreachable", ring_s=0.0), f"{HEAD}|anna|RINGNOANSWER|0"),
        (offer("withdrawn"), f"{HEAD}|anna|RINGCANCELED|4900"),
        (offer("abandoned"), f"{HEAD}|anna|RINGCANCELED|4900"),
        (ended(EndedBy.AGENT), f"{HEAD}|anna|COMPLETEAGENT|12|61|3"),
        (ended(EndedBy.CALLER), f"{HEAD}|anna|COMPLETECALLER|12|61|3"),
        (ended(EndedBy.UNKNOWN), f"{HEAD}|anna|COMPLETEAGENT|12|61|3"),
        (ended(EndedBy.TRANSFER), f"{HEAD}|anna|ATTENDEDTRANSFER|BRIDGE||12|61|3"),
    ],
)
def test_a_line_for_every_fact(changed: Changed, line: str) -> None:
    assert lines(changed) == [line]


def test_a_ring_all_loser_and_an_accepted_offer_write_nothing() -> None:
    assert lines(offer("lost"), offer("accepted"), told(Kind.OFFER, "", "ringing", f"{CALL}#1", **WHO)) == []


def test_a_blind_transfer_names_extension_and_context() -> None:
    sent = told(Kind.TRANSFER, "", "blind", **WHO, goto="cti-agent,6002,1")
    entered = told(Kind.VISIT, "", "waiting", **WHO)
    assert lines(entered, sent, ended(EndedBy.TRANSFER), ended(EndedBy.AGENT))[1:] == [
        f"{HEAD}|anna|BLINDTRANSFER|6002|cti-agent|12|61|3",
        f"{HEAD}|anna|COMPLETEAGENT|12|61|3",  # the next talk of the same contact is its own
    ]


def test_a_transfer_told_too_late_does_not_stick_to_the_next_talk() -> None:
    sent = told(Kind.TRANSFER, "", "blind", **WHO, goto="cti-agent,6002")
    entered = told(Kind.VISIT, "", "waiting", **WHO)
    made = lines(entered, ended(EndedBy.AGENT), sent, offer("accepted"), ended(EndedBy.CALLER))
    assert [line.split("|")[4] for line in made] == ["ENTERQUEUE", "COMPLETEAGENT", "COMPLETECALLER"]


def test_an_attended_transfer_keeps_the_number_of_fields() -> None:
    sent = told(Kind.TRANSFER, "", "attended", **WHO, goto="bridge-1")
    assert lines(told(Kind.VISIT, "", "waiting", **WHO), sent, ended(EndedBy.TRANSFER))[1:] == [
        f"{HEAD}|anna|ATTENDEDTRANSFER|BRIDGE|bridge-1|12|61|3"
    ]


def test_who_was_in_the_log_before_the_engine_died_does_not_enter_again() -> None:
    back = told(Kind.VISIT, "", "waiting", cause="resumed", **WHO, position=1)
    assert lines(back, visit("answered", agent=AgentId("anna"), leg="node1/1.43", ring_s=1.0)) == [
        f"{HEAD}|anna|CONNECT|12|1.43|1"
    ]


def test_the_callid_is_the_newest_call_of_the_contact() -> None:
    again = told(Kind.CONTACT, "aside", "waiting", contact=ContactId(CALL), call=CallId("node2/7.7"))
    no_call = Changed(Kind.OFFER, f"{CALL}#2", "ringing", "missed", AT, "Test", contact=ContactId(CALL), ring_s=1.0)
    assert lines(again, no_call) == ["1700000000|7.7|NONE|NONE|RINGNOANSWER|1000"]


def status(old: str, new: str, **more: object) -> list[str]:
    return lines(told(Kind.STATUS, old, new, "anna", agent=AgentId("anna"), **more))


def test_agents_come_go_and_pause_as_members_of_all_their_queues() -> None:
    at = "1700000000"
    assert status("logged_out", "available") == [
        f"{at}|MANAGER|sales|anna|ADDMEMBER|",
        f"{at}|MANAGER|support|anna|ADDMEMBER|",
    ]
    assert status("available", "on_break", reason="lunch") == [
        f"{at}|NONE|NONE|anna|PAUSEALL|lunch",
        f"{at}|NONE|sales|anna|PAUSE|lunch",
        f"{at}|NONE|support|anna|PAUSE|lunch",
    ]
    assert status("on_break", "available") == [
        f"{at}|NONE|NONE|anna|UNPAUSEALL|",
        f"{at}|NONE|sales|anna|UNPAUSE|",
        f"{at}|NONE|support|anna|UNPAUSE|",
    ]
    assert status("on_break", "logged_out") == [
        f"{at}|MANAGER|sales|anna|REMOVEMEMBER|",
        f"{at}|MANAGER|support|anna|REMOVEMEMBER|",
    ]
    assert status("logged_out", "on_break", reason="lunch")[0] == f"{at}|MANAGER|sales|anna|ADDMEMBER|PAUSED"


def test_start() -> None:
    assert QueueLogLines.start(AT) == "1700000000|NONE|NONE|NONE|QUEUESTART|"


@given(st.text(max_size=40), st.text(max_size=40), st.text(max_size=40))
def test_no_text_makes_a_second_field_or_line(caller: str, reason: str, key: str) -> None:
    made = [
        *lines(told(Kind.VISIT, "", "waiting", **WHO, caller=caller), visit("key_exit", key=key)),
        *status("available", "on_break", reason=reason),
    ]
    for line in made:
        event, *data = line.split("|")[4:]
        assert len(data) == DATA_FIELDS[event]
        assert not re.search(r"[\r\n\0]", line)


@given(st.integers(0, 2**32))
@settings(max_examples=25, deadline=None)
def test_every_contact_enters_once_and_leaves_once(seed: int) -> None:
    log = QueueLogLines(CENTER)
    changes = Story(seed).run(12)
    made = [line.split("|") for changed in changes for line in log.lines(changed)]
    events = [line[4] for line in made]
    for line in made:
        assert len(line) == 5 + DATA_FIELDS[line[4]]
    entered = events.count("ENTERQUEUE") + sum(
        c.kind is Kind.VISIT and c.old == "" and c.cause == "resumed" for c in changes
    )
    left = sum(map(events.count, ("CONNECT", "ABANDON", "EXITWITHTIMEOUT", "EXITEMPTY", "EXITWITHKEY", "WITHDRAW")))
    talked = sum(map(events.count, ("COMPLETEAGENT", "COMPLETECALLER", "BLINDTRANSFER", "ATTENDEDTRANSFER")))
    assert entered == left == 12
    assert talked == events.count("CONNECT")
    assert not log._traces  # nothing is kept of who has gone
