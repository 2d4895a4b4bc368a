"""Who says something in a flow (no more calls, a low score): is it his number that counts, the one that we called?"""

from __future__ import annotations

import pytest

from cti.model import events as ev
from cti.model.books import KeepNotAgain
from cti.model.changes import Kind
from cti.model.dialling import LeadOutcome
from cti.model.lead import Lead
from cti.model.promise import Number
from cti.model.words import CallId
from tests.campaigns import BERLIN, SPRING, Campaigning, number
from tests.kit import call_id

pytestmark = pytest.mark.unit

WISH = "notify: pressed_nine"


def kept(scene: Campaigning) -> list[tuple[str, str, str]]:
    return [(order.number, order.campaign, order.by) for order in scene.told if isinstance(order, KeepNotAgain)]


def test_whom_we_have_called_is_known_by_the_number_that_we_called() -> None:
    scene = Campaigning(mode="agentless", flow="notify", leads=1)
    scene.start()
    call = scene.connects("spring-1-1")
    scene.post(ev.CallsUnwanted(call, WISH))
    assert kept(scene) == [(number(1), "", "caller")]
    scene.caller_hangs_up(call)
    again = Lead(scene.settled(1)[0].lead, SPRING, (Number(number(1), BERLIN),))
    scene.stored[1] = again
    scene.done.clear()
    scene.wait(1.0)
    scene.feed()
    scene.ask("start")
    scene.wait(2.0)
    assert scene.placed() == ["spring-1-1"]


def test_what_rings_at_that_number_is_taken_back_and_who_calls_in_has_his_own_number() -> None:
    scene = Campaigning("anna", leads=1)
    scene.start()
    assert scene.placed() == ["spring-1-1"]
    scene.arrive("c1", caller=number(1))
    scene.post(ev.CallsUnwanted(call_id("c1"), WISH))
    assert kept(scene) == [(number(1), "", "caller")]


def test_a_number_without_its_country_is_told_and_not_noted() -> None:
    scene = Campaigning()
    scene.arrive("c1", caller="0301234")
    scene.post(ev.CallsUnwanted(call_id("c1"), WISH))
    assert kept(scene) == []
    assert [told.new for told in scene.changes(Kind.REPAIR)] == ["no_number"]
    scene.post(ev.CallsUnwanted(CallId("node1/gone"), WISH))
    assert scene.changes(Kind.LATE)


def test_a_survey_in_an_agentless_flow_is_the_campaigns_own_and_its_follow_up_has_the_number_that_we_called() -> None:
    scene = Campaigning(mode="agentless", leads=1, flow="opinion")
    scene.start()
    call = scene.connects("spring-1-1")
    scene.post(ev.SurveyAnswered(call, "opinion", "spring", "again", "nps", 3, owner="agent", due_in_s=3600.0))
    (told,) = scene.changes(Kind.SURVEY)
    assert (told.old, told.new, told.reason, told.agent, told.queue) == ("spring.again", "3", "nps", None, None)
    (work,) = scene.changes(Kind.FOLLOW_UP)
    assert (work.new, work.caller, work.agent) == ("spring", number(1), None), "nobody has talked with him"
    scene.caller_hangs_up(scene.caller_of("spring-1-1"))
    assert [each.outcome for each in scene.settled()] == [LeadOutcome.REACHED]
