"""Members of queues become agents."""

from __future__ import annotations

from pathlib import Path

import pytest

from cti.importing.members import split
from cti.importing.report import Kind
from tests.imported import checked, imported, sales

pytestmark = pytest.mark.unit


def test_one_phone_is_one_agent(tmp_path: Path) -> None:
    text = "[a]\nmember => PJSIP/1,3,Anna\nmember=SIP/2\n[b]\nmember => pjsip/1\nmember=PJSIP/2,1,陈静\n"
    agents = checked(imported(tmp_path, text)).agents
    assert list(agents) == ["anna", "agent-2"]
    assert {name: member.penalty for name, member in agents["anna"].queues.items()} == {"a": 3, "b": 0}
    assert (agents["agent-2"].name, agents["agent-2"].phone) == ("陈静", "PJSIP/2")
    assert agents["anna"].starts == "available"


def test_linear_queues_keep_their_order(tmp_path: Path) -> None:
    text = "[a]\nmember=PJSIP/1\nmember=PJSIP/2\nmember=PJSIP/3\n[b]\nstrategy=linear\nmember=PJSIP/3\nmember=PJSIP/1\n"
    found = imported(tmp_path, text)
    assert [agent.phone for agent in checked(found).agents.values()] == ["PJSIP/2", "PJSIP/3", "PJSIP/1"]
    found = imported(tmp_path, f"{text}[c]\nstrategy=linear\nmember=PJSIP/1\nmember=PJSIP/3\n")
    assert any("contradict each other" in line for line in found.notes[Kind.LOST])


def test_wrandom_penalties_become_weights(tmp_path: Path) -> None:
    member = sales(tmp_path, "strategy=wrandom\nmember => PJSIP/3,3")[0].agents["agent-3"].queues["sales"]
    assert (member.penalty, member.weight) == (0, 0.25)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a,b", ["a", "b"]),
        ('a,"b, c" ,d', ["a", "b, c", "d"]),
        ("a(1,2),b[3,4]", ["a(1,2)", "b[3,4]"]),
        ("a\\,b", ["a,b"]),
        ("", [""]),
    ],
)
def test_fields_stand_between_commas(text: str, expected: list[str]) -> None:
    assert split(text) == expected


@pytest.mark.parametrize(
    ("member", "phone", "words"),
    [
        ("SIP/9", "PJSIP/9", "chan_sip is gone"),
        ("Local/9@agents/n,0,X,PJSIP/9", "PJSIP/9", "is rung itself"),
        ("Local/9@agents/n,0,X,hint:9@x", "Local/9@agents/n", "hides transfers"),
        ("Local/9@agents/n,0,X,hint:9@x", "Local/9@agents/n", "state_interface hint:9@x: only calls by the engine"),
        ("Local/9@agents", "Local/9@agents/n", "became Local/9@agents/n"),
        ("Agent/9", "Agent/9", "has no channel Agent/9: logged out until"),
        ("DAHDI/9,0,X,Custom:9", "DAHDI/9", "knows itself who is busy"),
        ("PJSIP/9,-3", "PJSIP/9", "between 0 and 1000"),
        ("PJSIP/9,0,X,,yes", "PJSIP/9", "is never rung"),
    ],
)
def test_a_phone_that_changes_is_told(tmp_path: Path, member: str, phone: str, words: str) -> None:
    found, report = sales(tmp_path, f"member => {member}")
    assert [*found.agents.values()][2].phone == phone
    assert any(words in line for lines in report.notes.values() for line in lines)


def test_an_agent_without_a_phone_is_not_available(tmp_path: Path) -> None:
    found, _ = sales(tmp_path, "member => Agent/501,0,Carl")
    assert (found.agents["carl"].starts, found.agents["ben"].starts) == ("logged_out", "available")


def test_what_is_no_phone_is_left_out_and_listed(tmp_path: Path) -> None:
    found, report = sales(tmp_path, "member => PJSIP/9/sip:x@y\nmember => PJSIP/1001")
    assert len(found.agents) == 2
    assert any("is left out" in line for line in report.notes[Kind.LOST])
    assert any("twice in one queue" in line for line in report.notes[Kind.LOST])


def test_paused_and_wrap_up_of_members(tmp_path: Path) -> None:
    text = "[a]\nmember=PJSIP/1,,,,,9,yes\nmember=PJSIP/2,,,,,9\n[b]\nmember=PJSIP/2,,,,,,yes\nmember=PJSIP/3,,,,,4\n"
    found = imported(tmp_path, text)
    centre = checked(found)
    assert [agent.starts for agent in centre.agents.values()] == ["logged_out", "available", "available"]
    assert [queue.wrap_up_s for queue in centre.queues.values()] == [9, 0]
    assert any("paused in b alone" in line for line in found.notes[Kind.LOST])
    assert any("4 s of wrap-up for one member" in line for line in found.notes[Kind.LOST])
