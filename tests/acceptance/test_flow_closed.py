"""What becomes of a caller whose flow (IVR) finds the centre closed? He may ask to be called back."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from .centre import Centre, number_of
from .flow_centre import CLOSED, FlowCentre

pytestmark = pytest.mark.acceptance


NO_SHOP = "http://127.0.0.1:9"


def test_a_callback_is_promised(centre: Centre, tmp_path: Path) -> None:
    """The promise is in the database when he hears of it."""
    desk = FlowCentre(centre, tmp_path, NO_SHOP)
    engine = desk.open(weekly=CLOSED)
    first, second, unwilling = desk.calls(3)
    for caller, key in ((first, "1"), (second, "1"), (unwilling, "2")):
        caller.hears("callback")
        caller.press(key)
    assert first.is_hung_up_on() == ["closed", "callback", "promised", "bye"], first.ear
    assert second.is_hung_up_on() == ["closed", "callback", "promised", "bye"], second.ear
    assert unwilling.is_hung_up_on() == ["closed", "callback", "bye"], unwilling.ear
    with sqlite3.connect(engine.database) as store:
        promised = store.execute("select number, queue from callback_request order by number").fetchall()
    assert promised == [(number_of(1), "sales"), (number_of(2), "sales")]
    desk.nothing_is_left()
