"""Which of a lead's numbers is next?"""

from __future__ import annotations

import pytest

from cti.model.dialling import AttemptResult
from cti.outbound.rotation import in_turn, next_index
from tests.outbound.rules_kit import NOW, lead, number, tried

pytestmark = pytest.mark.unit

ONE, TWO, THREE = number(1), number(2), number(3)


def test_in_turn() -> None:
    asked = lead(1, ONE, TWO, THREE, number_index=1)
    assert in_turn(asked, "next_each_time", set()) == [1, 2, 0]
    assert in_turn(asked, "in_order", set()) == [0, 1, 2]
    assert in_turn(asked, "next_each_time", {TWO.number}) == [2, 0]


def test_where_a_person_answered_first() -> None:
    tries = (tried(NOW, AttemptResult.HUNG_UP, THREE), tried(NOW, AttemptResult.MACHINE, ONE))
    assert in_turn(lead(1, ONE, TWO, THREE, tries=tries), "best_first", set()) == [2, 0, 1]


def test_next() -> None:
    asked = lead(1, ONE, TWO, THREE)
    assert next_index(asked, 2, "next", set()) == 0
    assert next_index(asked, 2, "same", set()) == 2
    assert next_index(asked, 2, "same", {THREE.number}) == 0
    assert next_index(asked, 0, "next", {TWO.number, THREE.number}) == 0
    assert next_index(asked, 0, "next", {ONE.number, TWO.number, THREE.number}) is None
