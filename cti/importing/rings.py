"""What are app_queue's penalty rules in our words? queuerules.conf to rings that change a queue's penalty range.

app_queue changes a range only if the dialplan has set it before Queue() (QUEUE_MIN_PENALTY, QUEUE_MAX_PENALTY), which
no file of its own says: the start is given by hand, or guessed and noted.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from cti.importing.conf import Conf, Section, Setting
from cti.importing.options import TRUE, whole_number
from cti.importing.report import Report
from cti.importing.yaml_text import Value
from cti.suggest import did_you_mean

HIGHEST = 1000  # our highest penalty


class Bound(NamedTuple):
    """A new value, or a change to the old one; None: as it is."""

    number: int | None = None
    is_relative: bool = False


class Change(NamedTuple):
    """`penaltychange => after_s,most,least`."""

    after_s: int
    most: Bound
    least: Bound
    setting: Setting


@dataclass
class Rules:
    """The rules of queuerules.conf by name in lower case, each in the order of time."""

    changes: dict[str, list[Change]] = field(default_factory=dict)
    sections: dict[str, Section] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)


class Range(NamedTuple):
    """Who may be asked: members whose penalty lies between the two."""

    least: int
    most: int


def read_rules(conf: Conf, report: Report) -> Rules:
    """Return the rules in a queuerules.conf that was read."""
    report.errors.extend(conf.errors)
    rules = Rules()
    for name, section in conf.sections.items():
        if section.is_template:
            continue
        if name == "general":
            _general(section, report)
            continue
        rules.sections[name] = section
        found = [_change(section, setting, report) for setting in section.settings]
        rules.changes[name] = sorted(filter(None, found), key=lambda change: change.after_s)
    for section in conf.repeated:
        report.error(section.place, f"rule [{section.name}] is defined twice; write one, or [{section.name}](+)")
    return rules


def _general(section: Section, report: Report) -> None:
    for setting in section.settings:
        if setting.name != "realtime_rules":
            report.unknown(setting, f"[general]: unknown option{did_you_mean(setting.name, ('realtime_rules',))}")
        elif setting.value.lower() in TRUE:
            report.lost(setting, "rules in a database are not read: put them into queuerules.conf and import again")


def _change(section: Section, setting: Setting, report: Report) -> Change | None:
    if setting.name != "penaltychange":
        report.unknown(setting, f"[{section.name}]: unknown option{did_you_mean(setting.name, ('penaltychange',))}")
        return None
    parts = [part.strip() for part in setting.value.split(",")]
    after_s = whole_number(parts[0])
    if not 2 <= len(parts) <= 4 or after_s is None or after_s < 0:
        report.error(setting.place, f"[{section.name}] penaltychange: must be seconds,max[,min[,raise]]")
        return None
    bounds = []
    for part in (*parts[1:3], "")[:2]:
        number = whole_number(part) if part else None
        if part and number is None:
            report.error(setting.place, f"[{section.name}] penaltychange: must be seconds,max[,min[,raise]]")
            return None
        bounds.append(Bound(number, part[:1] in ("+", "-")))
    if len(parts) == 4 and parts[3]:
        text = "QUEUE_RAISE_PENALTY: no agent's penalty is raised; put agents who shall be equal into one penalty"
        report.lost(setting, text)
    return Change(after_s, bounds[0], bounds[1], setting)


def start(changes: list[Change], penalties: list[int]) -> Range:
    """Return the range a rule most likely starts from: its first change says whether it lets agents in or out."""
    most = HIGHEST
    for change in changes:
        number, is_relative = change.most
        if number is not None:
            most = max(penalties, default=0) if is_relative and number < 0 else min(penalties, default=0)
            break
    return Range(0, most)


def unread_starts(changes: list[Change], asked: Range) -> dict[str, str]:
    """Return options that would tell where `changes` start, each with its variable; `asked` (-1: not told) has some."""
    found = {}
    if asked.least < 0 and any(change.least.number is not None for change in changes):
        found["--min-penalty"] = "QUEUE_MIN_PENALTY"
    if asked.most < 0 and any(change.most.number is not None for change in changes):
        found["--max-penalty"] = "QUEUE_MAX_PENALTY"
    return found


def rings(changes: list[Change], begin: Range, report: Report) -> tuple[Range, list[dict[str, Value]]]:
    """Return the range at the door, and the rings that follow it."""
    now, found = begin, list[dict[str, Value]]()
    first = begin
    for change in changes:
        most = _moved(now.most, change.most)
        after = Range(min(_moved(now.least, change.least), most), most)  # app_queue lowers the least, too
        if after == now:
            if change.most.number is not None or change.least.number is not None:
                report.same(change.setting, "changes nothing")
            continue
        if change.after_s == 0:
            first = now = after
            continue
        if not found or found[-1]["after_s"] != change.after_s:
            found.append({"after_s": change.after_s})
        if after.least != now.least:
            found[-1]["min_penalty"] = after.least
        if after.most != now.most:
            found[-1]["max_penalty"] = after.most
        now = after
    return first, found


def _moved(old: int, bound: Bound) -> int:
    if bound.number is None:
        return old
    return min(max(old + bound.number if bound.is_relative else bound.number, 0), HIGHEST)
