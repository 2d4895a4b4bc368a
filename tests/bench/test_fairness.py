"""Does the benchmark of the orders say what its figures mean?"""

from __future__ import annotations

import pytest

from bench.app_queue import Stay
from bench.fairness import ORDERS, PROMISED, STEEP, Score, by_core, callers, conclusion

pytestmark = pytest.mark.simulation


def test_the_conclusion_names_starved_callers_worst_waits_and_the_dial() -> None:
    scores = {order: Score() for order in ORDERS}
    for score, wait_s in zip(scores.values(), (30.0, 101.0, 150.0, 161.0), strict=True):
        score.add([Stay("gold", 2000.0, wait_s, answered=True), Stay("bronze", 2000.0, 5.0, answered=True)])
    text = " ".join(conclusion(scores))
    assert "app_queue" in text and "1 callers starved, the worst wait was 161 s" not in text
    assert "1 caller starved, the worst wait was 161 s" in text and "0 starved, the worst wait was 30 s" in text
    assert "urgency_target_s" in text and "more than 5 times" in text


def test_the_dial_changes_the_order_and_not_the_promise() -> None:
    people = callers("mostly gold", 1.2, 0)
    soft, steep = Score(), Score()
    soft.add(by_core(people, PROMISED))
    steep.add(by_core(people, STEEP))
    assert steep.share("gold") > soft.share("gold") and steep.share("bronze") < soft.share("bronze")
