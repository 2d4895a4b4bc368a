"""Is it read back how well machines were told from people, and what would be better?"""

from __future__ import annotations

import json
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from cti.cli import control, main
from cti.cli.control import EngineRefused
from tests.asked_engine import AskedEngine

pytestmark = pytest.mark.unit

FOUND: dict[str, Any] = {
    "campaign": "spring", "verdicts": 40, "heard": {"human": 30, "machine": 10}, "signs": {"human HUMAN": 30},
    "listened_p50_s": 1.25, "listened_p90_s": 2.5, "noted": {"human": 30}, "wrong": {"human": 6}, "amd": {},
    "advice": [{"key": "max_words", "now": 3.0, "better": 5.0, "why": "6 of 30 were people of many words"}],
}  # fmt: skip


def amd(answer: Any, monkeypatch: pytest.MonkeyPatch, *words: str) -> Result:
    engine = AskedEngine(answer)
    monkeypatch.setattr(control, "ask", engine.ask)
    return CliRunner().invoke(main.app, ["campaign", "amd", *(words or ("spring",))])


def test_what_was_heard_and_what_would_be_better(monkeypatch: pytest.MonkeyPatch) -> None:
    found = amd({"amd": FOUND}, monkeypatch)
    assert found.exit_code == 0
    assert "agents noted something of 30, and said otherwise of 6" in found.stdout
    assert "machines.amd.max_words: 5 instead of 3: 6 of 30 were people of many words" in found.stdout
    assert json.loads(amd({"amd": FOUND}, monkeypatch, "spring", "--json").stdout) == FOUND


def test_nobody_was_listened_to(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "nobody was listened to" in amd({"amd": FOUND | {"verdicts": 0}}, monkeypatch).stdout
    assert "no other value" in amd({"amd": FOUND | {"advice": []}}, monkeypatch).stdout


def test_a_campaign_that_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    refused = EngineRefused(404, {"refused": "unknown_campaign", "detail": "spring"})
    assert amd(refused, monkeypatch).exit_code == amd(refused, monkeypatch, "a b").exit_code == 1
