"""What was tried at a number?"""

from __future__ import annotations

import pytest

from cti.model.dialling import AttemptResult, CampaignName
from cti.outbound import history
from cti.outbound.history import History
from tests.outbound.rules_kit import NOW, number, tried

pytestmark = pytest.mark.unit

ONE = number().number


def test_everybody_writes_into_one_history() -> None:
    ours = History()
    ours.hold(ONE, [tried(NOW - 100)])
    begun = tried(NOW, None, campaign=CampaignName("other"))
    ours.add(begun)
    assert ours.of(ONE) == [tried(NOW - 100), begun]
    ours.add(tried(NOW, AttemptResult.BUSY, campaign=CampaignName("other")))
    assert [each.result for each in ours.of(ONE)] == [AttemptResult.NO_ANSWER, AttemptResult.BUSY]


def test_the_same_attempt_told_twice_is_one() -> None:
    ours = History()
    ours.hold(ONE, [tried(NOW, None)])
    ours.hold(ONE, [tried(NOW, AttemptResult.BUSY)])
    assert ours.of(ONE) == [tried(NOW, AttemptResult.BUSY)]
    ours.hold(ONE, [tried(NOW, None)])
    assert ours.of(ONE) == [tried(NOW, AttemptResult.BUSY)], "what the store had read before is no news"


def test_the_last_one_who_may_dial_it_lets_it_go() -> None:
    ours = History()
    ours.hold(ONE)
    ours.hold(ONE)
    ours.drop(ONE)
    assert len(ours) == 1
    ours.add(tried(NOW))
    ours.drop(ONE)
    assert len(ours) == 0 and not ours.of(ONE)
    ours.add(tried(NOW))
    assert not ours.of(ONE), "nobody may dial it: the store tells it when somebody may"


def test_what_the_store_had_read_too_early_is_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "MOST_LET_GO", 1)
    ours = History()
    for each in (number(1), number(2)):
        ours.hold(each.number, [tried(NOW, to=each)])
        ours.drop(each.number)
    ours.hold(number(2).number)
    assert len(ours.of(number(2).number)) == 1
    ours.hold(number(1).number)
    assert not ours.of(number(1).number), "but not for ever"


def test_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "MOST_OF_A_NUMBER", 2)
    ours = History()
    ours.hold(ONE, [tried(NOW + n, attempt_no=n) for n in range(9)])
    assert [each.attempt_no for each in ours.of(ONE)] == [7, 8]
