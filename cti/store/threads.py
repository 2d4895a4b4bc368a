"""In which threads is the store asked, so that one that hangs keeps nobody but who asks it?

A PostgreSQL that hangs keeps a thread for minutes (ANSWER_S of database.py). Those of Python's own pool are waited for
at the end of a loop and of the process, however long that takes; these for a moment. Knows no question.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from queue import SimpleQueue
from threading import Lock, Thread
from time import monotonic
from typing import ParamSpec, TypeVar

MOST = 16  # at the same time: a door of the store has 15 connections, and who else asks waits for his turn
END_S = 5.0  # what is being written may take so long when all ends

P = ParamSpec("P")
T = TypeVar("T")


class StoreThreads(ThreadPoolExecutor):
    """A pool (asyncio takes no other class) whose `shutdown` lets go of what does not end."""

    def __init__(self, most: int = MOST, name: str = "cti-store") -> None:
        super().__init__(1)  # starts no thread before it is asked to, and is not
        self._most, self._name = most, name
        self._todo: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._workers: list[Thread] = []
        self._free = 0  # of them; once there are as many as there may be, nobody asks
        self._door, self._closed = Lock(), False

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Have `fn` called in a thread, in turn. Raises RuntimeError: it is shut down."""
        future: Future[T] = Future()

        def work() -> None:
            if not future.set_running_or_notify_cancel():
                return  # nobody waits for it any more: what was not begun is not done
            try:
                future.set_result(fn(*args, **kwargs))
            except BaseException as error:
                future.set_exception(error)

        with self._door:
            if self._closed:
                raise RuntimeError("the threads of the store have ended")
            self._todo.put(work)
            if self._free:
                self._free -= 1
            elif len(self._workers) < self._most:
                worker = Thread(target=self._run, name=f"{self._name}-{len(self._workers)}", daemon=True)
                self._workers.append(worker)
                worker.start()
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Take nothing more; wait for what was asked, `END_S` at most."""
        self.end(END_S if wait else 0.0)

    def end(self, within_s: float) -> None:
        """Take nothing more; wait for what was asked, `within_s` at most. Blocks."""
        with self._door:
            self._closed = True
        for _ in self._workers:
            self._todo.put(None)
        give_up_at = monotonic() + within_s
        for worker in self._workers:
            worker.join(max(0.0, give_up_at - monotonic()))

    def _run(self) -> None:
        while (work := self._todo.get()) is not None:
            work()
            del work  # what it returned is whose who asked
            with self._door:
                self._free += 1
