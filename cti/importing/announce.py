"""What does app_queue tell those who wait, in our words? Two kinds of announcement, each with its timer, become one."""

from __future__ import annotations

from cti.importing.options import FALSE, TRUE, Options, matches, within
from cti.importing.report import Report
from cti.importing.yaml_text import Said, Value
from cti.model import policy


def announcements(options: Options, report: Report) -> dict[str, Value]:
    """Return the keys of `announce`; none where callers are told nothing."""
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
