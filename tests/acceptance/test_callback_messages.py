"""Does a message reach an agent on a real Asterisk: heard first, by his key the customer is called, or nobody is?"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from .centre import Centre
from .phones import Call
from .test_callbacks import CUSTOMER, E164, Promising, they_talk
from .tones import TALK, Ear
from .waiting import until

pytestmark = pytest.mark.acceptance

SPOKEN_S = 2.0
KEYS = {"8": {"flow": "side", "keep_place": True}}


@pytest.fixture
def messages(centre: Centre, tmp_path: Path) -> Promising:
    return Promising(centre, tmp_path, {"first": "customer"}, keys=KEYS)


def leaves_a_message(centre: Promising, folder: Path) -> None:
    call = centre.centre.queued(caller=CUSTOMER)
    call.record(folder / "left.wav")
    ear = Ear(folder / "left.wav")
    call.press("8")
    ear.until("menu")
    call.press("2")
    asked = ear.until("message")
    until(lambda: ear.now_s > asked.end_s + SPOKEN_S, "he has spoken")
    call.hangup()
    until(lambda: centre.state() == "in_line", "his message stands in the line")


def hears_it(centre: Promising, folder: Path, number: int = 1) -> Call:
    """The agent's phone rings first, and he hears the customer's own voice; nobody is called meanwhile."""
    phone = centre.answers()
    file = folder / f"heard-{number}.wav"
    phone.record(file)
    Ear(file).until(TALK)
    assert not centre.centre.world.incoming
    return phone


def test_heard_then_called(messages: Promising, tmp_path: Path) -> None:
    leaves_a_message(messages, tmp_path)
    messages.comes()
    phone = hears_it(messages, tmp_path)
    phone.press("2")
    customer = messages.customer_rings()
    customer.answer()
    they_talk(customer, phone)
    messages.ends("kept", "human")


def test_heard_again_by_the_next_agent_and_nobody_need_be_called(messages: Promising, tmp_path: Path) -> None:
    """Over the death of the engine, while an agent listens."""
    leaves_a_message(messages, tmp_path)
    messages.comes()
    first = hears_it(messages, tmp_path)
    messages.engine.kill()
    messages.engine.start()
    first.wait("disconnected")
    phone = hears_it(messages, tmp_path, 2)
    phone.press("7")
    phone.wait("disconnected")
    messages.ends("kept")


def test_a_call_that_was_promised_by_an_agent(messages: Promising) -> None:
    """Typed at a terminal; his phone rings, although another agent is free, and then the customer's."""
    said = ["callback", "schedule", "--number", E164, "--agent", "a1002", "--topic", "offer"]
    made = json.loads(messages.engine.command(*said))["callback"]
    assert (made["kind"], made["agent"]) == ("personal", "a1002")
    until(lambda: messages.state() == "in_line", "its time has come")
    messages.comes("1001")
    messages.comes("1002")
    customer = messages.customer_rings()
    customer.answer()
    phone = messages.answers("1002")
    assert not messages.centre.phone("1001").incoming
    they_talk(customer, phone)
    messages.ends("kept", "human")
