"""What does a long-running engine still hold of calls that are over? Walks live objects; knows nothing of calls.

Every container that can be reached from the given objects is found once, by its shortest path of names
(`view.tally.queues[].counts`); its size is added up under that path. What is in those whose paths are `closed` is not
looked at: whoever walks through a million things needs memory that the process then keeps.
"""

from __future__ import annotations

import contextlib
import types
from collections import Counter, deque
from collections.abc import Collection, Iterator, Mapping
from typing import Any

PLAIN = (str, bytes, int, float, complex, bool, type(None), type, types.ModuleType)
CONTAINERS = (dict, list, tuple, set, frozenset, deque)
NOT_OURS = ("bench", "sqlalchemy", "threading", "_thread", "structlog", "pydantic", "pydantic_core")
MOST_DEPTH = 40


def sizes(roots: Mapping[str, object], closed: Collection[str] = ()) -> Counter[str]:
    """How many items all containers have, by path."""
    found: Counter[str] = Counter()
    for path, container in _containers(roots, closed):
        found[path] += len(container)
    return found


def keyed(roots: Mapping[str, object], ids: Collection[str], closed: Collection[str] = ()) -> Counter[str]:
    """How many keys and members of containers are one of `ids`, or a tuple with one of them in it, by path."""
    found: Counter[str] = Counter()
    for path, container in _containers(roots, closed):
        for key in container:
            parts = key if isinstance(key, tuple) else (key,)
            found[path] += any(isinstance(part, str) and part in ids for part in parts)
    return +found


def _containers(roots: Mapping[str, object], closed: Collection[str]) -> Iterator[tuple[str, Collection[Any]]]:
    seen: set[int] = set()
    keep: list[object] = []  # what is made while we look must not give its id to something else
    todo: deque[tuple[str, object, int]] = deque((name, root, 0) for name, root in roots.items())
    while todo:
        path, thing, depth = todo.popleft()
        if isinstance(thing, PLAIN) or id(thing) in seen or depth > MOST_DEPTH:
            continue
        seen.add(id(thing))
        keep.append(thing)
        if isinstance(thing, CONTAINERS):
            if not isinstance(thing, tuple):
                yield path, thing
            if path not in closed:
                inside = list(thing.values() if isinstance(thing, dict) else thing)
                todo.extend((f"{path}[]", value, depth + 1) for value in inside)
        else:
            todo.extend((f"{path}.{name}", value, depth + 1) for name, value in _parts(thing))


def _parts(thing: object) -> Iterator[tuple[str, object]]:
    """What an object holds, by name. The globals of a function are everybody's."""
    if type(thing).__module__.partition(".")[0] in NOT_OURS:
        return
    if isinstance(thing, types.MethodType):
        yield "self", thing.__self__
    elif isinstance(thing, types.FunctionType):
        for name, cell in zip(thing.__code__.co_freevars, thing.__closure__ or (), strict=True):
            try:
                yield name, cell.cell_contents
            except ValueError:  # not filled yet
                continue
    else:
        yield from getattr(thing, "__dict__", {}).items()
        for kind in type(thing).__mro__:
            slots = kind.__dict__.get("__slots__", ())
            for name in (slots,) if isinstance(slots, str) else slots:
                if name not in ("__dict__", "__weakref__"):
                    with contextlib.suppress(AttributeError):  # not set
                        yield name, object.__getattribute__(thing, name)
        for name in getattr(thing, "__struct_fields__", ()):
            yield name, getattr(thing, name)
