"""Which policy was that? A short name of its content: the same content has the same name, everywhere and always."""

from __future__ import annotations

import hashlib

from cti.model.policy import Center

DIGITS = 12


def policy_version(center: Center) -> str:
    """Twelve hexadecimal digits. The order of agents counts: the strategy "linear" goes by it."""
    return hashlib.sha256(center.model_dump_json().encode()).hexdigest()[:DIGITS]
