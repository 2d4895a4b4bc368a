"""Is it said of every key of a queue whether it may reach beyond a part of the centre?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from cti.api import scoping
from cti.model.policy import Queue

pytestmark = pytest.mark.unit

# Whoever adds a key to a queue says here that it concerns its own callers and agents only; else it is one of scoping.py
OF_ITS_OWN = frozenset(
    [
        "accept",
        "after_s",
        "announce",
        "at_closing",
        "begins",
        "blending",
        "callback_abandoned",
        "disposition",
        "disposition_default",
        "dispositions",
        "ends",
        "every_s",
        "first_after_s",
        "free_at_least",
        "free_below",
        "hours",
        "intervals",
        "keep_place",
        "keys",
        "longer_than_min",
        "max_penalty",
        "max_wait_s",
        "max_waiting",
        "min_penalty",
        "min_wait_s",
        "music",
        "on_closed",
        "on_full",
        "on_long_wait",
        "on_max_wait",
        "on_nobody",
        "over_s",
        "play",
        "position",
        "preferred_for_s",
        "redial_within_s",
        "requires",
        "ring_more_every_s",
        "ring_timeout_s",
        "rings",
        "seconds",
        "service_level_percent",
        "strategy",
        "target_s",
        "to",
        "wait",
        "waiting_at_most",
        "waiting_over",
        "when",
        "while_ringing",
        "while_waiting",
        "wrap_up_s",
    ]
)


def models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from models(inner)


def keys_of(model: type[BaseModel]) -> Iterator[str]:
    for name, field in model.model_fields.items():
        yield name
        for inner in models(field.annotation):
            yield from keys_of(inner)


def test_every_key_of_a_queue_is_judged() -> None:
    judged = {*scoping._QUEUES, *scoping._TEAMS, *scoping._FOR_THE_WHOLE}
    assert set(keys_of(Queue)) == OF_ITS_OWN | judged
    assert not OF_ITS_OWN & judged
