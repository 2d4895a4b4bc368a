"""Has each caller exactly one end, the same in every book, and was nobody passed over? PURE.

Four books: what callers saw, what phones saw (SIPp), the engine's history (SQL) and its queue_log. They share no code.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sortedcontainers import SortedList

CONTACT_ENDS = ("answered", "abandoned")
LOG_ENDS = {"CONNECT": "answered", "ABANDON": "abandoned"}
OTHER_LOG_ENDS = ("EXITWITHTIMEOUT", "EXITWITHKEY", "EXITEMPTY", "WITHDRAW")
FAILED_OFFERS = ("missed", "rejected", "busy", "unreachable")


class Contact(NamedTuple):
    """A row of contact_history."""

    contact: str
    caller: str
    state: str
    outcome: str


class Fact(NamedTuple):
    """A row of contact_fact: `told` is its body."""

    contact: str
    told: Mapping[str, Any]


@dataclass
class Account:
    """What the comparison found. Each problem with how often it was; `lost` counts callers."""

    offered: int = 0
    answered: int = 0
    abandoned: int = 0
    problems: Counter[str] = field(default_factory=Counter)
    lost_callers: set[str] = field(default_factory=set)

    @property
    def lost(self) -> int:
        return len(self.lost_callers)

    def __add__(self, other: Account) -> Account:
        """Both, of callers who are not the same."""
        return Account(
            self.offered + other.offered,
            self.answered + other.answered,
            self.abandoned + other.abandoned,
            self.problems + other.problems,
            self.lost_callers | other.lost_callers,
        )

    def missed(self, what: str, callers: Iterable[str]) -> None:
        """A problem that makes each of these callers a lost one."""
        these = set(callers)
        self.problems[what] += len(these)
        self.lost_callers |= these


def settle(
    callers: Mapping[str, str],
    served: Collection[str],
    sent_on: Collection[str],
    contacts: Iterable[Contact],
    facts: Collection[Fact],
) -> Account:
    """Compare callers' last words, and whom phones served and sent on, with the history; `facts` in its order."""
    account = Account(offered=len(callers))
    by_caller: dict[str, list[Contact]] = {}
    caller_of: dict[str, str] = {}
    for row in contacts:
        by_caller.setdefault(row.caller, []).append(row)
        caller_of[row.contact] = row.caller
    ends = {row.caller: row.outcome for rows in by_caller.values() for row in rows}
    account.answered = sum(end == "answered" for end in ends.values())
    account.abandoned = sum(end == "abandoned" for end in ends.values())
    account.missed("callers of whom the exchange refused the call", _with(callers, "unanswered", "calls"))
    account.missed("callers whose call is not over", _with(callers, "connected"))
    account.missed("callers without a contact", callers.keys() - by_caller.keys() - account.lost_callers)
    account.missed("contacts without a caller", by_caller.keys() - callers.keys())
    account.missed("callers with more contacts than one", (c for c, rows in by_caller.items() if len(rows) > 1))
    unended = (row.caller for rows in by_caller.values() for row in rows if row.state != "ended")
    account.missed("contacts that have no end", unended)
    account.missed(
        "ends that are neither answered nor abandoned", (c for c, e in ends.items() if e not in CONTACT_ENDS)
    )
    hung_up_on = _with(callers, "ended")
    account.missed("callers whom the exchange hung up on, and no phone had served", set(hung_up_on) - set(served))
    account.missed(
        "callers whom the exchange hung up on in the line", (c for c in hung_up_on if ends.get(c) == "abandoned")
    )
    account.missed("visits without exactly one end", (caller_of.get(contact, contact) for contact in _uneven(facts)))
    rung_for = _rung_for_unseen(facts)
    account.missed("callers who were rung for without a visit", (caller_of.get(each, each) for each in rung_for))
    # Both ways: his hanging up may cross the answer, so these are told and are nobody's loss.
    account.problems["served by a phone, but not in the history"] += sum(
        ends.get(caller) == "abandoned" and caller not in sent_on for caller in served
    )
    account.problems["served in the history, but by no phone"] += sum(
        end == "answered" and caller not in served for caller, end in ends.items()
    )
    account.problems += Counter()  # without those that were not found
    return account


def _with(callers: Mapping[str, str], *words: str) -> list[str]:
    return [number for number, word in callers.items() if word in words]


def _uneven(facts: Iterable[Fact]) -> set[str]:
    """Contacts that have not exactly one end, and one end for each visit."""
    begun: Counter[str] = Counter()
    ended: Counter[str] = Counter()
    over: Counter[str] = Counter()
    for contact, told in facts:
        if told["kind"] == "visit":
            (begun if told["new"] == "waiting" else ended)[contact] += 1
        elif told["kind"] == "contact" and told["new"] == "ended":
            over[contact] += 1
    return {contact for contact in begun if begun[contact] != ended[contact] or over[contact] != 1}


def _rung_for_unseen(facts: Iterable[Fact]) -> set[str]:
    """Contacts for whom a phone rang of whom the history does not tell until then that they waited."""
    begun: set[str] = set()
    found: set[str] = set()
    for contact, told in facts:
        if told["kind"] == "visit" and told["new"] == "waiting":
            begun.add(contact)
        elif told["kind"] == "offer" and told["new"] == "ringing" and contact not in begun:
            found.add(contact)
    return found


def log_differs(queue_log: Iterable[str], facts: Iterable[Fact]) -> dict[str, int]:
    """How queue_log differs from the history's facts: entries, ends of each kind, entries without exactly one end."""
    entered: Counter[str] = Counter()
    left: Counter[str] = Counter()
    log: Counter[str] = Counter()
    for line in queue_log:
        fields = line.rstrip("\n").split("|")
        if len(fields) < 5:
            continue
        call, event = fields[1], fields[4]
        if event == "ENTERQUEUE":
            entered[call] += 1
            log["entered"] += 1
        elif event in LOG_ENDS or event in OTHER_LOG_ENDS:
            left[call] += 1
            log[LOG_ENDS.get(event, event)] += 1
    told = Counter(
        "entered" if fact.told["new"] == "waiting" else str(fact.told["new"])
        for fact in facts
        if fact.told["kind"] == "visit"
    )
    differs = {name: log[name] - told[name] for name in log.keys() | told.keys() if log[name] != told[name]}
    uneven = sum(entered[call] != left[call] for call in entered.keys() | left.keys())
    return differs | ({"calls without as many ends as entries": uneven} if uneven else {})


def passed_over(facts: Iterable[Fact], queues_of: Mapping[str, Collection[str]]) -> int:
    """Rings for a contact while an older one waited whom that agent could have served: the queues are equals.

    `facts` in the order in which the engine told them; whom an agent failed before (he is left out for a while) is not
    counted for him. Nor is a ring for who has no place, since his visit is not told: `settle` makes him a lost one.
    """
    lines: dict[str, SortedList] = {queue: SortedList() for queues in queues_of.values() for queue in queues}
    places: dict[str, tuple[str, tuple[float, str]]] = {}
    waiting: set[str] = set()
    tried: set[tuple[str, str]] = set()
    violations = 0

    def stand(contact: str, is_there: bool) -> None:
        if contact in places and is_there != (contact in waiting):
            queue, place = places[contact]
            (lines[queue].add if is_there else lines[queue].remove)(place)
            (waiting.add if is_there else waiting.discard)(contact)

    for contact, told in facts:
        kind, new = told["kind"], told["new"]
        if kind == "visit":
            stand(contact, False)
            if new == "waiting":
                places[contact] = (told["queue"], (told.get("order_at", told["at"]), contact))
                stand(contact, True)
        elif kind == "contact":
            stand(contact, new == "waiting")
        elif kind == "offer" and new == "ringing":
            stand(contact, False)
            if contact not in places:
                continue
            mine = places[contact][1]
            agent = told["agent"]
            eldest = [_first(lines[queue], agent, tried) for queue in queues_of[agent]]
            violations += any(other is not None and other[0] < mine[0] for other in eldest)
        elif kind == "offer" and new in FAILED_OFFERS:
            tried.add((contact, told["agent"]))
    return violations


def _first(line: SortedList, agent: str, tried: set[tuple[str, str]]) -> tuple[float, str] | None:
    return next((place for place in line if (place[1], agent) not in tried), None)
