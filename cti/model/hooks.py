"""Which systems of your own are told of what happened, and of what? The words of webhooks (`hooks:` of center.yaml).

Only words: what a fact means to a receiver is hooks/occasions.py's, how it gets there hooks/delivering.py's.
"""

from __future__ import annotations

import base64
import binascii
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, Field, IPvAnyNetwork, SecretStr, StringConstraints

from cti.model.lookups import BaseUrl
from cti.model.schema import Policy

SECRET_PREFIX = "whsec_"
LEAST_BYTES, MOST_BYTES = 24, 64  # Standard Webhooks 1.0, "Signature scheme": 192 to 512 bits


class Told(StrEnum):
    """Of what a receiver is told; the `type` of the message."""

    CONTACT_ENDED = "contact.ended"
    CONTACT_NOTED = "contact.noted"  # what came of a talk, as the agent says; after contact.ended where he takes time
    LOW_SCORE = "survey.low_score"  # an answer that opened a follow-up
    CALLBACK_KEPT = "callback.kept"
    CALLBACK_FAILED = "callback.failed"  # also: it expired
    ATTEMPT_ENDED = "attempt.ended"  # one dialling of one number, with what the agent noted
    LEAD_ENDED = "lead.ended"  # with its one outcome
    CAMPAIGN_STATE = "campaign.state"


TEST = "hook.test"  # what `cti hook test` sends; cannot be asked for


def key_of(secret: str) -> bytes:
    """Return the bytes that sign: of `whsec_` and base64, or of any other text itself. Raises ValueError."""
    if not secret.startswith(SECRET_PREFIX):
        key = secret.encode()
    else:
        try:
            key = base64.b64decode(secret[len(SECRET_PREFIX) :], validate=True)
        except (binascii.Error, ValueError):
            raise ValueError(f"after {SECRET_PREFIX} there must be base64; make one with: cti hook secret") from None
    if not LEAST_BYTES <= len(key) <= MOST_BYTES:
        raise ValueError(f"must have {LEAST_BYTES} to {MOST_BYTES} bytes; make one with: cti hook secret")
    return key


def _secret(secret: SecretStr) -> SecretStr:
    key_of(secret.get_secret_value())
    return secret


def _some(told: tuple[Told, ...]) -> tuple[Told, ...]:
    if not told:
        raise ValueError("tells of nothing; leave the key out to be told of everything")
    return told


class Hook(Policy):
    """One receiver. `networks`: where its host may lie if not in the public internet.

    An address in `url` itself is taken too, except this machine's own and link-local ones.

    `numbers`: whether messages hold the customer's number; `columns`: of the list, that go along with results of leads.
    """

    url: BaseUrl
    secret: Annotated[SecretStr, AfterValidator(_secret)]
    former_secret: Annotated[SecretStr, AfterValidator(_secret)] | None = None  # signs too, while the receiver changes
    events: Annotated[tuple[Told, ...], AfterValidator(_some)] = tuple(Told)
    timeout_s: Annotated[float, Field(ge=0.1, le=60)] = 15.0
    max_at_once: Annotated[int, Field(ge=1, le=50)] = 4
    give_up_after_h: Annotated[float, Field(gt=0, le=720)] = 72.0  # a message that nobody took until then has failed
    keep_most: Annotated[int, Field(ge=1, le=1_000_000)] = 100_000  # that wait; what comes beyond is lost, and counted
    networks: tuple[IPvAnyNetwork, ...] = ()
    ca_file: Annotated[str, StringConstraints(min_length=1, max_length=300)] | None = None  # of your authority, PEM
    numbers: bool = False
    columns: tuple[Annotated[str, StringConstraints(min_length=1, max_length=100)], ...] = ()
