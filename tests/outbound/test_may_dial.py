"""Is every rule asked, and does each say what it means?"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cti.model.campaign import Callbacks
from cti.model.dialling import AttemptResult, Rule
from cti.outbound.callbacks import CALLBACKS
from cti.outbound.do_not_call import DoNotCall
from cti.outbound.lead import Number
from cti.outbound.may_dial import DAY_S, OTHER_CLOCK_S, Rules, may_dial, may_dial_lead
from cti.outbound.verdict import YES, first_yes
from tests.outbound.rules_kit import BERLIN, NOW, at, lead, number, outbound, rules, tried

pytestmark = pytest.mark.unit


def said(found: Any) -> list[Rule]:
    return [reason.rule for reason in found.reasons]


def test_yes() -> None:
    assert may_dial(number(), NOW, rules(), []) == YES
    assert may_dial_lead(lead(), NOW, rules()) == YES


def test_every_reason_is_told_at_once() -> None:
    strict = rules({"gap_s": 3600}, regulation="us", caps=[{"at_most": 1, "within": "week"}])
    night = at("2026-11-23 22:00")
    found = may_dial(number(), night, strict, [tried(night - 60)], lambda asked: True)
    assert said(found) == [Rule.WINDOW, Rule.GAP, Rule.CAP, Rule.IN_THE_AIR]
    assert not found.never and found.not_before == at("2026-11-30 00:00")
    assert found.decisive is not None and found.decisive.rule is Rule.CAP


def test_do_not_call_is_for_ever_and_asked_first() -> None:
    found = may_dial(number(), NOW, rules({"do_not_call": ["+4930*"]}), [])
    assert said(found) == [Rule.DO_NOT_CALL] and found.never and found.not_before is None


def test_without_a_zone_nobody_is_dialled_unless_one_is_supposed() -> None:
    unknown = Number("+870123456")
    assert said(may_dial(unknown, NOW, rules(), [])) == [Rule.ZONE]
    assert may_dial(unknown, NOW, rules({"suppose_zone": BERLIN}), []).yes


def test_after_an_abandoned_call_only_with_an_agent_at_hand() -> None:
    lost = [tried(NOW - 71 * 3600, AttemptResult.ABANDONED)]
    found = may_dial(number(), NOW, rules(mode="predictive", regulation="uk"), lost)
    assert said(found) == [Rule.AFTER_ABANDONED] and found.not_before == NOW + 3600
    assert may_dial(number(), NOW, rules(mode="progressive", regulation="uk"), lost).yes
    assert may_dial(number(), NOW, rules(mode="predictive", regulation="us"), lost).yes


def test_after_a_machine_too() -> None:
    machine = [tried(NOW - 23 * 3600, AttemptResult.MACHINE)]
    assert said(may_dial(number(), NOW, rules(mode="power", regulation="uk"), machine)) == [Rule.AFTER_MACHINE]


def test_what_speaks_against_a_lead() -> None:
    assert said(may_dial_lead(lead(due_at=NOW + 1), NOW, rules())) == [Rule.RETRY]
    assert said(may_dial_lead(lead(), NOW, rules(regulation="cn"))) == [Rule.CONSENT]
    assert may_dial_lead(lead(consent="contract 17"), NOW, rules(regulation="cn")).yes
    assert said(may_dial_lead(lead(), NOW, rules(when={"segment": "gold"}))) == [Rule.NOT_MEANT]
    assert may_dial_lead(lead(data={"segment": "gold"}), NOW, rules(when={"segment": "gold"})).yes
    old = lead(listed_at=NOW - 10 * DAY_S)
    assert said(may_dial_lead(old, NOW, rules(expires_after_days=10))) == [Rule.EXPIRED]
    twice = lead(tries=(tried(NOW - 9e6), tried(NOW - 8e6, attempt_no=2)))
    assert said(may_dial_lead(twice, NOW, rules(max_attempts=2))) == [Rule.CAP]
    assert may_dial_lead(twice, NOW, rules(max_attempts=3)).yes


def test_a_cap_of_a_lead_counts_all_its_numbers() -> None:
    one, two = number(1), number(2)
    both = lead(1, one, two, tries=(tried(NOW - 99, to=one), tried(NOW - 60, to=two, attempt_no=2)))
    found = may_dial_lead(both, NOW, rules(caps=[{"at_most": 2, "per": "lead"}]))
    assert said(found) == [Rule.CAP] and found.not_before == at("2026-11-24 00:00")


def test_callbacks_have_rules_of_their_own() -> None:
    own = Rules(CALLBACKS, Callbacks(), outbound(), DoNotCall())
    assert may_dial(number(), NOW, own, []).yes
    assert said(may_dial(number(), at("2026-11-23 07:59"), own, [])) == [Rule.WINDOW]


def test_it_must_be_his_hour_by_the_machine_s_clock_too_and_soon_it_is_asked_again() -> None:
    for ahead_h in (3, -12):  # by the other one it is 07:00, 22:00
        found = may_dial(number(), NOW, rules(regulation="us"), [], ahead_s=ahead_h * 3600.0)
        assert said(found) == [Rule.WINDOW] and found.not_before == NOW + OTHER_CLOCK_S
    assert may_dial(number(), NOW, rules(regulation="us"), [], ahead_s=3600.0).yes


@settings(deadline=None)
@given(st.integers(0, 7 * 86_400), st.floats(-2 * DAY_S, 2 * DAY_S))
def test_nobody_is_dialled_outside_his_hours_by_either_clock(later_s: int, ahead_s: float) -> None:
    now, strict = NOW + later_s, rules(regulation="us")
    both = all(strict.window.reason((BERLIN,), moment) is None for moment in (now, now - ahead_s))
    assert may_dial(number(), now, strict, [], ahead_s=ahead_s).yes == both


HISTORY = st.lists(st.tuples(st.floats(60, 40 * DAY_S), st.sampled_from([*AttemptResult, None])), max_size=12)


@settings(deadline=None)
@given(
    HISTORY,
    st.sampled_from(["us", "uk", "cn", "none"]),
    st.sampled_from(["predictive", "progressive", "agentless"]),
    st.lists(st.sampled_from(["Europe/Berlin", "America/New_York", "Asia/Shanghai"]), min_size=1, max_size=2),
    st.integers(0, 400 * 86_400),
)
def test_the_time_that_is_told_is_one_at_which_it_may_be_dialled(
    past: list[tuple[float, AttemptResult | None]], regulation: str, mode: str, zones: list[str], later_s: int
) -> None:
    now = NOW + later_s
    strict = rules({"caps": [{"at_most": 2, "within": "week"}], "gap_s": 900}, regulation=regulation, mode=mode)
    tries = [tried(now - age_s, result, attempt_no=n) for n, (age_s, result) in enumerate(past)]
    found, why = first_yes(lambda moment: may_dial(number(1, *zones), moment, strict, tries), now)
    first = may_dial(number(1, *zones), now, strict, tries)
    assert first.yes == (found == now)
    if found is not None and found > now:
        assert first.not_before is not None and now < first.not_before <= found
        assert not why.yes and not may_dial(number(1, *zones), found - 1, strict, tries).yes
