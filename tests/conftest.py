"""What do all tests share? A missing Asterisk or browser is never silent (and where CI=true it is a failure), they are
spread over processes (tests/spread.py), and a new store is a copy of one that was migrated (tests/migrated.py)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from xdist.remote import Producer

from cti.store import database
from tests import depth, hygiene, migrated, spread

depth.dig()
database._migrate = migrated.by_copy

MISSING = {
    "NO REAL ASTERISK": "a real Asterisk",
    "NO CHROMIUM": "a browser",
    "NO BUILT PAGES": "the built pages",
}


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("filterwarnings", "ignore::DeprecationWarning:asterisk.manager")  # pyst2 is of 2017
    if hasattr(config, "workerinput"):
        spread.give_way()


def pytest_xdist_auto_num_workers() -> int:
    return spread.processes()


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> spread.Rooms:
    config.option.loadscopereorder = False  # not by the number of tests in a file: ours are in their order
    return spread.Rooms(config, log)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: spread.turn(item.nodeid))


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """A test that holds, but whose product wrote something of a person into its log, fails."""
    outcome: Any = yield
    report = outcome.get_result()
    if report.passed and hygiene.watched(item.nodeid):
        found = hygiene.personal("\n".join(text for name, text in report.sections if name.endswith(report.when)))
        if found:
            report.outcome = "failed"
            report.longrepr = "personal data in the log:\n" + "\n".join(found[:20])


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for missing, what in MISSING.items():
        skipped = [report for report in terminalreporter.stats.get("skipped", ()) if missing in str(report.longrepr)]
        if not skipped:
            continue
        _, _, reason = str(skipped[0].longrepr).partition(missing)
        terminalreporter.write_sep("!", missing, red=True, bold=True)
        terminalreporter.write_line(
            f"{len(skipped)} tests need {what} and did not run{reason.rstrip(chr(41) + chr(39))}", red=True, bold=True
        )
