"""Which requests did not go as they should, told so that nothing of a request gets into the log?

aiohttp's own log shows the line it could not read, and the traceback with the values of a request that failed.
"""

from __future__ import annotations

import logging
import sys
from typing import Any

import structlog
from aiohttp.http_exceptions import HttpProcessingError

_log = structlog.get_logger(__name__)


class RequestLog(logging.Logger):
    """What aiohttp logs to. `malformed` counts what was no HTTP or broke off, `failed` what we could not answer."""

    def __init__(self) -> None:
        super().__init__("cti.http", logging.WARNING)
        self.malformed = self.failed = 0
        self._tell_malformed_at = 1

    def _log(self, level: int, msg: object, args: Any, exc_info: Any = None, *_: Any, **__: Any) -> None:
        error = exc_info if isinstance(exc_info, BaseException) else sys.exc_info()[1] if exc_info else None
        if isinstance(error, HttpProcessingError | UnicodeError | ConnectionResetError):
            self._tell_malformed(type(error).__name__)
            return
        self.failed += 1
        _log.error("an HTTP request failed", error=type(error).__name__, at=_place(error))

    def _tell_malformed(self, error: str) -> None:
        """Told at the first, and then at each tenfold: a port scan must not flood the log."""
        self.malformed += 1
        if self.malformed == self._tell_malformed_at:
            self._tell_malformed_at *= 10
            _log.warning(
                "a peer sent what is no HTTP request, or went away during it", error=error, so_far=self.malformed
            )


def _place(error: BaseException | None) -> str:
    """Return file:line where it was raised."""
    step = None if error is None else error.__traceback__
    while step is not None and step.tb_next is not None:
        step = step.tb_next
    return "" if step is None else f"{step.tb_frame.f_code.co_filename}:{step.tb_lineno}"
