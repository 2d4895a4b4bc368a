"""The schedule of chaos: the same by the same seed, and nothing is left out for long."""

from __future__ import annotations

from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.chaos_plan import LASTS_S, OF_A_NODE, REST_S, Kind, faults

pytestmark = pytest.mark.unit


@given(seed=st.integers(0, 10_000), nodes=st.integers(1, 4))
def test_every_kind_comes_before_one_comes_again(seed: int, nodes: int) -> None:
    found = list(islice(faults(seed, nodes), 3 * len(Kind)))
    for start in range(0, len(found), len(Kind)):
        assert {fault.kind for fault in found[start : start + len(Kind)]} == set(Kind)
    for fault in found:
        least_s, most_s = LASTS_S[fault.kind]
        assert least_s <= fault.for_s <= most_s and REST_S[0] <= fault.rest_s <= REST_S[1]
        assert 1 <= fault.node <= nodes if fault.kind in OF_A_NODE else fault.node == 0


def test_a_seed_is_a_schedule() -> None:
    first = list(islice(faults(1, 2), 40))
    assert first == list(islice(faults(1, 2), 40))
    assert first != list(islice(faults(2, 2), 40))


@pytest.mark.parametrize("seed", range(5))
def test_one_kind_may_begin(seed: int) -> None:
    found = [fault.kind for fault in islice(faults(seed, 2, first=Kind.ENGINE_KILL), 2 * len(Kind))]
    assert found[0] is Kind.ENGINE_KILL and set(found[: len(Kind)]) == set(Kind)
    assert faults(seed, 2, (Kind.AMI_CUT,), Kind.ENGINE_KILL).__next__().kind is Kind.AMI_CUT


def test_some_kinds_alone() -> None:
    found = list(islice(faults(1, 2, (Kind.ENGINE_KILL, Kind.AMI_CUT)), 10))
    assert {fault.kind for fault in found} == {Kind.ENGINE_KILL, Kind.AMI_CUT}
    assert str(found[0]).endswith(" s")
