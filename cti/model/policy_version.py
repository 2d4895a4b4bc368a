"""Which policy was that? A short name of its content: the same content has the same name, everywhere and always."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import msgspec
from pydantic import BaseModel

from cti.model.policy import Center

DIGITS = 12


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    raise NotImplementedError


_encoder = msgspec.json.Encoder(enc_hook=_plain, order="deterministic")


def policy_version(center: Center) -> str:
    """Twelve hexadecimal digits: the same for the same content, whatever the file's order and comments.

    The order of agents is content: strategies go by it where two are equal.
    """
    found = hashlib.sha256()
    for section in Center.model_fields:
        value = getattr(center, section)
        named = value if isinstance(value, Mapping) else {"": value}
        for name in named if section == "agents" else sorted(named):  # piece by piece: other threads get their turn
            found.update(_encoder.encode((section, name, named[name])))
    return found.hexdigest()[:DIGITS]
