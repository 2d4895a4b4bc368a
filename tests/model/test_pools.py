"""Is a pool read as it was made?"""

from __future__ import annotations

import pytest

from cti.model.pools import PoolKind, group_pool, own_pool, pool_parts, queue_pool

pytestmark = pytest.mark.unit


def test_a_pool_is_read_as_it_was_made() -> None:
    assert pool_parts(queue_pool("sales")) == (PoolKind.QUEUE, "sales")
    assert pool_parts(group_pool("back-office")) == (PoolKind.GROUP, "back-office")
    assert pool_parts(own_pool("anna")) == (PoolKind.AGENT, "anna")


def test_the_same_name_is_another_pool_of_another_kind() -> None:
    assert len({queue_pool("a"), group_pool("a"), own_pool("a")}) == 3
