"""Does a flow find what the engine has for it: hours that are true now, also under a new policy; systems to ask?"""

from __future__ import annotations

from pathlib import Path

import pytest

from cti.config import settings as config
from cti.flows.room import FlowRoom
from cti.ivr import replies, verbs
from cti.store.database import open_store

pytestmark = pytest.mark.unit

CENTER = """
nodes: {node1: {host: 127.0.0.1, secret: x}}
fastagi: {token: t}
queues: {sales: {}}
hours: {office: {zone: UTC, weekly: {mon-fri: "09:00-17:00"}}}
"""
TUESDAY_NOON = 1_700_049_600.0
ASKED = verbs.Lookup("shop", "GET", "/x", "once")


def room(text: str = CENTER) -> FlowRoom:
    return FlowRoom(config.loads(text.encode()), lambda: TUESDAY_NOON)


def test_hours_are_open_shut_or_not_there() -> None:
    hours = room().desk.hours
    noon, night = hours("office", TUESDAY_NOON), hours("office", TUESDAY_NOON + 12 * 3600)
    assert noon is not None and noon.open and night is not None and not night.open
    assert hours("shop", TUESDAY_NOON) is None


def test_a_new_policys_hours_hold_for_the_callers_who_are_inside() -> None:
    here = room()
    here.follow(config.loads(CENTER.replace("09:00", "13:00").encode()))
    noon = here.desk.hours("office", TUESDAY_NOON)
    assert noon is not None and not noon.open


async def test_a_system_that_nobody_has_named_is_down(tmp_path: Path) -> None:
    here, store = room(), open_store(f"sqlite:///{tmp_path}/cti.db")
    async with here.open(store):
        answer = await here.desk.ask(ASKED)
    store.close()
    assert isinstance(answer, replies.Down)
