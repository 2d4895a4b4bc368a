"""Which policy was that? A short name of its content: the same content has the same name, everywhere and always."""

from __future__ import annotations

import hashlib

import msgspec

from cti.model.policy import Center

DIGITS = 12


def policy_version(center: Center) -> str:
    """Twelve hexadecimal digits: the same for the same content, whatever the file's order and comments.

    The order of agents is content: strategies go by it where two are equal.
    """
    content = msgspec.json.encode((center.model_dump(mode="json"), list(center.agents)), order="deterministic")
    return hashlib.sha256(content).hexdigest()[:DIGITS]
