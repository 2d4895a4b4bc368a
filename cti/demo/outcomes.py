"""What became of each caller, as he and queue_log saw it? Two records that share no code, compared by number. PURE.

A caller is lost who was not served (by an agent, or by the flow in which he has pressed all his keys), was not promised
a call, has not left by himself, and was not sent on by a rule of the configuration or by a supervisor. Holds callers'
numbers, hands out counts.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from cti.model.words import Outcome

_SENT_ON = ("EXITWITHKEY", "EXITWITHTIMEOUT", "EXITEMPTY", "WITHDRAW")
_LEFT_BY_KEY = "EXITWITHKEY"
_ENDED = ("left", "ended", "unanswered")
_END_OF_WAIT = ("CONNECT", *_SENT_ON)


@dataclass(frozen=True)
class Tally:
    """Counts of callers. `missing`: numbers that neither ended nor are known to the engine at this moment."""

    called: int = 0
    served: int = 0
    left: int = 0
    sent_on: int = 0
    waiting: int = 0
    lost: int = 0
    self_served: int = 0
    to_be_called: int = 0
    missing: frozenset[str] = frozenset()

    def settle(self, earlier: Tally) -> Tally:
        """Count as lost who is missing now and already was in an `earlier` look: he is not just on his way."""
        gone = len(self.missing & earlier.missing)
        on_the_way = len(self.missing) - gone
        return replace(self, waiting=self.waiting + on_the_way, lost=self.lost + gone, missing=frozenset())


def tally(
    callers_log: Iterable[str],
    queue_log: Iterable[str],
    live: Collection[str],
    alone: Collection[str] = (),
    asked: Mapping[str, bool] | None = None,
) -> Tally:
    """Compare the callers' record (`NUMBER WORD` a line) with queue_log; `live`: numbers the engine knows now.

    `alone`: who pressed all his keys for something that needs no agent; the flow may end his call. `asked`: who would
    rather be called back, and whether the engine holds a promise to him: who left his line without one is lost.
    """
    last = {number: word for number, _, word in (line.strip().partition(" ") for line in callers_log) if word}
    outcome = _by_number(queue_log)
    counts = dict.fromkeys(("served", "left", "sent_on", "waiting", "lost", "self_served", "to_be_called"), 0)
    wants = asked or {}
    missing: set[str] = set()
    for number, word in last.items():
        if outcome.get(number) == "CONNECT":
            counts["served"] += 1
        elif word == "ended" and number in alone and number not in outcome:
            counts["self_served"] += 1
        elif word in _ENDED and number in wants and outcome.get(number) == _LEFT_BY_KEY:
            counts["to_be_called" if wants[number] else "lost"] += 1
        elif word in _ENDED:
            counts[_ended(word, outcome.get(number, ""))] += 1
        elif number in live:
            counts["waiting"] += 1
        else:
            missing.add(number)
    return Tally(len(last), **counts, missing=frozenset(missing))


def _ended(word: str, outcome: str) -> str:
    if word == "left":
        return "left"
    return "sent_on" if outcome in _SENT_ON else "lost"


def _by_number(queue_log: Iterable[str]) -> dict[str, str]:
    """What ended the newest wait of each number; who was served once stays served."""
    numbers: dict[str, str] = {}
    found: dict[str, str] = {}
    for line in queue_log:
        fields = line.rstrip("\n").split("|")
        if len(fields) < 5:
            continue
        call, event = fields[1], fields[4]
        if event == "ENTERQUEUE" and len(fields) > 6:
            numbers[call] = fields[6]
            if found.get(fields[6]) != "CONNECT":
                found[fields[6]] = ""  # he may have been sent on to here: how that wait ends is what counts
        elif event in _END_OF_WAIT and call in numbers and found.get(numbers[call]) != "CONNECT":
            found[numbers[call]] = "" if _given_up(event, fields) else event
    return found


def _given_up(event: str, fields: Sequence[str]) -> bool:
    """A wait that the engine itself gave up is logged as WITHDRAW too; its last field says so."""
    return event == "WITHDRAW" and fields[-1] == Outcome.LOST
