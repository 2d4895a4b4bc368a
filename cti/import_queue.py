"""What is one queue of app_queue in our words? Its options to the keys of a queue, each choice with its comment.

What needs more than one queue to decide (tiers, agents, missed offers) is import_app_queue.py's.
"""

from __future__ import annotations

import re
from typing import Any, get_args

from cti.import_options import FALSE, TRUE, Options, note_what_is_lost, within
from cti.import_report import Report
from cti.import_yaml import Said, Value
from cti.model import policy
from cti.suggest import did_you_mean

STRATEGIES = {  # app_queue's name: ours, and what is not quite the same
    "ringall": ("ring_all", ""),
    "leastrecent": (
        "longest_idle",
        "idle begins when wrap-up ends, over all queues; app_queue counts this queue alone",
    ),
    "fewestcalls": ("fewest_contacts", "counted over all queues since the agent logged in"),
    "random": ("weighted_random", ""),
    "rrmemory": ("round_robin", "whoever was asked longest ago, over all queues"),
    "roundrobin": ("round_robin", "whoever was asked longest ago, over all queues"),
    "rrordered": ("round_robin", "whoever was asked longest ago, over all queues"),
    "linear": ("linear", ""),
    "wrandom": ("weighted_random", "the penalty became a weight of 1 / (1 + penalty): nearly app_queue's odds"),
}
EMPTY = {"paused", "penalty", "inuse", "ringing", "invalid", "unavailable", "unknown", "wrapup"}
STRICT = {"penalty", "invalid", "paused", "unavailable"}
AWAY = {"invalid", "unavailable", "paused"}  # what comes near to nobody being logged in
BUSY = {"inuse", "ringing", "wrapup", "unknown"}


def queue(options: Options, report: Report) -> dict[str, Value]:
    """Return the keys of one queue. Errors and what cannot be carried over go into `report`."""
    note_what_is_lost(options, report)
    keys: dict[str, Value] = {}
    keys |= _target(options, report)
    keys |= _strategy(options, report)
    keys |= _times(options, report)
    keys |= _leaving(options, report)
    announce = _announcements(options, report)
    if announce:
        keys["announce"] = announce
    keys |= _music(options, report)
    _always_so(options, report)
    return keys


def _target(options: Options, report: Report) -> dict[str, Value]:
    level_s = options.whole("servicelevel", 0)
    if level_s <= 0:
        return {}
    target_s = within(options, "servicelevel", level_s, 1, 86_400, report)
    return {"target_s": Said(target_s, "servicelevel")}


def _strategy(options: Options, report: Report) -> dict[str, Value]:
    name = options.text("strategy").lower() or "ringall"
    setting = options.find("strategy")
    if name not in STRATEGIES:
        if setting is not None:
            options.refuse(setting, f"unknown strategy{did_you_mean(name, STRATEGIES)}")
        return {}
    ours, difference = STRATEGIES[name]
    if setting is not None and difference:
        report.differs(setting, difference)
    return {"strategy": ours if setting else Said(ours, "app_queue's default")}


def _times(options: Options, report: Report) -> dict[str, Value]:
    keys: dict[str, Value] = {}
    ring_s, setting = options.whole("timeout", 15), options.find("timeout")
    if setting is not None and ring_s == 0:
        report.differs(setting, "app_queue rings without end; a phone rings for at most 300 s here")
        keys["ring_timeout_s"] = 300
    else:
        keys["ring_timeout_s"] = within(options, "timeout", 15 if ring_s < 0 else ring_s, 1, 300, report)
    wrap_up_s = within(options, "wrapuptime", max(0, options.whole("wrapuptime", 0)), 0, 3600, report)
    if wrap_up_s:
        keys["wrap_up_s"] = wrap_up_s
    priority = options.find("timeoutpriority")
    if priority is not None and priority.value.lower() == "conf":
        text = "a caller whose max_wait_s is over leaves at once, even while a phone rings (app_queue's `app`)"
        report.lost(priority, text)
    elif priority is not None and priority.value.lower() != "app":
        options.refuse(priority, "must be app or conf")
    elif priority is not None:
        report.same(priority, "max_wait_s ends the wait, even while a phone rings")
    return keys


def _leaving(options: Options, report: Report) -> dict[str, Value]:
    keys: dict[str, Value] = {}
    if options.whole("maxlen", 0) > 0:
        most = int(within(options, "maxlen", options.whole("maxlen", 0), 1, 100_000, report))
        keys["max_waiting"] = most
        keys["on_full"] = Said({}, "hangs up; Queue() went on in your dialplan with QUEUESTATUS=FULL")
    keys |= _nobody(options, report)
    setting = options.find("context")
    if setting is not None and setting.value:
        text = 'which digits leave is in your dialplan; write them as keys: {"1": {goto: "cti-...,s,1"}}'
        report.lost(setting, text)
    return keys


def _nobody(options: Options, report: Report) -> dict[str, Value]:
    """Write joinempty and leavewhenempty as on_nobody, if they are about people who are away."""
    found: dict[str, set[str]] = {}
    for name in ("joinempty", "leavewhenempty"):
        setting = options.find(name)
        if setting is None:
            continue
        conditions = found[name] = _conditions(options, name)
        busy = sorted(conditions & BUSY)
        if busy:
            text = f"{', '.join(busy)}: a busy agent is there; on_long_wait turns callers away by the expected wait"
            report.lost(setting, text)
        if "penalty" in conditions and not conditions & AWAY:
            report.lost(setting, "penalty: nobody within the penalties is only noticed if nobody is logged in there")
        if conditions & AWAY:
            text = "became on_nobody: nobody is logged in who could ever take the call, where a break counts as there"
            report.differs(setting, text)
        elif not conditions:
            report.same(setting, "callers may wait while nobody is there")
    away = [name for name, conditions in found.items() if conditions & AWAY]
    if not away:
        return {}
    if len(away) == 1:
        setting = options.find(away[0])
        assert setting is not None
        report.differs(setting, "on_nobody holds at the door and in the line, not only for one of the two")
    return {"on_nobody": Said({}, 'hangs up; {goto: "cti-fallback,6002,1"} lets callers leave a number')}


def _conditions(options: Options, name: str) -> set[str]:
    """Read the value as parse_empty_options of app_queue.c does: word by word, a word like `strict` starts anew."""
    conditions: set[str] = set()
    setting = options.find(name)
    assert setting is not None
    for word in (part.strip().lower() for part in setting.value.split(",")):
        may_wait = TRUE if name == "joinempty" else FALSE
        if word in EMPTY:
            conditions.add(word)
        elif word == "loose":
            conditions = {"penalty", "invalid"}
        elif word == "strict":
            conditions = set(STRICT)
        elif word in may_wait:
            conditions = set()
        elif word in TRUE or word in FALSE:
            conditions = {"penalty", "invalid", "paused"}
        else:
            known = {*EMPTY, "yes", "no", "strict", "loose"}
            options.refuse(setting, f'"{word}" is no condition{did_you_mean(word, known)}')
    return conditions


# --- what callers hear --------------------------------------------------------------------------------------------


def _announcements(options: Options, report: Report) -> dict[str, Value]:
    told = _position_and_wait(options, report)
    files = _periodic(options, report)
    position_every_s = options.whole("announce-frequency", 0)
    periodic_every_s = options.whole("periodic-announce-frequency", 0)
    keys: dict[str, Value] = {}
    if told:
        keys["first_after_s"] = Said(0, "app_queue tells the position as soon as a caller waits")
        keys["every_s"] = within(options, "announce-frequency", position_every_s, 5, 3600, report)
        keys |= told
        setting = options.find("periodic-announce-frequency")
        if files and setting is not None and periodic_every_s != position_every_s:
            text = f"there is one interval for all a caller is told: every {keys['every_s']:g} s, as announce-frequency"
            report.differs(setting, text)
    elif files:
        first_s = options.whole("periodic-announce-startdelay", -1)
        name = "periodic-announce-startdelay" if first_s >= 0 else "periodic-announce-frequency"
        keys["first_after_s"] = within(options, name, first_s if first_s >= 0 else periodic_every_s, 0, 3600, report)
        keys["every_s"] = within(options, "periodic-announce-frequency", periodic_every_s, 5, 3600, report)
    if files:
        keys["play"] = files
    return keys


def _position_and_wait(options: Options, report: Report) -> dict[str, Value]:
    position, wait = options.text("announce-position").lower(), options.text("announce-holdtime").lower()
    for name, value, also in (
        ("announce-position", position, ("limit", "more")),
        ("announce-holdtime", wait, ("once",)),
    ):
        setting = options.find(name)
        if setting is not None and value not in (*TRUE, *FALSE, *also):
            options.refuse(setting, f"must be yes, no or {' or '.join(also)}")
    details = {
        "min-announce-frequency": "callers are told every every_s, also when their position changed meanwhile",
        "announce-position-limit": "the true position is told to everybody",
        "announce-position-only-up": "told every every_s, whether the position has improved or not",
        "announce-round-seconds": "expected waits are told in whole minutes",
        "announce-to-first-user": "the first in line is told as well: an announcement never delays a free agent",
    }
    if options.whole("announce-frequency", 0) <= 0:
        for name in ("announce-position", "announce-holdtime", *details):
            setting = options.find(name)
            if setting is not None:
                report.same(setting, "no effect without announce-frequency")
        return {}
    for name, text in details.items():
        setting = options.find(name)
        if setting is not None and setting.value.lower() not in FALSE:
            report.lost(setting, text)
    for name, value in (("announce-position", position), ("announce-holdtime", wait)):
        setting = options.find(name)
        if setting is not None and value in ("limit", "more", "once"):
            text = "told every time" if value == "once" else details["announce-position-limit"]
            report.differs(setting, text)
    keys: dict[str, Value] = {}
    if position not in FALSE:
        keys["position"] = True
    if wait not in FALSE:
        keys["wait"] = True
    return keys


def _periodic(options: Options, report: Report) -> list[Value]:
    setting = options.find("periodic-announce")
    details = ("random-periodic-announce", "relative-periodic-announce", "periodic-announce-startdelay")
    if options.whole("periodic-announce-frequency", 0) <= 0:
        for name in ("periodic-announce", *details):
            unused = options.find(name)
            if unused is not None:
                report.same(unused, "no effect without periodic-announce-frequency")
        return []
    named = setting.value.split(",") if setting else ["queue-periodic-announce"]
    files: list[Value] = []
    for file in filter(None, (name.strip() for name in named[:10])):
        if matches(policy.SoundFile, file):
            files.append(file)
        elif setting is not None:
            report.lost(
                setting, f"{file}: only files below Asterisk's sounds folder, such as custom/wait, can be played"
            )
    if setting is not None and len(files) > 1:
        report.differs(setting, "the files are played one after the other each time, not one each time in turn")
    for name in details[:2]:
        detail = options.find(name)
        if detail is not None and options.truth(name, default=False):
            text = "always in the stated order" if name.startswith("random") else "every_s runs from start to start"
            report.lost(detail, text)
    delay = options.find("periodic-announce-startdelay")
    if delay is not None and options.whole("announce-frequency", 0) > 0:
        report.differs(delay, "one interval and one beginning for all a caller is told: see announce")
    return files


def _music(options: Options, report: Report) -> dict[str, Value]:
    setting = options.find("musicclass")
    if setting is None or setting.value in ("", "default"):
        return {}
    if not matches(policy.MusicClass, setting.value):
        report.lost(setting, "the name of a music class has up to 40 of A-Z a-z 0-9 _ - here")
        return {}
    return {"music": setting.value}


# --- what needs no key --------------------------------------------------------------------------------------------


def _always_so(options: Options, report: Report) -> None:
    ring_busy = options.find("ringinuse")
    if ring_busy is not None:
        if options.truth("ringinuse", default=True):
            report.lost(ring_busy, "an agent who has a call is never rung")
        else:
            report.same(ring_busy, "an agent who has a call is never rung")
    fill = options.find("autofill")
    if fill is not None:
        if options.truth("autofill", default=False):
            report.same(fill, "every free agent gets a caller at once")
        else:
            report.lost(fill, "nobody waits beside a free agent: all free agents get callers at once")
    restart = options.find("timeoutrestart")
    if restart is not None:
        options.truth("timeoutrestart", default=False)
        report.same(restart, "each agent's phone rings for ring_timeout_s of its own")
    for name in ("monitor-format", "monitor-type"):
        setting = options.find(name)
        if setting is None or not setting.value:
            continue
        if name == "monitor-format":
            text = "calls are not recorded by the queue; start MixMonitor in the dialplan that sends callers in"
            report.lost(setting, text)
        else:
            report.same(setting, "no effect without monitor-format")
    delay = options.find("autopausedelay")
    if delay is not None and options.whole("autopausedelay", 0) > 0:
        report.lost(delay, "a missed offer counts, however recent the agent's last call was")
    pause = options.find("autopause")
    if pause is not None and pause.value.lower() not in (*TRUE, *FALSE, "all"):
        options.refuse(pause, "must be yes, no or all")


def matches(annotated: Any, text: str) -> bool:
    """Say whether `text` has the form that one of the schema's names asks for."""
    return any(re.search(limit.pattern, text) for limit in get_args(annotated)[1:])
