"""Which tests run beside which, where pytest has several processes (`-n auto`, as `make test` says)?

Everything with a real Asterisk runs in the first process, one after the other, from the start: those tests mostly
wait, and a machine full of Asterisks would be a machine on which nothing rings in time. The other tests go by their
files over the other processes, longest first, at a lower priority; the first one helps them when its own are done.
"""

from __future__ import annotations

import os

from xdist.scheduler import LoadScopeScheduling

FIRST = "gw0"
REAL = ("tests/acceptance/", "tests/asterisk_lab/", "tests/contract/", "tests/demo/test_run.py")
LONG = ("tests/simulation/test_seeds.py", "tests/theory/test_simulated.py", "tests/acd/test_matching.py")
NICE = 5


def processes() -> int:
    """One for each core, and one for the tests that wait."""
    return len(os.sched_getaffinity(0)) + 1


def room(test: str) -> str:
    """Tests of one room are run by one process, in their order. `test`: the id by which pytest knows it."""
    if test.startswith("tests/web/"):
        return "a browser"  # and one engine for all of its pages
    return "a real Asterisk" if test.startswith(REAL) else test.partition("::")[0]


def turn(test: str) -> int:
    """Which tests go first; equal ones stay in their order."""
    if test.startswith(REAL):
        return 0
    return 1 if test.startswith(LONG) else 2


def give_way() -> None:
    """In a process of tests: the tests with a real Asterisk go before mine."""
    if os.environ.get("PYTEST_XDIST_WORKER", FIRST) != FIRST:
        os.nice(NICE)


class Rooms(LoadScopeScheduling):
    """One room at a time for each process; the first room is the first process's."""

    def schedule(self) -> None:
        first_in_front = sorted(self.assigned_work, key=lambda node: node.gateway.id != FIRST)
        self.assigned_work = {node: self.assigned_work[node] for node in first_in_front}
        super().schedule()

    def _split_scope(self, nodeid: str) -> str:
        return room(nodeid)
