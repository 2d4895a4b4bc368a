"""Waiting for a condition ends when it is true, and when patience does."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from bench.waiting import must, until, until_asked

pytestmark = pytest.mark.unit


def at_the_look(number: int) -> Callable[[], bool]:
    """A condition that is true when it is asked so often."""
    looks = iter(range(1, number + 1))
    return lambda: next(looks) == number


@pytest.mark.parametrize("wait", [until, until_asked])
async def test_it_is_waited_for_as_long_as_patience_lasts(wait: Callable[..., object]) -> None:
    assert await wait(at_the_look(3), 60.0, 0.0)  # type: ignore[misc]
    assert not await wait(lambda: False, 0.0, 0.0)  # type: ignore[misc]


async def test_what_must_come_and_does_not_is_told() -> None:
    await must(at_the_look(3), 60.0, 0.0)
    with pytest.raises(TimeoutError):
        await must(lambda: False, 0.0, 0.0)


async def test_another_process_is_asked_beside_the_loop() -> None:
    loop = threading.get_ident()
    assert await until_asked(lambda: threading.get_ident() != loop, 60.0)
