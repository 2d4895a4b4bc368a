"""What did the callers and the agents' phones see, as SIPp wrote it down? PURE.

Lines are `NUMBER WORD` of callers and `PHONE WORD SECONDS MICROSECONDS CALLER` of phones (bench/sipp/). Holds callers'
numbers, hands out times and sets of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field


def last_words(lines: Iterable[str]) -> dict[str, str]:
    """How each caller ended, by number: left, ended (by the exchange), unanswered; calls or connected: not at all."""
    words: dict[str, str] = {}
    for line in lines:
        number, _, word = line.strip().partition(" ")
        if number.isdigit() and word:
            words[number] = word
    return words


@dataclass
class Phones:
    """What the phones saw. Times are epoch seconds."""

    gaps: list[tuple[float, float]] = field(default_factory=list)  # (when it rang, seconds since it had become free)
    served: set[str] = field(default_factory=set)  # callers whom an agent has answered
    sent_on: set[str] = field(default_factory=set)
    talks: list[float] = field(default_factory=list)  # when each began
    rung_while_busy: int = 0
    unfinished: int = 0  # calls that a phone still has

    def __add__(self, other: Phones) -> Phones:
        """Both, of phones and callers who are not the same."""
        return Phones(
            self.gaps + other.gaps,
            self.served | other.served,
            self.sent_on | other.sent_on,
            self.talks + other.talks,
            self.rung_while_busy + other.rung_while_busy,
            self.unfinished + other.unfinished,
        )

    def gaps_ms(self, begin: float, end: float) -> list[float]:
        """From free to the next ring, of the rings between two moments."""
        return [1000.0 * gap_s for at, gap_s in self.gaps if begin <= at <= end]


def phones(lines: Iterable[str]) -> Phones:
    """Read the phones' log."""
    found = Phones()
    free_at: dict[str, float] = {}
    busy: Counter[str] = Counter()
    for line in lines:
        words = line.split()
        if len(words) != 5 or not words[0].isdigit():
            continue
        phone, word, at, caller = words[0], words[1], float(words[2]) + float(words[3]) / 1e6, words[4]
        match word:
            case "rings":
                found.rung_while_busy += busy[phone] > 0
                if busy[phone] == 0 and phone in free_at:
                    found.gaps.append((at, at - free_at[phone]))
                busy[phone] += 1
            case "talks":
                found.served.add(caller)
                found.talks.append(at)
            case "refers":
                found.sent_on.add(caller)
            case "free":
                busy[phone] -= 1
                free_at[phone] = at
    found.unfinished = sum(busy.values())
    return found
