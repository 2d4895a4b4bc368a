"""What is typed about webhooks, and what is read back."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner, Result

from cti.cli import control, main
from cti.cli.control import EngineRefused
from cti.model.hooks import key_of
from tests.asked_engine import AskedEngine

pytestmark = pytest.mark.unit

ROW = {
    "hook": "crm", "url": "https://crm.example.com", "waiting": 3, "sent": 12, "failed": 1,
    "oldest_at": 1_700_000_000.0, "resting": True, "answer": "timeout", "answered_at": 1_700_000_100.0,
}  # fmt: skip


def cti(*words: str) -> Result:
    return CliRunner().invoke(main.app, ["hook", *words])


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> AskedEngine:
    engine = AskedEngine({"hooks": [ROW]})
    monkeypatch.setattr(control, "ask", engine.ask)
    return engine


def test_the_list(engine: AskedEngine) -> None:
    found = cti("list")
    assert found.exit_code == 0 and "crm" in found.stdout and "down" in found.stdout and "timeout" in found.stdout
    assert engine.asked == [("GET", "/api/v1/hooks", None)]
    engine.answer = {"hooks": []}
    assert "no hooks" in cti("list").stdout


@pytest.mark.parametrize(
    ("answer", "code", "said"),
    [
        ({"ok": True, "answer": "204"}, 0, "crm: taken (204)"),
        ({"ok": False, "answer": "500"}, 1, "crm: not taken: it answered 500"),
        ({"ok": False, "answer": "forbidden_address"}, 1, "hooks.NAME.networks"),
    ],
)
def test_a_test_says_what_came_of_it(engine: AskedEngine, answer: dict[str, object], code: int, said: str) -> None:
    engine.answer = answer
    found = cti("test", "crm")
    assert (found.exit_code, said in found.stdout) == (code, True)
    assert engine.asked[0][:2] == ("POST", "/api/v1/hooks/crm/test")


def test_what_was_given_up(engine: AskedEngine) -> None:
    engine.answer = {"ok": True, "messages": 4}
    assert cti("retry", "crm").stdout.startswith("crm: 4 that were given up")
    engine.answer = EngineRefused(404, {"refused": "unknown_hook", "exists": ["crm"]})
    assert cti("retry", "cmr").exit_code == 1
    assert cti("retry", "a/b").exit_code == 1


def test_a_secret_is_one_that_the_file_takes() -> None:
    first, second = cti("secret").stdout.strip(), cti("secret").stdout.strip()
    assert first != second and len(key_of(first)) == 32
