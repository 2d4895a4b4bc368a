"""From which browser has somebody signed in before? A signed word in a cookie of its own, one for each of a few names.

So a sign-in from there has a limit of its own, and nobody who guesses, wherever he sits, can lock its owner out.
Source: OWASP, "Slow Down Online Guessing Attacks with Device Cookies". Nothing is kept of it here; it opens nothing.
"""

from __future__ import annotations

import secrets

from cti.people import keys
from cti.people.sealing import Seal

KEEP_S = 90 * 86_400.0
MOST_NAMES = 5  # who share a browser
MOST_CHARS = 1_000
_BETWEEN = "~"


def known(seal: Seal, cookie: str, name: str, now: float) -> str:
    """Return the id under which this browser is known as one of `name`; "" if it is not. `now`: epoch seconds."""
    return next((word.partition(".")[0] for word in _words(cookie) if _is_of(seal, word, name, now)), "")


def remember(seal: Seal, cookie: str, name: str, now: float) -> str:
    """Return what the cookie is to hold after a sign-in of `name`: the words of others stay."""
    others = [word for word in _words(cookie) if not _is_of(seal, word, name, now)]
    browser, since = secrets.token_urlsafe(12), str(int(now))
    return _BETWEEN.join([*others[-MOST_NAMES + 1 :], f"{browser}.{since}.{_mark(seal, browser, since, name)}"])


def _words(cookie: str) -> list[str]:
    return cookie.split(_BETWEEN)[:MOST_NAMES] if 0 < len(cookie) <= MOST_CHARS else []


def _is_of(seal: Seal, word: str, name: str, now: float) -> bool:
    browser, _, rest = word.partition(".")
    since, _, mark = rest.partition(".")
    if not keys.same(mark, _mark(seal, browser, since, name)):
        return False
    return 0 <= now - int(since) < KEEP_S


def _mark(seal: Seal, browser: str, since: str, name: str) -> str:
    return seal.mark("browser", browser, since, name.casefold())
