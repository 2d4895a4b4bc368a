"""Does a supervisor's word for a contact reach the core, and is it refused in words he understands?"""

from __future__ import annotations

from typing import Any

import pytest

from cti.model.changes import Refused
from cti.model.events import ContactRequest, SpyRequest
from cti.model.words import ContactAction, ContactId, QueueName, RefusedReason, SpyMode

from .scene import Scene

pytestmark = pytest.mark.contract

CONTACT = ContactId("node1/17.4")


@pytest.mark.parametrize("path", ["node1/17.4", "node1%2F17.4"])
@pytest.mark.parametrize(
    ("action", "body", "event"),
    [
        ("move", {"queue": "sales"}, ContactRequest(CONTACT, ContactAction.MOVE, QueueName("sales"), by="control")),
        (
            "prioritise",
            {"seconds": -30, "by": "eva"},
            ContactRequest(CONTACT, ContactAction.PRIORITISE, seconds=-30, by="eva"),
        ),
        ("withdraw", None, ContactRequest(CONTACT, ContactAction.WITHDRAW, by="control")),
    ],
)
async def test_every_word_reaches_the_core(
    control: Scene, path: str, action: str, body: Any, event: ContactRequest
) -> None:
    assert await control.ask("POST", f"/v1/contacts/{path}/{action}", body) == (200, {"ok": True, "contact": None})
    assert control.desk.asked == [event]
    assert control.remembered()[0][:2] == (f"contact.{action}", CONTACT)


@pytest.mark.parametrize(
    ("refusal", "status", "answer"),
    [
        (
            Refused(RefusedReason.UNKNOWN_CONTACT, "it may have ended meanwhile"),
            404,
            {"refused": "unknown_contact", "detail": "it may have ended meanwhile"},
        ),
        (Refused(RefusedReason.NOT_WAITING, "talking"), 409, {"refused": "not_waiting", "detail": "talking"}),
        (
            Refused(RefusedReason.UNKNOWN_QUEUE, "queues: sales"),
            404,
            {"refused": "unknown_queue", "detail": 'did you mean "sales"?', "exists": ["sales"]},
        ),
    ],
)
async def test_refusals(control: Scene, refusal: Refused, status: int, answer: dict[str, Any]) -> None:
    control.desk.refusal = refusal
    found = await control.ask("POST", "/v1/contacts/node1/17.4/move", {"queue": "slaes"})
    assert (found[0], {key: found[1][key] for key in answer}) == (status, answer)
    on = "?" if refusal.reason is RefusedReason.UNKNOWN_CONTACT else CONTACT  # what nobody knows may be a number
    said = ("contact.move", on, {"queue": "?"}, "control", "refused", refusal.reason.value)
    assert control.remembered() == [said]


async def test_an_engine_that_owns_the_centre_no_more_asks_its_core_nothing_and_remembers_nothing(
    control: Scene,
) -> None:
    control.owns = False
    status, found = await control.ask("POST", f"/v1/contacts/{CONTACT}/withdraw")
    assert (status, found["type"]) == (503, "urn:cti:standby")
    assert control.desk.asked == [] and control.remembered() == []


@pytest.mark.parametrize(
    ("action", "body"),
    [
        ("move", {}),
        ("move", {"queue": "a b"}),
        ("move", {"queue": "sales", "seconds": 1}),
        ("prioritise", {"seconds": "long"}),
        ("prioritise", {"seconds": 1e9}),
        ("withdraw", {"by": "x\ny"}),
        ("withdraw", []),
    ],
)
async def test_a_bad_body_is_a_400_and_its_content_is_not_remembered(control: Scene, action: str, body: Any) -> None:
    status, answer = await control.ask("POST", f"/v1/contacts/node1/17.4/{action}", body)
    assert status == 400 and "the body is not as expected" in answer["error"]
    assert control.desk.asked == []
    assert control.remembered() == [(f"contact.{action}", "?", {}, "control", "refused", "bad_request")]


async def test_an_unknown_word_names_the_near_one(control: Scene) -> None:
    status, answer = await control.ask("POST", "/v1/contacts/node1/17.4/mov")
    assert (status, answer["detail"]) == (404, 'did you mean "move"?')


@pytest.mark.parametrize("mode", SpyMode)
@pytest.mark.parametrize("phone", ["1009", "PJSIP/1009"])
async def test_a_talk_is_joined_by_a_right_and_a_word_of_its_own(control: Scene, mode: SpyMode, phone: str) -> None:
    asked = {"phone": phone, "by": "eva"}
    assert await control.ask("POST", f"/v1/contacts/node1/17.4/{mode}", asked) == (200, {"ok": True, "contact": None})
    assert control.desk.asked == [SpyRequest(CONTACT, mode, "PJSIP/1009", by="eva")]
    assert control.remembered()[0][:3] == (f"contact.{mode}", CONTACT, {"phone": "PJSIP/1009"})


@pytest.mark.parametrize(
    "phone",
    ["", "PJSIP/1009@carrier", "1009&1010", "Local/1@x", "Local/0019005551234", "SIP/1009", "DAHDI/g1", "+4930", "a,b"],
)
async def test_nothing_but_a_phone_of_ours_can_be_rung(control: Scene, phone: str) -> None:
    status, said = await control.ask("POST", "/v1/contacts/node1/17.4/listen", {"phone": phone})
    assert (status, control.desk.asked) == (400, []) and "regex" not in str(said)
    assert control.remembered()[0][2] == {}, "it may be a number of somebody"
