"""Which prompts does a whole configuration folder want? Its prompts.yaml, flows, articles, the words that say values.

Knows where texts stand; what becomes of them is prompts/'s.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from cti import articles
from cti.articles import Article
from cti.flows import files
from cti.ivr.prompting import texts_of
from cti.model.errors import ConfigError
from cti.model.flow import Flow
from cti.model.spoken import PromptText
from cti.prompts import wanted
from cti.speech.saying import vocabulary

FILE, FLOWS = wanted.FILE, "flows"


def prompts_in(folder: Path) -> list[PromptText]:
    """Return every prompt that `folder` wants: prompts.yaml, flows/*.yaml and articles/*.yaml, each may be missing.

    Raises ConfigError with every problem, and where there is neither.
    """
    listed, flows = folder / FILE, folder / FLOWS
    of_articles = list(_of_articles(articles.read(folder / articles.FOLDER)))
    if not files.flow_paths(flows):
        return wanted.merged(wanted.read(listed), of_articles)
    read = files.read(flows)
    if read.errors:
        raise ConfigError(read.errors)
    of_flows = [prompt for flow in read.flows.values() for prompt in _of_flow(flow)]
    return wanted.merged(wanted.read(listed) if listed.exists() else [], of_flows, of_articles)


def _of_articles(found: Mapping[str, Article]) -> Iterator[PromptText]:
    for name, article in found.items():
        for language, text in article.text.items():
            yield PromptText(f"{articles.PROMPTS}/{name}", language, " ".join(text.split()))


def _of_flow(flow: Flow) -> Iterator[PromptText]:
    yield from texts_of(flow)
    for language in flow.languages:
        yield from vocabulary(language)
