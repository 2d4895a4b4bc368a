"""The doctor's judgements, and the doctor with a real Asterisk on the table."""

from __future__ import annotations

import asyncio
import io
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from cti.cli.show import show_findings
from cti.config import settings as config
from cti.doctor import local, rules
from cti.doctor.examination import Finding, examine
from cti.doctor.local import writetimeout_ms

LAB = Path(__file__).parents[2] / "asterisk" / "lab"


def one(findings: list[Finding]) -> Finding:
    assert len(findings) == 1, findings
    return findings[0]


# --- judgements ---------------------------------------------------------------------------------------------------


@pytest.mark.unit
@pytest.mark.parametrize(
    ("text", "levels"),
    [
        ("22.10.1+dfsg+~cs6.17-1", ["ok", "ok"]),
        ("23.4.1", ["ok", "ok"]),
        ("24.0.0", ["ok", "ok"]),
        ("22.10.0", ["ok", "warn", "warn"]),
        ("22.0.0", ["ok", "warn", "warn", "warn", "warn"]),
        ("20.14.1", ["warn", "warn"]),  # fixed as far as known; two advisories say nothing of this branch
        ("20.9.1", ["warn", "warn", "warn", "warn", "warn"]),
        ("18.26.2", ["fail"]),
        ("GIT-22-1234abc", ["warn"]),
        ("certified-20.7-cert5", ["warn"]),
        ("", ["warn"]),
    ],
)
def test_versions(text: str, levels: list[str]) -> None:
    findings = rules.judge_version("n", text)
    assert [finding.level for finding in findings] == levels
    assert all(finding.remedy for finding in findings if finding.level != "ok")


@pytest.mark.unit
def test_a_branch_without_an_entry_is_known_only_if_it_is_later() -> None:
    fixed = ((20, 9, 2), (21, 4, 2), (22, 0, 0))
    assert [rules.is_fixed(v, fixed) for v in ((20, 9, 1), (20, 9, 2), (22, 0, 0), (23, 0, 0), (19, 9, 9))] == [
        False,
        True,
        True,
        True,
        None,
    ]


RIGHT = {
    "Status": "List channel status.  (Priv: system,call,reporting,all)",
    "CoreShowChannels": "List.  (Priv: system,reporting,all)",
    "CoreStatus": "x  (Priv: system,reporting,all)",
    "CoreSettings": "x  (Priv: system,reporting,all)",
    "Hangup": "x  (Priv: system,call,all)",
    "ControlPlayback": "x  (Priv: call,all)",
    "Originate": "x  (Priv: originate,all)",
    "BridgeInfo": "x  (Priv: <none>)",
    "Response": "Success",
}


@pytest.mark.unit
def test_rights() -> None:
    assert one(rules.judge_rights("n", RIGHT)).level == "ok"
    few = one(rules.judge_rights("n", {key: value for key, value in RIGHT.items() if key != "Originate"}))
    assert (few.level, "Originate (originate)" in few.text) == ("fail", True)
    many = one(
        rules.judge_rights("n", RIGHT | {"Command": "x  (Priv: command,all)", "GetConfig": "(Priv: config,all)"})
    )
    assert many.level == "warn"
    assert "command (allows Command), config (allows GetConfig)" in many.text


@pytest.mark.unit
def test_events() -> None:
    good = {"FullyBooted", "Newchannel", "Hangup", "DialBegin"}
    assert one(rules.judge_events("n", good, had_call=True)).level == "ok"
    assert "VarSet" in one(rules.judge_events("n", good | {"VarSet"}, had_call=True)).text
    assert one(rules.judge_events("n", {"FullyBooted", "VarSet"}, had_call=False)).level == "warn"
    assert [finding.level for finding in rules.judge_events("n", {"VarSet"}, had_call=True)] == ["warn", "fail"]
    assert rules.judge_events("n", set(), had_call=False) == []


@pytest.mark.unit
def test_the_known_events_are_those_the_installed_filter_lets_through() -> None:
    text = (LAB.parent / "etc" / "manager.d" / "cti.conf").read_text(encoding="utf-8")
    allowed = {
        line.split("name(")[1].split(")")[0] for line in text.splitlines() if line.startswith("eventfilter(name(")
    }
    assert allowed
    assert allowed <= rules.EVENTS


@pytest.mark.unit
def test_modules_clock_files_rtp_phones() -> None:
    there = dict.fromkeys(rules.MODULES, True)
    assert one(rules.judge_modules("n", there)).level == "ok"
    assert "func_uri" in one(rules.judge_modules("n", there | {"func_uri": False})).text
    assert one(rules.judge_modules("n", there | {"func_uri": None})).level == "warn"
    assert [rules.judge_skew("n", s).level for s in (0.0, 0.9, 1.5, -7.0)] == ["ok", "ok", "warn", "warn"]
    assert [rules.judge_asterisk_files("n", n).level for n in (0, 1024, 20_000)] == ["warn", "warn", "ok"]
    assert "10000 channels" in rules.judge_rtp("n", 10_000, 29_999).text
    assert rules.judge_rtp("n", 10_000, 10_100).level == "warn"
    states = {"anna": "NOT_INUSE", "ben": "INVALID", "chen": "UNAVAILABLE"}
    assert [finding.level for finding in rules.judge_phones("n", states)] == ["fail", "warn"]
    assert one(rules.judge_phones("n", {"anna": "INUSE"})).level == "ok"


@pytest.mark.unit
@pytest.mark.parametrize(
    ("manager", "extra", "expected"),
    [
        ("[general]\nwritetimeout=1\n[cti]\nsecret=x\nwritetimeout = 5000 ; ms\n", None, 5000),
        ("[cti]\nsecret=x\n", None, 100),
        ("[general]\n", None, None),
        ("#tryinclude manager.d/*.conf\n[general]\n", "[cti]\nwritetimeout=>2000\n", 2000),
    ],
)
def test_writetimeout_is_read_as_asterisk_reads_it(
    tmp_path: Path, manager: str, extra: str | None, expected: int | None
) -> None:
    (tmp_path / "manager.conf").write_text(manager)
    if extra is not None:
        (tmp_path / "manager.d").mkdir()
        (tmp_path / "manager.d" / "x.conf").write_text(extra)
    assert writetimeout_ms(local.manager_user(tmp_path, "cti")) == expected
    assert rules.judge_writetimeout("n", expected).level == ("ok" if (expected or 0) >= 1000 else "warn")


@pytest.mark.unit
def test_a_missing_manager_conf_is_not_known(tmp_path: Path) -> None:
    assert writetimeout_ms(local.manager_user(tmp_path, "cti")) is None


@pytest.mark.unit
def test_findings_are_a_line_a_finding_with_its_remedy() -> None:
    out = io.StringIO()
    show_findings(
        [Finding("ok", "n1", "AMI", "fine"), Finding("fail", "n1", "x", "odd", "do that")], Console(file=out, width=40)
    )
    assert out.getvalue().splitlines() == [
        "ok   n1: AMI: fine",
        "fail n1: x: odd",
        "      -> do that",
        "1 ok, 0 to look at, 1 that will not work",
    ]


# --- a real Asterisk ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def lab() -> Iterator[dict[str, Any]]:
    """The descriptor of one node with the phones 1001 and 1002, which nobody has registered."""
    folder = tempfile.mkdtemp(prefix="cti-doctor-")
    words = ["--json", "up", "1", "--dir", folder, "--agents", "2", "--with-parent", str(os.getpid())]
    try:
        up = subprocess.run([sys.executable, LAB, *words], capture_output=True, text=True, timeout=300, check=False)
        if up.returncode == 3:
            if os.environ.get("CI") == "true":
                pytest.fail(f"no real Asterisk: {up.stderr[-300:]}")
            pytest.skip(f"NO REAL ASTERISK: {up.stderr[-300:]}")
        assert up.returncode == 0, up.stderr
        yield json.loads(up.stdout)
    finally:
        subprocess.run([sys.executable, LAB, "down", "--dir", folder], capture_output=True, timeout=60, check=False)
        shutil.rmtree(folder, ignore_errors=True)


def settings_for(lab: dict[str, Any], state: Path, **changes: Any) -> config.Settings:
    node = lab["nodes"][0]
    values = {
        "host": node["host"],
        "port": node["ami_port"],
        "username": node["ami_user"],
        "secret": node["ami_secret"],
        "token": node["agi_token"],
        "listen": lab["engines"][0],
        "allow": "127.0.0.0/8",
        "goto": "cti-fallback,6001,1",
        "phone": "PJSIP/1002",
        "http": lab["engines"][0].rsplit(":", 1)[0] + ":8470",
        "name": "node1",
    } | changes
    text = (
        f"nodes: {{{values['name']}: {{host: {values['host']}, port: {values['port']}, username: {values['username']}, "
        f"secret: {values['secret']}}}}}\n"
        f"fastagi: {{listen: '{values['listen']}', allow: [{values['allow']}], token: {values['token']}}}\n"
        f"http: {{listen: '{values['http']}'}}\n"
        f"state_dir: {state}\ncontrol: ctl\n"
        f"queues: {{sales: {{max_wait_s: 60, on_max_wait: {{goto: '{values['goto']}'}}}}}}\n"
        "agents:\n  anna: {phone: PJSIP/1001, queues: [sales]}\n"
        f"  ben: {{phone: {values['phone']}, queues: [sales]}}\n"
        "entries: {6001: {queue: sales}}\n"
    )
    return config.loads(text.encode(), environ={})


def examined(lab: dict[str, Any], state: Path, **changes: Any) -> dict[tuple[str, str], Finding]:
    """What is not ok, by level and check."""
    etc = Path(lab["nodes"][0]["config_dir"])
    findings = asyncio.run(examine(settings_for(lab, state, **changes), etc))
    return {(found.level, found.check): found for found in findings if found.level != "ok"}


@pytest.mark.acceptance
@pytest.mark.timeout(300)
def test_a_good_asterisk_is_good_but_for_its_phones(lab: dict[str, Any], tmp_path: Path) -> None:
    etc = Path(lab["nodes"][0]["config_dir"])
    findings = asyncio.run(examine(settings_for(lab, tmp_path), etc))
    assert {found.check for found in findings if found.level != "ok"} <= {"phones", "advisory"}
    fine = {found.check for found in findings if found.level == "ok"}
    assert {"AMI", "version", "rights", "modules", "clock", "dialplan", "FastAGI", "digits", "event filter"} <= fine
    assert "writetimeout" in fine


@pytest.mark.acceptance
@pytest.mark.parametrize(
    ("changes", "level", "check", "words"),
    [
        ({"secret": "wrong"}, "fail", "AMI", "refuses the login"),
        ({"port": 1}, "fail", "AMI", "no connection"),
        ({"token": "wrong"}, "fail", "FastAGI", "another token"),
        ({"allow": "10.0.0.0/8"}, "fail", "FastAGI", "outside fastagi.allow"),
        ({"goto": "cti-fallback,nowhere,1"}, "fail", "dialplan", "queues.sales.on_max_wait leads to"),
        ({"name": "vienna"}, "fail", "dialplan", "calls itself node1, and the configuration calls it vienna"),
        ({"phone": "PJSIP/nobody"}, "fail", "phones", "that of ben"),
    ],
)
def test_what_is_wrong_is_found(
    lab: dict[str, Any], tmp_path: Path, changes: dict[str, Any], level: str, check: str, words: str
) -> None:
    found = examined(lab, tmp_path, **changes)
    assert words in found[level, check].text
    assert found[level, check].remedy
    assert "wrong" not in found[level, check].text


@pytest.mark.acceptance
def test_too_many_rights_and_no_filter_are_found(lab: dict[str, Any], tmp_path: Path) -> None:
    node = lab["nodes"][0]
    found = examined(lab, tmp_path, username=node["witness_user"], secret=node["witness_secret"])
    assert "command (allows Command)" in found["warn", "rights"].text
    assert "arrive" in found["warn", "event filter"].text


@pytest.mark.acceptance
def test_an_address_the_dialplan_does_not_know_is_found(lab: dict[str, Any], tmp_path: Path) -> None:
    host = lab["engines"][0].rsplit(":", 1)[0]
    found = examined(lab, tmp_path, listen=f"{host}:4999")
    assert "sends callers to" in found["fail", "dialplan"].text
    assert "did not come" in found["fail", "FastAGI"].text


@pytest.mark.acceptance
def test_a_taken_port_is_told_and_the_rest_goes_on(lab: dict[str, Any], tmp_path: Path) -> None:
    host, port = lab["engines"][0].rsplit(":", 1)
    with socket.create_server((host, int(port))):
        found = examined(lab, tmp_path)
    assert "is taken" in found["warn", "FastAGI"].text
    assert ("fail", "AMI") not in found
