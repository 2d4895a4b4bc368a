"""`cti dnc` and `cti number` as a supervisor types them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cti.cli import main
from cti.cli.numbers_shown import shown
from cti.store.attempts import Attempt, ended, intend
from cti.store.database import open_store
from tests.cli.test_lists import CENTER

pytestmark = pytest.mark.unit

NUMBER = "+442079460001"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "center.yaml").write_text(f"state_dir: {tmp_path}/var\n{CENTER}", encoding="utf-8")
    monkeypatch.setenv("CTI_CONFIG", str(tmp_path / "center.yaml"))
    return tmp_path


def ask(*words: object) -> tuple[int, str, str]:
    done = CliRunner().invoke(main.app, [str(word) for word in words])
    return done.exit_code, done.stdout, done.stderr


def test_a_wish_is_kept_until_it_is_taken_back(folder: Path) -> None:
    assert ask("dnc", "check", NUMBER)[0] == 0
    assert ask("dnc", "add", "020 7946 0001", "--region", "GB", "--reason", "asked\n\x1b[31m")[0] == 0
    assert "already" in ask("dnc", "add", NUMBER)[1]
    code, _, err = ask("dnc", "check", NUMBER)
    assert code == 1 and "must not be called: asked" in err and "\x1b" not in err and "7946" not in err
    assert ask("dnc", "remove", NUMBER)[0] == 0
    assert ask("dnc", "remove", NUMBER)[0] == 1
    assert ask("dnc", "check", NUMBER)[0] == 0


def test_a_wish_may_be_of_one_campaign_and_for_a_time(folder: Path) -> None:
    assert ask("dnc", "add", "+4420*", "--campaign", "winter", "--days", 2)[0] == 0
    assert ask("dnc", "check", NUMBER)[0] == 0
    code, out, _ = ask("dnc", "check", NUMBER, "--campaign", "winter", "--json")
    told = json.loads(out)
    assert code == 1 and told["until"] == pytest.approx(told["at"] + 2 * 86_400)
    assert ask("dnc", "check", NUMBER, "--campaign", "summer")[0] == 2


def test_patterns_of_the_configuration_count(folder: Path) -> None:
    code, _, err = ask("dnc", "check", "+442079460091")
    assert code == 1 and "outbound.do_not_call" in err


def test_a_register_is_taken_over_once(folder: Path) -> None:
    (folder / "plain.txt").write_text("+4421*\n020 7946 0001\nnonsense\n\n")
    (folder / "table.csv").write_text("id;Rufnummer\n1;02079460001\n2;02079460002\n")
    for file, rows, new, invalid in (("plain.txt", 3, 2, 1), ("plain.txt", 3, 0, 1), ("table.csv", 2, 1, 0)):
        code, out, err = ask("dnc", "import", folder / file, "--region", "GB", "--json")
        told = json.loads(out)
        assert (code, told["rows"], told["new"], told["invalid"]) == (0, rows, new, invalid), err
        assert ("plain.txt:3: this is no telephone number" in err) == bool(invalid)


def test_the_journal_tells_everything_but_the_number(folder: Path) -> None:
    code, out, err = ask("number", "journal", NUMBER)
    assert code == 0 and "never called" in out and "there is no store yet" in err
    assert not (folder / "var").exists()  # who only looks makes none
    (folder / "var").mkdir()
    store = open_store(f"sqlite:///{folder}/var/cti.db")
    made = Attempt("winter", 10_000_000, 1, 0, NUMBER, rule="first try")
    intend(store, made, 1_700_000_000.0)
    ended(store, made.id, "busy", 1_700_000_030.0, rule="retry in 600 s")
    store.close()
    ask("dnc", "add", NUMBER, "--reason", "opt-out by key")
    code, out, _ = ask("number", "journal", NUMBER, "--json")
    told = json.loads(out)
    assert code == 0 and told["number"] == "+44 ••• ••01"
    assert [(row["what"], row["result"], row["rule"]) for row in told["journal"]] == [
        ("attempt 1", "busy", "retry in 600 s"),
        ("do not call", "opt-out by key", ""),
    ]
    assert "busy" in ask("number", "journal", NUMBER)[1]
    assert json.loads(ask("number", "journal", NUMBER, "--show-numbers", "--json")[1])["number"] == NUMBER


@pytest.mark.parametrize("words", [("dnc", "add", "12"), ("dnc", "check", "x"), ("number", "journal", "020 7946 0001")])
def test_what_is_no_number_is_said(folder: Path, words: tuple[str, ...]) -> None:
    code, _, err = ask(*words)
    assert code == 2 and "error: NUMBER: " in err


def test_numbers_are_masked() -> None:
    assert (shown(NUMBER, False), shown(NUMBER, True), shown("+12345", False)) == ("+44 ••• ••01", NUMBER, "•••")
