"""`cti flow check | try | draw` as a supervisor types them."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest
from typer.testing import CliRunner

from cti.cli import main as cli

pytestmark = pytest.mark.unit

FLOWS = Path(__file__).parents[2] / "config" / "flows"


def cti(*words: str, typed: str = "") -> tuple[int, str, str]:
    result = CliRunner().invoke(cli.app, ["flow", *words], input=typed)
    return result.exit_code, result.stdout, result.stderr


def test_check(tmp_path: Path) -> None:
    code, out, err = cti("check", str(FLOWS))
    assert (code, err) == (0, "")
    assert "is ok: 7 flows" in out
    (tmp_path / "a.yaml").write_text("name: a\nstart: b\nnodes:\n  a: {hangup: Bye}\n")
    code, out, err = cti("check", str(tmp_path))
    assert code == 2
    assert "a.yaml:2:8: start: there is no node" in err
    code, out, _ = cti("check", "--json", str(tmp_path))
    assert (code, json.loads(out)["ok"]) == (2, False)
    (tmp_path / "a.yaml").write_text("name: a\nstart: a\nnodes:\n  a: {hangup: Bye}\n  b: {hangup: Bye}\n")
    assert [cti("check", str(tmp_path))[0], cti("check", "--strict", str(tmp_path))[0]] == [0, 1]


def test_check_knows_the_queues_of_the_centre(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("name: a\nstart: a\non: {error: hangup}\nnodes:\n  a: {queue: salse}\n")
    center = FLOWS.parent / "center.yaml"
    code, _, err = cti("check", str(tmp_path), "-c", str(center))
    assert (code, 'there is no queue "salse" (did you mean "sales"?)' in err) == (2, True)


def test_check_knows_what_center_yaml_beside_allows(tmp_path: Path) -> None:
    (tmp_path / "flows").mkdir()
    center = "nodes: {n: {host: 127.0.0.1, secret: x}}\nfastagi: {token: t}\nqueues: {sales: {}}\n"
    (tmp_path / "center.yaml").write_text(center + "flows: {folder: flows, transfers: {office: PJSIP/9}}\n")
    node = "{transfer: ofice, on: {failed: hangup}, then: hangup}"
    (tmp_path / "flows" / "a.yaml").write_text(f"name: a\nstart: a\non: {{error: hangup}}\nnodes:\n  a: {node}\n")
    code, _, err = cti("check", str(tmp_path / "flows"))
    assert (code, 'there is no allowed transfer "ofice" (did you mean "office"?)' in err) == (2, True)
    (tmp_path / "center.yaml").write_text(center)
    assert cti("check", str(tmp_path / "flows"))[0] == 0  # nothing is known of transfers


def test_try_by_script() -> None:
    script = '1,notfound,1,12345678#,1,{"status": "shipped"},,1,{"date": "2026-12-01"},,hangup'
    code, out, _ = cti("try", str(FLOWS / "main.yaml"), "--script", script)
    assert code == 0
    assert "says   It will arrive on Tuesday December 1st 2 thousand 26" in out
    assert out.rstrip().endswith("the caller has hung up")
    assert cti("try", str(FLOWS / "main.yaml"), "--script", "1")[0] == 1


def test_try_by_hand_with_answers_and_closed_hours(tmp_path: Path) -> None:
    answers = tmp_path / "answers.yaml"
    answers.write_text("GET /orders/12345678: {status: shipped}\n")
    typed = "\n\n1\n12345678\n1\n\n9\n"
    code, out, _ = cti("try", str(FLOWS / "main.yaml"), "--hours", "closed", "--answers", str(answers), typed=typed)
    assert code == 0
    for heard in ("We are closed now.", "Your order is on its way.", "the caller has hung up"):
        assert heard in out
    assert cti("try", str(FLOWS / "main.yaml"), "--hours", "sometimes")[0] == 2


def test_a_secret_is_not_shown(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(
        "name: a\nstart: a\non: {error: hangup}\nvariables: {pin: {type: digits, sensitive: true}, ok: flag}\nnodes:\n"
        "  a: {collect: pin, ask: PIN, length: 4, then: b}\n"
        "  b: {lookup: s, post: /l, send: {pin: pin}, into: {ok: ok}, then: c}\n"
        "  c: {say: ok, then: hangup}\n"
    )
    code, out, err = cti("try", str(tmp_path / "a.yaml"), "--script", '4711,{"ok": true},')
    assert (code, "4711" in out + err, "> ****" in out, "says   yes" in out) == (0, False, True, True)


def test_draw(tmp_path: Path) -> None:
    target = tmp_path / "main.svg"
    assert cti("draw", str(FLOWS / "main.yaml"), "-o", str(target))[0] == 0
    picture = ElementTree.parse(target).getroot()
    assert picture.tag.endswith("svg")
    words = "".join(picture.itertext())
    for word in ("main_menu", "For an order, press 1.", "any_agent"):
        assert word in words
    code, out, _ = cti("draw", str(FLOWS / "main.yaml"), "-l", "zh")
    assert code == 0 and "查询订单" in out
    assert cti("draw", str(FLOWS / "main.yaml"), "-l", "fr")[0] == 2


@pytest.mark.parametrize("name", ["main", "orders"])
def test_the_pictures_of_the_example_are_of_today(name: str, tmp_path: Path) -> None:
    committed, target = FLOWS.parent.parent / "docs" / "img" / f"flow-{name}.svg", tmp_path / "now.svg"
    assert cti("draw", str(FLOWS / f"{name}.yaml"), "-o", str(target))[0] == 0
    again = f"cti flow draw config/flows/{name}.yaml -o docs/img/flow-{name}.svg"
    assert target.read_text() == committed.read_text(), f"the flow has changed: {again}"


def test_check_reads_the_folder_that_the_centre_names(tmp_path: Path) -> None:
    (tmp_path / "ours").mkdir()
    center = "nodes: {n: {host: 127.0.0.1, secret: x}}\nfastagi: {token: t}\nqueues: {sales: {}}\n"
    file = tmp_path / "center.yaml"
    file.write_text(center)
    code, _, err = cti("check", "-c", str(file))
    assert (code, "names no folder of flows" in err) == (2, True)
    file.write_text(center + "flows: {folder: ours}\n")
    (tmp_path / "ours" / "a.yaml").write_text("name: a\nstart: a\nnodes:\n  a: {hangup: Bye}\n")
    code, out, _ = cti("check", "-c", str(file))
    assert (code, "ours is ok: 1 flow, 1 node" in out) == (0, True)
