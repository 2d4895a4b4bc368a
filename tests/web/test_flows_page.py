"""Does the flows' page draw what holds, and lead back to what held before?"""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.web.looking import Looking

pytestmark = pytest.mark.web


def test_a_change_of_the_files_is_drawn_and_taken_back(look: Looking) -> None:
    page = look.open("/flows")
    picture = page.get_by_alt_text("Drawing of the flow main")
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.naturalWidth") > 600
    assert look.serious() == []
    file = look.stage.folder / "flows" / "main.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("Welcome.", "Welcome back."), encoding="utf-8")
    page.get_by_role("button", name="Read the files again").click()
    page.get_by_role("dialog").get_by_role("button", name="Read the files again").click()
    expect(page.get_by_role("row", name="2", exact=False).get_by_text("holds")).to_be_visible()
    page.get_by_role("button", name="Roll back").click()
    page.get_by_role("dialog").get_by_role("button", name="Roll back").click()
    expect(page.get_by_text("Version 1 holds.")).to_be_visible()
    expect(page.get_by_text("version 1, as it holds")).to_be_visible()
    assert '"version": 1' in look.stage.cti("flow", "versions", "--json")


def test_the_drawing_goes_with_the_theme(look: Looking) -> None:
    page = look.open("/flows")
    picture = page.get_by_alt_text("Drawing of the flow main")
    expect(picture).to_have_attribute("src", re.compile("theme=light"))
    page.get_by_label("Appearance").select_option("dark")
    expect(picture).to_have_attribute("src", re.compile("theme=dark"))
    expect(picture).to_be_visible()
    page.wait_for_function("() => document.querySelector('.paper img').complete")
    assert look.serious() == []
    look.shot("dark")
