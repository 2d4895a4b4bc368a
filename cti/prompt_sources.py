"""Which prompts does a whole configuration folder want? Its prompts.yaml, its flows, the words that say values.

Knows where texts stand; what becomes of them is prompts/'s.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from cti import flow_files
from cti.ivr.prompting import texts_of
from cti.model.errors import ConfigError
from cti.model.flow import Flow
from cti.model.spoken import PromptText
from cti.prompts import wanted
from cti.speech.saying import vocabulary

FILE, FLOWS = wanted.FILE, "flows"


def prompts_in(folder: Path) -> list[PromptText]:
    """Return every prompt that `folder` wants: prompts.yaml and flows/*.yaml, either may be missing.

    Raises ConfigError with every problem, and where there is neither.
    """
    listed, flows = folder / FILE, folder / FLOWS
    if not flow_files.flow_paths(flows):
        return wanted.merged(wanted.read(listed))
    read = flow_files.read(flows)
    if read.errors:
        raise ConfigError(read.errors)
    of_flows = [prompt for flow in read.flows.values() for prompt in _of_flow(flow)]
    return wanted.merged(wanted.read(listed) if listed.exists() else [], of_flows)


def _of_flow(flow: Flow) -> Iterator[PromptText]:
    yield from texts_of(flow)
    for language in flow.languages:
        yield from vocabulary(language)
