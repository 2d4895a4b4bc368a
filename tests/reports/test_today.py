"""Does a new engine go on with the day, without those who were still waiting when the one before ended?"""

from __future__ import annotations

import pytest

from cti.metrics.tally import Tally
from cti.model.changes import Changed, Kind
from cti.reports.today import restore_today

from .conftest import NOON, POLICY, Teller

pytestmark = pytest.mark.unit


def test_the_day_goes_on(teller: Teller) -> None:
    teller.call("n/1", NOON + 10, "answered", 5.0)
    teller.call("n/2", NOON + 20, "abandoned", 30.0)
    who = {"contact": "n/3", "queue": "sales", "since": NOON + 50}
    teller.tell(Changed(Kind.VISIT, "n/3/1", "", "waiting", NOON + 50, "Test", wait_s=0.0, **who))  # type: ignore[arg-type]
    tally = Tally(POLICY)
    assert restore_today(teller.store, tally, NOON + 3600)
    shown = tally.windows("sales").shown(NOON + 3600)["today"]
    assert (shown["offered"], shown["answered"], shown["abandoned"], shown["waiting"]) == (2, 1, 1, 0)
    assert tally.agent("anna", NOON + 3600)["handled"] == 1
    tally = Tally(POLICY)
    restore_today(teller.store, tally, NOON + 86_400)
    assert tally.windows("sales").shown(NOON + 86_400)["today"]["offered"] == 0
