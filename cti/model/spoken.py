"""What may a caller be told? Texts in several languages, recorded files, and the variables spoken in between.

Pure words and the one way to read them from YAML. Which files say a number is speech/'s; playing is the switch's.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any, NamedTuple, TypeAlias

from pydantic import PlainValidator

ANY_LANGUAGE = ""  # the key of a text that is the same in every language
MAX_TEXT_CHARS = 1000
LANGUAGE = re.compile(r"[a-z]{2}(-[A-Z]{2})?")
FILE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_/.-]{0,120}")
SLOT = re.compile(r"\{\s*([A-Za-z][A-Za-z0-9_]{0,39})\s*(?::\s*([a-z]+)\s*)?\}")


class Kind(StrEnum):
    """What a variable holds, and so how it is spoken."""

    TEXT = "text"  # spoken by a text-to-speech engine, or by `words` of a say node
    DIGITS = "digits"  # a text of digits, spoken one by one: an order number keeps its leading zeros
    NUMBER = "number"
    MONEY = "money"  # a number in units of its currency
    DATE = "date"  # 2026-11-25
    TIME = "time"  # 14:30
    FLAG = "flag"  # yes or no


class Words(NamedTuple):
    """A text that is the same for everybody: one sound file."""

    text: str


class Slot(NamedTuple):
    """A variable's value, spoken as `kind` (None: as its declaration says)."""

    variable: str
    kind: Kind | None = None


class Recording(NamedTuple):
    """A sound file by its name, without its ending."""

    file: str


Part: TypeAlias = Words | Slot | Recording


@dataclass(frozen=True, slots=True)
class Prompt:
    """What is said, per language; the key ANY_LANGUAGE stands for all. `each`: in all languages, one after another."""

    lines: Mapping[str, tuple[Part, ...]]
    each: bool = False

    def parts(self) -> Iterator[Part]:
        for line in self.lines.values():
            yield from line


def said_as(text: str) -> str:
    """Return the name (below the language's folder) under which the sound of a text stays when its own name gets
    another text: whoever is in an older version of the flow hears the old one there."""
    return f"cti/said/{hashlib.sha256(text.encode()).hexdigest()[:32]}"


class PromptText(NamedTuple):
    """A sound file that can be made from text: its name (below the language's folder, no ending)."""

    name: str
    language: str
    text: str


def prompt(value: Any) -> Prompt:
    """Read `Welcome`, `{en: Welcome, zh: 欢迎}`, `{file: custom/welcome}` or `{en: {file: a}, zh: {file: b}}`.

    `{each: {en: For English press 1, zh: 中文请按2}}` is said in every language. Raises ValueError with the remedy.
    """
    if isinstance(value, Prompt):
        return value
    if not isinstance(value, Mapping):
        return Prompt({ANY_LANGUAGE: _line(value)})
    if "file" in value:
        if len(value) > 1:
            raise ValueError("file stands for all languages; write {en: {file: ...}, zh: {file: ...}} for several")
        return Prompt({ANY_LANGUAGE: _line(value)})
    if set(value) == {"each"} and isinstance(value["each"], Mapping) and not {"each", "file"} & set(value["each"]):
        return Prompt(prompt(value["each"]).lines, each=True)
    for language in value:
        if not LANGUAGE.fullmatch(str(language)):
            raise ValueError(f'"{str(language)[:20]}" is no language: write two letters such as en or zh, or file')
    if not value:
        raise ValueError("says nothing: give a text, or one for each language {en: ..., zh: ...}")
    return Prompt({str(language): _line(line) for language, line in value.items()})


def _line(value: Any) -> tuple[Part, ...]:
    if isinstance(value, Mapping):
        file = value.get("file")
        if set(value) != {"file"} or not isinstance(file, str) or not FILE.fullmatch(file) or ".." in file:
            raise ValueError("must be a text, or {file: name} with a sound file without its ending")
        return (Recording(file),)
    if not isinstance(value, str) or not value.strip():
        raise ValueError("must be a text, a text for each language {en: ..., zh: ...} or {file: name}")
    if len(value) > MAX_TEXT_CHARS:
        raise ValueError(f"is longer than {MAX_TEXT_CHARS} characters; nobody listens that long")
    return tuple(_parts(" ".join(value.split())))


def _parts(text: str) -> Iterator[Part]:
    end = 0
    for match in SLOT.finditer(text):
        yield from _words(text[end : match.start()])
        yield Slot(match[1], _kind(match[2]))
        end = match.end()
    yield from _words(text[end:])


def _words(text: str) -> Iterator[Words]:
    if "{" in text or "}" in text:
        raise ValueError("a { or } that encloses no variable: write {variable} or {variable:kind}")
    if any(char.isalnum() for char in text):
        yield Words(text.strip().lstrip(".,;:!?。，；：！？ "))


def _kind(word: str | None) -> Kind | None:
    if word is None:
        return None
    try:
        return Kind(word)
    except ValueError:
        raise ValueError(f'"{word}" is no way to speak a value: use {", ".join(Kind)}') from None


PromptField: TypeAlias = Annotated[Prompt, PlainValidator(prompt)]
