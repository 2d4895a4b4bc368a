"""Does `cti simulate` print what programs and people need, and refuse with file and line?"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from cti.cli.simulate import simulate_command

pytestmark = pytest.mark.simulation

CONFIG = """\
nodes: {node1: {host: 127.0.0.1, secret: nobody}}
queues: {sales: {target_s: 20, wrap_up_s: 10}}
agents: {anna: {phone: PJSIP/1001, queues: [sales]}}
entries: {"6001": {queue: sales}}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "center.yaml").write_text(CONFIG)
    (tmp_path / "other.yaml").write_text(CONFIG.replace("wrap_up_s: 10", "wrap_up_s: 2"))
    (tmp_path / "demand.csv").write_text(
        "start,queue,offered,aht_s,patience_s\n09:00,sales,30,120,90\n09:30,6001,20,120,90\n"
    )
    (tmp_path / "roster.csv").write_text("agent,from,to,breaks\nanna,09:00,10:00,\n2,09:00,10:00,09:40-09:50\n")
    return tmp_path


def cti(folder: Path, *words: str) -> Result:
    app = typer.Typer()
    app.command()(simulate_command)
    given = ["--config", "center.yaml", "--demand", "demand.csv", "--agents", "roster.csv", *words]
    paths = [str(folder / word) if word.endswith((".yaml", ".csv", ".svg")) else word for word in given]
    return CliRunner().invoke(app, paths, env={"CTI_STATE": str(folder)})


def test_json_is_one_object_and_the_same_every_time(folder: Path) -> None:
    first = cti(folder, "--days", "4", "--json")
    assert first.exit_code == 0, first.output
    found = json.loads(first.stdout)
    assert (found["days"], found["seed"], found["difference"]) == (4, 1, [])
    rows = {(row["queue"], row["from"]): row for row in found["configs"][0]["rows"]}
    assert set(rows) == {(queue, start) for queue in ("sales", None) for start in ("09:00", "09:30", None)}
    whole = rows["sales", None]
    assert whole["offered"]["value"] * 4 == found["callers"]
    assert whole["service_level"]["low"] <= whole["service_level"]["value"] <= whole["service_level"]["high"] <= 1
    assert cti(folder, "--days", "4", "--json").stdout == first.stdout
    assert cti(folder, "--days", "4", "--json", "--seed", "2").stdout != first.stdout


def test_two_configurations_side_by_side(folder: Path) -> None:
    found = json.loads(cti(folder, "--config2", "other.yaml", "--days", "6", "--json").stdout)
    assert [each["config"].rpartition("/")[2] for each in found["configs"]] == ["center.yaml", "other.yaml"]
    whole = next(row for row in found["difference"] if row["queue"] is None and row["from"] is None)
    assert whole["offered"]["value"] == 0.0 and whole["asa_s"]["value"] < 0.0


def test_a_table_for_people_and_a_chart(folder: Path) -> None:
    result = cti(folder, "--config2", "other.yaml", "--days", "2", "--chart", "out.svg")
    assert result.exit_code == 0, result.output
    for word in ("sales", "09:30", "level %", "ASA", "abandoned", "occupancy", "difference", "±", "B = other.yaml"):
        assert word in result.output
    assert (folder / "out.svg").read_text().startswith("<svg ")


def test_a_chart_is_svg_and_nothing_else(folder: Path) -> None:
    result = cti(folder, "--chart", str(folder / "out.png"))
    assert result.exit_code == 2 and f"--chart {folder}/out.svg" in result.output
    assert not (folder / "out.png").exists()


def test_how_often_the_expected_wait_held_is_said_of_each_queue(folder: Path) -> None:
    busy = "start,queue,offered,aht_s,patience_s\n09:00,sales,60,120,300\n09:30,6001,50,120,300\n"
    (folder / "demand.csv").write_text(busy)
    shown = cti(folder, "--days", "4")
    (line,) = (line for line in shown.stdout.splitlines() if line.startswith("  sales: "))
    whole = next(row for row in json.loads(cti(folder, "--days", "4", "--json").stdout)["configs"][0]["rows"]
                 if row["queue"] == "sales" and row["from"] is None)  # fmt: skip
    told, kept = whole["ewt_announced"]["value"], whole["ewt_kept"]["value"]
    assert 0 < told <= whole["offered"]["value"] and 0 < kept <= 1
    assert f"announced to {told:.1f} a day, kept for {100 * kept:.1f} ±" in line


def test_problems_are_named_by_file_and_line(folder: Path) -> None:
    (folder / "demand.csv").write_text("start,queue,offered,aht_s,patience_s\n09:00,sale,30,120,90\n")
    result = cti(folder)
    assert result.exit_code == 2
    assert "demand.csv:2: " in result.output and "has no queue and no entry 'sale'" in result.output
    (folder / "center.yaml").write_text(CONFIG.replace("target_s", "targets"))
    assert "center.yaml:2:" in cti(folder).output
    assert cti(folder, "--ring-s", "20").exit_code == 2


def test_a_ring_that_no_queue_waits_for_is_refused(folder: Path) -> None:
    result = cti(folder, "--ring-s", "20")
    assert result.exit_code == 2 and "gives up ringing earlier in: sales" in result.output


def test_a_single_day_has_no_interval(folder: Path) -> None:
    row = json.loads(cti(folder, "--days", "1", "--json").stdout)["configs"][0]["rows"][0]
    assert row["asa_s"]["value"] is not None and row["asa_s"]["low"] is None
