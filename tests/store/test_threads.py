"""Does whoever asks the store get his answer from its threads, and does no end wait for one that hangs?"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
from collections.abc import Iterator

import pytest

from cti.store import threads
from cti.store.threads import StoreThreads

pytestmark = pytest.mark.unit


@pytest.fixture
def hangs() -> Iterator[threading.Event]:
    """What a hanging store would be asked; let go at the end."""
    free = threading.Event()
    yield free
    free.set()


def test_what_is_asked_is_answered_and_what_fails_fails() -> None:
    with StoreThreads(2) as pool:
        assert list(pool.map(lambda n: n * n, range(50))) == [n * n for n in range(50)]
        with pytest.raises(ZeroDivisionError):
            pool.submit(lambda: 1 // 0).result(30)


def test_no_more_threads_than_are_needed_and_never_more_than_allowed(hangs: threading.Event) -> None:
    pool = StoreThreads(3, "bounded")
    for _ in range(5):
        pool.submit(lambda: 1).result(30)
    asked = [pool.submit(hangs.wait, 30) for _ in range(9)]
    ours = [each for each in threading.enumerate() if each.name.startswith("bounded-")]
    assert len(ours) == 3
    hangs.set()
    assert all(each.result(30) for each in asked)
    pool.shutdown()
    assert not [each for each in threading.enumerate() if each.name.startswith("bounded-")]


def test_what_nobody_waits_for_any_more_is_not_done(hangs: threading.Event) -> None:
    pool, done = StoreThreads(1), list[int]()
    pool.submit(hangs.wait, 30)
    given_up = pool.submit(done.append, 1)
    wanted = pool.submit(done.append, 2)
    assert given_up.cancel()
    hangs.set()
    wanted.result(30)
    pool.shutdown()
    assert done == [2]


def test_what_was_asked_before_the_end_is_done_and_nothing_after_it() -> None:
    pool, done = StoreThreads(1), list[int]()
    for number in range(20):
        pool.submit(done.append, number)
    pool.shutdown()
    assert done == list(range(20))
    with pytest.raises(RuntimeError):
        pool.submit(done.append, 20)


def test_the_end_of_a_loop_waits_for_no_store_that_hangs(
    hangs: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(threads, "END_S", 0.0)

    async def story() -> None:
        asyncio.get_running_loop().set_default_executor(StoreThreads(2))
        asked = [asyncio.ensure_future(asyncio.to_thread(hangs.wait, 30)) for _ in range(4)]
        await asyncio.wait(asked, timeout=0)

    asyncio.run(story())
    assert not hangs.is_set()


def test_nor_does_the_end_of_the_process() -> None:
    program = (
        "import threading\nfrom cti.store import threads\nthreads.END_S = 0.0\npool = threads.StoreThreads(1)\n"
        "pool.submit(threading.Event().wait)\npool.shutdown()\n"
    )
    assert subprocess.run([sys.executable, "-c", program], timeout=60, check=False).returncode == 0
