"""How is chance shared out so that a customer always gets the same? A hash of salt and customer; no draw, no memory."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping


def place(salt: str, customer: str) -> float:
    """Return a number from 0 up to (not including) 1, the same for the same salt and customer, evenly spread."""
    digest = hashlib.blake2b(f"{salt}\0{customer}".encode("utf-8", "replace"), digest_size=8).digest()
    return int.from_bytes(digest, "big") / 2**64


def choose(shares: Mapping[str, int], salt: str, customer: str) -> str:
    """Return the name whose share the customer falls into. `shares` are weights; if all are 0, the first name."""
    point = place(salt, customer) * sum(shares.values())
    for name, share in shares.items():
        if point < share:
            return name
        point -= share
    return next(iter(shares))
