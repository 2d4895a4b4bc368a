"""What stands on a node's card in the picture of a flow? Its words and ways as lines that fit; no geometry, no SVG."""

from __future__ import annotations

import unicodedata
from typing import NamedTuple

from cti.ivr.graph import By, ways
from cti.ivr.prompting import language_of_line
from cti.model import flow_nodes as nodes
from cti.model.flow import Flow
from cti.model.flow_nodes import Node
from cti.model.spoken import Prompt, Recording, Slot, Words

MAX_LINES = 7
LINE_EMS = 17.5  # so wide a line may be, in widths of a Chinese character
NARROW, WIDE_LATIN = "iljtfrI.,:;'|!()[]{} ", "mwMWABCDEFGHKNOPQRSUVXYZ@%"


class Row(NamedTuple):
    """A way out, as it is shown. `label` is "" for the plain way on."""

    label: str
    target: str
    by: By


class Card(NamedTuple):
    """`kind` is the word the node begins with; `lines` what it does, `quotes` says which of them are spoken."""

    name: str
    kind: str
    lines: tuple[str, ...]
    spoken: bool
    rows: tuple[Row, ...]


def card(flow: Flow, name: str, language: str) -> Card:
    """Return the card of a node, with its texts in `language`."""
    node = flow.nodes[name]
    prompt = _prompt(node)
    text = _text(flow, prompt, language) if prompt is not None else ""
    lines = tuple(line for part in (*_facts(node), *([text] if text else [])) for line in wrap(part))
    if len(lines) > MAX_LINES:
        lines = (*lines[: MAX_LINES - 1], f"{lines[MAX_LINES - 1]} …")
    return Card(name, str(nodes.node_type(node)), lines, bool(text), _rows(flow, node))


def _rows(flow: Flow, node: Node) -> tuple[Row, ...]:
    """The ways that the node itself names; those it has from the flow stand once, at the top of the picture."""
    own = [way for way in ways(flow, node) if way.name not in node.OUTCOMES or way.name in node.on]
    return tuple(Row("" if way.name == nodes.THEN else way.name, way.target, way.by) for way in own)


def _prompt(node: Node) -> Prompt | None:
    for field in ("play", "menu", "ask", "hangup", "otherwise"):
        value = getattr(node, field, None)
        if isinstance(value, Prompt):
            return value
    return node.questions[0].ask if isinstance(node, nodes.Survey) else None


def _facts(node: Node) -> tuple[str, ...]:
    match node:
        case nodes.Say():
            kind = f" as {node.kind}" if node.kind else ""
            return (f"{{{node.say}}}{kind}", *([" · ".join(node.words)] if node.words else []))
        case nodes.Collect():
            return (f"→ {node.collect}: {node.length} digits" + (", read back" if node.confirm is not False else ""),)
        case nodes.Hours():
            return (node.hours,)
        case nodes.Lookup():
            verb = f"POST {node.post}" if node.post is not None else f"GET {node.get}"
            return (f"{node.lookup}: {verb}", *(f"→ {name}" for name in node.into))
        case nodes.Set():
            return tuple(f"{name} = {formula}" for name, formula in node.set.items())
        case nodes.SetLanguage():
            return (node.language,)
        case nodes.NotAgain():
            return (node.do_not_call,)
        case nodes.Split():
            total = sum(node.shares.values()) or 1
            return (", ".join(f"{share} {100 * part / total:.0f} %" for share, part in node.shares.items()),)
        case nodes.Queue():
            more = [f"{skill} ≥ {level}" for skill, level in node.requires.items()]
            more += [f"+{node.head_start_s:g} s"] if node.head_start_s else []
            return (" · ".join([node.queue, *more]),)
        case nodes.OfferCallback():
            return (f"{node.offer_callback}: to {node.number}",)
        case nodes.Voicemail():
            return (f"for {node.voicemail}",)
        case nodes.Record():
            return (f"→ {node.record}, up to {node.max_s:g} s",)
        case nodes.Transfer():
            return (node.transfer,)
        case nodes.Survey():
            return (node.survey, " · ".join(f"{question.name} ({question.scale})" for question in node.questions))
        case nodes.Subflow():
            return (f"{node.subflow}",)
        case _:
            return ()


def _text(flow: Flow, prompt: Prompt, language: str) -> str:
    chosen = list(prompt.lines.values()) if prompt.each else [language_of_line(flow, prompt, language)[1]]
    said = []
    for part in (part for line in chosen for part in line):
        match part:
            case Words(text=text):
                said.append(text)
            case Slot(variable=variable):
                said.append(f"{{{variable}}}")
            case Recording(file=file):
                said.append(f"♪ {file}")
    return " ".join(said)


def width_ems(text: str) -> float:
    """Return about how wide `text` is in a sans-serif font, in widths of a Chinese character."""
    total = 0.0
    for char in text:
        if unicodedata.east_asian_width(char) in "WF":
            total += 1.0
        else:
            total += 0.3 if char in NARROW else 0.72 if char in WIDE_LATIN else 0.54
    return total


def cut(text: str, ems: float) -> str:
    """Return `text`, or its beginning with an ellipsis where it is wider."""
    if width_ems(text) <= ems:
        return text
    while text and width_ems(text) > ems - 1:
        text = text[:-1]
    return f"{text}…"


def wrap(text: str, ems: float = LINE_EMS) -> list[str]:
    """Divide `text` into lines: at blanks, Chinese anywhere."""
    lines = [""]
    for word in _words(text):
        joined = lines[-1] + word
        if width_ems(joined.rstrip()) <= ems or not lines[-1]:
            lines[-1] = joined
        else:
            lines.append(word.lstrip())
    return [cut(line.rstrip(), ems) for line in lines]


def _words(text: str) -> list[str]:
    words = [""]
    for char in text:
        wide = unicodedata.east_asian_width(char) in "WF"
        if char == " " or (wide and char not in "，。？！、"):
            words.append(char)
        else:
            words[-1] += char
    return [word for word in words if word]
