"""When is a message tried again that a receiver did not take? Soon at first, then ever more seldom. PURE."""

from __future__ import annotations

import zlib

PAUSES_S = (5.0, 30.0, 120.0, 600.0, 1800.0, 3600.0, 7200.0, 18_000.0, 36_000.0)
JITTER = 0.2  # what failed together does not come back together
MOST_ASKED_S = 86_400.0


def pause_s(message: str, tries: int, asked_s: float | None = None) -> float:
    """Return the seconds until the next try, after `tries` that failed (from 1). `asked_s`: the receiver's wish."""
    pause = PAUSES_S[min(tries, len(PAUSES_S)) - 1]
    share = zlib.crc32(f"{message} {tries}".encode()) / 0xFFFFFFFF  # no chance of its own: the same every time
    usual = pause * (1 + JITTER * (2 * share - 1))
    return usual if asked_s is None else max(usual, min(asked_s, MOST_ASKED_S))


def retry_after_s(header: str) -> float | None:
    """Return what Retry-After asks for, where it counts seconds (RFC 9110, 10.2.3); a date is taken as nothing."""
    word = header.strip()
    return float(word) if word.isascii() and word.isdecimal() and len(word) <= 9 else None
