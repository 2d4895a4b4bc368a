"""What do all tests share? One promise: a missing real Asterisk is never silent (and where CI=true it is a failure)."""

from __future__ import annotations

import pytest

NO_ASTERISK = "NO REAL ASTERISK"


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("filterwarnings", "ignore::DeprecationWarning:asterisk.manager")  # pyst2 is of 2017


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
