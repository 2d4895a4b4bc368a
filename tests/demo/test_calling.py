"""The demo's campaign and callbacks: a configuration that the engine takes, and numbers that belong to nobody."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from cti.config.check import find
from cti.demo.calling import CAMPAIGN, LEADS, LIST_PREFIX, OFFERS, QUEUE, list_csv, with_calling
from cti.demo.center import demo_center
from cti.demo.flow_side import offers
from cti.demo.plan import RANGES

from .test_center import EXAMPLE, PLACES, loaded

pytestmark = pytest.mark.unit


def test_everybody_serves_the_campaign_when_no_caller_needs_him() -> None:
    tree = yaml.safe_load(EXAMPLE.read_text(encoding="utf-8"))
    asked = offers(tree, EXAMPLE)
    assert set(asked) == set(OFFERS)
    settings = loaded(with_calling(demo_center(tree, EXAMPLE.parent, PLACES, guest_phone="PJSIP/2001"), offers=asked))
    assert settings.campaigns[CAMPAIGN].queue == QUEUE and settings.queues[QUEUE].blending is not None
    assert all(QUEUE in agent.queues for agent in settings.agents.values())
    assert {name for name, queue in settings.queues.items() if queue.while_waiting} == set(OFFERS)
    assert not find(settings), "cti check is content"


def test_where_nobody_can_be_heard_nobody_is_offered_a_callback(tmp_path: Path) -> None:
    tree = yaml.safe_load(EXAMPLE.read_text(encoding="utf-8"))
    assert offers(tree, tmp_path / "center.yaml") == ()
    settings = loaded(with_calling(demo_center(tree, EXAMPLE.parent, PLACES)))
    assert not any(queue.while_waiting for queue in settings.queues.values())


def test_the_list_is_of_numbers_that_no_caller_has() -> None:
    head, *rows = list_csv().splitlines()
    numbers = {row.split(";")[1] for row in rows}
    assert head == "Name;Phone;City" and len(rows) == len(numbers) == LEADS
    assert all(number.startswith(LIST_PREFIX) and len(number) == len("+442920180000") for number in numbers)
    assert not any(LIST_PREFIX.startswith(f"+{known}") or known.startswith(LIST_PREFIX[1:]) for known in RANGES)
