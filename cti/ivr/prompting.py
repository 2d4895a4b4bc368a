"""Which sound files say a prompt of a flow? Names for its texts, files for its variables.

A text of a node is the file cti/flows/FLOW/NODE[/PART][/NUMBER]: PART is the field it stands in (none for what the node
is there for), NUMBER counts where variables divide it. A recorded file of that name is as good as one made from text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from cti.ivr.graph import prompts
from cti.ivr.values import Plain
from cti.ivr.verbs import Segment, Sound, Spoken
from cti.model.flow import Flow, Texts
from cti.model.spoken import ANY_LANGUAGE, Kind, Part, Prompt, PromptText, Recording, Slot, Words
from cti.speech.saying import say, spoken_language

TEXTS = tuple(Texts.model_fields)
_DEFAULT_TEXTS = Texts()


def text_place(flow: Flow, field: str) -> str:
    """Return the file's name of one of the flow's own texts; those that nobody changed are common to all flows."""
    ours = getattr(flow.texts, field) != getattr(_DEFAULT_TEXTS, field)
    return f"cti/texts/{flow.name}/{field}" if ours else f"cti/texts/{field}"


def node_place(flow: Flow, node: str, field: str) -> str:
    """Return the file's name of a prompt of a node."""
    return f"cti/flows/{flow.name}/{node}/{field}" if field else f"cti/flows/{flow.name}/{node}"


def language_of_line(flow: Flow, prompt: Prompt, language: str) -> tuple[str, tuple[Part, ...]]:
    """Return what is said where `language` is wanted, and in which language it is: else the first that has a text."""
    for choice in (language, *flow.languages, *prompt.lines):
        if choice in prompt.lines and choice != ANY_LANGUAGE:
            return choice, prompt.lines[choice]
    return language if _only_files(prompt) else flow.languages[0], prompt.lines[ANY_LANGUAGE]


def _only_files(prompt: Prompt) -> bool:
    return not any(isinstance(part, Words) for part in prompt.parts())


def named(place: str, line: tuple[Part, ...]) -> Iterator[tuple[str, Part]]:
    """Yield each part with the name of its file ("" for a variable)."""
    numbered = len(line) > 1
    count = 0
    for part in line:
        if isinstance(part, Words):
            count += 1
            yield f"{place}/{count}" if numbered else place, part
        else:
            yield part.file if isinstance(part, Recording) else "", part


def segments(
    flow: Flow, prompt: Prompt, place: str, language: str, value: Callable[[Slot, str], Iterator[Segment]]
) -> Iterator[Segment]:
    """Yield what to play for `prompt`; `value` says a variable in a language."""
    chosen = list(prompt.lines.items()) if prompt.each else [language_of_line(flow, prompt, language)]
    for spoken, line in chosen:
        for file, part in named(place, line):
            if isinstance(part, Slot):
                yield from value(part, spoken)
            else:
                yield Sound(file, spoken, part.text if isinstance(part, Words) else "")


def value_segments(kind: Kind, value: Plain, language: str, currency: str) -> Iterator[Segment]:
    """Yield what says `value`: sound files, or a text to be spoken now. Nothing for what is not known."""
    if value is None or value == "":
        return
    if kind is Kind.TEXT:
        yield Spoken(str(value), language)
        return
    try:
        files = say(kind, value, language, currency)
    except ValueError:
        return
    for file in files:
        yield Sound(file, spoken_language(language))


def texts_of(flow: Flow) -> Iterator[PromptText]:
    """Yield every sound file that the flow's own texts need: what to record, or to make from text."""
    places = [(text_place(flow, field), getattr(flow.texts, field)) for field in TEXTS]
    places += [(node_place(flow, name, field), p) for name, node in flow.nodes.items() for field, p in prompts(node)]
    for place, prompt in places:
        for language, line in prompt.lines.items():
            if language not in (*flow.languages, ANY_LANGUAGE):
                continue
            for file, part in named(place, line):
                if isinstance(part, Words):
                    yield PromptText(file, language or flow.languages[0], part.text)
