"""Is anybody lost, doubled or forgotten? What phones and callees saw, held against what the engine has written; pure.

A caller's story is what his own phone saw. Nothing here is asked of the engine but its history.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

ANSWERED = "answered"
WE_CALLED = ("callbacks/", "campaign/")  # what the contacts of customers begin with whom we called
UNSEEN_S = 20.0  # who hung up so soon after he was connected may never have met an engine that was away
CALLBACK_OVER = frozenset({"kept", "merged", "failed", "expired", "withdrawn"})


@dataclass(eq=False)
class Story:
    """One caller as he lived it. Times in monotonic seconds of the phones."""

    number: str
    node: int
    queue: str
    dialled_at: float
    answered_at: float | None = None
    served_at: float | None = None  # an agent's phone picked up for him
    served_times: int = 0
    over_at: float | None = None
    ended_by: str = ""  # us, them, or node: it died with its Asterisk

    @property
    def dropped(self) -> bool:
        """He had done nothing, and nobody has spoken with him: the call was taken from him."""
        return self.ended_by == "them" and self.answered_at is not None and self.served_at is None


class Called(NamedTuple):
    """One call to a customer, from the first ring on. Times in monotonic seconds."""

    rang_at: float
    over_at: float
    cut: bool  # it died with its Asterisk
    taken_back: bool = False  # we ended it while it rang


@dataclass(frozen=True)
class Row:
    """One contact of the history."""

    contact: str
    number: str
    queue: str
    state: str
    outcome: str
    open: bool


@dataclass
class Findings:
    """What is wrong, by name: who or what; numbers are invented ones."""

    wrong: dict[str, list[str]] = field(default_factory=dict)

    def add(self, what: str, who: str) -> None:
        self.wrong.setdefault(what, []).append(who)

    def count(self, *names: str) -> int:
        return sum(len(self.wrong.get(name, ())) for name in names)

    def lines(self, shown: int = 5) -> list[str]:
        return [f"{what}: {len(who)} ({', '.join(who[:shown])})" for what, who in sorted(self.wrong.items())]


NO_OUTCOME, TWO_CONTACTS, UNKNOWN = "still open in the history", "more than one contact", "not in the history"
WRONG_OUTCOME, LOST, DROPPED = "another outcome than the phone saw", "outcome lost", "dropped without a word"
SERVED_TWICE, FORGOTTEN = "served twice", "served when nothing could be written, and known as one who gave up"
UNHEARD = "served, and gone of his own accord, while no AMI told of it: known as one who gave up"
OF_CONTACTS = (NO_OUTCOME, TWO_CONTACTS, UNKNOWN, WRONG_OUTCOME, LOST, DROPPED, SERVED_TWICE)


def judge_contacts(
    stories: Iterable[Story],
    rows: Iterable[Row],
    unwritten: Sequence[tuple[float, float]] = (),
    unheard: Sequence[tuple[float, float]] = (),
) -> Findings:
    """Every caller one contact with one outcome, and the one that his phone saw.

    `unwritten`: from when to when nothing was written before the engine died; who was served then has an outcome, but
    nobody who lives knows that he was. `unheard`: from when to when a node's AMI told nothing; whose talk began then,
    and who ended it himself before it was heard again, has left FastAGI without a word of it, as who gives up does.
    """
    found, by_number = Findings(), _by_number(rows)
    for story in stories:
        his = by_number.get(story.number, [])
        if story.served_times > 1:
            found.add(SERVED_TWICE, story.number)
        if story.dropped:
            found.add(DROPPED, story.number)
        if len(his) > 1:
            found.add(TWO_CONTACTS, f"{story.number} {[row.outcome for row in his]}")
        elif not his:
            if _lived_within(story, unwritten):
                if story.served_at is not None:
                    found.add(FORGOTTEN, story.number)
            elif story.served_at is not None or _must_be_known(story):
                found.add(UNKNOWN, story.number)
        else:
            served_at = story.served_at or 0.0
            forgotten = any(began <= served_at <= ended for began, ended in unwritten)
            not_heard = story.ended_by == "us" and _talked_within(story, unheard)
            otherwise = FORGOTTEN if forgotten else UNHEARD if not_heard else WRONG_OUTCOME
            _judge_outcome(found, story, his[0], otherwise)
    return found


def _lived_within(story: Story, windows: Sequence[tuple[float, float]]) -> bool:
    came, went = story.answered_at or story.dialled_at, story.over_at
    return went is not None and any(began <= came and went <= ended for began, ended in windows)


def _talked_within(story: Story, windows: Sequence[tuple[float, float]]) -> bool:
    served, over = story.served_at, story.over_at
    return served is not None and over is not None and any(a <= served and over <= b for a, b in windows)


def _must_be_known(story: Story) -> bool:
    """An engine that is away may miss somebody whom nobody served and who was there briefly."""
    if story.ended_by == "node" or story.answered_at is None or story.over_at is None:
        return False
    return story.over_at - story.answered_at > UNSEEN_S


def _judge_outcome(found: Findings, story: Story, row: Row, otherwise: str) -> None:
    if row.open:
        found.add(NO_OUTCOME, f"{story.number} {row.state}")
    elif row.outcome == "lost" and story.ended_by != "node":
        found.add(LOST, story.number)
    elif (story.served_at is not None) != (row.outcome == ANSWERED) and story.ended_by != "node":
        found.add(otherwise, f"{story.number} {row.outcome}, {'served' if story.served_at else 'not served'}")


def _by_number(rows: Iterable[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row.number.lstrip("+"), []).append(row)
    return found


DIALLED_TWICE, NOT_PROMISED = "dialled twice", "gave up, and nobody promised him a call"
CALLED_AGAIN = "called again after a death, since nobody who lived knew what came of the first call"
RUNG_AGAIN = "rung again: the first ring was taken back, since the agent for whom he was called had gone"
NOT_KEPT, NEVER_CALLED = "promise not kept, and none to come", "kept, but nobody was called"
OF_CALLBACKS = (NOT_PROMISED, NOT_KEPT, NEVER_CALLED)


def judge_dials(
    calls_to: Mapping[str, Sequence[Called]],
    promises: Mapping[str, str],
    gave_up: Iterable[str],
    deaths: Sequence[tuple[float, float]] = (),
    overdue: Collection[str] = (),
) -> Findings:
    """What callees saw, the state of each promise by number, and who gave up where one is called back.

    `deaths`: from when to when no engine could know what came of a call; such a promise comes again by its rule.
    `overdue`: whose promise should have been kept by now, and is open.
    """
    found = Findings()
    for number, calls in calls_to.items():
        for call, later in pairwise(calls):
            hidden = call.cut or any(began <= call.over_at and call.rang_at <= ended for began, ended in deaths)
            excuse = CALLED_AGAIN if hidden else RUNG_AGAIN if call.taken_back else DIALLED_TWICE
            found.add(DIALLED_TWICE if later.rang_at <= call.over_at else excuse, number)
    for number in gave_up:
        if number not in promises:
            found.add(NOT_PROMISED, number)
    for number, state in promises.items():
        if state in ("failed", "expired", "withdrawn") or number in overdue:
            found.add(NOT_KEPT, f"{number} {state}")
        elif state == "kept" and number not in calls_to:
            found.add(NEVER_CALLED, number)
    return found


def order_broken(before: Sequence[str], after: Sequence[str]) -> int:
    """Of those who wait in both lists: how many have somebody before them now who was behind them."""
    place = {number: index for index, number in enumerate(before)}
    behind, broken = -1, 0
    for number in after:
        if number not in place:
            continue
        if place[number] < behind:
            broken += 1
        behind = max(behind, place[number])
    return broken


def doubles(numbers: Iterable[str]) -> list[str]:
    """Who stands in a list more than once."""
    return sorted(number for number, times in Counter(numbers).items() if times > 1)
