"""`cti report` as a supervisor types it."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cti.cli import main
from cti.store.database import open_store
from tests.cli.test_lists import CENTER
from tests.reports.conftest import NOON, Teller

pytestmark = pytest.mark.unit

DAY = ("--from", "2023-11-15", "--to", "2023-11-15")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "center.yaml").write_text(f"state_dir: {tmp_path}/var\n{CENTER}", encoding="utf-8")
    (tmp_path / "var").mkdir()
    monkeypatch.setenv("CTI_CONFIG", str(tmp_path / "center.yaml"))
    store = open_store(f"sqlite:///{tmp_path}/var/cti.db")
    teller = Teller(store)
    teller.call("n/1", NOON + 60, "answered", 10.0)
    teller.call("n/2", NOON + 90, "abandoned", 65.0)
    teller.answer("n/1", NOON + 200, "csat", 5)
    store.close()
    return tmp_path


def ask(*words: object) -> tuple[int, str, str]:
    done = CliRunner().invoke(main.app, ["report", *map(str, words)])
    return done.exit_code, done.stdout, done.stderr


def test_a_table_for_people(folder: Path) -> None:
    code, out, err = ask("queues", *DAY)
    assert code == 0
    sales = next(line for line in out.splitlines() if "sales" in line)
    assert "50.0 %" in sales and "~100.0 %" in sales, "one answer says little"
    assert "from too little" in err and "UTC" in err
    assert ask("queues", "--from", "2023-11-01", "--to", "2023-11-02")[1].startswith("nothing was counted")


def test_csv_and_json_hold_every_column(folder: Path) -> None:
    _, out, _ = ask("intervals", *DAY, "--step", "hour", "--csv")
    (row,) = csv.DictReader(io.StringIO(out))
    assert (row["start"], row["offered"], row["answered"]) == ("2023-11-15T12:00+00:00", "2", "1")
    _, out, _ = ask("numbers", *DAY, "--json")
    assert json.loads(out)["rows"][0]["number"] == "6001"


def test_a_picture(folder: Path) -> None:
    assert ask("intervals", *DAY, "--step", "15m", "--chart", folder / "day.svg")[0] == 0
    assert (folder / "day.svg").read_text().startswith("<svg")
    code, _, err = ask("intervals", "--chart", folder / "day.png")
    assert code == 2 and "day.svg" in err


def test_wrong_words_name_the_right_ones(folder: Path) -> None:
    code, _, err = ask("queue")
    assert code == 2 and 'did you mean "queues"' in err
    assert ask("queues", "--from", "monday")[0] == 2
