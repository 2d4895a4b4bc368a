"""Does Ctrl-C end what only loads, and is it as before afterwards?"""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest

from cti.loading import quietly_ended

pytestmark = pytest.mark.unit


@pytest.fixture(autouse=True)
def _as_it_was() -> Iterator[None]:
    before = signal.getsignal(signal.SIGINT)
    yield
    signal.signal(signal.SIGINT, before)


def test_while_modules_load_the_process_ends_at_once() -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with quietly_ended():
        assert signal.getsignal(signal.SIGINT) is signal.SIG_DFL
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_who_has_been_told_to_ignore_it_does() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with quietly_ended():
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
