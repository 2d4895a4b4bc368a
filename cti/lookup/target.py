"""Where exactly does a question go? A path with {names} to an address that cannot leave the system's base URL. PURE."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import quote, urljoin, urlsplit

from cti.model.lookups import Value

SLOT = re.compile(r"\{([A-Za-z][A-Za-z0-9_]{0,39})\}")
MAX_VALUE_CHARS = 200
MAX_URL_CHARS = 2000


class BadTarget(ValueError):
    """The path cannot be asked for; the message holds no value."""


def address(base_url: str, path: str, values: Mapping[str, Value]) -> str:
    """Return the full address: `path` below `base_url`, every {name} filled and encoded. Raises BadTarget."""

    def fill(found: re.Match[str]) -> str:
        value = values.get(found[1])
        text = _text(value)
        if not text or len(text) > MAX_VALUE_CHARS or not text.isprintable() or set(text) == {"."}:
            raise BadTarget(f"{{{found[1]}}} is empty, too long, or cannot stand in a path")
        return quote(text, safe="")

    filled = SLOT.sub(fill, path)
    if not filled.startswith("/") or filled.startswith("//") or "{" in filled or "}" in filled or "#" in filled:
        raise BadTarget("the path must begin with one / and have only {names} in braces")
    if any(part in (".", "..") for part in filled.partition("?")[0].split("/")) or "\\" in filled:
        raise BadTarget("the path leads upwards")
    if len(base_url) + len(filled) > MAX_URL_CHARS:
        raise BadTarget("the address becomes too long")
    return base_url + filled


def _text(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value)


def redirected(base_url: str, before: str, location: str) -> str | None:
    """Return where a redirect leads if it stays below `base_url`, else None."""
    try:
        target = urljoin(before, location)
        ours, theirs = urlsplit(base_url), urlsplit(target)
        same = (ours.scheme, ours.hostname, _port(ours.scheme, ours.port)) == (
            theirs.scheme,
            theirs.hostname,
            _port(theirs.scheme, theirs.port),
        )
    except ValueError:
        return None
    below = theirs.path == ours.path or theirs.path.startswith(ours.path.rstrip("/") + "/")
    plain = theirs.username is None and theirs.password is None and target.isascii() and target.isprintable()
    if not (same and below and plain and len(target) <= MAX_URL_CHARS) or ".." in theirs.path:
        return None
    return theirs._replace(fragment="").geturl()


def _port(scheme: str, port: int | None) -> int:
    return port or (443 if scheme == "https" else 80)
