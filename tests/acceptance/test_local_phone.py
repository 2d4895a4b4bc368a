"""An agent behind the dialplan (Local/...@.../n): is he rung, busy while he talks, and free when the talk is over?"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from .centre import Centre, agent, number_of
from .engine_process import EngineProcess

pytestmark = pytest.mark.acceptance

PHONE = {"phone": "Local/1001@cti-agent/n"}


def test_an_agent_behind_a_local_channel(centre: Centre, start: Callable[..., EngineProcess]) -> None:
    centre.phones("1001")
    engine = start({"sales": {}}, {"anna": agent("1001", "sales") | PHONE})
    caller = centre.call("6001", caller=1)
    phone = centre.rings("1001")
    phone.answer()
    phone.wait("confirmed")
    caller.hears()
    phone.hears()
    centre.until_agent("anna", activity="talking")
    assert centre.witness.channel_of(number_of(1)) is not None
    engine.kill()
    engine.start()
    centre.until_agent("anna", activity="talking")  # known by the channel's name, which has no /n
    caller.hears()
    caller.hangup()
    phone.wait("disconnected")
    centre.until_agent("anna", activity="idle", status="available", engaged=False)
    centre.until_no_calls()
