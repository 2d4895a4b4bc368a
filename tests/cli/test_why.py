"""Do explanations fit the terminal, lead with the reason, and keep a hostile name from steering it?"""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import msgspec
import pytest
from acd.flow_stories import enters, scene_with_flow
from kit import Queue, Ring, Scene, call_id, center, member
from rich.cells import cell_len
from rich.console import Console
from store.test_history_looks import remembered

from cti.cli import why
from cti.cli.show import table
from cti.model.events import FlowTold
from cti.model.words import AgentAction, AgentId, ContactId

pytestmark = pytest.mark.unit


def lines(show: Any, told: dict[str, Any], width: int, **more: Any) -> list[str]:
    out = io.StringIO()
    show(told, out=Console(file=out, width=width), **more)
    return out.getvalue().splitlines()


@pytest.fixture
def scene() -> Scene:
    agents = {"anna": member("sales", en=2), "ben": member("sales", en=2), "carl": member("sales", en=1)}
    rings = (Ring(after_s=60, accept={"en": 1}),)
    policy = center({"sales": Queue(requires={"en": 2}, rings=rings, wrap_up_s=10)}, agents=agents)
    scene = Scene(policy)
    for agent in policy.agents:
        scene.login(agent)
        scene.wait(14)
    scene.request("ben", AgentAction.PAUSE, "lunch")
    scene.request("ben", AgentAction.UNPAUSE)
    scene.wait(41)
    scene.arrive("c1")
    scene.arrive("c2")
    scene.arrive("c3")
    scene.talk("anna", 5)
    return scene


def told(scene: Scene, call: str, folder: Path) -> dict[str, Any]:
    """What the control app answers, as JSON gives it back."""
    contact = ContactId(f"node1/{call}")
    with remembered(folder, scene) as history:
        found = {
            "at": scene.now,
            "contact": history.find(contact)[0],
            "facts": history.facts(contact),
            "looks": history.looks(contact),
            "passed": history.passed(contact),
            "now": scene.center.explain_contact(contact, scene.now),
        }
    plain: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(found))
    return plain


def test_a_decision_shows_the_chosen_first_and_why_the_others_not(scene: Scene, tmp_path: Path) -> None:
    text = "\n".join(lines(why.print_contact, told(scene, "c1", tmp_path), 80, everything=False))
    assert "-->  anna  chosen: idle 83 s" in text
    assert "ben   lost by idle 41 s, against idle 83 s" in text
    assert "carl  skill en 1 < 2, enough (in 60 s)" in text
    assert "anna answers" in text


def test_whoever_still_waits_is_explained_as_of_now(scene: Scene, tmp_path: Path) -> None:
    text = "\n".join(lines(why.print_contact, told(scene, "c3", tmp_path), 100, everything=False))
    assert "now" in text
    assert "anna  wraps up, 10 s left" in text


def test_a_caller_in_a_flow_is_in_no_queue_and_his_way_is_told(tmp_path: Path) -> None:
    scene = scene_with_flow()
    enters(scene)
    scene.post(FlowTold(call_id("c1"), "main", "ab", "split", "voice=b"))
    text = "\n".join(lines(why.print_contact, told(scene, "c1", tmp_path), 100, everything=False))
    assert "in no queue: in flow" in text
    assert "in the flow main" in text and "main.ab: split voice=b" in text


@pytest.mark.parametrize("width", [60, 80, 140])
def test_no_line_is_wider_than_the_terminal(scene: Scene, tmp_path: Path, width: int) -> None:
    for everything in (False, True):
        shown = lines(why.print_contact, told(scene, "c1", tmp_path), width, everything=everything)
        wide = [line for line in shown if cell_len(line) > width]
        assert [line for line in wide if "urgency" not in line] == []  # titles are left to the terminal to wrap


def test_an_agent_hears_his_state_his_queues_and_what_he_lost(scene: Scene, tmp_path: Path) -> None:
    with remembered(tmp_path, scene) as history:
        lost = [each._asdict() for each in history.lost(AgentId("ben"))]
    now = scene.center.explain_agent(AgentId("carl"), scene.now)
    found = msgspec.json.decode(msgspec.json.encode({"now": now, "lost": lost}))
    text = "\n".join(lines(why.print_agent, found, 120))
    assert "carl  is free, idle" in text
    assert "1 not for him: skill en 1 < 2" in text
    assert "lost by idle 41 s, against idle 83 s" in text


def test_a_hostile_name_cannot_steer_the_terminal(scene: Scene, tmp_path: Path) -> None:
    found = told(scene, "c1", tmp_path)
    found["contact"]["caller"] = "\x1b[31mMallory\r\n"
    text = "\n".join(lines(why.print_contact, found, 80, everything=False))
    assert "\x1b" not in text and "\r" not in text
    row = why.contact_row({**found["contact"], "seen_at": None})
    out = io.StringIO()
    Console(file=out, width=140).print(table(why.CONTACTS, [row], 140))
    assert "\x1b" not in out.getvalue()
