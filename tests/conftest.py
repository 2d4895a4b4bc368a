"""What do all tests share? A missing real Asterisk is never silent (and where CI=true it is a failure), and they
are spread over processes (tests/spread.py)."""

from __future__ import annotations

import pytest
from xdist.remote import Producer

from tests import depth, spread

depth.dig()

NO_ASTERISK = "NO REAL ASTERISK"


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
    skipped = [report for report in terminalreporter.stats.get("skipped", ()) if NO_ASTERISK in str(report.longrepr)]
    if not skipped:
        return
    _, _, reason = str(skipped[0].longrepr).partition(NO_ASTERISK)
    terminalreporter.write_sep("!", NO_ASTERISK, red=True, bold=True)
    terminalreporter.write_line(
        f"{len(skipped)} tests need a real Asterisk and did not run{reason.rstrip(chr(41) + chr(39))}",
        red=True,
        bold=True,
    )
