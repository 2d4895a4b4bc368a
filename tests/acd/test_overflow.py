"""Who cannot stay in a queue, and where does he go instead?"""

from __future__ import annotations

from typing import Any

import pytest
from kit import Scene, center, member

from cti.model.changes import Kind
from cti.model.commands import Release
from cti.model.policy import Queue

pytestmark = pytest.mark.unit


def of(queues: dict[str, Any]) -> dict[str, Queue]:
    return {name: Queue.model_validate(rules) for name, rules in queues.items()}


def turned_away(scene: Scene) -> list[str | None]:
    return [change.reason for change in scene.changes(Kind.VISIT) if change.new == "overflowed"]


def test_nobody_is_logged_in_who_could_ever_take_it() -> None:
    queues = {"sales": {"on_nobody": {"queue": "support"}}, "support": {}}
    scene = Scene(center(of(queues), agents={"anna": member("sales"), "ben": member("support")}))
    scene.login("ben")
    scene.arrive("c1", "sales")
    assert turned_away(scene) == ["nobody"]
    assert scene.offered("ben") == "c1"


def test_a_break_is_somebody_and_so_is_a_later_ring() -> None:
    rings = [{"after_s": 60, "queues": ["support"]}]
    queues = {"sales": {"on_nobody": {"play": ["sorry"]}, "rings": rings}, "support": {}}
    scene = Scene(center(of(queues), agents={"anna": member("sales"), "ben": member("support")}))
    scene.login("ben")
    scene.arrive("c1", "sales")
    assert not turned_away(scene)
    scene.wait(60)
    assert scene.offered("ben") == "c1"


def test_without_a_place_to_go_the_caller_waits_for_nobody() -> None:
    scene = Scene(center(of({"sales": {}}), agents={"anna": member("sales")}))
    scene.arrive("c1", "sales")
    assert not turned_away(scene) and not scene.commands(Release)
