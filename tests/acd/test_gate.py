"""Where nobody has rules, everybody may be called, by the name that the call-out brings."""

from __future__ import annotations

import pytest

from cti.acd.gate import OpenGate
from tests.calling_scene import CallingScene

pytestmark = pytest.mark.unit


def test_an_open_gate_says_yes_and_names_nothing() -> None:
    scene = CallingScene()
    scene.pause("anna")
    scene.due()
    assert OpenGate().may_call(scene.wish()) and OpenGate().attempt(scene.wish()) is None


def test_who_may_not_be_called_by_now_leaves_the_line_and_costs_no_agent() -> None:
    class Shut(OpenGate):
        def may_call(self, contact: object) -> bool:
            return False

    scene = CallingScene()
    scene.center._floor.gate = Shut()
    scene.due()
    assert (scene.stands(), scene.ends(), scene.placed()) == ("ended", ["not_reached"], [])
    assert scene.agent("anna").activity == "idle"
