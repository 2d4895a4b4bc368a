"""What does a YAML text say, and at which line and column? Text to a tree of nodes, every one with its place.

Knows nothing of queues or settings. Scalars stay text: the schema decides what a number is, so an agent named `no`
or a phone number 0123 keeps its characters. Built from the event stream, never recursively on input: depth, size and
alias expansion are bounded, tags are refused, so no file can hang or crash its reader.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeAlias

import yaml

MAX_BYTES = 4 * 1024 * 1024  # some 30,000 agents
MAX_DEPTH = 20
MAX_ALIAS_NODES = 20_000  # nodes that exist only because anchors repeat them
NULLS = ("", "~", "null", "Null", "NULL")

Path: TypeAlias = tuple[str | int, ...]


class Place(NamedTuple):
    """Where in the file; both start at 1, a column is a character."""

    line: int
    column: int


@dataclass(slots=True)
class Scalar:
    text: str | None  # None: the plain words null, ~ or nothing
    place: Place
    size: int = 1
    depth: int = 1


@dataclass(slots=True)
class Mapping:
    place: Place
    items: dict[str, tuple[Place, Node]] = field(default_factory=dict)  # the place is the key's
    size: int = 1
    depth: int = 1


@dataclass(slots=True)
class Sequence:
    place: Place
    items: list[Node] = field(default_factory=list)
    size: int = 1
    depth: int = 1


Node: TypeAlias = Scalar | Mapping | Sequence
Plain: TypeAlias = "str | dict[str, Plain] | list[Plain] | None"


class Problem(NamedTuple):
    place: Place
    path: Path
    text: str


class Unreadable(Exception):
    """The text is not YAML, or YAML we refuse; nothing after this place was read."""

    def __init__(self, place: Place, text: str) -> None:
        super().__init__(text)
        self.place, self.text = place, text


def parse(text: str) -> tuple[Node, list[Problem]]:
    """Return the tree of `text` and what is wrong in a way that reading could go on (duplicate keys, tags)."""
    _refuse_control_characters(text)
    builder = _Builder()
    try:
        for event in yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
            builder.take(event)
    except yaml.MarkedYAMLError as error:
        raise Unreadable(_place(error.problem_mark or error.context_mark), _in_words(error, text)) from None
    except yaml.YAMLError:
        raise Unreadable(Place(1, 1), "this is not YAML text") from None
    return builder.root or Mapping(Place(1, 1)), builder.problems


def read_tree(data: bytes) -> tuple[Node | None, list[Problem]]:
    """Return the tree in the content of a file, None where it cannot be read at all, and what is wrong with it."""
    if len(data) > MAX_BYTES:
        return None, [Problem(Place(1, 1), (), f"larger than {MAX_BYTES // 2**20} MiB")]
    try:
        return parse(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = len(data[data.rfind(b"\n", 0, error.start) + 1 : error.start].decode("utf-8", "replace")) + 1
        return None, [Problem(Place(line, column), (), "not UTF-8; save it as UTF-8")]
    except Unreadable as error:
        return None, [Problem(error.place, (), error.text)]


def lines(file: str, problems: list[Problem]) -> list[str]:
    """Return one line `file:line:column: path: what` for each problem, in the order of the file."""
    found = []
    file = "".join(char if char.isprintable() else "?" for char in file)  # a name must not steer the terminal
    for place, path, text in sorted(set(problems), key=lambda problem: (problem.place, problem.text)):
        where = ".".join(str(step) for step in path)
        found.append(f"{file}:{place.line}:{place.column}: {where + ': ' if where else ''}{text}")
    return found


def plain(node: Node) -> Plain:
    """Return the tree as dicts, lists and text."""
    if isinstance(node, Mapping):
        return {key: plain(value) for key, (_, value) in node.items.items()}
    if isinstance(node, Sequence):
        return [plain(item) for item in node.items]
    return node.text


def locate(root: Node, path: Path, *, key: bool = False) -> Place:
    """Return the place of the value at `path` (with `key`: of its key), or of the nearest key above that exists."""
    node, key_place = root, root.place
    for number, step in enumerate(path):
        if isinstance(node, Mapping) and str(step) in node.items:
            key_place, node = node.items[str(step)]
        elif isinstance(node, Sequence) and isinstance(step, int) and step < len(node.items):
            node = node.items[step]
            key_place = node.place
        else:
            return key_place if number else node.place
    return key_place if key or not isinstance(node, Scalar) or node.text is None else node.place


class _Builder:
    """Puts nodes together from parser events, with a stack of its own."""

    def __init__(self) -> None:
        self.root: Node | None = None
        self.problems: list[Problem] = []
        self._stack: list[Mapping | Sequence] = []
        self._keys: list[tuple[str, Place] | None] = []  # the key that waits for its value, one per open container
        self._open_anchors: list[str | None] = []
        self._anchors: dict[str, Node] = {}
        self._repeated = 0

    def take(self, event: yaml.Event) -> None:
        if isinstance(event, yaml.NodeEvent):
            self._node(event)
        elif isinstance(event, yaml.CollectionEndEvent):
            container = self._stack.pop()
            self._keys.pop()
            anchor = self._open_anchors.pop()
            if anchor:
                self._anchors[anchor] = container
            self._value(container)
        elif isinstance(event, yaml.DocumentStartEvent) and self.root is not None:
            raise Unreadable(_place(event.start_mark), "a second document begins here; one file holds one document")

    def _node(self, event: yaml.NodeEvent) -> None:
        place = _place(event.start_mark)
        if isinstance(event, yaml.AliasEvent):
            self._alias(event, place)
            return
        tag = getattr(event, "tag", None)
        if tag not in (None, "!", "tag:yaml.org,2002:str"):
            self.problems.append(Problem(place, self._path(), "YAML tags (!...) are not supported; remove it"))
        if isinstance(event, yaml.ScalarEvent):
            is_null = event.implicit[0] and event.value in NULLS
            if self._stack and isinstance(self._stack[-1], Mapping) and self._keys[-1] is None:
                self._key(event.value, place)
                return
            scalar = Scalar(None if is_null else event.value, place)
            if event.anchor:
                self._anchors[event.anchor] = scalar
            self._value(scalar)
            return
        if self._stack and isinstance(self._stack[-1], Mapping) and self._keys[-1] is None:
            raise Unreadable(place, "a key must be a plain word")
        if len(self._stack) >= MAX_DEPTH:
            raise Unreadable(place, f"nested deeper than {MAX_DEPTH} levels")
        self._stack.append(Mapping(place) if isinstance(event, yaml.MappingStartEvent) else Sequence(place))
        self._keys.append(None)
        self._open_anchors.append(event.anchor)

    def _alias(self, event: yaml.AliasEvent, place: Place) -> None:
        node = self._anchors.get(event.anchor or "")
        if self._stack and isinstance(self._stack[-1], Mapping) and self._keys[-1] is None:
            raise Unreadable(place, 'a key beginning with "*" must stand in quotes: "*"')
        if node is None:
            raise Unreadable(place, "this alias (*) names no finished anchor (&) above it; a text with * needs quotes")
        self._repeated += node.size
        if self._repeated > MAX_ALIAS_NODES:
            raise Unreadable(place, f"anchors repeat more than {MAX_ALIAS_NODES} values")
        self._value(node)

    def _key(self, text: str, place: Place) -> None:
        mapping = self._stack[-1]
        assert isinstance(mapping, Mapping)
        if text in mapping.items:
            first = mapping.items[text][0]
            self.problems.append(
                Problem(place, (*self._path(), text), f"given twice (first in line {first.line}); keep one of them")
            )
        elif text == "<<":
            text_ = 'merge keys ("<<") are not supported; write the keys out'
            self.problems.append(Problem(place, self._path(), text_))
        self._keys[-1] = (text, place)

    def _value(self, node: Node) -> None:
        if not self._stack:
            self.root = node
            return
        parent = self._stack[-1]
        parent.size += node.size
        parent.depth = max(parent.depth, node.depth + 1)
        if parent.depth + len(self._stack) > MAX_DEPTH + 1:
            raise Unreadable(node.place, f"nested deeper than {MAX_DEPTH} levels")
        if isinstance(parent, Sequence):
            parent.items.append(node)
            return
        pending = self._keys[-1]
        assert pending is not None
        key, key_place = pending
        if key not in parent.items and key != "<<":
            parent.items[key] = (key_place, node)
        self._keys[-1] = None

    def _path(self) -> Path:
        path: list[str | int] = []
        for container, pending in zip(self._stack, self._keys, strict=True):
            if isinstance(container, Sequence):
                path.append(len(container.items))
            elif pending is not None:
                path.append(pending[0])
        return tuple(path)


def _place(mark: Any) -> Place:  # the two parsers of PyYAML have each a Mark of their own
    return Place(mark.line + 1, mark.column + 1) if mark is not None else Place(1, 1)


def _refuse_control_characters(text: str) -> None:
    for number, line in enumerate(text.split("\n"), start=1):
        if line.isprintable():
            continue
        for column, char in enumerate(line, start=1):
            if (char not in "\t\r\x85" and unicodedata.category(char) in ("Cc", "Cs")) or char in "\ufffe\uffff":
                raise Unreadable(Place(number, column), f"a control character (code {ord(char)}) has no business here")


def _in_words(error: yaml.MarkedYAMLError, text: str) -> str:
    """Return what the parser complains about, with the remedy for what people really get wrong."""
    what = str(error.problem or "this is not YAML")
    mark = error.problem_mark
    lines = text.split("\n")
    char = lines[mark.line][mark.column : mark.column + 1] if mark and mark.line < len(lines) else ""
    if char == "\t":
        return "a tab; YAML is indented by blanks only"
    if char in ("@", "`", "%"):
        return f'a value beginning with "{char}" must stand in quotes'
    if "mapping values are not allowed" in what:
        return 'a ":" where none may stand: wrong indentation, or a text with ": " that needs quotes'
    if "scanning a quoted scalar" in str(error.context or "") and "unexpected end" in what:
        return "a quotation mark is never closed"
    if "scanning an alias" in str(error.context or ""):
        return 'a text beginning with "*" must stand in quotes: "*"'
    begun = f" (begun in line {error.context_mark.line + 1})" if error.context and error.context_mark else ""
    return f"{error.context + ': ' if error.context else ''}{what}{begun}"
