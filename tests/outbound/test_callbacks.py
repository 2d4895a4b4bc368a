"""Is a promise kept, once, in time, or is it said why not?"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cti.model.campaign import Callbacks
from cti.model.dialling import AttemptResult, CallbackKind, CallbackState, LeadId, Rule
from cti.model.promise import Promise
from cti.outbound.air import Air
from cti.outbound.callbacks import TALK_S, CallbackBook
from cti.outbound.history import History
from cti.outbound.may_dial import OTHER_CLOCK_S
from tests.outbound.rules_kit import NOW, at, number, outbound

pytestmark = pytest.mark.unit

ONE = LeadId(1)


def book(**said: Any) -> CallbackBook:
    return CallbackBook(Callbacks.model_validate(said), outbound(), Air(), History())


def promise(name: int = 1, to: int = 1, due_at: float = NOW, **said: Any) -> Promise:
    kind = said.pop("kind", CallbackKind.VIRTUAL_HOLD)
    return Promise(LeadId(name), kind, number(to), "sales", min(NOW, due_at), due_at, **said)


def states(found: list[Promise]) -> list[tuple[int, CallbackState]]:
    return [(each.id, each.state) for each in found]


def in_line(ours: CallbackBook, *promises: Promise, now: float = NOW) -> None:
    for each in promises:
        ours.promise(each, now)
    ours.due(now)


def test_from_the_promise_to_the_word_kept() -> None:
    ours = book()
    assert states(ours.promise(promise(due_at=NOW + 600), NOW)) == [(1, CallbackState.PROMISED)]
    assert ours.next_deadline() == NOW + 600 and ours.due(NOW + 599) == []
    assert states(ours.due(NOW + 600)) == [(1, CallbackState.IN_LINE)]
    assert ours.dialling(ONE, NOW + 700)[0] == "callbacks-1-1"
    assert states(ours.ended(ONE, AttemptResult.ANSWERED, NOW + 900)) == [(1, CallbackState.KEPT)]
    assert len(ours) == 0 and ours.of(ONE) is None and ours.ended(ONE, AttemptResult.BUSY, NOW) == []


def test_two_promises_about_one_thing_are_one_and_the_longer_wait_counts() -> None:
    ours = book()
    ours.promise(promise(1, since=NOW - 60, due_at=NOW + 900), NOW)
    kept, merged = ours.promise(promise(2, since=NOW - 300, due_at=NOW + 300), NOW)
    assert (kept.since, kept.due_at, merged.state, merged.merged_into) == (NOW - 300, NOW + 300, "merged", 1)
    assert states(ours.due(NOW + 300)) == [(1, CallbackState.IN_LINE)]
    assert states(ours.promise(promise(3, topic="refund"), NOW)) == [(3, CallbackState.PROMISED)]


@pytest.mark.parametrize(("merge", "open_"), [("number", 1), ("number_and_topic", 2), ("never", 3)])
def test_what_is_merged_is_a_rule(merge: str, open_: int) -> None:
    ours = book(merge=merge)
    for each in (promise(1), promise(2), promise(3, topic="refund")):
        ours.promise(each, NOW)
    assert len(ours) == open_


def test_who_calls_in_needs_no_callback() -> None:
    ours = book(merge="never")
    in_line(ours, promise(1), promise(2, due_at=NOW + 99), promise(3, to=2))
    assert states(ours.called_in(ONE)) == [(1, CallbackState.MERGED)]
    assert len(ours) == 2
    ours.dialling(LeadId(3), NOW)
    assert states(ours.called_in(LeadId(3))) == [(3, CallbackState.DIALLING)], "noted; its call ends first"
    assert ours.called_in(LeadId(3)) == [] and ours.called_in(ONE) == [], "once is enough"
    assert states(ours.ended(LeadId(3), AttemptResult.CANCELLED, NOW)) == [(3, CallbackState.MERGED)]


def test_one_kept_is_enough() -> None:
    ours = book()
    in_line(ours, promise(1))
    ours.dialling(ONE, NOW)
    ours.promise(promise(2), NOW + 5)
    assert states(ours.ended(ONE, AttemptResult.ANSWERED, NOW + 60)) == [
        (1, CallbackState.KEPT),
        (2, CallbackState.MERGED),
    ]


def test_not_reached_is_tried_again_and_ends() -> None:
    ours = book(retry={"no_answer": {"after_s": 900, "at_most": 1, "number": "same"}})
    in_line(ours, promise())
    ours.dialling(ONE, NOW)
    (again,) = ours.ended(ONE, AttemptResult.NO_ANSWER, NOW + 30)
    assert (again.state, again.due_at) == (CallbackState.PROMISED, NOW + 930)
    assert states(ours.due(NOW + 930)) == [(1, CallbackState.IN_LINE)]
    assert ours.dialling(ONE, NOW + 940)[0] == "callbacks-1-2"
    (failed,) = ours.ended(ONE, AttemptResult.NO_ANSWER, NOW + 970)
    assert (failed.state, failed.reason) == (CallbackState.FAILED, "no_answer")


def test_no_time_is_left_for_another_try() -> None:
    ours = book(expires_after_s=600, retry={"no_answer": {"after_s": 900, "at_most": 5, "number": "same"}})
    in_line(ours, promise())
    ours.dialling(ONE, NOW)
    (failed,) = ours.ended(ONE, AttemptResult.NO_ANSWER, NOW + 30)
    assert (failed.state, failed.reason) == (CallbackState.FAILED, "no time is left for another try")


def test_only_in_the_hours_in_which_he_may_be_called() -> None:
    night = at("2026-11-23 22:00")
    ours = book()
    ours.promise(promise(due_at=night), night)
    (later,) = ours.due(night)
    assert (later.state, later.due_at) == (CallbackState.PROMISED, at("2026-11-24 08:00"))
    in_line(ours, promise(2, to=2, due_at=at("2026-11-24 20:59")), now=at("2026-11-24 20:59"))
    reason = ours.may_dial(LeadId(2), at("2026-11-24 21:01"))
    assert reason is not None and reason.rule is Rule.WINDOW
    ours.put_off(LeadId(2), reason)
    waiting = ours.of(LeadId(2))
    assert waiting is not None and (waiting.state, waiting.tries) == (CallbackState.PROMISED, ())


def test_a_clock_that_is_three_hours_ahead_calls_nobody_at_night() -> None:
    ours, early = book(), at("2026-11-23 08:30")
    ours.ahead_s = 3 * 3600.0
    ours.promise(promise(due_at=early), early)
    (later,) = ours.due(early)
    assert (later.state, later.due_at) == (CallbackState.PROMISED, early + OTHER_CLOCK_S)
    ours.ahead_s = 0.0
    assert states(ours.due(early + OTHER_CLOCK_S)) == [(1, CallbackState.IN_LINE)]
    ours.ahead_s = 3 * 3600.0
    reason = ours.may_dial(ONE, early + OTHER_CLOCK_S)
    assert reason is not None and reason.rule is Rule.WINDOW


def test_a_number_in_a_campaign_s_hands_waits() -> None:
    ours = book()
    ours._air.take(number().number, "renewals-1-1")
    ours.promise(promise(), NOW)
    (later,) = ours.due(NOW)
    assert later.state is CallbackState.PROMISED and later.due_at == NOW + 5


def test_a_promise_that_is_too_old_is_not_kept_and_told() -> None:
    ours = book(expires_after_s=3600)
    in_line(ours, promise())
    assert ours.next_deadline() == NOW + 3600
    (old,) = ours.due(NOW + 3600)
    assert (old.state, old.reason) == (CallbackState.EXPIRED, "not kept in time")


def test_withdrawn() -> None:
    ours = book()
    in_line(ours, promise(1), promise(2, to=2))
    assert states(ours.withdraw(ONE)) == [(1, CallbackState.WITHDRAWN)] and ours.withdraw(ONE) == []
    ours.dialling(LeadId(2), NOW)
    assert states(ours.withdraw(LeadId(2))) == [(2, CallbackState.DIALLING)], "noted; its call ends first"
    assert ours._air.has(number(2).number)
    assert states(ours.ended(LeadId(2), AttemptResult.CANCELLED, NOW)) == [(2, CallbackState.WITHDRAWN)]


def test_a_dial_that_nobody_tells_the_end_of() -> None:
    ours = book(expires_after_s=999_999)
    in_line(ours, promise())
    ours.dialling(ONE, NOW)
    (again,) = ours.due(NOW + TALK_S)
    assert again.state is CallbackState.PROMISED and again.tries[-1].result is AttemptResult.UNKNOWN


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 6), st.integers(1, 6), st.sampled_from([*AttemptResult])), max_size=60))
def test_each_promise_ends_once_and_no_number_is_dialled_twice_at_once(steps: list[Any]) -> None:
    ours = book(expires_after_s=7200)
    now, made, ended, flying = NOW, 0, list[int](), set[LeadId]()
    for step, which, result in steps:
        found: list[Promise] = []
        if step == 0:
            made += 1
            found = ours.promise(promise(made, to=1 + which % 3, due_at=now + 60 * which), now)
        elif step == 1:
            now += 300 * which
            found = ours.due(now)
        elif step == 2:
            for name in range(1, made + 1):
                known = ours.of(LeadId(name))
                if known is None or known.state is not CallbackState.IN_LINE:
                    continue
                reason = ours.may_dial(known.id, now)
                if reason is None:
                    ours.dialling(known.id, now)
                    flying.add(known.id)
                elif which % 2:
                    found += ours.put_off(known.id, reason)
        elif step == 3 and flying:
            found = ours.ended(flying.pop(), result, now)
        elif step == 4:
            found = ours.called_in(LeadId(which))
        elif step == 5:
            found = ours.withdraw(LeadId(which))
        open_ = (CallbackState.PROMISED, CallbackState.DUE, CallbackState.IN_LINE, CallbackState.DIALLING)
        ended += [each.id for each in found if each.state not in open_]
        assert len(ended) == len(set(ended)) and len(ours) == made - len(ended)
        dialled = [ours.of(name) for name in flying]
        numbers = [known.number.number for known in dialled if known is not None]
        assert len(set(numbers)) == len(numbers) == len(ours._air)
