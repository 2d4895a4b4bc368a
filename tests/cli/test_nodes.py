"""What is typed about nodes, and what is read back."""

from __future__ import annotations

from typing import Any

import pytest
from typer.testing import CliRunner, Result

from cti.cli import control, main, nodes
from cti.cli.control import EngineRefused
from tests.asked_engine import AskedEngine

pytestmark = pytest.mark.unit

ROW = {"name": "node2", "state": "up", "since": None, "drain": "", "reason": "", "weight": 1, "calls": 3}


def cti(*words: str) -> Result:
    return CliRunner().invoke(main.app, [*words])


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> AskedEngine:
    engine = AskedEngine({"ok": True, "difference": ["node node2: drained"], "warnings": []})
    monkeypatch.setattr(control, "ask", engine.ask)
    return engine


def test_how_they_stand(engine: AskedEngine) -> None:
    engine.answer = {"nodes": [{**ROW, "drain": "draining", "reason": "new kernel"}]}
    found = cti("nodes")
    assert found.exit_code == 0 and "node2" in found.stdout and "draining: new kernel" in found.stdout
    assert engine.asked == [("GET", "/api/v1/nodes", None)]


@pytest.mark.parametrize(
    ("words", "action", "body"),
    [
        (("drain", "node2", "--reason", "new kernel"), "drain", {"reason": "new kernel"}),
        (("resume", "node2"), "resume", {}),
        (("weight", "node2", "3"), "weight", {"weight": 3}),
    ],
)
def test_what_is_wanted_of_one(engine: AskedEngine, words: tuple[str, ...], action: str, body: dict[str, Any]) -> None:
    found = cti("node", *words)
    assert found.exit_code == 0 and found.stdout == "node node2: drained\n"
    ((method, path, sent),) = engine.asked
    assert (method, path) == ("POST", f"/api/v1/nodes/node2/{action}")
    assert {key: value for key, value in sent.items() if key != "by"} == body


def test_a_node_that_is_not_there(engine: AskedEngine) -> None:
    engine.answer = EngineRefused(
        404, {"refused": "unknown_node", "detail": 'did you mean "node2"?', "exists": ["node2"]}
    )
    found = cti("node", "drain", "nod2")
    assert found.exit_code == 1 and 'no such node; did you mean "node2"?' in found.output


def test_waiting_until_it_is_empty(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [{**ROW, "drain": "draining", "calls": calls} for calls in (2, 2, 1)] + [
        {**ROW, "drain": "empty", "calls": 0}
    ]

    def asked(_control: object, method: str, path: str, *_: object) -> dict[str, Any]:
        return {"ok": True, "difference": ["node node2: drained"]} if method == "POST" else {"nodes": [rows.pop(0)]}

    monkeypatch.setattr(control, "ask", asked)
    monkeypatch.setattr(nodes, "LOOK_S", 0.0)
    found = cti("node", "drain", "node2", "--wait")
    assert found.exit_code == 0
    assert found.stdout.splitlines() == ["node node2: drained", "2 calls on it", "1 calls on it", "node2 is empty"]


def test_one_that_is_resumed_while_somebody_waits_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        control, "ask", lambda _control, method, *_: {"ok": True} if method == "POST" else {"nodes": [ROW]}
    )
    found = cti("node", "drain", "node2", "--wait")
    assert found.exit_code == 1 and "resumed meanwhile" in found.output
