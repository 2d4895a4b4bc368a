"""What does an Asterisk .conf file say? Text to sections of settings, each with its file and line.

Follows main/config.c of Asterisk 22: templates `[x](!)`, inheritance `[y](x)`, additions `[y](+)`, `=`, `=>` and `+=`,
comments `;` and `;-- --;`, `#include` and `#tryinclude`. Where Asterisk warns and goes on, we refuse: a line that has
no effect is a mistake somebody should know of. Knows nothing of queues. Size, depth and number of files are bounded.
"""

from __future__ import annotations

import glob
import os
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from cti.suggest import did_you_mean

MAX_BYTES = 4 * 1024 * 1024
MAX_LINE_BYTES = 8190  # config.c skips longer lines
MAX_DEPTH = 10  # MAX_INCLUDE_LEVEL of config.c
MAX_FILES = 1000
MAX_SETTINGS = 300_000  # templates that inherit from templates multiply


class Place(NamedTuple):
    """Where in which file; lines start at 1."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


class Setting(NamedTuple):
    """`name = value`; the name in lower case, as Asterisk compares it."""

    name: str
    value: str
    place: Place


@dataclass(slots=True)
class Section:
    """`[name]` with what it says itself after what it inherits. A template is only there to be inherited from."""

    name: str
    place: Place
    is_template: bool = False
    settings: list[Setting] = field(default_factory=list)


@dataclass
class Conf:
    """What was read. `sections` in the order of the file; a second one of the same name is in `repeated`."""

    sections: dict[str, Section] = field(default_factory=dict)  # by name in lower case
    repeated: list[Section] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


def read(path: str | os.PathLike[str]) -> Conf:
    """Return what the file at `path` and those it includes say, and every problem as `file:line: what`."""
    reader = _Reader(Path(path))
    reader.file(Path(path), Place(os.fspath(path), 1))
    return reader.conf


class _Reader:
    def __init__(self, first: Path) -> None:
        self.conf = Conf()
        self._folder = (
            first.parent
        )  # Asterisk looks for included files where its configuration is, not beside the other
        self._section: Section | None = None
        self._opened: Section | None = None  # last, in whatever file
        self._files = 0
        self._bytes = 0
        self._settings = 0
        self._depth = 0

    def file(self, path: Path, asked_at: Place) -> None:
        """Read one file; `asked_at`: the line that includes it."""
        self._files += 1
        if self._files > MAX_FILES:
            self._error(asked_at, f"more than {MAX_FILES} files")
            return
        text = self._text(path, asked_at)
        if text is None:
            return
        depth, opened_at = 0, asked_at
        for number, line in enumerate(text.removeprefix("\ufeff").split("\n"), start=1):
            place = Place(os.fspath(path), number)
            if len(line.encode()) > MAX_LINE_BYTES:
                self._error(place, f"longer than {MAX_LINE_BYTES} bytes: Asterisk skips this line")
                continue
            if depth == 0:
                opened_at = place
            content, depth = _without_comments(line, depth)
            if depth < 0:
                self._error(place, '"--;" ends a comment that nothing began')
                depth = 0
            content = content.replace("\t", " ").strip()
            if not content.isprintable():
                self._error(place, "a character that cannot be printed")
            elif content:
                self._line(content, place)
        if depth:
            self._error(opened_at, 'a comment ";--" that never ends ("--;")')

    def _text(self, path: Path, asked_at: Place) -> str | None:
        try:
            if not stat.S_ISREG(os.stat(path).st_mode):
                self._error(asked_at, f"{path}: not a file")
                return None
            with open(path, "rb") as source:
                data = source.read(MAX_BYTES - self._bytes + 1)
        except (OSError, ValueError) as error:
            why = error.strerror if isinstance(error, OSError) else "not a file name"
            self._error(asked_at, f"{path}: cannot be read: {why}")
            return None
        self._bytes += len(data)
        if self._bytes > MAX_BYTES:
            self._error(asked_at, f"{path}: more than {MAX_BYTES // 2**20} MiB in all")
            return None
        try:
            return data.decode("utf-8")
        except UnicodeDecodeError as error:
            where = Place(os.fspath(path), data.count(b"\n", 0, error.start) + 1)
            self._error(where, "not UTF-8; save the file as UTF-8")
            return None

    def _line(self, content: str, place: Place) -> None:
        if content.startswith("["):
            self._header(content, place)
        elif content.startswith("#"):
            self._directive(content[1:], place)
        elif self._section is None:
            self._error(place, "before the first [section]")
        else:
            self._setting(self._section, content, place)

    def _header(self, content: str, place: Place) -> None:
        name, closed, rest = content[1:].partition("]")
        name = name.strip()
        if not closed or not name:
            self._error(place, 'a section is "[name]"')
            return
        if len(name) > 80:
            self._error(place, "the name of a section has at most 80 characters")
            return
        section = Section(name, place)
        known = self.conf.sections
        options: list[str] = []
        if rest.startswith("("):
            inside, closed, _ = rest[1:].partition(")")
            if not closed:
                self._error(place, 'no closing ")"')
            options = [option.strip() for option in inside.split(",") if option.strip()]
        adds = any(option.startswith("+") for option in options)
        if adds:
            if name.lower() not in known:
                self._error(place, f"(+) adds to [{name}], which is not above{did_you_mean(name, known)}")
                adds = False
            else:
                section = known[name.lower()]
        for option in options:
            if option == "!":
                section.is_template = True
            elif not option.startswith("+"):
                self._inherit(section, option, place)
        self._section = self._opened = section
        if adds:
            return
        if name.lower() in known:
            self.conf.repeated.append(section)
        else:
            known[name.lower()] = section

    def _inherit(self, section: Section, name: str, place: Place) -> None:
        base = self.conf.sections.get(name.lower())
        if base is None:
            self._error(place, f"inherits from [{name}], which is not above{did_you_mean(name, self.conf.sections)}")
        elif self._room_for(len(base.settings), place):
            section.settings.extend(list(base.settings))

    def _setting(self, section: Section, content: str, place: Place) -> None:
        escaped = content.startswith("\\")
        name, equals, value = content.removeprefix("\\").partition("=")
        if not equals:
            self._error(place, 'no "=": neither a [section] nor a setting')
            return
        name, value = name.rstrip(), value
        adds = name.endswith("+") and not escaped
        name = name.removesuffix("+").strip().lower() if adds else name.strip().lower()
        if not name:
            self._error(place, 'nothing before the "="')
            return
        if adds:
            for number in reversed(range(len(section.settings))):
                if section.settings[number].name == name:
                    longer = (section.settings[number].value + value).strip()
                    section.settings[number] = Setting(name, longer[:MAX_LINE_BYTES], place)
                    return
        if self._room_for(1, place):
            section.settings.append(Setting(name, value.removeprefix(">").strip(), place))

    def _room_for(self, more: int, place: Place) -> bool:
        if self._settings <= MAX_SETTINGS < self._settings + more:
            self._error(place, f"more than {MAX_SETTINGS} settings, inherited ones included")
        self._settings += more
        return self._settings <= MAX_SETTINGS

    def _directive(self, content: str, place: Place) -> None:
        word, _, argument = content.partition(" ")
        word, argument = word.lower(), argument.strip()
        if word == "exec":
            self._error(place, "#exec runs a program; include what it prints as a file instead")
            return
        if word not in ("include", "tryinclude"):
            self._error(place, f"unknown directive{did_you_mean(word, ('include', 'tryinclude'))}")
            return
        if argument[:1] + argument[-1:] in ('""', "<>") and len(argument) > 1:
            argument = argument[1:-1]
        if not argument:
            self._error(place, f"#{word} needs a file")
            return
        pattern = self._folder / argument
        found = sorted(glob.glob(os.fspath(pattern))) if glob.has_magic(argument) else [os.fspath(pattern)]
        if self._depth + 1 >= MAX_DEPTH:
            self._error(place, f"files include one another more than {MAX_DEPTH} deep")
            return
        self._depth += 1
        here, self._section = self._section, self._opened  # config.c: ast_config_get_current_category
        for file in found:
            if word == "include" or os.path.exists(file):
                self.file(Path(file), place)
        self._section = here  # what follows in this file belongs to the section this file has opened
        self._depth -= 1
        if not found and word == "include":
            self._error(place, f"#include finds no file: {argument}")

    def _error(self, place: Place, text: str) -> None:
        if len(self.conf.errors) < 1000:
            self.conf.errors.append(f"{place}: {text}")


def _without_comments(line: str, depth: int) -> tuple[str, int]:
    """Return what of `line` is no comment, and how many `;--` are open after it. -1: one was closed too often."""
    kept: list[str] = []
    at = 0
    while (semicolon := line.find(";", at)) >= 0:
        if semicolon > at and line[semicolon - 1] == "\\":
            if depth == 0:
                kept.append(line[at : semicolon - 1] + ";")
            at = semicolon + 1
        elif line[semicolon + 1 : semicolon + 3] == "--" and line[semicolon + 3 : semicolon + 4] != "-":
            if depth == 0:
                kept.append(line[at:semicolon])
            depth += 1
            at = semicolon + 3
        elif semicolon >= at + 2 and line[semicolon - 2 : semicolon] == "--":
            if depth == 0:
                return "", -1
            depth -= 1
            at = semicolon + 1
        elif depth == 0:
            kept.append(line[at:semicolon])
            return "".join(kept), depth
        else:
            at = semicolon + 1
    if depth == 0:
        kept.append(line[at:])
    return "".join(kept), depth
