"""Was each owner who was killed or frozen replaced, how soon, and if not: should he have been?

Knows the rules by which engines are joined, and the kernel's list of locks (/proc/locks, Linux).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import make_url

from bench.chaos_plan import Fault, Kind
from cti.config.joined import Joined

RULES = Joined()  # chaos says nothing else of them than where Redis is
START_S = 3.0  # what a start takes beside all calls, on a machine that does other things as well
REPLACED_S = RULES.lease_s + RULES.idle_s + START_S  # also of who is frozen within a commit on PostgreSQL
LOCKS = Path("/proc/locks")
WRITER = 120  # the byte of SQLite's -shm file that who writes has locked (walformat.html, "WAL-Index Locking")


@dataclass(frozen=True)
class Takeover:
    """The owner of several engines was killed or frozen. `after_s`: until another one owned the centre; None: none did.

    `locked`: he was frozen with SQLite's lock, which nobody takes from him (docs/several-engines.md).
    """

    fault: Fault
    after_s: float | None
    locked: bool = False

    @property
    def is_missed(self) -> bool:
        """Nobody took over, who could and had the time."""
        return self.after_s is None and not self._excuse

    @property
    def _excuse(self) -> str:
        if self.fault.kind is Kind.ENGINE_KILL:
            return ""
        return "SQLITE WAS LOCKED BY IT" if self.locked else "" if must_be_replaced(self.fault) else "went on so soon"

    def __str__(self) -> str:
        return f"{self.fault}: {self._excuse or 'NOBODY TOOK OVER'}"


def must_be_replaced(fault: Fault) -> bool:
    """Whether it lasts so long that another engine owns the centre before it is over."""
    return fault.kind is Kind.ENGINE_KILL or fault.for_s > REPLACED_S


def told(takeovers: Sequence[Takeover]) -> str:
    """How many were replaced of all, and which were not."""
    took = [each.after_s for each in takeovers if each.after_s is not None]
    others = [str(each) for each in takeovers if each.after_s is None]
    within = f", within {max(took):.1f} s at most" if took else ""
    line = f"takeovers: {len(took)} of {len(takeovers)} owners who were killed or frozen{within}"
    return "; ".join([line, *others])


def holds_lock(pid: int, store: str) -> bool:
    """Whether this process is within a write to an SQLite store. False of any other store."""
    url = make_url(store)
    if url.get_backend_name() != "sqlite":
        return False
    file = Path(f"{url.database}-shm")
    if not file.exists():
        return False
    inode = file.stat().st_ino
    for line in LOCKS.read_text().splitlines():
        match line.split():  # "1: POSIX ADVISORY WRITE PID MAJOR:MINOR:INODE FROM TO"
            case [_, "POSIX", _, "WRITE", holder, place, begin, end] if int(holder) == pid:
                is_there = int(begin) <= WRITER and (end == "EOF" or int(end) >= WRITER)
                if is_there and int(place.rpartition(":")[2]) == inode:
                    return True
    return False
