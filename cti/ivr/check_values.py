"""Are variables declared, formulas of the right type, texts there in every language? PURE: flows in, findings out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cti.ivr import expressions
from cti.ivr.expressions import FLAG, TEXT, TYPE_OF_KIND
from cti.ivr.graph import formulas, path_variables, prompts, reads, writes
from cti.ivr.known import Known
from cti.ivr.prompting import TEXTS
from cti.ivr.values import Unfit, initial
from cti.model import flow_nodes as nodes
from cti.model.finding import Finding
from cti.model.flow import BUILT_IN, Flow
from cti.model.flow_nodes import Node
from cti.model.spoken import ANY_LANGUAGE, Kind, Prompt, Recording, Slot, Words
from cti.speech.saying import LANGUAGES
from cti.suggest import did_you_mean

Path = tuple[str | int, ...]
SPOKEN_AS = {  # which ways to speak fit a declared kind; everything can be read as a text
    Kind.NUMBER: (Kind.NUMBER, Kind.MONEY, Kind.DIGITS),
    Kind.MONEY: (Kind.MONEY, Kind.NUMBER),
    Kind.DIGITS: (Kind.DIGITS, Kind.NUMBER),
    Kind.TEXT: (Kind.DIGITS, Kind.DATE, Kind.TIME),
    Kind.DATE: (Kind.DATE, Kind.DIGITS),
    Kind.TIME: (Kind.TIME, Kind.DIGITS),
    Kind.FLAG: (Kind.FLAG,),
}


def kinds(flow: Flow) -> dict[str, Kind]:
    """Return the kind of every variable, built-in ones included."""
    return BUILT_IN | {name: variable.type for name, variable in flow.variables.items()}


def find(flow: Flow, flows: Mapping[str, Flow], known: Known) -> Iterator[Finding]:
    """Yield what is wrong with the variables, formulas and texts of `flow`."""
    for name, variable in flow.variables.items():
        try:
            initial(variable)
        except Unfit as error:
            yield Finding(("variables", name, "default"), f"{error}: the variable is a {variable.type}", is_error=True)
    for field in TEXTS:
        yield from _prompt(("texts", field), getattr(flow.texts, field), flow, known)
    for name, node in flow.nodes.items():
        here: Path = ("nodes", name)
        yield from _writes(here, node, flow)
        yield from _reads(here, node, flow)
        yield from _formulas(here, node, flow, flows)
        yield from _secrets(here, node, flow)
        for field, prompt in prompts(node):
            yield from _prompt((*here, *_place(node, field)), prompt, flow, known)
    yield from _unused(flow)


def _place(node: Node, field: str) -> Path:
    """Return where a prompt stands in its node (graph.prompts gives the name of its file)."""
    word, _, rest = field.partition("/")
    if isinstance(node, nodes.Survey) and word == "question":
        return ("questions", [question.name for question in node.questions].index(rest), "ask")
    if isinstance(node, nodes.Say) and word == "word":
        return ("words",)
    return (word or ("ask" if hasattr(node, "ask") else str(nodes.node_type(node))),)


# --- variables --------------------------------------------------------------------------------------------------------


def _undeclared(path: Path, name: str, flow: Flow, *, to_write: bool = False) -> Iterator[Finding]:
    if to_write and name in BUILT_IN:
        yield Finding(path, f'"{name}" is set by the call itself; declare a variable of your own', is_error=True)
    elif name not in flow.variables and name not in BUILT_IN:
        near = did_you_mean(name, kinds(flow))
        yield Finding(path, f'no variable "{name}"{near}; declare it under variables', is_error=True)


def _writes(here: Path, node: Node, flow: Flow) -> Iterator[Finding]:
    for name, place in writes(node).items():
        yield from _undeclared((*here, *place), name, flow, to_write=True)
    if isinstance(node, nodes.Collect) and node.collect in flow.variables:
        kind = flow.variables[node.collect].type
        if kind not in (Kind.DIGITS, Kind.NUMBER, Kind.MONEY, Kind.TEXT):
            yield Finding((*here, "collect"), f"digits make no {kind}; collect into a variable of type digits", True)
    if isinstance(node, nodes.Record) and node.record in flow.variables:
        kind = flow.variables[node.record].type
        if kind is not Kind.TEXT:
            yield Finding((*here, "record"), "holds the recording's name: declare it as text", is_error=True)


def _reads(here: Path, node: Node, flow: Flow) -> Iterator[Finding]:
    match node:
        case nodes.Say():
            yield from _undeclared((*here, "say"), node.say, flow)
            yield from _spoken((*here, "as" if node.kind else "say"), Slot(node.say, node.kind), flow)
        case nodes.Lookup():
            for name in path_variables(node):
                yield from _undeclared((*here, "get" if node.get is not None else "post"), name, flow)
            for field, name in node.send.items():
                yield from _undeclared((*here, "send", field), name, flow)
        case nodes.Queue():
            if node.preferred_from is not None:
                yield from _undeclared((*here, "preferred_from"), node.preferred_from, flow)
            for field, name in node.customer.items():
                yield from _undeclared((*here, "customer", field), name, flow)
        case nodes.OfferCallback() | nodes.Voicemail():
            yield from _undeclared((*here, "number"), node.number, flow)
        case _:
            return


def _unused(flow: Flow) -> Iterator[Finding]:
    used = frozenset[str]().union(*(reads(node) for node in flow.nodes.values()))
    for name in flow.variables:
        written = any(name in writes(node) for node in flow.nodes.values())
        if name not in used and not written:
            yield Finding(("variables", name), "is never used")


# --- formulas ---------------------------------------------------------------------------------------------------------


def _formulas(here: Path, node: Node, flow: Flow, flows: Mapping[str, Flow]) -> Iterator[Finding]:
    for place, text in formulas(node):
        try:
            given = expressions.type_of(expressions.parse(text), kinds(flow))
        except expressions.BadExpression as error:
            yield Finding((*here, *place), f"at character {error.column}: {error.text}", is_error=True)
            continue
        wanted = _wanted(node, str(place[-1]), flow, flows)
        if wanted is not None and given is not wanted:
            yield Finding((*here, *place), f"gives a {given}, but a {wanted} is needed", is_error=True)
    if isinstance(node, nodes.Subflow) and node.subflow in flows:
        theirs = flows[node.subflow].variables
        for name in (*node.give, *node.take.values()):
            if name not in theirs:
                place = ("give", name) if name in node.give else ("take",)
                text = f'{node.subflow} has no variable "{name}"{did_you_mean(name, theirs)}'
                yield Finding((*here, *place), text, is_error=True)
        for language in flow.languages:
            if language not in flows[node.subflow].languages:
                yield Finding((*here, "subflow"), f"{node.subflow} does not speak {language}")


def _wanted(node: Node, name: str, flow: Flow, flows: Mapping[str, Flow]) -> str | None:
    if isinstance(node, nodes.Branch):
        return FLAG
    if isinstance(node, nodes.Subflow):
        flow = flows.get(node.subflow, flow)
    variable = flow.variables.get(name)
    return TYPE_OF_KIND.get(variable.type, TEXT) if variable is not None else None


# --- secrets ----------------------------------------------------------------------------------------------------------


def _secrets(here: Path, node: Node, flow: Flow) -> Iterator[Finding]:
    secret = {name for name, variable in flow.variables.items() if variable.sensitive}
    if not secret:
        return
    if isinstance(node, nodes.Collect) and node.collect in secret and node.confirm is not False:
        yield Finding((*here, "confirm"), "a sensitive variable is never read back", is_error=True)
    if isinstance(node, nodes.Queue):
        for field, name in node.customer.items():
            if name in secret:
                yield Finding((*here, "customer", field), "is sensitive and goes to no screen", is_error=True)
    if isinstance(node, nodes.OfferCallback | nodes.Voicemail) and node.number in secret:
        yield Finding((*here, "number"), "a sensitive variable cannot be dialled", is_error=True)
    if isinstance(node, nodes.Set):
        for name, text in node.set.items():
            if name not in secret and secret & _named(text):
                text = "is made from a sensitive variable: declare it sensitive, too"
                yield Finding((*here, "set", name), text, is_error=True)
    if isinstance(node, nodes.Lookup):
        for name in set(path_variables(node)) & secret:
            text = f"{name} is sensitive, and paths are written to logs on the way: send it in a post"
            yield Finding((*here, "get" if node.get is not None else "post"), text, is_error=True)


def _named(text: str) -> frozenset[str]:
    try:
        return expressions.names(expressions.parse(text))
    except expressions.BadExpression:
        return frozenset()


# --- texts ------------------------------------------------------------------------------------------------------------


def _prompt(path: Path, prompt: Prompt, flow: Flow, known: Known) -> Iterator[Finding]:
    if ANY_LANGUAGE in prompt.lines:
        has_words = any(isinstance(part, Words) for part in prompt.parts())
        if has_words and len(flow.languages) > 1:
            choices = ", ".join(f"{language}: ..." for language in flow.languages)
            yield Finding(path, f"one text for {' and '.join(flow.languages)}: write {{{choices}}}", is_error=True)
    else:
        missing = [language for language in flow.languages if language not in prompt.lines]
        if missing:
            yield Finding(path, f"says nothing in {' and '.join(missing)}", is_error=True)
        if path[0] != "texts":
            for language in set(prompt.lines) - set(flow.languages):
                text = f"is never heard: {language} is none of the flow's languages ({', '.join(flow.languages)})"
                yield Finding((*path, language), text)
    for language, line in prompt.lines.items():
        for part in line:
            place = (*path, language) if language else path
            if isinstance(part, Slot):
                yield from _undeclared(place, part.variable, flow)
                yield from _spoken(place, part, flow)
            elif isinstance(part, Recording) and known.has_sound is not None:
                for wanted in [language] if language else flow.languages:
                    if not known.has_sound(wanted, part.file):
                        yield Finding(place, f"there is no sound file {part.file} for {wanted}", is_error=True)


def _spoken(path: Path, slot: Slot, flow: Flow) -> Iterator[Finding]:
    variable = flow.variables.get(slot.variable)
    if variable is None:
        return
    if variable.sensitive:
        yield Finding(path, f"{slot.variable} is sensitive and is never spoken", is_error=True)
    if slot.kind not in (None, Kind.TEXT, *SPOKEN_AS[variable.type]):
        choices = ", ".join(SPOKEN_AS[variable.type])
        yield Finding(path, f"a {variable.type} cannot be spoken as {slot.kind}: use {choices} or text", is_error=True)
    said_as = slot.kind or variable.type
    for language in flow.languages:
        if said_as is not Kind.TEXT and language.partition("-")[0] not in LANGUAGES:
            yield Finding(path, f"in {language} it is spoken in English: no {said_as} is known in {language}")
