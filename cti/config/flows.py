"""Which flows does a configuration name, and do both fit together? The folder read, every problem with its place.

Puts nothing to work: which version of the flows holds is flows/in_force.py's.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import NamedTuple

from cti.config import campaigns, ways, yaml_file
from cti.config.check import flows_of
from cti.config.finding import Finding
from cti.config.settings import FlowRules, Reading, Settings
from cti.config.yaml_file import Problem
from cti.flows import files
from cti.flows.files import Folder
from cti.ivr.known import Known
from cti.model.policy import Center
from cti.suggest import did_you_mean


class Fit(NamedTuple):
    """What came of reading the flows with the configuration: lines `file:line:column: path: what`."""

    folder: Folder
    errors: list[str]
    warnings: list[str]


def known_names(center: Center, lookups: Collection[str], rules: FlowRules | None) -> Known:
    """Return the names that flows may use of this centre."""
    return Known(
        queues=center.queues.keys(),
        agents=center.agents.keys(),
        skills={skill for agent in center.agents.values() for skill in agent.skills},
        hours=center.hours.keys(),
        lookups=lookups,
        transfers=None if rules is None else rules.transfers.keys(),
    )


def known_of(settings: Settings) -> Known:
    """Return the names that flows may use, where the whole file is at hand."""
    return known_names(settings.center, settings.lookups.keys(), settings.flows)


def fit(reading: Reading) -> Fit:
    """Return the flows that the file at hand names, and what is wrong; nothing where the file itself is broken."""
    settings = reading.settings
    if settings is None:
        return Fit(Folder([]), [], [])
    folder = Folder([]) if settings.flows is None else files.read(settings.flows.folder, known_of(settings))
    errors = folder.errors or lines(lost_entries(settings, folder.flows, settings.flows), reading)
    if errors:
        return Fit(folder, errors, folder.warnings)
    _note_lost_flows(settings, folder)
    found = [*ways.lost_queues(settings, folder.flows), *campaigns.unkept(settings, folder.flows)]
    return Fit(folder, [], folder.warnings + lines(iter(found), reading, key=True))


def _note_lost_flows(center: Center, folder: Folder) -> None:
    lost = ways.lost_flows(center, folder.flows)
    for file in folder.files:
        if file.flow is not None and file.flow.name in lost:
            text = "nothing leads here: no entry names this flow, and no subflow of one that callers reach"
            file.warnings.append(Problem(yaml_file.locate(file.tree, ("name",)), ("name",), text))


def lost_entries(center: Center, flows: Collection[str], rules: FlowRules | None) -> Iterator[Finding]:
    """Yield a complaint for each dialled number, campaign and way out of a queue whose flow does not exist."""
    named: list[tuple[tuple[str, ...], str | None]] = []
    named += [(("entries", number, "flow"), entry.flow) for number, entry in center.entries.items()]
    named += [(("campaigns", name, "flow"), campaign.flow) for name, campaign in center.campaigns.items()]
    named += [
        (("campaigns", name, "safe_harbour", "flow"), one.safe_harbour.flow) for name, one in center.campaigns.items()
    ]
    for here, flow in named:
        if flow is None or flow in flows:
            continue
        text = f'there is no flow "{flow}"{did_you_mean(flow, flows)}'
        if rules is None:
            text = "there are no flows; name their folder, such as flows: {folder: flows}"
        yield Finding(here, text, is_error=True)
    for name, queue in center.queues.items():
        for where, flow in flows_of(queue):
            if flow not in flows:
                text = f'there is no flow "{flow}"{did_you_mean(flow, flows)}'
                yield Finding(("queues", name, *where), text, is_error=True)


def lines(findings: Iterator[Finding], reading: Reading | None, *, key: bool = False) -> list[str]:
    """Return one line for each finding, with its place (of the key, or of what it says) where the file is at hand."""
    found = list(findings)
    if reading is None or reading.tree is None:
        return [f"{'.'.join(map(str, finding.path))}: {finding.text}" for finding in found]
    tree = reading.tree
    problems = [Problem(yaml_file.locate(tree, each.path, key=key), each.path, each.text) for each in found]
    return yaml_file.lines(reading.file, problems)
