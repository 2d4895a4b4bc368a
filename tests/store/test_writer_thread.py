"""Does a thread that writes try until it works, and end when it is told to?"""

from __future__ import annotations

import threading

import pytest
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from cti.store.writer_thread import WriterThread

pytestmark = pytest.mark.unit


class Letters(WriterThread[list[str]]):
    """Writes letters into a list; `broken` says how often that fails first."""

    def __init__(self, broken: int, error: Exception | None = None) -> None:
        super().__init__("letters", retry_s=0.001)
        self.waiting: list[str] = []
        self.stored: list[str] = []
        self.told: list[str] = []
        self.afterwards: list[list[str]] = []
        self.done = threading.Event()
        self._broken = broken
        self._error = error or OperationalError("", None, Exception())
        self._begin()

    def put(self, letter: str) -> None:
        with self._wake:
            self.waiting.append(letter)
            self._wake.notify_all()

    def close(self) -> list[str]:
        self._end(5.0)
        return self.waiting

    def _waits(self) -> bool:
        return bool(self.waiting)

    def _take(self) -> list[str] | None:
        taken, self.waiting = self.waiting, []
        return taken or None

    def _give_back(self, work: list[str]) -> None:
        self.waiting = work + self.waiting

    def _write(self, work: list[str]) -> None:
        if self._broken:
            self._broken -= 1
            raise self._error
        self.stored += work

    def _give_up(self, work: list[str], error: Exception) -> bool:
        return isinstance(error, TypeError)

    def _afterwards(self, work: list[str] | None) -> None:
        self.afterwards += [] if work is None else [work]
        self.done.set()

    def _tell_failed(self, work: list[str], error: SQLAlchemyError) -> None:
        self.told.append("failed")

    def _tell_works_again(self) -> None:
        self.told.append("works again")


def test_what_fails_is_tried_until_it_works_and_told_once() -> None:
    letters = Letters(broken=3)
    letters.put("a")
    assert letters.done.wait(5)
    assert letters.close() == []
    assert (letters.stored, letters.errors, letters.told) == (["a"], 3, ["failed", "works again"])
    assert letters.afterwards == [["a"]]


def test_the_order_is_kept_over_failures() -> None:
    letters = Letters(broken=5)
    for letter in "abcde":
        letters.put(letter)
    assert letters.done.wait(5)
    letters.close()
    assert letters.stored == list("abcde")


def test_the_end_is_one_last_try() -> None:
    letters = Letters(broken=1_000_000)
    letters.put("a")
    assert letters.close() == ["a"]
    assert not letters.done.is_set()


def test_what_no_store_takes_holds_up_nothing() -> None:
    letters = Letters(broken=1, error=TypeError())
    letters.put("a")
    assert letters.done.wait(5)
    letters.put("b")
    assert letters.close() == []
    assert (letters.stored, letters.errors, letters.told) == (["b"], 1, [])
