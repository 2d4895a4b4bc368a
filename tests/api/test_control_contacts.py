"""Does a supervisor's word for a contact reach the core, and is it refused in words he understands?"""

from __future__ import annotations

from typing import Any

import pytest

from cti.model.changes import Refused
from cti.model.events import ContactRequest
from cti.model.words import ContactAction, ContactId, QueueName, RefusedReason

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
    assert await control.ask("POST", "/v1/contacts/node1/17.4/move", {"queue": "slaes"}) == (status, answer)
    on = "?" if refusal.reason is RefusedReason.UNKNOWN_CONTACT else CONTACT  # what nobody knows may be a number
    said = ("contact.move", on, {"queue": "?"}, "control", "refused", refusal.reason.value)
    assert control.remembered() == [said]


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
