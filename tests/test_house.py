"""Does the code keep the rules of the house that a machine can check?

A rule's exceptions stand beside it, each with its reason (of modules without a test file: tested_elsewhere.py); an
exception that is no longer needed fails too.
"""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

import pytest

from tests.tested_elsewhere import TESTED_ELSEWHERE
from tools import draw_states

pytestmark = pytest.mark.unit

ROOT = Path(__file__).resolve().parent.parent
OURS = ("cti", "tests", "bench", "asterisk/labkit", "tools")
MODULE_LINES, TEST_LINES, FUNCTION_LINES = 300, 400, 60

LONG_MODULES = {
    "cti/api/operations.py": "one statement for each route: a table, not a story",
    "cti/store/tables.py": "one statement for each table: a table, not a story",
    "cti/acd/floor.py": "the one door through which states change, and what they share",
    "cti/acd/calls.py": "a caller's comings and goings refer to one another; split when callbacks become contacts",
    "cti/app.py": "every part once, in the order of start and stop",
    "cti/model/events.py": "one class for each event: a table, not a story",
    "cti/center.py": "one short method per event: a table, not a story",
    "cti/ivr/session.py": "one caller's walk: back, return, errors and loops lead into one another",
    "cti/model/flow_nodes.py": "one class for each kind of node: a table, not a story",
    "cti/switch/asterisk.py": "where commands, sessions and nodes meet: one short method for each",
    "cti/switch/ami.py": "the one door to AMI: link, login, deadlines and reconnects share one state",
    "cti/switch/inbound_call.py": "one caller's session: each command of the port, and how it ends",
    "cti/metrics/live.py": "one short method for each kind of fact: a table, not a story",
    "cti/sim/switch.py": "one method per command of the port",
    "cti/sim/exchange.py": "one small Asterisk: channels, dials and bridges refer to one another",
    "bench/phones.py": "one SIP phone, complete, in one process of its own",
}
LONG_FUNCTIONS: dict[str, str] = {}
NAMES_AVOIDED = re.compile(r"(Manager|Handler|Service|Helper|Util|Utils|Task|Member)$")
NAMES_ALLOWED: dict[str, str] = {}
PRINTING = {
    "cti/__main__.py": "the command line speaks",
    "cti/running.py": "tells the one who started it what could not be started",
    "cti/cli/*.py": "the command line speaks",
    "cti/demo/*.py": "the demo speaks",
    "cti/doctor/*.py": "the doctor speaks",
    "cti/sim/__main__.py": "the command line speaks",
    "cti/sim/replay.py": "a tool for the command line",
    "cti/sim/shrink.py": "a tool for the command line",
    "cti/sim/many.py": "a tool for the command line",
}
PERSONAL = {"caller", "dialled", "number", "digits", "digit", "exten", "key", "callerid", "customer"}
LOG_METHODS = {"debug", "info", "warning", "error", "exception", "critical", "msg"}
CATEGORIES = {"unit", "simulation", "contract", "acceptance", "web", "load"}
NOT_MIRRORED = {
    "cti/store/migrations/": "test_database.py runs every migration",
    "cti/sim/": "judged as a whole by tests/simulation/: seeds that hold, planted bugs that are found",
    "cti/demo/": "the run of the demo is its test; what decides in it has tests of its own",
}


# --- reading ----------------------------------------------------------------------------------------------------------


@cache
def modules() -> tuple[Path, ...]:
    return tuple(sorted(path for folder in OURS for path in (ROOT / folder).rglob("*.py")))


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def in_code() -> Iterator[Path]:
    return (path for path in modules() if name(path).startswith("cti/"))


def in_tests() -> Iterator[Path]:
    return (path for path in modules() if name(path).startswith("tests/"))


def lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def surplus(found: set[str], excepted: dict[str, str]) -> str:
    """What is wrong with a rule: offenders without a reason, and reasons without an offender."""
    return "\n".join(
        [f"  {offender}" for offender in sorted(found - excepted.keys())]
        + [f"  {excuse}: no longer needs its exception" for excuse in sorted(excepted.keys() - found)]
    )


# --- modules and functions --------------------------------------------------------------------------------------------


def test_every_module_says_which_question_it_answers() -> None:
    silent = [name(path) for path in modules() if path.stat().st_size and not ast.get_docstring(tree(path))]
    assert not silent, f"no module docstring: {silent}"


def test_modules_are_short() -> None:
    found = {name(path) for path in modules() if not name(path).startswith("tests/") and lines(path) > MODULE_LINES}
    assert not (wrong := surplus(found, LONG_MODULES)), f"more than {MODULE_LINES} lines, and no reason:\n{wrong}"
    assert all(lines(ROOT / module) <= 1.75 * MODULE_LINES for module in LONG_MODULES)


def test_tests_are_short() -> None:
    long = {name(path): lines(path) for path in in_tests() if lines(path) > TEST_LINES}
    assert not long, f"more than {TEST_LINES} lines: {long}"


def test_functions_fit_a_screen() -> None:
    found = {
        f"{name(path)}:{node.name}"
        for path in modules()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno >= FUNCTION_LINES
    }
    assert not (wrong := surplus(found, LONG_FUNCTIONS)), f"longer than {FUNCTION_LINES} lines:\n{wrong}"


def test_public_names_say_what_they_mean() -> None:
    """Public classes (unless plain words in a table of words) and module-level functions have a docstring."""
    silent = []
    for path in in_code():
        if "/migrations/" in name(path):
            continue
        for node in tree(path).body:
            function = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
            if not (function or isinstance(node, ast.ClassDef)) or node.name.startswith("_"):
                continue
            if ast.get_docstring(node) or _speaks_for_itself(node):
                continue
            silent.append(f"{name(path)}:{node.lineno} {node.name}")
    assert not silent, "no docstring:\n  " + "\n  ".join(silent)


def _speaks_for_itself(node: ast.stmt) -> bool:
    """Plain fields with methods that have docstrings, or a function of a few statements: name and types say it all."""
    if isinstance(node, ast.ClassDef):
        methods = [part for part in node.body if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef)]
        plain = all(
            isinstance(part, ast.AnnAssign | ast.Assign | ast.Pass) for part in node.body if part not in methods
        )
        return plain and all(ast.get_docstring(method) or isinstance(method.body[0], ast.Expr) for method in methods)
    assert isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    return sum(isinstance(part, ast.stmt) for part in ast.walk(node)) <= 8


def test_classes_are_nouns_of_the_trade() -> None:
    found = {
        f"{name(path)}:{node.name}"
        for path in modules()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ClassDef) and NAMES_AVOIDED.search(node.name)
    }
    assert not (wrong := surplus(found, NAMES_ALLOWED)), f"words we avoid:\n{wrong}"


# --- what may speak ---------------------------------------------------------------------------------------------------


def calls(path: Path) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree(path)) if isinstance(node, ast.Call))


def test_only_the_command_line_prints() -> None:
    printing = [
        f"{name(path)}:{call.lineno}"
        for path in in_code()
        if not any(path.relative_to(ROOT).match(pattern) for pattern in PRINTING)
        for call in calls(path)
        if isinstance(call.func, ast.Name) and call.func.id == "print"
    ]
    assert not printing


def logging_calls() -> Iterator[tuple[str, ast.Call]]:
    for path in in_code():
        for call in calls(path):
            func = call.func
            if isinstance(func, ast.Attribute) and func.attr in LOG_METHODS:
                owner = func.value.id if isinstance(func.value, ast.Name) else ""
                if owner in ("log", "_log", "logger"):
                    yield f"{name(path)}:{call.lineno}", call


def test_logs_hold_no_personal_data() -> None:
    found = list(logging_calls())
    assert found, "the rule must see something"
    telling = []
    for place, call in found:
        words = {keyword.arg or "**" for keyword in call.keywords}
        words |= {
            node.attr if isinstance(node, ast.Attribute) else node.id
            for argument in [*call.args, *(keyword.value for keyword in call.keywords)]
            for node in ast.walk(argument)
            if isinstance(node, ast.Attribute | ast.Name)
        }
        if words & (PERSONAL | {"**"}):
            telling.append(f"{place} {sorted(words & (PERSONAL | {'**'}))}")
    assert not telling


def test_exceptions_hold_no_personal_data() -> None:
    telling = [
        f"{name(path)}:{node.lineno} {sorted(words & PERSONAL)}"
        for path in in_code()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call)
        if (words := {part.attr for part in ast.walk(node.exc) if isinstance(part, ast.Attribute)}) & PERSONAL
    ]
    assert not telling


# --- tests ------------------------------------------------------------------------------------------------------------


def test_every_test_module_has_its_category() -> None:
    without = []
    for path in in_tests():
        if path.name.startswith("test_"):
            marks = {
                target.id: node.value
                for node in tree(path).body
                if isinstance(node, ast.Assign)
                for target in node.targets
                if isinstance(target, ast.Name)
            }
            tests = [
                node
                for node in tree(path).body
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_")
            ]
            if "pytestmark" in marks and _category([marks["pytestmark"]]):
                continue
            if not tests or not all(_category(test.decorator_list) for test in tests):
                without.append(name(path))
    assert not without


def _category(marks: Sequence[ast.expr]) -> bool:
    return any(isinstance(part, ast.Attribute) and part.attr in CATEGORIES for mark in marks for part in ast.walk(mark))


def test_unit_tests_and_simulations_never_sleep() -> None:
    asleep = []
    for path in in_tests():
        if not re.search(r"^pytestmark = .*mark\.(unit|simulation)", path.read_text(encoding="utf-8"), re.M):
            continue
        for call in calls(path):
            if isinstance(call.func, ast.Attribute) and call.func.attr == "sleep":
                nothing = call.args and isinstance(call.args[0], ast.Constant) and call.args[0].value == 0
                if not nothing:
                    asleep.append(f"{name(path)}:{call.lineno}")
    assert not asleep


def test_tests_mirror_modules() -> None:
    tests = {name(path) for path in in_tests()}
    untested = set()
    for path in in_code():
        module = name(path)
        if path.name == "__init__.py" or any(module.startswith(folder) for folder in NOT_MIRRORED):
            continue
        stem = module.removeprefix("cti/").removesuffix(".py")
        folder, _, last = stem.rpartition("/")
        expected = f"tests/{folder}/test_{last}".replace("//", "/")
        if not any(test == f"{expected}.py" or test.startswith(f"{expected}_") for test in tests):
            untested.add(module)
    assert not (wrong := surplus(untested, TESTED_ELSEWHERE)), f"no tests/<same path>/test_<module>.py:\n{wrong}"


# --- rooms and pictures -----------------------------------------------------------------------------------------------


@pytest.mark.timeout(120)
def test_arrows_point_one_way() -> None:
    tool = shutil.which("lint-imports", path=str(Path(sys.executable).parent))
    assert tool is not None, "import-linter is not installed"
    run = subprocess.run([tool], cwd=ROOT, capture_output=True, text=True, timeout=110, check=False)
    assert run.returncode == 0, run.stdout[-3000:] + run.stderr[-1000:]


def test_the_pictures_are_those_of_the_tables() -> None:
    assert draw_states.outdated() == [], "run python tools/draw_states.py"


def test_an_old_picture_is_noticed(tmp_path: Path) -> None:
    for file, text in draw_states.files().items():
        (tmp_path / file).write_text(text, encoding="utf-8")
    assert draw_states.outdated(tmp_path) == []
    (tmp_path / "offer.svg").write_text("old")
    (tmp_path / "more.svg").write_text("old")
    assert draw_states.outdated(tmp_path) == ["more.svg", "offer.svg"]
