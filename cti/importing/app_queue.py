"""How does a centre that runs on app_queue move here? queues.conf and queuerules.conf to a center.yaml.

Every option is translated, or listed with the reason why not: at the top of the YAML and on stderr. What the dialplan
says (arguments of Queue(), digits that leave, dynamic members) is in neither file, and the YAML says so.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain

from cti.importing.conf import Conf, Place, Section, read
from cti.importing.general import missed_offers, note_general
from cti.importing.members import People, agents
from cti.importing.names import Names
from cti.importing.options import GENERAL, QUEUE, Options
from cti.importing.queue import queue
from cti.importing.report import Kind, Report
from cti.importing.rings import Range, Rules, read_rules, rings, start, unread_starts
from cti.importing.yaml_text import Said, Value, render, wrapped
from cti.model import policy
from cti.suggest import did_you_mean

USUAL_TIER = 5
LAST_TIER = 9
PLUMBING = """\
nodes:
  node1:                        # your Asterisk; its AMI user: asterisk/etc/manager.d/cti.conf
    host: 127.0.0.1
    secret_env: CTI_AMI_SECRET

fastagi:
  token_env: CTI_AGI_TOKEN      # the secret part of agi://127.0.0.1:4573/inbound/TOKEN in the dialplan
"""


@dataclass
class Imported:
    """The YAML (empty where there are errors), and the notes by their heading."""

    yaml: str = ""
    errors: list[str] = field(default_factory=list)
    notes: dict[str, list[str]] = field(default_factory=dict)


def convert(
    queues: str | os.PathLike[str],
    rules: str | os.PathLike[str] | None = None,
    *,
    min_penalty: int | None = None,
    max_penalty: int | None = None,
) -> Imported:
    """Return the centre that `queues` (a queues.conf) and `rules` (a queuerules.conf) describe.

    `min_penalty`, `max_penalty`: what the dialplan sets QUEUE_MIN_PENALTY and QUEUE_MAX_PENALTY to before Queue(), from
    where rules start; without them the start is guessed and noted. Never raises: what is wrong is in `errors`, each
    as `file:line: what`.
    """
    report = Report()
    conf = read(queues)
    report.errors.extend(conf.errors)
    known_rules = read_rules(read(rules), report) if rules is not None else None
    centre = _Centre(conf, known_rules, Range(*_asked(min_penalty, max_penalty)), report)
    tree = centre.tree()
    if report.errors:
        return Imported(errors=list(dict.fromkeys(report.errors)))
    files = " and ".join(os.path.basename(os.fspath(file)) for file in (queues, rules) if file is not None)
    text = "\n".join([*_header(files, report), "", PLUMBING, *_blocks(tree)]) + "\n"
    return Imported(text, [], {str(kind): report.lines(kind) for kind in Kind if report.lines(kind)})


def _asked(least: int | None, most: int | None) -> tuple[int, int]:
    return (-1 if least is None else least, -1 if most is None else most)


class _Centre:
    """What is decided over all queues."""

    def __init__(self, conf: Conf, rules: Rules | None, asked: Range, report: Report) -> None:
        self._report = report
        self._rules = rules
        self._asked = asked  # -1: not told
        self._general = Options(conf.sections.get("general", Section("general", Place("", 1))), GENERAL, report)
        sections = [each for key, each in conf.sections.items() if key != "general" and not each.is_template]
        names = Names("queue-")
        self._sources = {names.of(each.name): Options(each, QUEUE, report) for each in sections}
        for section in conf.repeated:
            text = "defined a second time: app_queue skips it, and so does this"
            report.note(Kind.LOST, f"[{section.name}]", text, section.place)
        if not sections and not report.errors:
            report.errors.append("no queue: there is no [section] but templates and [general]")

    def tree(self) -> dict[str, Value]:
        """Return the policy part of the YAML."""
        report = self._report
        people = People(report)
        queues: dict[str, dict[str, Value]] = {}
        tiers = self._tiers()
        for name, options in self._sources.items():
            people.add(options, name)
            keys: dict[str, Value] = {}
            if name in tiers:
                keys["tier"] = tiers[name]
            queues[name] = keys | queue(options, report)
            self._wrap_up(name, options, people, queues[name])
        _equally_urgent(queues)
        flat = self._no_penalties(people)
        strategies = {name: _plain(keys.get("strategy")) for name, keys in queues.items()}
        for name, options in self._sources.items():
            penalties = [each.penalties[name] for each in people.of(name)]
            queues[name] |= self._rings(options, penalties, is_flat=name in flat)
        by_weight = {name for name, options in self._sources.items() if options.text("strategy").lower() == "wrandom"}
        linear = [name for name, strategy in strategies.items() if strategy == "linear"]
        everybody = agents(people, linear, by_weight, report)
        self._notes(people)
        tree: dict[str, Value] = {"queues": dict(queues)}
        if everybody:
            tree["agents"] = everybody
        entries = self._entries()
        if entries:
            tree["entries"] = entries
        return tree | missed_offers(list(self._sources.values()), report)

    def _tiers(self) -> dict[str, Value]:
        """Higher weight before lower, strictly, as in app_queue: each weight becomes a tier."""
        weights = {name: options.whole("weight", 0) for name, options in self._sources.items()}
        ranks = sorted(set(weights.values()), reverse=True)
        if len(ranks) < 2:
            for options in self._sources.values():
                setting = options.find("weight")
                if setting is not None:
                    self._report.same(setting, "all queues have the same weight")
            return {}
        last = max(USUAL_TIER, min(LAST_TIER, len(ranks) - 1))
        tier = {weight: max(0, last - (len(ranks) - 1 - rank)) for rank, weight in enumerate(ranks)}
        text = (
            "became tier: a queue of a lower tier goes first whatever the wait, so the others can starve, as with "
            "weight. One tier and a smaller target_s would make its callers urgent faster and starve nobody"
        )
        for options in self._sources.values():
            setting = options.find("weight")
            if setting is not None:
                self._report.differs(setting, text)
        if len(ranks) > LAST_TIER + 1:
            most = f"there are {LAST_TIER + 1} tiers: the highest weights share tier 0"
            self._report.note(Kind.LOST, f"{len(ranks)} different weights", most)
        return {name: Said(tier[weight], f"weight {weight}") for name, weight in weights.items()}

    def _wrap_up(self, name: str, options: Options, people: People, keys: dict[str, Value]) -> None:
        queue_s = _number(keys.get("wrap_up_s"))
        found_s = people.wrap_up_s(name, queue_s)
        if found_s is not None and found_s != queue_s:
            keys["wrap_up_s"] = Said(min(found_s, 3600), "the wrapuptime of every member")
        elif found_s is None:
            for person in people.of(name):
                if name in person.wrap_ups_s:
                    text = f"{person.wrap_ups_s[name]} s of wrap-up for one member: it is a queue's, {queue_s:g} s here"
                    self._report.lost(person.setting, text)

    def _no_penalties(self, people: People) -> set[str]:
        """penaltymemberslimit: with so few members app_queue passes over their penalties. Return these queues."""
        flat = set[str]()
        for name, options in self._sources.items():
            limit, members = options.whole("penaltymemberslimit", 0), people.of(name)
            setting = options.find("penaltymemberslimit")
            if setting is None or limit <= 0:
                continue
            if len(members) > limit:
                text = f"this file names {len(members)} members, so penalties hold; they hold here also with fewer"
                self._report.lost(setting, text)
                continue
            text = f"this file names no more than {limit} members: their penalties became 0, and stay so with more"
            self._report.differs(setting, text)
            flat.add(name)
            for person in members:
                person.penalties[name] = 0
        return flat

    def _rings(self, options: Options, penalties: list[int], *, is_flat: bool) -> dict[str, Value]:
        setting = options.find("defaultrule")
        if setting is None or not setting.value:
            return {}
        if self._rules is None:
            options.refuse(setting, "give the queuerules.conf that has this rule as well")
            return {}
        name = setting.value.lower()
        changes = self._rules.changes.get(name)
        if changes is None:
            options.refuse(setting, f"there is no such rule{did_you_mean(name, self._rules.changes)}")
            return {}
        self._rules.used.add(name)
        if options.text("strategy").lower() == "wrandom":
            self._report.lost(setting, "penalties are weights in this queue (wrandom), so no rule can widen by them")
            return {}
        if is_flat:
            limit = options.text("penaltymemberslimit")
            text = (
                f"no effect on up to {limit} members (penaltymemberslimit): app_queue asks all of them from the start"
            )
            self._report.lost(setting, text)
            return {}
        guess = start(changes, penalties)
        least = self._asked.least if self._asked.least >= 0 else guess.least
        begin = Range(least, self._asked.most if self._asked.most >= 0 else guess.most)
        if unread := unread_starts(changes, self._asked):
            text = (
                f"rules move what your dialplan sets before Queue() ({' and '.join(unread.values())}), which is not "
                f"read: {begin.least} to {begin.most} was assumed; {' and '.join(unread)} say what it is. What it does "
                "not set no rule moves, and everybody is asked at once: then take it out of the rule, and import again"
            )
            self._report.differs(setting, text)
        first, found = rings(changes, begin, self._report)
        keys: dict[str, Value] = {}
        if first.least > 0:
            keys["min_penalty"] = first.least
        if first.most < 1000:
            keys["max_penalty"] = Said(first.most, f"who is asked at first; then rule {setting.value}")
        if found:
            keys["rings"] = list(found)
        return keys

    def _entries(self) -> dict[str, Value]:
        """A queue that is called by a number is most often reached by dialling it (FreePBX)."""
        numbers = {
            options.section.name: name
            for name, options in self._sources.items()
            if options.section.name.isascii() and options.section.name.isdigit() and len(options.section.name) <= 20
        }
        if numbers:
            text = "taken as the number that callers of this queue dial; change `entries` where that is wrong"
            self._report.note(Kind.DIFFERS, f"queues called {', '.join(list(numbers)[:5])}", text)
        return {number: {"queue": name} for number, name in numbers.items()}

    # --- what is in no option of a queue ---

    def _notes(self, people: People) -> None:
        report = self._report
        for name, options in self._sources.items():
            if name != options.section.name:
                text = f"is called {name} here: a name begins with a letter and has up to 40 of A-Z a-z 0-9 _ -"
                report.note(Kind.DIFFERS, f"[{options.section.name}]", text, options.section.place)
            if not people.of(name):
                text = (
                    "no member lines: members of the dialplan, of AMI or of a database are not in this file; add agents"
                )
                report.note(Kind.LOST, f"members of [{options.section.name}]", text, options.section.place)
        if self._rules is not None:
            for key in self._rules.changes.keys() - self._rules.used:
                section = self._rules.sections[key]
                text = "no queue's defaultrule; if Queue() of your dialplan names it, make it one and import again"
                report.note(Kind.LOST, f"rule [{section.name}]", text, section.place)
        note_general(self._general, list(self._sources.values()), report)
        text = (
            "timeout, position, priority, options, URL and gosub of each Queue() are in your dialplan: see max_wait_s, "
        )
        report.note(Kind.LOST, "arguments of Queue()", text + "on_max_wait, head_start_s and entries")


def _equally_urgent(queues: dict[str, dict[str, Value]]) -> None:
    """servicelevel is only a statistic of app_queue: queues that promise different times stay equally urgent."""
    usual_s = policy.Queue.model_fields["target_s"].default
    if len({_number(keys.get("target_s")) or usual_s for keys in queues.values()}) < 2:
        return
    for keys in queues.values():
        keys["urgency_target_s"] = Said(usual_s, "the same for all: who waits longest goes first, whatever the target")


# --- writing ------------------------------------------------------------------------------------------------------


def _header(files: str, report: Report) -> Iterator[str]:
    yield from wrapped(f"Written by `cti import app_queue` from {files}. Read the notes, then: cti check THIS_FILE")
    yield "# Every key, its unit and its default: docs/configuration.md. Times are seconds."
    yield from report.comments()


def _blocks(tree: Mapping[str, Value]) -> Iterator[str]:
    """Yield the lines with a blank one between the parts, and between queues."""
    for key, part in tree.items():
        lines = list(render({key: part}))
        if key != "queues":
            yield from chain(lines, [""] if key != list(tree)[-1] else [])
            continue
        for number, line in enumerate(lines):
            if number > 1 and line.startswith("  ") and line[2] not in " #":
                yield ""
            yield line
        yield ""


def _plain(value: Value | None) -> Value | None:
    return value.value if isinstance(value, Said) else value


def _number(value: Value | None) -> float:
    plain = _plain(value)
    return float(plain) if isinstance(plain, int | float) else 0.0
