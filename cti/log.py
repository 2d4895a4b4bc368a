"""How does the engine speak to an operator's log? Set up once, by the composition root.

Events are constant sentences with named fields; numbers, names and digits of people never appear in either.
"""

from __future__ import annotations

import logging
import sys

import structlog


def configure(level: int = logging.INFO) -> None:
    """One line per event to stderr: readable on a terminal, logfmt for everything that collects logs."""
    terminal = sys.stderr.isatty()
    renderer = (
        structlog.dev.ConsoleRenderer()
        if terminal
        else structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"])
    )
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
