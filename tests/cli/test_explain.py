"""Does `cti explain` ask the right paths, and does every failure say what to do?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from cti.cli import control
from cti.cli.control import EngineRefused, NotRunning
from cti.cli.main import app

pytestmark = pytest.mark.unit

ROW = {"contact": "node1/c1", "seen_at": 1.0, "caller": "+4930", "queue": "sales", "state": "waiting", "agent": ""}
TOLD = {"at": 9.0, "contact": ROW, "facts": [], "now": None, "looks": [], "passed": []}
NOW = {"agent": "anna", "standing": {"agent": "anna", "reason": "logged_out", "for_s": 5.0}}


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    paths: list[str] = []

    def ask(_socket: Path, _method: str, path: str, _body: Any = None) -> Any:
        paths.append(path)
        if "zzz" in path:
            raise EngineRefused(404, {"refused": "unknown", "exists": ["node1/c1", "anna"]})
        if "more" in path:
            raise EngineRefused(409, {"refused": "ambiguous", "exists": ["node1/c1", "node1/c2"]})
        if "broken" in path:
            raise EngineRefused(500, {})
        if path.startswith("/api/v1/contacts?"):
            return {"contacts": [ROW]}
        return {"now": NOW, "lost": []} if "agents" in path else TOLD

    monkeypatch.setattr(control, "ask", ask)
    return paths


def run(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["explain", *words, "--control", "/nowhere/cti.ctl"])
    return result.exit_code, result.output


def test_a_contact_is_asked_for_by_its_whole_id(asked: list[str]) -> None:
    assert run("contact", "node1/17.1 x?")[0] == 0
    assert asked == ["/api/v1/contacts/node1/17.1%20x%3F/timeline", "/api/v1/contacts/node1/17.1%20x%3F/decisions"]


def test_without_an_id_the_newest_are_listed(asked: list[str]) -> None:
    code, text = run("contact")
    assert code == 0 and "node1/c1" in text and "waiting" in text
    assert asked == ["/api/v1/contacts?limit=50"]


def test_json_is_what_the_engine_said(asked: list[str]) -> None:
    code, text = run("contact", "c1", "--json")
    assert (code, json.loads(text)) == (0, TOLD)


def test_an_agent_without_queues_hears_so(asked: list[str]) -> None:
    code, text = run("agent", "anna")
    assert code == 0
    assert "logged out for 5 s" in text and "serves no queue" in text


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("contact", "zzz"), ["there is no contact", "node1/c1", "explain contact"]),
        (("contact", "more"), ["several contacts have", "node1/c2"]),
        (("contact", "broken"), ["500"]),
        (("agent", "zzz"), ["there is no agent"]),
    ],
)
def test_a_refusal_says_what_exists(asked: list[str], words: tuple[str, ...], said: list[str]) -> None:
    code, text = run(*words)
    assert code == 1
    assert all(word in text for word in said)


def test_no_engine_is_code_three(monkeypatch: pytest.MonkeyPatch) -> None:
    def ask(*_: Any) -> Any:
        raise NotRunning("no engine answers; start it")

    monkeypatch.setattr(control, "ask", ask)
    assert run("contact") == (3, "no engine answers; start it\n")
    assert run("agent", "anna")[0] == 3


@pytest.mark.parametrize("answer", [TOLD, {"now": NOW, "lost": []}])
def test_where_the_engine_is_behind_with_its_history_it_is_said(
    monkeypatch: pytest.MonkeyPatch, answer: dict[str, Any]
) -> None:
    words = ("contact", "node1/c1") if answer is TOLD else ("agent", "anna")
    monkeypatch.setattr(control, "ask", lambda *_: {**answer, "stored": False})
    assert "what happened last is missing" in run(*words)[1]
    monkeypatch.setattr(control, "ask", lambda *_: {**answer, "stored": True})
    assert "missing" not in run(*words)[1]
