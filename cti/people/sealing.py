"""What of people is kept so that the database alone does not tell it? Sealed words, and marks that cannot be forged.

AES-256-GCM by `cryptography`; keys by HKDF (RFC 5869) from the one secret of the web, which is not in the database.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

BEGIN = "v1."  # a secret of an authenticator in plain has no dot
NONCE_BYTES, KEY_BYTES = 12, 32  # NIST SP 800-38D, 8.2.2: random nonces of 96 bits


class Seal:
    """Made from the secret of the web (24 random characters at least)."""

    def __init__(self, secret: str) -> None:
        self._cipher = AESGCM(_key(secret, b"cti sealed words"))
        self._marking = _key(secret, b"cti marks")

    def close(self, word: str, about: str) -> str:
        """Return `word` sealed; only with the same `about` (whose, and what) can it be opened."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return (
            BEGIN + base64.urlsafe_b64encode(nonce + self._cipher.encrypt(nonce, word.encode(), _bytes(about))).decode()
        )

    def open(self, kept: str, about: str) -> str | None:
        """Return what was sealed, and what never was as it is; None: with another secret, or about somebody else."""
        if not is_sealed(kept):
            return kept
        try:
            data = base64.urlsafe_b64decode(kept[len(BEGIN) :])
            return self._cipher.decrypt(data[:NONCE_BYTES], data[NONCE_BYTES:], _bytes(about)).decode()
        except (InvalidTag, ValueError):
            return None

    def mark(self, *words: str) -> str:
        """Return what nobody can make of `words` who does not have the secret."""
        said = b"".join(len(word := _bytes(each)).to_bytes(4, "big") + word for each in words)
        return hmac.new(self._marking, said, hashlib.sha256).hexdigest()


def is_sealed(kept: str) -> bool:
    """Whether this is a sealed word."""
    return kept.startswith(BEGIN)


def _key(secret: str, purpose: bytes) -> bytes:
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=purpose).derive(secret.encode())


def _bytes(said: str) -> bytes:
    return said.encode(errors="surrogatepass")
