"""What the doctor says of a node that shall place our calls."""

from __future__ import annotations

from pathlib import Path

import pytest

from cti.config.settings import Settings, loads
from cti.doctor.outbound import endpoint_of, examine_outbound, judge_listening, judge_trunks

pytestmark = pytest.mark.unit

CENTER = """
nodes: {node1: {host: 127.0.0.1, secret: s}}
queues: {sales: {}}
"""
TRUNK = 'outbound: {trunks: {carrier: {dial: "PJSIP/{number}@carrier"}}}\n'
CAMPAIGN = "campaigns: {spring: {mode: progressive, queue: sales, machines: {detect: true}}}\n"


def settings(tmp_path: Path, more: str = "") -> Settings:
    return loads((CENTER + f"state_dir: {tmp_path}\n" + more).encode(), environ={})


class Asterisk:
    """Answers with what the test gives it."""

    def __init__(self, *, places: bool = True, **values: str) -> None:
        self.places, self.values = places, values
        self.asked: list[str] = []

    async def value(self, function: str) -> str:
        self.asked.append(function)
        return next((value for name, value in self.values.items() if name in function), "")

    async def exists(self, place: str) -> bool:
        self.asked.append(place)
        return self.places


async def test_who_has_no_trunks_is_asked_nothing(tmp_path: Path) -> None:
    asterisk = Asterisk()
    assert await examine_outbound("node1", settings(tmp_path), asterisk.value, asterisk.exists) == []
    assert asterisk.asked == []


async def test_a_node_that_is_ready(tmp_path: Path) -> None:
    asterisk = Asterisk(carrier="NOT_INUSE", app_amd="1", app_waitforsilence="1")
    (found,) = await examine_outbound("node1", settings(tmp_path, TRUNK + CAMPAIGN), asterisk.value, asterisk.exists)
    assert found.level == "ok"


async def test_an_old_dialplan_without_amd_and_without_the_trunk(tmp_path: Path) -> None:
    asterisk = Asterisk(places=False, carrier="INVALID", app_amd="0", app_waitforsilence="1")
    found = await examine_outbound("node1", settings(tmp_path, TRUNK + CAMPAIGN), asterisk.value, asterisk.exists)
    assert [finding.level for finding in found] == ["fail"] * 4
    assert "app_amd" in found[2].text and "carrier" in found[3].text


@pytest.mark.parametrize("who", ["agents: {anna: {phone: PJSIP/1, auto_answer: true}}\n", CAMPAIGN])
async def test_phones_that_shall_answer_by_themselves_need_the_dialplans_help(tmp_path: Path, who: str) -> None:
    written = settings(tmp_path, TRUNK + who.replace("queue: sales", "queue: sales, auto_answer: true"))
    old, new = Asterisk(places=False, carrier="NOT_INUSE"), Asterisk(carrier="NOT_INUSE", app_amd="1", silence="1")
    found = await examine_outbound("node1", written, old.value, old.exists)
    assert [finding.level for finding in found if "auto_answer" in finding.text] == ["fail"]
    assert "cti-auto-answer,s,1" in old.asked
    assert all(finding.level == "ok" for finding in await examine_outbound("node1", written, new.value, new.exists))


@pytest.mark.parametrize(
    ("dial", "endpoint"),
    [
        ("PJSIP/{number}@carrier", "PJSIP/carrier"),
        ("PJSIP/0{digits}@out", "PJSIP/out"),
        ("SIP/x{number}", "SIP/x{number}"),
    ],
)
def test_the_endpoint_of_a_dial_string(dial: str, endpoint: str) -> None:
    assert endpoint_of(dial) == endpoint


def test_judgements() -> None:
    assert judge_listening("node1", {"app_amd": "1", "app_waitforsilence": ""}) == []
    assert [finding.level for finding in judge_trunks("node1", {"a": "UNAVAILABLE", "b": "INVALID"})] == [
        "fail",
        "warn",
    ]
