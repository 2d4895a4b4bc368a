"""How does a receiver know that a message is ours, and not an old one? The headers of Standard Webhooks 1.0. PURE.

Source: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Sequence

from cti.model.hooks import key_of


def headers(secrets: Sequence[str], message: str, at: float, body: bytes) -> dict[str, str]:
    """Return what goes along with `body`: which message, when this try was made (epoch seconds), who signed.

    With several `secrets` it is signed by each: a receiver that has one of them is content ("Signature scheme").
    """
    stamp = str(int(at))
    signed = b".".join((message.encode(), stamp.encode(), body))
    signatures = " ".join(f"v1,{_signature(secret, signed)}" for secret in secrets)
    return {"webhook-id": message, "webhook-timestamp": stamp, "webhook-signature": signatures}


def _signature(secret: str, signed: bytes) -> str:
    return base64.b64encode(hmac.new(key_of(secret), signed, hashlib.sha256).digest()).decode()
