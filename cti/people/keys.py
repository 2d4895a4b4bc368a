"""What do browsers and programs hold, and what do we keep of it? Random keys; we keep only their hashes."""

from __future__ import annotations

import hashlib
import hmac
import secrets

BYTES = 32
TOKEN_BEGIN = "cti_"  # so that scanners of source code know one when they see it


def new_session() -> str:
    """Return what a browser's cookie is to hold."""
    return secrets.token_urlsafe(BYTES)


def new_token() -> str:
    """Return what a program is to show."""
    return TOKEN_BEGIN + secrets.token_urlsafe(BYTES)


def kept(secret: str) -> str:
    """Return what is kept of it: a plain hash will do, nobody guesses 256 random bits."""
    return hashlib.sha256(_bytes(secret)).hexdigest()


def csrf_of(session: str) -> str:
    """Return the word that a page shows with each change: made from the session, so that it needs no keeping.

    A page of another origin can send the cookie and cannot read it, nor this.
    """
    return hmac.new(_bytes(session), b"cti csrf", hashlib.sha256).hexdigest()


def same(one: str, other: str) -> bool:
    """Compare in a time that says nothing."""
    return hmac.compare_digest(_bytes(one), _bytes(other))


def _bytes(said: str) -> bytes:
    """aiohttp hands on bytes of a header that are no UTF-8 as lone surrogates; those are wrong, and no failure."""
    return said.encode(errors="surrogatepass")
