"""Which tests run beside which, where pytest has several processes (`-n auto`, as `make test` says)?

Tests with a real Asterisk go first, in two rooms, each of them in one process and one test after the other: they mostly
wait, and a machine full of Asterisks would be a machine on which nothing rings in time. The other tests go by their
files over the other processes, longest first, at a lower priority; the first two help them when their own are done.
"""

from __future__ import annotations

import os

from xdist.scheduler import LoadScopeScheduling

FIRST = ("gw0", "gw1")  # what xdist calls its first processes
TOGETHER = {
    "tests/acceptance/": "calls",
    "tests/asterisk_lab/": "other uses of Asterisk",
    "tests/contract/": "other uses of Asterisk",
    "tests/demo/test_run.py": "other uses of Asterisk",
    "tests/web/": "a browser",
}
LONG = ("tests/simulation/test_seeds.py", "tests/theory/test_simulated.py", "tests/acd/test_matching.py")
NICE = 5


def processes() -> int:
    """One for each core, and one for the tests that wait."""
    return len(os.sched_getaffinity(0)) + 1


def room(test: str) -> str:
    """Tests of one room are run by one process, in their order. `test`: the id by which pytest knows it."""
    return next((found for begin, found in TOGETHER.items() if test.startswith(begin)), test.partition("::")[0])


def turn(test: str) -> int:
    """Which tests go first; equal ones stay in their order."""
    if room(test) in TOGETHER.values():
        return list(TOGETHER.values()).index(room(test))
    return len(TOGETHER) if test.startswith(LONG) else len(TOGETHER) + 1


def give_way() -> None:
    """In a process of tests: the tests with a real Asterisk go before mine."""
    if os.environ.get("PYTEST_XDIST_WORKER", FIRST[0]) not in FIRST:
        os.nice(NICE)


class Rooms(LoadScopeScheduling):
    """One room at a time for each process; the first rooms are the first processes'."""

    def schedule(self) -> None:
        first_in_front = sorted(self.assigned_work, key=lambda node: (node.gateway.id not in FIRST, node.gateway.id))
        self.assigned_work = {node: self.assigned_work[node] for node in first_in_front}
        super().schedule()

    def _split_scope(self, nodeid: str) -> str:
        return room(nodeid)
