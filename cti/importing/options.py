"""Which options does app_queue know, and which of them have no counterpart here, for which reason?

The list is that of Asterisk 22: configs/samples/queues.conf.sample and queue_set_param, queue_set_global_params in
apps/app_queue.c. An option that is in none of these tables is listed as unknown, never passed over in silence.
"""

from __future__ import annotations

import math
import re
from typing import Any, get_args

from cti.importing.conf import Section, Setting
from cti.importing.report import Report
from cti.suggest import did_you_mean

TRUE = ("yes", "true", "y", "t", "1", "on")  # ast_true of main/utils.c
FALSE = ("no", "false", "n", "f", "0", "off")

ALIASES = {"music": "musicclass", "musiconhold": "musicclass"}
MAPPED = {  # options of a queue that cti/importing/queue.py, importing/rings.py and importing/app_queue.py translate
    "announce-frequency", "announce-holdtime", "announce-position", "announce-position-limit",
    "announce-position-only-up", "announce-round-seconds", "announce-to-first-user", "autofill", "autopause",
    "autopausebusy", "autopausedelay", "autopauseunavail", "context", "defaultrule", "joinempty", "leavewhenempty",
    "maxlen", "member", "min-announce-frequency", "monitor-format", "monitor-type", "musicclass",
    "penaltymemberslimit", "periodic-announce", "periodic-announce-frequency", "periodic-announce-startdelay",
    "random-periodic-announce", "relative-periodic-announce", "retry", "ringinuse", "servicelevel", "strategy",
    "timeout", "timeoutpriority", "timeoutrestart", "weight", "wrapuptime",
}  # fmt: skip
LOG_RESTRICTED = "log-restricted-caller-id"
GENERAL = {  # options of [general]
    LOG_RESTRICTED,  # there in queues.conf.sample; app_queue reads it in a queue alone
    "autofill", "force_longest_waiting_caller", "log-caller-id-name", "log_membername_as_agent",
    "log_unpause_on_reason_change", "monitor-type", "negative_penalty_invalid", "persistentmembers", "shared_lastcall",
}  # fmt: skip
SOUNDS = {  # played here too, under these names of Asterisk's own sound files
    "queue-youarenext", "queue-thereare", "queue-callswaiting", "queue-holdtime", "queue-minute", "queue-minutes",
    "queue-thankyou",
}  # fmt: skip
SOUNDS_NOT_PLAYED = {
    "queue-seconds": "expected waits are told in whole minutes",
    "queue-quantity1": "the true position is always told, never 'more than'",
    "queue-quantity2": "the true position is always told, never 'more than'",
    "queue-reporthold": "the agent is not told by voice how long the caller waited; screens and reports show it",
}
NO_COUNTERPART_TEXT = {  # lost if they say anything
    "announce": "nothing is played to the agent before he is connected; screens show which queue the call is from",
    "queue-callerannounce": "nothing is played to the caller between the agent's answer and the talk",
    "membergosub": "no gosub runs on the agent's channel; the events of the engine tell other programs who answered",
}
NO_COUNTERPART_TRUE = {  # lost if they are switched on
    "setinterfacevar": "MEMBER* variables are not set; the engine's events and queue_log say who answered",
    "setqueuevar": "QUEUE* variables are not set; ask `cti queue show` or /metrics",
    "setqueueentryvar": "QE* variables are not set; queue_log and the engine's events hold wait and first position",
    "reportholdtime": SOUNDS_NOT_PLAYED["queue-reporthold"],
}
NO_COUNTERPART_NUMBER = {  # lost if they are more than 0
    "memberdelay": "caller and agent are connected at once",
}
QUEUE = (
    MAPPED
    | SOUNDS
    | set(SOUNDS_NOT_PLAYED)
    | set(NO_COUNTERPART_TEXT)
    | set(NO_COUNTERPART_TRUE)
    | set(NO_COUNTERPART_NUMBER)
    | {LOG_RESTRICTED}
)
GONE = {  # of older versions; app_queue of Asterisk 22 warns and does nothing
    "enable_cidname_logging", "eventmemberstatus", "eventwhencalled", "keepstats", "membermacro", "monitor-join",
    "queue-lessthan", "queue-less-than", "updatecdr",
}  # fmt: skip
FREEPBX = {  # written into queues_additional.conf for FreePBX's own dialplan and scheduler
    "answered_elsewhere", "cron_random", "cron_schedule", "recording", "rvolume", "skip_joinannounce",
}  # fmt: skip


class Options:
    """The settings of one section: of several with the same name the last one counts, as in Asterisk."""

    def __init__(self, section: Section, known: set[str], report: Report) -> None:
        self.section = section
        self.members: list[Setting] = []
        self._last: dict[str, Setting] = {}
        self._report = report
        for setting in section.settings:
            name = ALIASES.get(setting.name, setting.name)
            if name == "member" and "member" in known:
                self.members.append(setting)
            elif name in known:
                self._last[name] = setting
            elif name in GONE:
                report.lost(setting, "not an option of Asterisk 22's app_queue either")
            else:
                report.unknown(setting, f"[{section.name}]: {_unknown(name, known)}")

    def find(self, name: str) -> Setting | None:
        """Return the setting itself, for a note about it."""
        return self._last.get(name)

    def text(self, name: str) -> str:
        setting = self._last.get(name)
        return setting.value if setting else ""

    def truth(self, name: str, default: bool) -> bool:
        """Return yes or no; anything else is an error (app_queue would take it for no)."""
        setting = self._last.get(name)
        if setting is None:
            return default
        if setting.value.lower() in TRUE:
            return True
        if setting.value.lower() not in FALSE:
            self.refuse(setting, "must be yes or no")
        return False

    def whole(self, name: str, default: int) -> int:
        """Return a whole number; anything else is an error (app_queue would take what it can of it, or 0)."""
        setting = self._last.get(name)
        if setting is None:
            return default
        number = whole_number(setting.value)
        if number is None:
            self.refuse(setting, "must be a whole number")
            return default
        return number

    def refuse(self, setting: Setting, text: str) -> None:
        """A value that cannot be used is an error with its place."""
        self._report.error(setting.place, f"[{self.section.name}] {setting.name}: {text}")


def whole_number(text: str) -> int | None:
    """Return the number in `text`, or None. Asterisk's numbers are ints: more digits are a mistake."""
    return int(text) if re.fullmatch(r"[+-]?[0-9]{1,9}", text) else None


def matches(annotated: Any, text: str) -> bool:
    """Say whether `text` has the form that one of the schema's names asks for."""
    return any(re.search(limit.pattern, text) for limit in get_args(annotated)[1:])


def within(options: Options, name: str, number: float, least: float, most: float, report: Report) -> float:
    """Return `number` inside our limits, with a note where they change it."""
    inside = min(max(number, least), most)
    setting = options.find(name)
    if setting is not None and not math.isclose(inside, number):
        report.differs(setting, f"must lie between {least:g} and {most:g} here, so it became {inside:g}")
    return inside


def note_what_is_lost(options: Options, report: Report) -> None:
    """Note every option of a queue that is on and that nothing here corresponds to."""
    for name, reason in NO_COUNTERPART_TEXT.items():
        if options.text(name):
            _lost(options, name, reason, report)
    for name, reason in NO_COUNTERPART_TRUE.items():
        if options.truth(name, default=False):
            _lost(options, name, reason, report)
    for name, reason in NO_COUNTERPART_NUMBER.items():
        if options.whole(name, 0) > 0:
            _lost(options, name, reason, report)
    for name, reason in SOUNDS_NOT_PLAYED.items():
        if options.find(name) and options.text(name) != name:
            _lost(options, name, reason, report)
    for name in sorted(SOUNDS):
        if options.find(name) and options.text(name) != name:
            text = f"position and wait are told with Asterisk's own names: put your recording where {name} is"
            _lost(options, name, text, report)
    if not options.truth(LOG_RESTRICTED, default=True):
        _lost(options, LOG_RESTRICTED, "the caller's number is logged as Asterisk gives it to the engine", report)


def _lost(options: Options, name: str, reason: str, report: Report) -> None:
    setting = options.find(name)
    assert setting is not None
    report.lost(setting, reason)


def _unknown(name: str, known: set[str]) -> str:
    if name in GENERAL:
        return "belongs into [general]; app_queue passes over it here"
    if name in QUEUE:
        return "belongs into a queue; app_queue passes over it here"
    if name in FREEPBX:
        return "an option of FreePBX's own dialplan, not of app_queue"
    return f"unknown option{did_you_mean(name, known)}"
