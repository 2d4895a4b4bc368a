"""Does a page say what is wrong with the centre, the worst first, and is it silent again when all is well?"""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.sync_api import WebSocketRoute, expect

from tests.web.looking import Looking

pytestmark = pytest.mark.web


class Told:
    """What the live socket says of the engine, with `fields` of its status as a test has them."""

    def __init__(self, look: Looking) -> None:
        self.fields: dict[str, Any] = {}
        self._pages: list[WebSocketRoute] = []
        look.page.route_web_socket("**/api/v1/live*", self._join)

    def say(self, **fields: Any) -> None:
        """Tell another status from now on."""
        self.fields = fields
        for page in self._pages:
            page.send(json.dumps({"type": "change", "seq": 1_000_000, "at": self.at, "topics": self._status()}))

    def _status(self) -> dict[str, Any]:
        return {"status": {"set": {"now": self.fields}}}

    def _join(self, page: WebSocketRoute) -> None:
        self._pages.append(page)
        engine = page.connect_to_server()

        def hear(text: str | bytes) -> None:
            told = json.loads(text)
            self.at = told["at"]
            if told["type"] == "snapshot":
                told["topics"].get("status", {}).get("now", {}).update(self.fields)
            elif told["type"] == "change" and "status" in told["topics"]:
                told["topics"]["status"]["set"]["now"].update(self.fields)
            elif told["type"] == "pulse" and "nodes" in self.fields:
                told |= {"nodes": self.fields["nodes"], "since": self.fields["down_since"]}
            page.send(json.dumps(told))

        engine.on_message(hear)


WELL = {
    "nodes": {"node1": "up", "node2": "up"},
    "down_since": {},
    "admission": {"closed": "", "turned_away": {}, "since": None},
    "redis": {"up": True, "away_since": None, "standbys": 1},
    "store": {"why": "", "since": None},
}


def test_the_worst_is_said_first_the_others_behind_a_button_and_nothing_when_all_is_well(look: Looking) -> None:
    told = Told(look)
    told.fields = WELL
    page = look.open("/reports")
    wrong = page.get_by_role("region", name="What is wrong")
    expect(page.get_by_text("live", exact=True)).to_be_visible()
    expect(wrong).to_have_count(0)
    lost = {"nodes": {"node1": "up", "node2": "down"}, "down_since": {"node2": told.at - 65}}
    told.say(**WELL | lost | {"redis": {"up": False, "away_since": told.at - 130, "standbys": 0}})
    expect(wrong.get_by_role("alert")).to_have_count(1)
    expect(wrong).to_contain_text("Asterisk node2 is not connected Its calls may be over; the other nodes go on.")
    expect(wrong.locator("time").first).to_contain_text("1:0")
    wrong.get_by_role("button", name="1 more").click()
    expect(wrong).to_contain_text("Redis gives no answer")
    expect(wrong).to_contain_text("no other one could take over")
    assert look.serious() == []
    look.shot("two")
    told.say(**WELL | lost | {"nodes": {"node1": "down", "node2": "down"}})
    expect(wrong.get_by_role("alert").first).to_contain_text("Asterisk is not connected (node1, node2)")
    told.say(**WELL | {"store": {"why": "database or disk is full", "since": told.at - 70}})
    expect(wrong).to_contain_text("Nothing can be written down (database or disk is full)")
    expect(wrong).to_contain_text("nobody is called")
    look.shot("store")
    told.say(**WELL)
    expect(wrong).to_have_count(0)


def test_a_wall_says_the_worst_in_few_words(look: Looking) -> None:
    told = Told(look)
    told.fields = WELL | {"admission": {"closed": "lag", "turned_away": {}, "since": None}}
    page = look.open("/wall")
    expect(page.get_by_role("alert")).to_have_text("New callers are turned away: the engine has too much to do")
    assert page.locator(".tile").evaluate_all("tiles => tiles.every(tile => tile.scrollHeight <= tile.clientHeight)")
    assert look.serious() == []


def test_an_engine_that_says_nothing_is_the_worst_of_all(look: Looking) -> None:
    silent: list[bool] = []
    told = Told(look)
    told.fields = WELL
    page = look.open("/supervisor")
    expect(page.get_by_text("live", exact=True)).to_be_visible()
    for each in told._pages:
        each.send = lambda text: silent.append(True)  # type: ignore[method-assign]
    wrong = page.get_by_role("region", name="What is wrong")
    expect(wrong.get_by_role("alert")).to_contain_text("No news from the engine")
    expect(page.locator("main.is-stale")).to_be_visible()
