"""Who may hear a talk, when is he let go, and is he given anything else meanwhile?"""

from __future__ import annotations

import pytest

from cti.acd.spy import MARK
from cti.model import commands as do
from cti.model import events as ev
from cti.model.changes import Kind, Refused
from cti.model.words import ContactId, NodeId, RefusedReason, RingResult, SpyMode
from tests.kit import Scene, center, member

pytestmark = pytest.mark.unit

EVA = "PJSIP/1009"


class Spying(Scene):
    """anna talks to c1; ben is free; eva's phone is no agent's."""

    def __init__(self) -> None:
        super().__init__(center(agents={"anna": member("sales"), "ben": member("sales")}))
        self.login("anna")
        self.arrive("c1")
        self.rings("anna")
        self.answer("anna")

    def ask(self, phone: str = EVA, name: str = "c1", mode: SpyMode = SpyMode.LISTEN) -> Refused | None:
        contact = self.contact(name)
        wanted = contact.id if contact is not None else ContactId(name)
        return self._asked(ev.SpyRequest(wanted, mode, phone, by="eva"))

    def facts(self) -> list[tuple[str, str | None, str | None]]:
        return [(change.new, change.reason, change.by) for change in self.changes(Kind.SPY)]

    @property
    def spy(self) -> do.Spy:
        return self.commands(do.Spy)[-1]


@pytest.mark.parametrize("mode", SpyMode)
def test_he_hears_the_talk_until_it_ends(mode: SpyMode) -> None:
    scene = Spying()
    leg = next(iter(scene.agent("anna").legs))
    assert scene.ask(mode=mode) is None
    assert (scene.spy.node, scene.spy.leg, scene.spy.mode, scene.spy.phone) == (NodeId("node1"), leg, mode, EVA)
    scene.post(ev.SpyHears(scene.spy.spy))
    scene.agent_hangs_up("anna")
    assert scene.commands(do.StopSpy) == [do.StopSpy(NodeId("node1"), scene.spy.spy)]
    scene.post(ev.SpyEnded(scene.spy.spy, RingResult.ANSWERED))
    assert scene.facts() == [("ringing", mode, "eva"), ("hearing", mode, "eva"), ("ended", "talk_ended", "eva")]
    assert scene.ask() is not None, "it is over"


def test_the_talk_does_not_notice() -> None:
    scene = Spying()
    scene.ask()
    scene.post(ev.SpyHears(scene.spy.spy))
    scene.post(ev.SpyEnded(scene.spy.spy, RingResult.ANSWERED))
    assert scene.facts()[-1] == ("ended", "answered", "eva")
    assert (scene.state("c1"), scene.agent("anna").activity) == ("talking", "talking")
    assert scene.ask() is None, "once more"


def test_who_listens_is_given_nothing_else() -> None:
    scene = Spying()
    scene.login("ben")
    phone = scene.agent("ben").policy.phone
    scene.ask(phone)
    scene.arrive("c2")
    assert scene.offered("ben") is None
    scene.post(ev.LegUp(f"node1/{MARK}{scene.spy.spy}", phone))
    scene.post(ev.LegDown(f"node1/{MARK}{scene.spy.spy}"))
    scene.post(ev.SpyEnded(scene.spy.spy, RingResult.ANSWERED))
    assert scene.offered("ben") == "c2"


def test_a_phone_that_never_rang_is_free_again() -> None:
    scene = Spying()
    scene.login("ben")
    scene.ask(scene.agent("ben").policy.phone)
    scene.post(ev.SpyEnded(scene.spy.spy, RingResult.UNREACHABLE))
    scene.arrive("c2")
    assert scene.offered("ben") == "c2" and scene.facts()[-1][1] == "unreachable"


def test_refusals() -> None:
    scene = Spying()
    scene.arrive("c2")

    def why(refused: Refused | None) -> RefusedReason | None:
        return refused.reason if refused is not None else None

    assert why(scene.ask(name="node1/9.9")) is RefusedReason.UNKNOWN_CONTACT
    assert why(scene.ask(name="c2")) is RefusedReason.NOT_TALKING
    assert why(scene.ask(scene.agent("anna").policy.phone)) is RefusedReason.PHONE_BUSY, "she talks herself"
    assert scene.ask() is None
    assert why(scene.ask()) is RefusedReason.PHONE_BUSY, "one phone hears one talk"
    assert scene.ask("PJSIP/1010") is None
    assert len(scene.commands(do.Spy)) == 2


def test_a_word_about_nobody_changes_nothing() -> None:
    scene = Spying()
    scene.ask()
    spy = scene.spy.spy
    scene.post(ev.SpyEnded(spy, RingResult.BUSY))
    before = len(scene.facts())
    scene.post(ev.SpyHears(spy))
    scene.post(ev.SpyEnded(spy, RingResult.ANSWERED))
    assert len(scene.facts()) == before
