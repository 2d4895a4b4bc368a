"""How is a number to be called?"""

from __future__ import annotations

from typing import Any

import pytest

from cti.model.callout import Callout
from cti.model.campaign import Callbacks
from cti.model.dialling import CallbackKind, LeadId
from cti.model.promise import Number, Promise
from cti.model.words import DialFirst
from cti.outbound.callout_of import callout_of, callout_of_promise
from tests.outbound.rules_kit import campaign

pytestmark = pytest.mark.unit


def plan(**said: Any) -> Callout:
    written = campaign(**said)
    return callout_of(written, written.limits, "c-1-1", "+4930123", "+4930999", "c")


def test_an_agent_is_kept_where_the_mode_promises_one() -> None:
    assert plan(mode="progressive").reserve and plan(mode="progressive").first is DialFirst.CUSTOMER
    assert plan(mode="preview").reserve and plan(mode="preview").first is DialFirst.AGENT
    assert not plan(mode="predictive").reserve and not plan(mode="power").reserve


def test_who_answers_and_finds_nobody_hears_the_message_in_time() -> None:
    found = plan(mode="predictive", regulation="us", safe_harbour={"play": ["who-called"]})
    assert found.max_wait_s == 2.0 and found.on_max_wait.play == ("who-called",)
    assert plan(mode="power", safe_harbour={"flow": "opt_out"}).on_max_wait.flow == "opt_out"


def test_it_rings_at_least_as_long_as_the_regulation_says() -> None:
    assert plan(ring_timeout_s=10, regulation="us").ring_timeout_s == 15
    assert plan(ring_timeout_s=10).ring_timeout_s == 10


def test_agentless_and_machines() -> None:
    assert plan(mode="agentless", flow="news").flow == "news" and plan(mode="agentless").max_wait_s is None
    assert plan().listen is None
    assert plan(machines={"detect": True}).listen is not None
    assert plan(machines={"detect": True, "then": "connect"}).listen is None
    message = plan(machines={"detect": True, "then": "message", "play": ["news"]})
    assert message.on_machine.prompts == ("news",)
    assert plan(machines={"detect": True, "play": ["news"]}).on_machine.prompts == ()


def test_a_campaign_may_have_phones_answer_by_themselves() -> None:
    assert not plan().auto_answer and plan(auto_answer=True).auto_answer


PROMISE = Promise(LeadId(1), CallbackKind.VIRTUAL_HOLD, Number("+4930123"), "sales", 0.0, 0.0)


def test_a_promise_rings_the_agent_first() -> None:
    found = callout_of_promise(Callbacks(), Callbacks().limits, "callbacks-1-1", PROMISE, "")
    assert found.reserve and found.first is DialFirst.AGENT and found.callback == "1" and found.ring_timeout_s == 30


def test_amd_listens_by_the_campaigns_own_parameters_and_on_trial_everybody_is_put_through() -> None:
    machines = {"detect": True, "amd": {"greeting_s": 1.2, "max_words": 5}}
    listen = plan(machines=machines).listen
    assert listen is not None and (listen.greeting_s, listen.max_words, listen.initial_silence_s) == (1.2, 5, 2.5)
    assert not plan(machines=machines).on_machine.as_person
    trial = plan(machines={"detect": True, "then": "connect", "trial": True})
    assert trial.listen is not None and trial.on_machine.as_person
