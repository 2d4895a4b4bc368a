"""Does `cti campaign start` dial a list on a real Asterisk as its mode promises? The whole engine, its store, and the
phones of those who are called, in the world behind a trunk."""

from __future__ import annotations

import json
import sqlite3
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cti.store.database import open_store
from cti.store.lead_loading import LeadNumber, NewLead, add_portion, begin_list, finish_list

from .centre import Centre, agent
from .phones import Call
from .waiting import until

pytestmark = pytest.mark.acceptance

ALWAYS = {"weekly": {"mon-sun": "00:00-24:00"}}
BERLIN = ("Europe/Berlin",)
PATIENCE_S = 150.0
TALK_S = 0.5


class Selling:
    """A campaign "spring" for agents a1001 and a1002. Of each ten who are called, the first six pick up, two are busy,
    and two let it ring."""

    def __init__(self, centre: Centre, folder: Path, leads: int, **campaign: Any) -> None:
        self.centre = centre
        centre.phones("1001", "1002")
        assert centre.world
        written = {"mode": "progressive", "queue": "sales"} | campaign
        if written["mode"] == "agentless":
            del written["queue"]
        self.engine = centre.open(
            folder,
            {"sales": {"wrap_up_s": 0}},
            {f"a{number}": agent(number, "sales") for number in ("1001", "1002")},
            outbound={"region": "DE", "trunks": {"world": {"dial": "PJSIP/{number}@trunk4"}}},
            campaigns={
                "spring": {
                    "window": ALWAYS,
                    "ring_timeout_s": 3,
                    "max_attempts": 1,
                    "lines": 5,
                    **written,
                }
            },
        )
        self.dialled = 0  # phones of the world that have rung
        self._seen: dict[int, tuple[Call, float]] = {}
        self.most_at_once = 0
        self._load(leads)

    def _load(self, leads: int) -> None:
        store = open_store(f"sqlite:///{self.engine.database}")
        try:
            now = time.time()
            name = begin_list(store, "spring", "spring.csv", "tests", now)
            rows = [NewLead(row, (LeadNumber(f"+493090{row:04d}", BERLIN),)) for row in range(1, leads + 1)]
            add_portion(store, name, rows, now)
            finish_list(store, name, leads, leads, {(BERLIN[0], 5)}, now)
        finally:
            store.close()

    def ask(self, action: str) -> Any:
        return json.loads(self.engine.command("campaign", action, "spring"))

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with sqlite3.connect(self.engine.database) as store:
            return list(store.execute(query))

    def outcomes(self) -> Counter[str]:
        return Counter(str(row[0]) for row in self.rows("SELECT state FROM lead"))

    def results(self) -> Counter[str]:
        return Counter(str(row[0]) for row in self.rows("SELECT result FROM attempt"))

    def turn(self) -> None:
        """Everybody who is called does what his number says; agents pick up; talks are short."""
        now = time.monotonic()
        world = self.centre.world
        while world.incoming:
            call = world.ringing()
            self._seen[id(call)] = (call, now)
            if self.dialled % 10 in (6, 7):
                call.busy()
            elif self.dialled % 10 < 6:
                call.answer()
            self.dialled += 1
        for line in ("1001", "1002"):
            phone = self.centre.phone(line)
            while phone.incoming:
                phone.ringing().answer()
        for key, (call, since) in list(self._seen.items()):
            if call.over:
                del self._seen[key]
            elif call.state == "confirmed" and now - since > TALK_S + 1.0:
                call.hangup()
        self.most_at_once = max(self.most_at_once, len(self._seen))

    def until(self, condition: Callable[[], bool], what: str, timeout_s: float = PATIENCE_S) -> None:
        def turned() -> bool:
            self.turn()
            return condition()

        until(turned, what, timeout_s)

    def done(self) -> bool:
        return not {"due", "held"} & set(self.outcomes())


def test_progressive_dials_for_free_agents_and_every_lead_ends_once(centre: Centre, tmp_path: Path) -> None:
    selling = Selling(centre, tmp_path, 20)
    assert selling.ask("start")["ok"]
    selling.until(selling.done, "all leads are done")
    assert selling.dialled == 20 == len(selling.rows("SELECT DISTINCT number FROM attempt"))
    assert selling.most_at_once <= 2, "two agents, two dials"
    until(lambda: selling.results() == {"answered": 12, "busy": 4, "no_answer": 4}, f"{selling.results()}")
    assert selling.outcomes() == {"reached": 12, "exhausted": 8}
    until(lambda: not centre.witness.channels(), "no channel left in Asterisk")


def test_killed_while_phones_ring_and_nobody_is_dialled_twice(centre: Centre, tmp_path: Path) -> None:
    selling = Selling(centre, tmp_path, 10)
    assert selling.ask("start")["ok"]
    until(lambda: len(centre.world.incoming) == 2, "two phones ring")
    selling.engine.kill()
    selling.engine.start()
    selling.until(selling.done, "all leads are done")
    assert selling.dialled == 10 == len(selling.rows("SELECT DISTINCT number FROM attempt"))
    assert not selling.rows("SELECT id FROM attempt WHERE state IN ('intended', 'sent')")
