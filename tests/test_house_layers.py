"""Has every module its layer, and is what calls itself pure so? What import-linter cannot see of its own contracts."""

from __future__ import annotations

import ast
import re
import tomllib

import pytest

from tests.test_house import ROOT, in_code, name, surplus, tree

pytestmark = pytest.mark.unit

LAYERLESS = {
    "cti/__init__.py": "its parts have layers",
    "cti/cli/__init__.py": "its modules have layers",
    "cti/config/__init__.py": "its modules have layers",
    "cti/doctor/__init__.py": "its modules have layers",
    "cti/flows/__init__.py": "its modules have layers",
}
PURE_ALL_THE_SAME = {
    "cti/demo/breaks.py random": "a seeded generator is handed in",
    "cti/demo/center.py pathlib": "names files, and opens none",
    "cti/demo/plan.py random": "a seeded generator is handed in",
    "cti/lists/numbers.py datetime": "the time is given",
    "cti/metrics/wait_histogram.py prometheus_client": "a metric is what it is",
    "cti/metrics/windows.py datetime": "midnight of a zone; the time is given",
    "cti/sample/shop.py datetime": "today is given",
    "cti/sample/shop.py pathlib": "names a file",
    "cti/sim/plans.py random": "a seeded generator is handed in",
    "cti/sim/tcp.py asyncio": "speaks of the pure simulator",
    "cti/sim/wishes.py random": "a seeded generator is handed in",
}


def contracts() -> list[dict[str, list[str]]]:
    found = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"]
    return list(found)


def test_every_module_has_its_layer() -> None:
    layers = {word.strip() for line in contracts()[0]["layers"] for word in line.split("|")}
    without = set()
    for path in in_code():
        words = name(path).removesuffix(".py").removesuffix("/__init__").split("/")
        if path.stat().st_size and not {".".join(words[:n]) for n in range(1, len(words) + 1)} & layers:
            without.add(name(path))
    assert not (wrong := surplus(without, LAYERLESS)), f"in no layer of pyproject.toml:\n{wrong}"


def test_what_calls_itself_pure_imports_nothing_that_is_not() -> None:
    forbidden = set(contracts()[1]["forbidden_modules"])
    found = set()
    for path in in_code():
        if re.search(r"\bpure\b", ast.get_docstring(tree(path)) or "", re.IGNORECASE):
            words = {
                alias.name for node in ast.walk(tree(path)) if isinstance(node, ast.Import) for alias in node.names
            }
            words |= {node.module or "" for node in ast.walk(tree(path)) if isinstance(node, ast.ImportFrom)}
            found |= {f"{name(path)} {word.split('.')[0]}" for word in words if word.split(".")[0] in forbidden}
    # a module of the contract is looked at by import-linter, with what it imports in turn
    pure = tuple(f"{word.replace('.', '/')}" for word in contracts()[1]["source_modules"])
    found = {each for each in found if not each.startswith(pure)}
    assert not (wrong := surplus(found, PURE_ALL_THE_SAME)), f"says that it is pure:\n{wrong}"
