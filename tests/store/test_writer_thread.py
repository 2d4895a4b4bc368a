"""Does a thread that writes try until it works, and end when it is told to?"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs
from structlog.typing import EventDict

from cti.store.owner import NotOwner
from cti.store.writer_thread import NO_ANSWER, SILENT_S, WriterThread

pytestmark = pytest.mark.unit


class Letters(WriterThread[list[str]]):
    """Writes letters into a list; `broken` says how often that fails first. `hanging` is set while it hangs."""

    def __init__(
        self, broken: int, error: Exception | None = None, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__("letters", 0.001, monotonic)
        self.answers, self.hanging = threading.Event(), threading.Event()
        self.answers.set()
        self.waiting: list[str] = []
        self.stored: list[str] = []
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
        if not self.answers.is_set():
            self.hanging.set()
            assert self.answers.wait(30)
        if self._broken:
            self._broken -= 1
            raise self._error
        self.stored += work

    def _afterwards(self, work: list[str] | None) -> None:
        self.afterwards += [] if work is None else [work]
        self.done.set()
        if "!" in (work or ""):
            raise RuntimeError

    def _size(self, work: list[str]) -> int:
        return len(work)


def told(logged: list[EventDict]) -> list[str]:
    return [line["event"] for line in logged]


def test_who_asks_is_told_why_nothing_is_written() -> None:
    letters = Letters(broken=1_000_000, error=OperationalError("INSERT :it", {"it": "a"}, Exception("disk is full")))
    letters.put("a")
    assert letters.close() == ["a"]
    assert letters.trouble == "disk is full"


@pytest.mark.parametrize("broken", [0, 1_000_000])
def test_who_asks_a_server_that_hangs_is_told_so_until_it_answers(broken: int) -> None:
    now = 1000.0
    error = OperationalError("", None, Exception("timed out"))
    letters = Letters(broken, error, monotonic=lambda: now)
    letters.answers.clear()
    now += 1000.0
    assert letters.trouble == "", "nothing was asked"
    letters.put("a")
    assert letters.hanging.wait(30)
    told = [letters.trouble]
    for waited_s in (SILENT_S, SILENT_S + 1.0, SILENT_S + 100.0):
        now = 2000.0 + waited_s
        told.append(letters.trouble)
    assert told == ["", "", NO_ANSWER, NO_ANSWER]
    letters.answers.set()
    letters.close()
    assert letters.trouble == ("timed out" if broken else "")


def test_a_portion_that_takes_its_time_is_no_trouble() -> None:
    now = 1000.0
    letters = Letters(broken=0, monotonic=lambda: now)
    for number in range(3):
        letters.answers.clear()
        letters.hanging.clear()
        letters.done.clear()
        letters.put(str(number))
        assert letters.hanging.wait(30)
        now += SILENT_S
        assert letters.trouble == ""
        letters.answers.set()
        assert letters.done.wait(30)
    letters.close()


def test_what_fails_is_tried_until_it_works_and_told_once() -> None:
    with capture_logs() as logged:
        letters = Letters(broken=3)
        letters.put("a")
        assert letters.done.wait(30)
        assert letters.trouble == ""
        assert letters.close() == []
    assert (letters.stored, letters.errors, letters.lost) == (["a"], 3, 0)
    assert told(logged) == ["letters_not_written", "letters_written_again"]
    assert letters.afterwards == [["a"]]


@pytest.mark.parametrize(("error", "level"), [(NotOwner(), "info"), (OperationalError("", None, Exception()), "error")])
def test_that_another_engine_owns_the_centre_is_no_error_of_the_store(error: Exception, level: str) -> None:
    with capture_logs() as logged:
        letters = Letters(broken=1_000_000, error=error)
        letters.put("a")
        assert letters.close() == ["a"]
    assert [(line["event"], line["log_level"]) for line in logged] == [("letters_not_written", level)]


def test_the_order_is_kept_over_failures() -> None:
    letters = Letters(broken=5)
    for letter in "abcde":
        letters.put(letter)
    assert letters.done.wait(30)
    letters.close()
    assert letters.stored == list("abcde")


def test_the_end_is_one_last_try() -> None:
    letters = Letters(broken=1_000_000)
    letters.put("a")
    assert letters.close() == ["a"]
    assert not letters.done.is_set()


def test_what_no_store_takes_is_lost_and_said_and_holds_up_nothing() -> None:
    letters = Letters(broken=1, error=TypeError())
    with capture_logs() as logged:
        letters.put("a")
        assert letters.done.wait(30)
        letters.put("b")
        assert letters.close() == []
    assert (letters.stored, letters.errors, letters.lost, told(logged)) == (["b"], 1, 1, ["letters_lost"])


def test_what_fails_afterwards_does_not_end_the_thread() -> None:
    letters = Letters(broken=0)
    with capture_logs() as logged:
        letters.put("!")
        assert letters.done.wait(30)
        letters.put("b")
        assert letters.close() == []
    assert letters.stored == ["!", "b"] and letters.errors == 1
    assert told(logged) == ["letters_written_but_not_the_rest"]
