"""Does the schema refuse what could hurt, and are its defaults what the documentation says?"""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from cti.model import policy

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("model", "fields"),
    [
        (policy.Queue, {"target": 20}),  # unknown key
        (policy.Queue, {"target_s": 0}),
        (policy.Queue, {"tier": 10}),
        (policy.Queue, {"ring_timeout_s": 0.5}),
        (policy.Queue, {"ring_timeout_s": 301}),
        (policy.Queue, {"requires": {"en": 0}}),
        (policy.Queue, {"requires": {"en": 11}}),
        (policy.Queue, {"keys": {"12": {}}}),
        (policy.Queue, {"strategy": "random"}),
        (policy.Entry, {}),
        (policy.Entry, {"queue": "sales", "flow": "main"}),
        (policy.Entry, {"flow": "main", "requires": {"en": 2}}),  # its queue nodes say that, and would win unseen
        (policy.Entry, {"flow": "main", "head_start_s": 30}),
        (policy.Exit, {"goto": "default,s,1"}),  # only our own contexts
        (policy.Exit, {"goto": "cti-x,s,1,System(rm)"}),
        (policy.Exit, {"play": ["a&b"]}),  # & joins files in AGI commands
        (policy.Exit, {"play": ["../../etc/passwd"]}),
        (policy.Agent, {"phone": "PJSIP/1001&PJSIP/1002"}),  # & rings a second phone
        (policy.Agent, {"phone": "PJSIP/1001,20,g"}),
        (policy.Agent, {"phone": "1001"}),
        (policy.Agent, {"phone": "PJSIP/1001", "starts": "on_break"}),
        (policy.Announcements, {"every_s": 4}),
        (policy.Center, {"queues": {}}),
        (policy.Center, {"queues": {"sales": {}}, "entries": {"60 01": {"queue": "sales"}}}),
        (policy.Center, {"queues": {"1sales": {}}}),
        (policy.Center, {"queues": {"sales": {}}, "settle_s": 11}),
    ],
)
def test_the_harmful_is_refused(model: Any, fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        model(**fields)


def test_defaults() -> None:
    center = policy.Center(queues={"sales": {}})  # type: ignore[dict-item]
    sales = center.queues["sales"]
    assert (sales.target_s, sales.tier, sales.ring_timeout_s, sales.wrap_up_s) == (20, 5, 15, 0)
    assert (sales.strategy, sales.max_wait_s, sales.max_waiting) == ("longest_idle", None, None)
    assert (center.missed_offers.pause_after_missed, center.missed_offers.not_again_s, center.settle_s) == (2, 60, 2)
    assert sorted(center.breaks) == ["break", "lunch", "training"]


def test_values_never_change_under_a_running_engine() -> None:
    queue = policy.Queue()
    with pytest.raises(ValidationError):
        queue.target_s = 1  # type: ignore[misc]
