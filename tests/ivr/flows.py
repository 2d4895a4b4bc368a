"""How do the tests of this room write a flow and walk it? YAML in, a session that stops at every bug."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from cti.flows import files
from cti.ivr import verbs
from cti.ivr.book import FlowBook
from cti.ivr.caller import Caller
from cti.ivr.session import FlowSession
from cti.ivr.verbs import Sound
from cti.model.flow import Flow

NOW = 1_800_000_000.0
CALLER = Caller("node1/17", "+4930123456", "6001", {"id": "c7", "segment": "gold"})


def flow(text: str, *, name: str = "t", start: str = "a", head: str = "") -> Flow:
    """A flow of these nodes (YAML); it must be readable."""
    indented = "\n".join(f"  {line}" for line in text.strip("\n").splitlines())
    file = files.read_bytes(f"name: {name}\nstart: {start}\n{head}\nnodes:\n{indented}\n".encode())
    assert file.flow is not None, file.errors
    return file.flow


def opening(word: str = "open", closes_at: float | None = None) -> Any:
    """Hours that are always the same."""
    why = word if word in ("holiday", "special_day") else "weekly"
    return SimpleNamespace(open=word == "open", why=why, closes_at=closes_at)


def session(*flows: Flow, hours: Any = None, caller: Caller = CALLER) -> FlowSession:
    """A session in the first of `flows`, not begun."""
    book = FlowBook({each.name: each for each in flows})
    return FlowSession(book, flows[0].name, caller, lambda _name, _now: hours or opening(), strict=True)


def said(verb: verbs.AnyVerb) -> list[str]:
    """What a verb says: texts where they are known, else names of files."""
    prompts = getattr(verb, "prompts", ())
    return [part.text or part.file if isinstance(part, Sound) else f"({part.text})" for part in prompts]
