"""How does Ctrl-C end a program that has only begun to load? At once: nothing is to be tidied yet."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Iterator


@contextlib.contextmanager
def quietly_ended() -> Iterator[None]:
    """While modules are loaded, a SIGINT that Python would tell by a traceback of one half loaded ends the process."""
    if signal.getsignal(signal.SIGINT) is not signal.default_int_handler:  # ignored by who has started us, or a test's
        yield
        return
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
