"""What may an agent say of a talk, when, and what does it end?"""

from __future__ import annotations

import pytest
from kit import Queue, Scene, center, member
from pydantic import ValidationError

from cti.model import events as ev
from cti.model.changes import Kind
from cti.model.words import AgentAction, AgentId, RefusedReason

pytestmark = pytest.mark.unit

RESULTS = {"sale": "Sale", "later": "Wants to think", "none": "No sale"}


def scene_of(**rules: object) -> Scene:
    """Anna talks to c1."""
    queue = Queue(**({"wrap_up_s": 10, "dispositions": RESULTS} | rules))  # type: ignore[arg-type]
    scene = Scene(center({"sales": queue}, agents={"anna": member("sales"), "ben": member("sales")}))
    scene.login("anna")
    scene.arrive("c1")
    scene.answer("anna")
    scene.wait(30)
    return scene


def said(scene: Scene) -> list[tuple[str, str, str]]:
    return [(told.old, told.new, str(told.by)) for told in scene.changes(Kind.DISPOSITION)]


def dispose(scene: Scene, name: str) -> RefusedReason | None:
    refused = scene.request("anna", AgentAction.DISPOSITION, name)
    return None if refused is None else refused.reason


def test_it_ends_the_wrap_up_and_is_told_with_its_contact() -> None:
    scene = scene_of()
    scene.agent_hangs_up("anna")
    assert scene.agent("anna").activity == "wrapup"
    scene.wait(2)
    assert dispose(scene, "sale") is None
    assert scene.agent("anna").activity == "idle"
    (told,) = scene.changes(Kind.DISPOSITION)
    assert (told.contact, told.call, told.agent, told.queue) == ("node1/c1", "node1/c1", "anna", "sales")
    assert (told.old, told.new, told.by, told.offer) == ("", "sale", "agent", "node1/c1#1")
    assert [change.new for change in scene.changes(Kind.ACTIVITY)][-2:] == ["wrapup", "idle"]


def test_the_next_call_comes_the_moment_it_is_said() -> None:
    scene = scene_of()
    scene.arrive("c2")
    scene.agent_hangs_up("anna")
    dispose(scene, "none")
    assert scene.rung() == [("c1", "anna"), ("c2", "anna")]


def test_said_during_the_talk_it_leaves_the_wrap_up_its_time() -> None:
    scene = scene_of(disposition="required", disposition_default="none")
    assert dispose(scene, "later") is None
    assert dispose(scene, "sale") is None
    assert scene.agent("anna").activity == "talking"
    scene.agent_hangs_up("anna")
    assert scene.agent("anna").activity == "wrapup"
    scene.ready("anna")  # it has been said, so his word is enough
    assert said(scene) == [("", "later", "agent"), ("later", "sale", "agent")]


def test_it_can_be_corrected_until_the_wrap_up_is_over() -> None:
    scene = scene_of()
    dispose(scene, "later")
    scene.agent_hangs_up("anna")
    assert dispose(scene, "sale") is None
    assert said(scene)[-1] == ("later", "sale", "agent")
    assert dispose(scene, "none") is RefusedReason.NOT_IN_WRAPUP


@pytest.mark.parametrize("how", ["idle", "ringing", "logged out"])
def test_without_a_talk_there_is_nothing_to_say(how: str) -> None:
    scene = Scene(center({"sales": Queue(dispositions=RESULTS)}))
    if how != "logged out":
        scene.login("anna")
    if how == "ringing":
        scene.arrive("c1")
    assert dispose(scene, "sale") is RefusedReason.NOT_IN_WRAPUP


def test_an_unknown_one_is_refused_with_those_that_there_are() -> None:
    scene = scene_of()
    scene.agent_hangs_up("anna")
    refused = scene.request("anna", AgentAction.DISPOSITION, "sold")
    assert refused is not None
    assert (refused.reason, refused.detail) == (RefusedReason.UNKNOWN_DISPOSITION, "sales: sale, later, none")
    assert scene.agent("anna").activity == "wrapup"


def test_a_queue_that_requires_one_is_left_by_it_or_by_time() -> None:
    scene = scene_of(disposition="required", disposition_default="none")
    scene.agent_hangs_up("anna")
    refused = scene.request("anna", AgentAction.READY)
    assert refused is not None
    assert (refused.reason, refused.detail) == (RefusedReason.DISPOSITION_REQUIRED, "sales: sale, later, none")
    assert scene.agent("anna").activity == "wrapup"
    scene.wait(10)
    assert scene.agent("anna").activity == "idle"
    assert said(scene) == [("", "none", "engine")]


def test_where_it_is_optional_ready_is_enough_and_the_default_holds() -> None:
    scene = scene_of(disposition_default="none")
    scene.agent_hangs_up("anna")
    scene.ready("anna")
    assert said(scene) == [("", "none", "engine")]


def test_without_a_default_nothing_is_told() -> None:
    scene = scene_of()
    scene.agent_hangs_up("anna")
    scene.wait(11)
    assert said(scene) == []


def test_what_was_said_is_not_overruled_by_time() -> None:
    scene = scene_of(disposition_default="none")
    dispose(scene, "sale")
    scene.agent_hangs_up("anna")
    scene.wait(11)
    assert said(scene) == [("", "sale", "agent")]


def test_without_wrap_up_the_default_holds_at_once() -> None:
    scene = scene_of(wrap_up_s=0, disposition_default="none")
    scene.agent_hangs_up("anna")
    assert scene.agent("anna").activity == "idle"
    assert said(scene) == [("", "none", "engine")]


def test_the_next_talk_begins_with_nothing_said() -> None:
    scene = scene_of(disposition_default="none")
    dispose(scene, "sale")
    scene.agent_hangs_up("anna")
    scene.wait(11)
    scene.arrive("c2")
    scene.answer("anna")
    scene.agent_hangs_up("anna")
    scene.wait(11)
    told = [(change.contact, change.old, change.new) for change in scene.changes(Kind.DISPOSITION)]
    assert told == [("node1/c1", "", "sale"), ("node1/c2", "", "none")]


def test_whoever_says_it_for_him_is_told() -> None:
    scene = scene_of()
    scene.agent_hangs_up("anna")
    scene.post(ev.AgentRequest(AgentId("anna"), AgentAction.DISPOSITION, "sale", by="cli.eva"))
    assert said(scene) == [("", "sale", "cli.eva")]


def test_a_queue_that_a_new_policy_takes_away_has_none_any_more() -> None:
    scene = scene_of(disposition_default="none")
    scene.agent_hangs_up("anna")
    assert scene.reload(center({"other": Queue()}, agents={"anna": member("other")})) is None
    assert dispose(scene, "sale") is RefusedReason.UNKNOWN_DISPOSITION
    scene.wait(11)
    assert said(scene) == []
    assert scene.agent("anna").activity == "idle"


@pytest.mark.parametrize(
    ("rules", "words"),
    [
        ({"disposition_default": "sold"}, "none of its dispositions"),
        ({"disposition_default": "sold", "dispositions": {}}, "there are none"),
        ({"disposition": "required"}, "needs a disposition_default"),
    ],
)
def test_a_policy_that_could_not_be_kept_is_refused(rules: dict[str, object], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        Queue(**({"dispositions": RESULTS} | rules))  # type: ignore[arg-type]
