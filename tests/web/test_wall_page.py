"""Does a wall show its numbers to a token alone, big enough, and no caller's number?"""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.web.looking import Looking

pytestmark = pytest.mark.web


def test_six_numbers_in_turn_and_no_number_of_a_caller(look: Looking) -> None:
    page = look.open("/wall?seconds=3")
    expect(page.locator(".tile")).to_have_count(6)
    expect(page.get_by_role("heading", level=1)).to_have_text("All queues")
    assert page.locator(".tile .big").first.evaluate("tile => parseFloat(getComputedStyle(tile).fontSize)") > 100
    assert page.locator(".tile").evaluate_all("tiles => tiles.every(tile => tile.scrollWidth <= tile.clientWidth)")
    assert not re.search(r"\+49|\d{7}", page.locator("main").inner_text())
    assert look.serious() == []
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("sales|support"))


def test_a_token_alone_opens_it(look: Looking, browser: Browser) -> None:
    made = look.ask("POST", "/tokens", {"name": "hall", "role": "wall", "queues": ["sales"]})
    page = browser.new_page()
    page.goto(f"{look.stage.address}/wall#token={made['token']}")
    expect(page.get_by_role("heading", level=1)).to_have_text("sales")
    expect(page.locator(".tile")).to_have_count(6)
    page.close()
