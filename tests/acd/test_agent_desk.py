"""Does an agent's screen have whom he talks to, still in his wrap-up, and nothing before and after?"""

from __future__ import annotations

import pytest
from kit import Queue, Scene, center, member

from cti.model.desk import DeskContact, DeskNow
from cti.model.words import AgentAction, AgentId

pytestmark = pytest.mark.unit

RESULTS = {"sale": "Sale", "none": "No sale"}


def scene_of(**rules: object) -> Scene:
    """A caller rings at anna."""
    queue = Queue(**({"wrap_up_s": 10, "dispositions": RESULTS} | rules))  # type: ignore[arg-type]
    scene = Scene(center({"sales": queue}, agents={"anna": member("sales")}))
    scene.login("anna")
    scene.arrive("c1")
    return scene


def desk(scene: Scene) -> DeskNow:
    found = scene.center.desk_of(AgentId("anna"))
    assert found is not None
    return found


def contact(scene: Scene) -> DeskContact:
    found = desk(scene).contact
    assert found is not None
    return found


def test_from_the_ring_to_the_end_of_the_wrap_up() -> None:
    scene = scene_of()
    rings = contact(scene)
    assert desk(scene).activity == "ringing"
    assert (rings.contact, rings.queue, rings.dispositions, rings.is_over) == ("node1/c1", "sales", RESULTS, False)
    assert rings.since is not None
    scene.answer("anna")
    assert contact(scene) == rings and desk(scene).activity == "talking"
    scene.wait(30)
    scene.agent_hangs_up("anna")
    wraps = desk(scene)
    assert wraps.until == scene.now + 10 and wraps.contact is not None
    assert (wraps.contact.contact, wraps.contact.is_over, wraps.contact.since) == ("node1/c1", True, None)
    assert wraps.contact.caller == rings.caller
    scene.wait(11)
    assert (desk(scene).activity, desk(scene).contact) == ("idle", None)


def test_what_he_has_said_and_that_he_must_say_something() -> None:
    scene = scene_of(disposition="required", disposition_default="none")
    scene.answer("anna")
    assert contact(scene).is_required and contact(scene).disposition == ""
    scene.request("anna", AgentAction.DISPOSITION, "sale")
    assert contact(scene).disposition == "sale"
    scene.agent_hangs_up("anna")
    assert contact(scene).disposition == "sale"


def test_nobody_of_that_name_has_no_desk() -> None:
    scene = scene_of()
    assert scene.center.desk_of(AgentId("carl")) is None
