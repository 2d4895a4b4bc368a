"""How do the stories of a caller begin? Shared by the tests of calls.py."""

from __future__ import annotations

from kit import Queue, Scene, call_id, center, member

from cti.model.ticket import Ticket
from cti.model.words import CallId, ContactId, QueueName


def one_agent(**sales: object) -> Scene:
    """Anna serves sales and support, Ben comes second; sales with these settings."""
    queues = {"sales": Queue(**({"wrap_up_s": 5} | sales)), "support": Queue()}  # type: ignore[arg-type]
    return Scene(center(queues, agents={"anna": member("sales", "support"), "ben": member("sales/2", "support/2")}))


def ticket(name: str, waited_s: float, scene: Scene, **more: object) -> Ticket:
    """What a caller carries who has waited so long in sales when the engine died."""
    contact, since = ContactId(call_id(name)), scene.now - waited_s
    fields = {"contact": contact, "queue": QueueName("sales"), "since": since, "entered_at": since, "tier": 5}
    return Ticket(**(fields | more))  # type: ignore[arg-type]


def talking() -> tuple[Scene, CallId, str]:
    """c1 talks with anna."""
    scene = one_agent()
    scene.login("anna")
    scene.arrive("c1")
    leg = scene.rings("anna")
    scene.wait(3)
    scene.answer("anna")
    scene.wait(30)
    return scene, call_id("c1"), leg
