"""Is a promised callback kept on a real Asterisk? From the key that the caller presses to the talk, once, whatever
happens in between: the whole engine, its flow, its store, and a customer's phone in the world behind a trunk."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from .centre import Centre, agent, number_of
from .engine_process import EngineProcess
from .flow_centre import FLOWS
from .phones import Call
from .tones import Ear
from .waiting import PATIENCE_S, until

pytestmark = pytest.mark.acceptance

CUSTOMER = 1
E164 = f"+{number_of(CUSTOMER)}"
RETRY_S = 3.0
ALWAYS = {"weekly": {"mon-sun": "00:00-24:00"}}
AFTER_DEATH_S = 30.0


class Promising:
    """A centre whose line offers a callback at key 7, for agents a1001 and a1002 (who are logged out)."""

    def __init__(
        self,
        centre: Centre,
        folder: Path,
        callbacks: dict[str, Any],
        visits: Mapping[str, Any] | None = None,
        settings: Mapping[str, Any] | None = None,
        **queue: Any,
    ) -> None:
        self.centre, self._folder, self._heard = centre, folder, 0
        centre.phones("1001", "1002")
        assert centre.world
        self.engine: EngineProcess = centre.open(
            folder,
            {"sales": {"wrap_up_s": 0, "keys": {"7": {"flow": "again", "keep_place": True}}, **queue}},
            {f"a{number}": agent(number, "sales", starts="logged_out") for number in ("1001", "1002")},
            flows={"folder": str(FLOWS), "recordings": str(folder), "transfers": {"boss": "PJSIP/1003"}},
            hours={"office": {"zone": "Europe/Berlin", "weekly": {"mon-sun": "open"}}},
            lookups={
                name: {"base_url": "http://127.0.0.1:9", "networks": ["127.0.0.0/8"]}
                for name in ("shop", "slow", "nobody_there")
            },
            outbound={
                "region": "DE",
                "trunks": {"world": {"dial": "PJSIP/{number}@trunk4"}},
                "callbacks": {
                    "window": ALWAYS,
                    "retry": {"busy": {"after_s": RETRY_S, "at_most": 2, "number": "same"}},
                    **callbacks,
                },
                "visits": dict(visits or {}),
            },
            **dict(settings or {}),
        )

    def asks_for_it(self) -> None:
        """He waits, presses the key, says yes, hears that it is promised, and is hung up on."""
        call = self.centre.queued(caller=CUSTOMER)
        self._heard += 1
        file = self._folder / f"asked-{self._heard}.wav"
        call.record(file)
        ear = Ear(file)
        call.press("7")
        ear.until("callback")
        call.press("1")
        ear.until("promised")
        call.wait("disconnected")
        until(lambda: self.state() == "in_line", "his promise stands in the line")

    def comes(self, number: str = "1001") -> None:
        """He is there, and the disk knows it: the engine may be killed next."""
        self.engine.do(f"a{number}", "login")
        asked = f"SELECT status FROM agent_status WHERE agent = 'a{number}'"
        until(lambda: self.rows(asked) == [("available",)], f"the login of a{number} is written")

    def answers(self, number: str = "1001") -> Call:
        """The agent's phone rings, and he takes it."""
        phone = self.centre.rings(number)
        phone.answer()
        return phone.wait("confirmed")

    def customer_rings(self, timeout_s: float = PATIENCE_S) -> Call:
        """The world's phone: it is he, and nobody else is called."""
        return self.centre.world.ringing(timeout_s=timeout_s)

    # --- what the store says ------------------------------------------------------------------------------------------

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with sqlite3.connect(self.engine.database) as store:
            return list(store.execute(query))

    def state(self) -> str:
        found = self.rows("SELECT state FROM callback ORDER BY id")
        return str(found[0][0]) if found else ""

    def attempts(self) -> list[tuple[str, str]]:
        """State and result of each, in order."""
        return [(str(a), str(b)) for a, b in self.rows("SELECT state, result FROM attempt ORDER BY attempt_no")]

    def ends(self, state: str, *results: str) -> None:
        """The promise has ended so, after these attempts; nobody is in the line or on the phone."""
        until(lambda: self.state() == state, f"the promise is {state}; it is {self.state()}, {self.attempts()}")
        until(
            lambda: self.attempts() == [("ended", result) for result in results],
            f"the attempts {results}; there are {self.attempts()}",
        )
        until(lambda: not self.centre.witness.channels(), "no channel left in Asterisk")
        self.centre.until_no_calls()
        assert not self.centre.world.incoming, "nobody is called once more"
        assert [row[0] for row in self.rows("SELECT number FROM callback")] == [E164]


Open = Callable[..., Promising]


@pytest.fixture
def promising(centre: Centre, tmp_path: Path) -> Open:
    """promising(**callbacks) -> the centre, with these rules for callbacks."""
    return lambda **callbacks: Promising(centre, tmp_path, callbacks)


def they_talk(customer: Call, phone: Call) -> None:
    customer.hears()
    phone.hears()
    phone.hangup()
    customer.wait("disconnected")


def test_the_agent_first_and_before_those_who_came_later(promising: Open) -> None:
    centre = promising()
    centre.asks_for_it()
    later = centre.centre.queued(caller=2)
    centre.comes()
    phone = centre.answers()
    customer = centre.customer_rings()
    customer.answer()
    they_talk(customer, phone)
    second = centre.answers()
    later.hears()
    second.hangup()
    centre.ends("kept", "human")


def test_the_customer_first(promising: Open) -> None:
    centre = promising(first="customer")
    centre.asks_for_it()
    centre.comes()
    customer = centre.customer_rings()
    assert not centre.centre.phone("1001").incoming
    customer.answer()
    phone = centre.answers()
    they_talk(customer, phone)
    centre.ends("kept", "human")


def test_who_is_busy_is_called_again_by_the_rule(promising: Open) -> None:
    centre = promising()
    centre.asks_for_it()
    centre.comes()
    first = centre.answers()
    centre.customer_rings().busy()
    busy_at = time.monotonic()
    first.wait("disconnected", timeout_s=20.0)
    again = centre.answers()
    assert time.monotonic() - busy_at > RETRY_S - 0.5
    customer = centre.customer_rings()
    customer.answer()
    they_talk(customer, again)
    centre.ends("kept", "busy", "human")


def test_he_calls_in_himself_and_is_one(promising: Open) -> None:
    """He has the place that was kept for him: before one who came meanwhile. Nobody calls him."""
    centre = promising()
    centre.asks_for_it()
    other = centre.centre.queued(caller=2)
    himself = centre.centre.queued(caller=CUSTOMER)
    until(lambda: centre.state() == "merged", "the two are one")
    assert centre.engine.waiting("sales") == [number_of(CUSTOMER), number_of(2)]
    centre.comes()
    phone = centre.answers()
    they_talk(himself, phone)
    second = centre.answers()
    other.hears()
    second.hangup()
    centre.ends("merged")


@pytest.mark.parametrize("first", ["agent", "customer"])
def test_killed_while_his_phone_rings_and_nobody_answers(promising: Open, first: str) -> None:
    """It rings on, nobody dials him a second time, and its end is known: he was busy, and is called by the rule."""
    centre = promising(first=first)
    centre.asks_for_it()
    centre.comes()
    if first == "agent":
        centre.answers()
    customer = centre.customer_rings()
    centre.engine.kill()
    centre.engine.start()
    time.sleep(RETRY_S)
    assert not customer.over and not centre.centre.world.incoming, "dialled once"
    customer.busy()
    until(lambda: centre.attempts()[:1] == [("ended", "busy")], "the end of it is known", AFTER_DEATH_S)
    if first == "agent":
        centre.centre.phone("1001").hang_up_all()
        phone = centre.centre.rings("1001", AFTER_DEATH_S)
        phone.answer()
    again = centre.customer_rings(AFTER_DEATH_S)
    again.answer()
    if first == "customer":
        phone = centre.answers()
    they_talk(again, phone)
    centre.ends("kept", "busy", "human")


@pytest.mark.parametrize("first", ["agent", "customer"])
def test_killed_while_his_phone_rings_and_he_answers(promising: Open, first: str) -> None:
    centre = promising(first=first)
    centre.asks_for_it()
    centre.comes()
    if first == "agent":
        centre.answers()
    customer = centre.customer_rings()
    centre.engine.kill()
    centre.engine.start()
    customer.answer()
    phone = centre.answers()
    they_talk(customer, phone)
    centre.ends("kept", "human")


def test_who_gave_up_is_called_back_and_not_where_he_calls_again(centre: Centre, tmp_path: Path) -> None:
    """Two gave up; one of them calls again before his time. The other one is called, once."""
    found = Promising(centre, tmp_path, {}, callback_abandoned={"min_wait_s": 1, "after_s": 6})
    for caller in (CUSTOMER, 2):
        call = centre.queued(caller=caller)
        time.sleep(1.5)
        call.hangup()
    until(lambda: len(found.rows("SELECT id FROM callback WHERE kind = 'abandoned'")) == 2, "both are promised a call")
    again = centre.queued(caller=2)
    found.comes()
    phone = found.answers()
    they_talk(again, phone)
    phone = found.answers()
    customer = found.customer_rings()
    assert customer.state != "confirmed"
    customer.answer()
    they_talk(customer, phone)
    until(
        lambda: (
            found.rows("SELECT number, state FROM callback ORDER BY number")
            == [(E164, "kept"), (f"+{number_of(2)}", "merged")]
        ),
        "one is kept, the other one called himself",
    )
    assert found.attempts() == [("ended", "human")]


def test_seen_and_taken_back_from_a_terminal(promising: Open) -> None:
    """While his phone rings: it stops, and he is not called again."""
    centre = promising(first="customer")
    centre.asks_for_it()
    [row] = json.loads(centre.engine.command("callback", "list"))
    assert (row["state"], row["number"]) == ("in_line", f"+49 ••• ••{E164[-2:]}")
    centre.comes()
    customer = centre.customer_rings()
    [row] = json.loads(centre.engine.command("callback", "list", "--show-numbers"))
    assert (row["state"], row["number"], len(row["tries"])) == ("dialling", E164, 1)
    centre.engine.command("callback", "withdraw", str(row["id"]))
    customer.wait("disconnected")
    centre.ends("withdrawn", "cancelled")
    assert json.loads(centre.engine.command("callback", "list")) == []
    [told] = [line for line in json.loads(centre.engine.command("audit")) if line["what"] == "callback.withdraw"]
    assert told["result"] == "done" and told["detail"] == {"number": row["id"]}
