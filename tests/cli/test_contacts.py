"""What a supervisor types about callers who wait, and what he reads."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from cti.cli import control, main
from cti.cli.control import EngineRefused

pytestmark = pytest.mark.unit


def contact(number: str, position: int, queue: str = "sales") -> dict[str, Any]:
    return {
        "contact": f"node1/{number}",
        "call": f"node1/{number}",
        "queue": queue,
        "position": position,
        "wait_s": 5.0,
        "state": "waiting",
        "caller": "Li",
    }


QUEUES = [
    {"name": "sales", "position": [contact("1763.14", 1), contact("1763.2", 2)]},
    {"name": "support", "position": [contact("1764.1", 1, "support")]},
]
CALLS = [{"contact": "node1/1765.5", "call": "node1/1765.5", "state": "talking"}]


def cti(*words: str) -> Result:
    return CliRunner().invoke(main.app, ["contact", *words])


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str, Any]]:
    asked: list[tuple[str, str, Any]] = []

    def ask(_socket: Path, method: str, path: str, body: Any = None) -> Any:
        if method == "GET":
            return {"queues": QUEUES, "calls": CALLS, "status": {}}
        asked.append((method, path, body))
        return {"ok": True, "contact": {"state": "waiting"}}

    monkeypatch.setattr(control, "ask", ask)
    return asked


def refuse(monkeypatch: pytest.MonkeyPatch, status: int, body: dict[str, Any]) -> None:
    def ask(_socket: Path, method: str, _path: str, _body: Any = None) -> Any:
        if method == "GET":
            return {"queues": QUEUES}
        raise EngineRefused(status, body)

    monkeypatch.setattr(control, "ask", ask)


def test_the_list_has_everybody_who_waits(engine: list[Any]) -> None:
    found = cti("list")
    assert found.exit_code == 0
    assert all(number in found.stdout for number in ("1763.14", "1763.2", "1764.1"))
    assert len(json.loads(cti("list", "--json").stdout)) == 3


@pytest.mark.parametrize("name", ["node1/1764.1", "1764.1", "1764"])
@pytest.mark.parametrize(
    ("words", "action", "body", "line"),
    [
        (("move", "{}", "sales"), "move", {"queue": "sales"}, "waits in sales now"),
        (("prioritise", "{}", "60"), "prioritise", {"seconds": 60.0}, "counts 60 s of waiting more than before"),
        (("prioritise", "{}", "-30"), "prioritise", {"seconds": -30.0}, "counts 30 s of waiting less than before"),
        (("withdraw", "{}"), "withdraw", {}, "waits no longer"),
    ],
)
def test_a_part_of_the_id_is_enough(
    engine: list[Any], name: str, words: tuple[str, ...], action: str, body: dict[str, Any], line: str
) -> None:
    found = cti(*(word.format(name) for word in words))
    assert (found.exit_code, found.stdout) == (0, f"node1/1764.1: {line}\n")
    [(method, path, sent)] = engine
    assert (method, path) == ("POST", f"/api/v1/contacts/node1%2F1764.1/{action}")
    assert sent.pop("by").startswith("cli.") and sent == body


def test_a_part_that_several_have_is_not_guessed(engine: list[Any]) -> None:
    found = cti("withdraw", "1763")
    assert (found.exit_code, engine) == (1, [])
    assert found.stderr == '"1763" could be node1/1763.14, node1/1763.2: write more of it\n'


def test_the_whole_uniqueid_wins_over_a_part_of_another(engine: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(QUEUES[0], "position", [contact("1.1", 1), contact("1.10", 2)])
    assert cti("withdraw", "1.1").stdout == "node1/1.1: waits no longer\n"


def test_a_part_that_nobody_has_says_where_to_look(engine: list[Any]) -> None:
    found = cti("withdraw", "99")
    assert (found.exit_code, engine) == (1, [])
    assert "contact list" in found.stderr


def test_an_id_beyond_the_lists_is_for_the_engine_to_know(engine: list[Any]) -> None:
    assert cti("withdraw", "node1/9.9").exit_code == 0


@pytest.mark.parametrize(
    ("status", "body", "line"),
    [
        (404, {"refused": "unknown_contact", "detail": "gone"}, "node1/1764.1 is not there: it may have ended"),
        (409, {"refused": "not_waiting", "detail": "talking"}, "node1/1764.1 does not wait: it is talking"),
        (409, {"refused": "already", "detail": "support"}, "node1/1764.1 already waits in support"),
        (
            404,
            {"refused": "unknown_queue", "exists": ["sales"]},
            'there is no queue "slaes" (did you mean "sales"?)',
        ),
        (409, {"refused": "not_talking", "detail": "waiting"}, "node1/1764.1 talks to nobody: it is waiting"),
        (409, {"refused": "phone_busy", "detail": "it rings"}, "– is busy: it rings"),
        (400, {"error": "odd"}, "the engine does not take this: odd"),
        (500, {}, "refused: the engine answered with status 500"),
    ],
)
def test_a_refusal_is_one_line_and_exit_1(
    monkeypatch: pytest.MonkeyPatch, status: int, body: dict[str, Any], line: str
) -> None:
    refuse(monkeypatch, status, body)
    found = cti("move", "1764.1", "slaes")
    assert found.exit_code == 1 and found.stderr.startswith(line) and found.stderr.count("\n") == 1


@pytest.mark.parametrize("mode", ["listen", "whisper", "barge"])
def test_a_talk_is_joined_from_ones_own_phone(engine: list[Any], mode: str) -> None:
    found = cti(mode, "1765", "--phone", "1009")
    assert (found.exit_code, found.stdout) == (0, "node1/1765.5: 1009 rings; it ends with the talk\n")
    [(_, path, sent)] = engine
    assert path == f"/api/v1/contacts/node1%2F1765.5/{mode}" and sent["phone"] == "1009"
    assert "call show" in cti(mode, "99", "--phone", "1009").stderr
    assert cti(mode, "1765").exit_code == 2, "whose phone is to ring?"
