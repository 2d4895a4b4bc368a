"""What do all tests share? A missing Asterisk or browser is never silent (and where CI=true it is a failure), and they
are spread over processes (tests/spread.py)."""

from __future__ import annotations

import pytest
from xdist.remote import Producer

from tests import depth, spread

depth.dig()

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
