"""What is one queue of app_queue in our words? Its options to the keys of a queue, each choice with its comment.

What needs more than one queue to decide (tiers, agents, missed offers) is importing/app_queue.py's.
"""

from __future__ import annotations

from cti.importing.announce import announcements
from cti.importing.options import FALSE, TRUE, Options, matches, note_what_is_lost, within
from cti.importing.report import Report
from cti.importing.yaml_text import Said, Value
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
    announce = announcements(options, report)
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
            near = did_you_mean(name, STRATEGIES) or f" (known: {', '.join(sorted(STRATEGIES))})"
            options.refuse(setting, f"unknown strategy{near}")
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
