"""Is nobody called, by a campaign or for a promise, outside his hours by the engine's clock or by the machine's?"""

from __future__ import annotations

import pytest

from cti.model import events as ev
from cti.outbound.may_dial import OTHER_CLOCK_S
from tests.calling.test_promises import Keeping
from tests.campaigns import Campaigning

pytestmark = pytest.mark.unit

UNTIL_HALF_PAST = {"weekly": {"mon-sun": "08:00-23:30"}}  # scenes begin at 23:13


def test_while_engine_and_machine_do_not_agree_on_the_hour_nobody_is_dialled() -> None:
    scene = Campaigning(leads=1, window=UNTIL_HALF_PAST)
    scene.post(ev.ClockApart(-1800.0))
    scene.start()
    scene.wait(60.0)
    assert scene.placed() == []
    scene.post(ev.ClockApart(0.0))
    scene.wait(OTHER_CLOCK_S)
    assert scene.placed() == ["spring-1-1"]


def test_a_promise_waits_while_engine_and_machine_do_not_agree_on_the_hour() -> None:
    scene = Keeping(window=UNTIL_HALF_PAST, first="customer")
    scene.post(ev.ClockApart(-1800.0))
    scene.promise()
    assert scene.states()[-1] == "promised" and scene.placed() == []
    scene.post(ev.ClockApart(0.0))
    scene.wait(OTHER_CLOCK_S)
    assert scene.placed() == ["callbacks-1-1"]
