"""Does `cti status` say in a few lines how the engine stands?"""

from __future__ import annotations

import json
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from cti.cli import control, main
from cti.cli.status import lines
from tests.asked_engine import AskedEngine

pytestmark = pytest.mark.unit

ALONE: dict[str, Any] = {
    "nodes": {"node2": "down", "node1": "up"}, "calls_active": 9, "waiting": 3, "talking": 5, "in_flow": 1,
    "admission": {"closed": "", "turned_away": {}}, "redis": None, "errors": {"switch": 0}, "bugs": 0,
    "repairs": {"no_number": 2},
}  # fmt: skip
REDIS = {"up": True, "away_since": None, "standbys": 1, "owner": "10.0.0.5:4573", "owner_since": 1e9, "token": 7}


def cti(*words: str) -> Result:
    return CliRunner().invoke(main.app, ["status", *words])


def test_an_engine_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = AskedEngine({"at": 1.0, "status": ALONE})
    monkeypatch.setattr(control, "ask", engine.ask)
    assert cti().stdout.splitlines() == [
        "Asterisk: node1 up, node2 down",
        "calls: 9 (3 wait, 5 talk, 1 in flows)",
        "new callers: taken",
        "engines: this one alone",
        "store: takes what happens",
        "repairs since the start: no_number 2",
        "errors since the start: none",
    ]
    assert json.loads(cti("--json").stdout)["status"] == ALONE
    assert engine.asked[0] == ("GET", "/api/v1/status", None)


def test_what_is_wrong_is_said() -> None:
    closed = {**ALONE, "admission": {"closed": "calls"}, "errors": {"switch": 2, "agent_status": 0}, "bugs": 1}
    told = list(lines(closed))
    assert told[2] == "new callers: turned away, calls" and told[6] == "errors since the start: bug 1, switch 2"


def test_a_store_that_takes_nothing_is_said_with_the_reason() -> None:
    full = {**ALONE, "store": {"why": "database or disk is full", "since": 1e9}}
    line = list(lines(full))[4]
    assert line.startswith("store: takes nothing since 2001-09-09") and "(database or disk is full)" in line


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({}, "; 1 could take over"),
        ({"standbys": 0}, "; no other one could take over"),
        ({"up": False, "away_since": 1.1e9}, ": nobody could take over"),
    ],
)
def test_of_several_engines(more: dict[str, Any], told: str) -> None:
    line = list(lines({**ALONE, "redis": {**REDIS, **more}}))[3]
    assert line.startswith("engines: this one owns the centre since 2001-09-09") and line.endswith(told)
