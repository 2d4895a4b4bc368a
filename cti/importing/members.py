"""Who are app_queue's members? `member => interface,penalty,name,...` of several queues to one person for each phone.

A member is a phone in a queue; an agent is a person with a phone, who is in several queues. The interface says who is
the same.
"""

from __future__ import annotations

import heapq
import re
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter

from cti.importing.conf import Setting
from cti.importing.names import Names
from cti.importing.options import FALSE, TRUE, Options, matches, whole_number
from cti.importing.report import Kind, Report
from cti.importing.yaml_text import Said, Value
from cti.model import policy

HIGHEST = 1000  # our highest penalty
NO_PHONES = ("agent", "local", "hint", "custom", "queue", "confbridge", "meetme", "park", "presence")


@dataclass
class Person:
    """One phone, whoever's name stands beside it first, and where it is a member."""

    phone: str
    name: str
    setting: Setting
    number: int  # in the order of the file
    penalties: dict[str, int] = field(default_factory=dict)  # by our name of the queue
    paused_in: list[str] = field(default_factory=list)
    wrap_ups_s: dict[str, int] = field(default_factory=dict)


class People:
    """Everybody who is a member of a queue, by phone; in the order of the file."""

    def __init__(self, report: Report) -> None:
        self.by_phone: dict[str, Person] = {}
        self.rows: dict[str, list[str]] = {}  # of each queue, in the order of its lines
        self._report = report

    def add(self, options: Options, queue: str) -> None:
        """Take the members of a queue, which is called `queue` here."""
        row = self.rows.setdefault(queue, [])
        for setting in options.members:
            fields = split(setting.value)
            interface, penalty, name, state, ring_busy, wrap_up, paused = (*fields, *[""] * 7)[:7]
            if len(fields) > 7 or not interface:
                options.refuse(setting, "must be interface[,penalty][,name][,state_interface][,ringinuse]...")
                continue
            phone = self._phone(interface, state, setting)
            if phone is None:
                continue
            person = self.by_phone.setdefault(phone.lower(), Person(phone, name, setting, len(self.by_phone)))
            if queue in person.penalties:
                self._report.lost(setting, "the same phone twice in one queue: the first line counts")
                continue
            person.name = person.name or name
            row.append(phone.lower())
            person.penalties[queue] = self._penalty(options, penalty, setting)
            if self._truth(options, "paused", paused, setting):
                person.paused_in.append(queue)
            if self._truth(options, "ringinuse", ring_busy, setting):
                self._report.lost(setting, "ringinuse: an agent who has a call is never rung")
            if wrap_up:
                person.wrap_ups_s[queue] = max(0, self._whole(options, "wrapuptime", wrap_up, setting))

    def _phone(self, interface: str, state: str, setting: Setting) -> str | None:
        """Return what to dial. A Local channel hides transfers: the phone behind it is rung, if the file names one."""
        kind, _, rest = interface.partition("/")
        if kind.lower() == "local" and "/" in state and state.partition("/")[0].lower() not in NO_PHONES:
            self._report.differs(setting, f"{state} is rung itself, not the dialplan of {interface}")
            kind, _, rest = state.partition("/")
        elif kind.lower() == "local":
            phone, _, options = rest.partition("/")
            rest = f"{phone}/n"
            text = (
                f"rings through your dialplan, which hides transfers: better name the phone (PJSIP/...) of {interface}"
            )
            self._report.differs(setting, text)
            if options != "n":
                text = (
                    f"became Local/{rest}: Asterisk must not take the channel out of the call, or the agent looks free"
                )
                self._report.differs(setting, text)
            if state:
                text = f"state_interface {state}: only calls by the engine make this agent busy; name his phone instead"
                self._report.lost(setting, text)
        elif kind.lower() == "agent":
            text = f"Asterisk 22 has no channel {interface}: logged out until you write the phone of this agent"
            self._report.differs(setting, text)
        elif state and state != interface:
            self._report.lost(setting, f"state_interface {state}: the engine knows itself who is busy")
        if kind.lower() == "sip":
            self._report.differs(setting, "chan_sip is gone since Asterisk 21: became the PJSIP endpoint of this name")
            kind = "PJSIP"
        phone = f"{kind}/{rest}"
        if not matches(policy.Phone, phone):
            self._report.lost(setting, "no phone that can be named here (technology/endpoint): the agent is left out")
            return None
        return phone

    def _penalty(self, options: Options, text: str, setting: Setting) -> int:
        penalty = self._whole(options, "penalty", text, setting)
        if not 0 <= penalty <= HIGHEST:
            self._report.differs(setting, f"a penalty lies between 0 and {HIGHEST} here")
        return min(max(penalty, 0), HIGHEST)

    def _whole(self, options: Options, name: str, text: str, setting: Setting) -> int:
        number = whole_number(text) if text else 0
        if number is None:
            options.refuse(setting, f"{name} must be a whole number")
        return number or 0

    def _truth(self, options: Options, name: str, text: str, setting: Setting) -> bool:
        if text and text.lower() not in (*TRUE, *FALSE):
            options.refuse(setting, f"{name} must be yes or no")
        return text.lower() in TRUE

    def of(self, queue: str) -> list[Person]:
        """Return the members of `queue`, in the order in which the file names them first."""
        return sorted((self.by_phone[key] for key in self.rows.get(queue, ())), key=lambda person: person.number)

    def wrap_up_s(self, queue: str, otherwise_s: float) -> float | None:
        """Return the one wrap-up time of all members of `queue`, which is then the queue's; None where they differ."""
        each = {person.wrap_ups_s.get(queue) or otherwise_s for person in self.of(queue)}
        return each.pop() if len(each) == 1 else None if each else otherwise_s


def split(text: str) -> list[str]:
    """Return the parts between commas; quotes, brackets and backslashes keep a comma (AST_STANDARD_APP_ARGS)."""
    parts, part, quoted, depth, escaped = [], "", False, 0, False
    for char in text:
        if escaped:
            part, escaped = part + char, False
        elif char == "\\":
            escaped = True
        elif char == '"':
            quoted = not quoted
        elif char == "," and not quoted and depth <= 0:
            parts.append(part.strip())
            part = ""
        else:
            depth += (char in "([") - (char in ")]")
            part += char
    return [*parts, part.strip()]


def agents(people: People, linear: list[str], by_weight: set[str], report: Report) -> dict[str, Value]:
    """Return the agents. `linear`: queues whose order is that of this list; `by_weight`: penalty means a weight."""
    names = Names("agent-", lower=True)
    written: dict[str, Value] = {}
    called: dict[str, int] = {}
    for person in _in_order(people, linear, report):
        name = "" if "/" in person.name else person.name
        agent: dict[str, Value] = {"name": name} if name else {}
        agent |= {"phone": person.phone, "queues": _memberships(person, by_weight)}
        agent["starts"] = _starts(person, report)
        if name:
            called[name] = called.get(name, 0) + 1
        written[names.of(name, re.sub(r"^[^/]*/", "", person.phone))] = agent
    for name, times in called.items():
        if times > 1:
            text = "several phones share this name: each became an agent of its own; keep one if it is one person"
            report.note(Kind.DIFFERS, f'the member name "{name}"', text)
    return written


def _in_order(people: People, linear: list[str], report: Report) -> list[Person]:
    """Return everybody in an order that is right for all linear queues, else in the order of the file."""
    order: TopologicalSorter[str] = TopologicalSorter(dict.fromkeys(people.by_phone, ()))
    for queue in linear:
        last: dict[int, str] = {}  # of each penalty, which comes before the order
        for key in people.rows[queue]:
            penalty = people.by_phone[key].penalties[queue]
            if penalty in last:
                order.add(key, last[penalty])
            last[penalty] = key
    try:
        order.prepare()
    except CycleError:
        text = "one order of agents holds for all linear queues here, and yours contradict each other"
        report.note(Kind.LOST, f"the order of members in {', '.join(linear)}", text)
        return list(people.by_phone.values())
    place = {key: number for number, key in enumerate(people.by_phone)}
    ready = [(place[key], key) for key in order.get_ready()]
    heapq.heapify(ready)
    sorted_keys = []
    while ready:
        _, key = heapq.heappop(ready)
        sorted_keys.append(key)
        order.done(key)
        for follower in order.get_ready():
            heapq.heappush(ready, (place[follower], follower))
    return [people.by_phone[key] for key in sorted_keys]


def _memberships(person: Person, by_weight: set[str]) -> Value:
    plain: list[Value] = []
    details: dict[str, Value] = {}
    for queue, penalty in person.penalties.items():
        plain.append(queue)
        if not penalty:
            details[queue] = {}
        elif queue in by_weight:
            details[queue] = {"weight": round(1 / (1 + penalty), 4)}
        else:
            details[queue] = {"penalty": penalty}
    return details if any(details.values()) else plain


def _starts(person: Person, report: Report) -> Value:
    if person.phone.lower().startswith("agent/"):
        return Said("logged_out", f"{person.phone} is no phone")
    if not person.paused_in:
        return "available"
    if len(person.paused_in) == len(person.penalties):
        report.differs(person.setting, "paused: the agent starts logged out")
        return Said("logged_out", "paused in queues.conf")
    text = f"paused in {', '.join(person.paused_in)} alone: a break holds in all queues here"
    report.lost(person.setting, text)
    return "available"
