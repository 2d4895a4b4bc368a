"""What is typed to change the flows of a running engine, and what is read back."""

from __future__ import annotations

import json
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from cti.cli import control
from cti.cli import main as cli
from cti.cli.control import EngineRefused
from tests.asked_engine import AskedEngine

pytestmark = pytest.mark.unit

DONE = {"ok": True, "applied": True, "version": "", "flows": 7, "difference": ["flow main: node a changed"]}


def cti(*words: str) -> Result:
    return CliRunner().invoke(cli.app, ["flow", *words])


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> AskedEngine:
    engine = AskedEngine(DONE)
    monkeypatch.setattr(control, "ask", engine.ask)
    return engine


@pytest.mark.parametrize(
    ("words", "path", "body", "last"),
    [
        ("reload", "reload", {"check": False}, "reloaded: 1 difference, flows version 7"),
        ("reload --check", "reload", {"check": True}, "1 difference; nothing was changed (--check)"),
        ("rollback", "rollback", {}, "rolled back: 1 difference, flows version 7"),
        ("rollback 4", "rollback", {"to": 4}, "rolled back: 1 difference, flows version 7"),
    ],
)
def test_what_is_sent_and_told(engine: AskedEngine, words: str, path: str, body: dict[str, Any], last: str) -> None:
    found = cti(*words.split())
    assert (found.exit_code, found.stdout) == (0, f"flow main: node a changed\n{last}\n")
    [(method, sent_path, sent)] = engine.asked
    assert (method, sent_path) == ("POST", f"/api/v1/flows/{path}")
    assert sent.pop("by").startswith("cli.") and sent == body
    assert json.loads(cti(*words.split(), "--json").stdout)["flows"] == 7


def test_no_difference_and_what_was_rolled_back(engine: AskedEngine) -> None:
    engine.answer = DONE | {"applied": False, "difference": [], "warnings": ["the folder still says ..."]}
    found = cti("reload")
    assert (found.stdout, found.stderr) == ("nothing has changed\n", "warning: the folder still says ...\n")


@pytest.mark.parametrize(
    ("status", "body", "code", "line"),
    [
        (404, {"refused": "unknown_version", "detail": "there is no version 9"}, 1, "there is no version 9; see: "),
        (409, {"refused": "already", "detail": "version 4 holds already"}, 1, "version 4 holds already\n"),
        (409, {"refused": "no_flows", "detail": "no flows"}, 1, "no flows: add flows: {folder: flows} to it, then: "),
        (409, {"refused": "bad_configuration", "detail": "m.yaml:1:2: x"}, 2, "error: m.yaml:1:2: x\n"),
    ],
)
def test_refusals(engine: AskedEngine, status: int, body: dict[str, Any], code: int, line: str) -> None:
    engine.answer = EngineRefused(status, body)
    found = cti("rollback", "9")
    assert found.exit_code == code and found.stderr.startswith(line) and found.stderr.count("\n") == 1


def test_a_number_below_one_is_not_sent(engine: AskedEngine) -> None:
    assert (cti("rollback", "0").exit_code, engine.asked) == (2, [])


def test_versions_are_a_table(engine: AskedEngine) -> None:
    rows = [{"version": 7, "at": 1.0, "by": "cli.eva", "calls": 0, "holds": False}]
    rows.append({"version": 6, "at": 0.5, "by": "start", "calls": 3, "holds": True})
    engine.answer = {"version": 6, "since": 2.0, "by": "cli.ben", "rolled_back": True, "versions": rows}
    found = cti("versions").stdout
    assert all(word in found for word in ("callers inside", "cli.eva", "yes", "3"))
    assert "version 6 was rolled back to at 19" in found and "by cli.ben" in found
    assert json.loads(cti("versions", "--json").stdout)["version"] == 6
    engine.answer = {"version": 0, "versions": [], "rolled_back": False}
    assert cti("versions").stdout == "the configuration names no flows\n"


@pytest.mark.parametrize("words", ["reload", "versions", "rollback"])
def test_every_command_teaches_with_an_example(words: str) -> None:
    found = cti(words, "--help")
    assert found.exit_code == 0 and f"Example: cti flow {words}" in found.stdout
