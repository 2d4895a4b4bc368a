"""Can every page be read in both themes and languages, and used by keyboard alone?"""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.web.looking import Looking

pytestmark = pytest.mark.web

PAGES = (
    "/supervisor", "/wall", "/campaigns", "/reports?report=abandonment", "/flows", "/admin",
    "/admin?part=tokens", "/admin?part=nodes", "/admin?part=audit",
)  # fmt: skip
MOST_TABS = 150

# What can be reached by Tab, and is seen; the rows of a table after the first are walked by arrow keys.
REACHED = """
() => [...document.querySelectorAll('a[href], button, input, select, [tabindex="0"]')]
  .filter(each => !each.disabled && each.tabIndex >= 0 && each.checkVisibility() && each.closest('[inert]') === null)
"""
MARK = "(seen => { window.reached = new Set(seen()); window.walked = new Set(); })"
STEP = """
() => {
  const at = document.activeElement;
  const style = getComputedStyle(at);
  const isSeen = at === document.body || (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2);
  const isNew = !window.walked.has(at);
  window.walked.add(at);
  return {isNew, isSeen, name: at.outerHTML.slice(0, 120)};
}
"""
LARGE = {"width": 1920, "height": 1080}
LEFT_OUT = """
() => [...window.reached].filter(each => each.isConnected && !window.walked.has(each))
  .map(each => each.outerHTML.slice(0, 160))
"""


@pytest.mark.parametrize(
    "look",
    [
        {"scheme": "light", "locale": "zh-CN"},
        {"scheme": "dark", "locale": "en-GB"},
        {"scheme": "light", "locale": "en-GB", "size": LARGE},
        {"scheme": "dark", "locale": "zh-CN", "size": LARGE},
    ],
    indirect=True,
    ids=["light-chinese", "dark-english", "light-english-large", "dark-chinese-large"],
)
def test_nothing_serious_is_wrong_with_any_page(look: Looking) -> None:
    found: dict[str, list[str]] = {}
    for path in PAGES:
        page = look.open(path)
        expect(page.get_by_text("live", exact=True).or_(page.get_by_text("实时", exact=True))).to_be_visible()
        found[path] = look.serious()
        if page.evaluate("() => document.documentElement.scrollWidth > innerWidth"):
            found[path].append("the page is wider than its window")
        look.shot(path.strip("/").replace("?", "-"))
    assert {path: wrong for path, wrong in found.items() if wrong} == {}


def walk(page: Page) -> list[dict[str, Any]]:
    """Press Tab until the focus comes round; each step's element and whether its focus is seen."""
    page.evaluate(f"{MARK}({REACHED.strip()})")
    steps: list[dict[str, Any]] = []
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        step = page.evaluate(STEP)
        if not step["isNew"]:
            break
        steps.append(step)
    return steps


@pytest.mark.parametrize("path", ["/campaigns", "/reports?report=agents"])
def test_everything_is_reached_by_tab_and_the_focus_is_seen(look: Looking, path: str) -> None:
    page = look.open(path)
    expect(page.get_by_text("live", exact=True)).to_be_visible()
    expect(page.locator("tbody tr").first).to_be_visible()
    steps = walk(page)
    assert [step["name"] for step in steps if not step["isSeen"]] == []
    assert page.evaluate(LEFT_OUT) == []


def test_a_dialog_keeps_the_focus_and_gives_it_back(look: Looking) -> None:
    page = look.open("/admin")
    opener = page.get_by_role("button", name="Add a user")
    opener.focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    for _ in range(14):  # more than it has
        page.keyboard.press("Tab")
        assert page.evaluate(
            "() => document.activeElement.closest('dialog') !== null || document.activeElement === document.body"
        )
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(opener).to_be_focused()


def test_a_question_mark_shows_the_keys_and_a_slash_leads_to_the_filter(look: Looking) -> None:
    page = look.open("/supervisor")
    expect(page.locator("main.supervisor")).to_be_visible()
    page.keyboard.press("?")
    keys = page.get_by_role("dialog", name="Keys")
    expect(keys).to_contain_text("to the filter of the page")
    assert look.serious() == []
    page.keyboard.press("Escape")
    expect(keys).to_have_count(0)
    page.keyboard.press("/")
    filtered = page.get_by_role("searchbox").first
    expect(filtered).to_be_focused()
    page.keyboard.type("?")
    expect(filtered).to_have_value("?")
    expect(keys).to_have_count(0)
