"""How is a tree with comments written as YAML that reads well? Knows nothing of what it says."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

WIDTH = 118
COMMENT_AT = 32  # comments of one block begin in one column where they can
NULLS = ("", "~", "null")

Value: TypeAlias = "str | int | float | bool | Mapping[str, Value] | Sequence[Value] | Said"


@dataclass(frozen=True, slots=True)
class Said:
    """A value with a comment of one line."""

    value: Value
    comment: str


def render(tree: Mapping[str, Value], indent: int = 0) -> Iterator[str]:
    """Yield the lines of `tree`: a small value stands behind its key, a large one below it."""
    for key, value in tree.items():
        comment = ""
        if isinstance(value, Said):
            comment = value.comment
            value = value.value
        head = f"{' ' * indent}{_scalar(key)}:"
        flow = _flow(value)
        of_mappings = isinstance(value, Sequence) and any(isinstance(item, Mapping) for item in value)
        small = not isinstance(value, Mapping) or not value or (indent >= 4 and not _has_comments(value))
        if small and not of_mappings and len(head) + 1 + len(flow) <= WIDTH:
            yield from _with_comment(f"{head} {flow}", comment)
            continue
        yield from _with_comment(head, comment)
        if isinstance(value, Mapping):
            yield from render(value, indent + 2)
        elif isinstance(value, Sequence) and not isinstance(value, str):
            for item in value:
                yield f"{' ' * (indent + 2)}- {_flow(item)}"
        else:  # a long text: YAML may put a scalar below its key
            yield f"{' ' * (indent + 2)}{flow}"


def wrapped(text: str, indent: str = "# ", then: str = "") -> Iterator[str]:
    """Yield `text` as lines of at most WIDTH characters, the first after `indent`, the others after `then`."""
    line, start = "", indent
    for word in text.split():
        if line and len(start) + len(line) + 1 + len(word) > WIDTH:
            yield (start + line).rstrip()
            line, start = word, then or indent
        else:
            line = f"{line} {word}" if line else word
    yield (start + line).rstrip()


def _with_comment(line: str, comment: str) -> Iterator[str]:
    if not comment:
        yield line
    elif max(len(line) + 2, COMMENT_AT) + 2 + len(comment) <= WIDTH:
        yield f"{line.ljust(COMMENT_AT - 2)}  # {comment}"
    else:
        indent = line[: len(line) - len(line.lstrip())]
        yield from wrapped(comment, f"{indent}# ")
        yield line


def _has_comments(value: Value) -> bool:
    if isinstance(value, Said):
        return True
    if isinstance(value, Mapping):
        return any(map(_has_comments, value.values()))
    return not isinstance(value, str) and isinstance(value, Sequence) and any(isinstance(item, Said) for item in value)


def _flow(value: Value) -> str:
    if isinstance(value, Said):
        return _flow(value.value)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_scalar(key)}: {_flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, str):
        return _scalar(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return f"{value:g}"
    return "[" + ", ".join(_flow(item) for item in value) + "]"


def _scalar(text: str) -> str:
    plain = all(char.isalnum() or char in " _./+-@" for char in text) and text[:1].isalpha()
    return (
        text if plain and text == text.strip() and text.lower() not in NULLS else json.dumps(text, ensure_ascii=False)
    )
