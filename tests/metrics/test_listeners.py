"""Is whoever listens shown from the ring of his phone to its end, and what came of it for a while longer?"""

from __future__ import annotations

import pytest

from cti.metrics.listeners import SHOWN_S, Listeners
from cti.model.changes import Changed, Kind
from cti.model.words import AgentId, ContactId, QueueName

pytestmark = pytest.mark.unit

AT = 1_700_000_000.0


def spy(old: str, new: str, at: float, reason: str, kind: Kind = Kind.SPY, name: str = "s1") -> Changed:
    return Changed(
        kind, name, old, new, at, "x", QueueName("sales"), AgentId("anna"), ContactId("n/1"), reason=reason, by="eva"
    )


def test_it_rings_is_heard_and_ends() -> None:
    listeners = Listeners()
    listeners.apply(spy("", "ringing", AT, "whisper"))
    [row] = listeners.rows(AT).values()
    assert row == {
        "spy": "s1",
        "mode": "whisper",
        "state": "ringing",
        "since": AT,
        "contact": "n/1",
        "agent": "anna",
        "queue": "sales",
        "by": "eva",
        "result": "",
    }
    listeners.apply(spy("ringing", "hearing", AT + 3, "whisper"))
    assert listeners.rows(AT + 3)["s1"] == {**row, "state": "hearing", "since": AT + 3}
    listeners.apply(spy("hearing", "ended", AT + 9, "talk_ended"))
    assert listeners.rows(AT + 9)["s1"] == {**row, "state": "ended", "since": AT + 9, "result": "talk_ended"}
    assert listeners.rows(AT + 9 + SHOWN_S) == {}


def test_a_phone_that_cannot_be_reached_is_told_for_a_while() -> None:
    listeners = Listeners()
    listeners.apply(spy("", "ringing", AT, "listen"))
    listeners.apply(spy("ringing", "ended", AT + 1, "unreachable"))
    assert listeners.rows(AT + SHOWN_S)["s1"]["result"] == "unreachable"
    assert listeners.rows(AT + 1 + SHOWN_S) == listeners.rows(AT - 5) == {}, "also where the clock was set back"


def test_what_is_no_listening_and_what_never_began_is_nothing() -> None:
    listeners = Listeners()
    listeners.apply(spy("", "up", AT, "x", Kind.NODE))
    listeners.apply(spy("ringing", "ended", AT, "busy"))
    assert listeners.rows(AT) == {}


def test_they_are_no_more_for_never_being_looked_at() -> None:
    listeners = Listeners()
    for number in range(100):
        at = AT + number * SHOWN_S
        listeners.apply(spy("", "ringing", at, "listen", name=f"s{number}"))
        listeners.apply(spy("ringing", "ended", at + 1, "talk_ended", name=f"s{number}"))
    assert len(listeners._rows) == len(listeners._ended_at) == 1
