"""Does the supervisor see what happens, and does what he asks for happen?"""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.web.looking import Looking

pytestmark = pytest.mark.web


def row(page: Page, agent: str) -> str:
    return f"section[aria-label^=Agents] tr:has-text('{agent.title()}')"


def test_a_break_by_a_button_is_a_break_of_the_engine(look: Looking) -> None:
    page = look.open("/supervisor")
    page.get_by_title("Break: fang").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Reason").select_option("lunch")
    dialog.get_by_role("button", name="Break", exact=True).click()
    expect(page.locator(row(page, "fang"))).to_contain_text("lunch")
    told = page.request.get(f"{look.stage.address}/api/v1/agents").json()["agents"]
    shown = {each["id"]: each for each in told}
    assert "lunch" in (shown["fang"]["reason"], shown["fang"]["pending"])
    assert look.serious() == []


def test_why_is_one_click_away_and_leads_on(look: Looking) -> None:
    page = look.open("/supervisor")
    page.locator("section[aria-label^=Agents] td button.link").first.click()
    story = page.get_by_role("dialog", name="Why did this call go there?")
    expect(story.get_by_text("waits in").first).to_be_visible()
    expect(story.locator(".look .is-best").first).to_contain_text("chosen")
    assert look.serious() == []
    story.locator(".look button.link").first.click()
    expect(page.get_by_role("dialog").get_by_text("Decisions in which he was free")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_rows_are_walked_by_keys_and_a_queue_narrows_the_others(look: Looking) -> None:
    page = look.open("/supervisor")
    first = page.locator("section[aria-label=Queues] tbody tr").first
    first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{look.stage.address}/supervisor?queue=support")
    expect(page.get_by_role("heading", name="only support").first).to_be_visible()


@pytest.mark.parametrize("look", [{"scheme": "dark", "locale": "zh-CN"}], indirect=True)
def test_it_speaks_chinese_in_the_dark(look: Looking) -> None:
    page = look.open("/supervisor")
    expect(page.get_by_role("heading", name="坐席")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    assert look.serious() == []


def test_a_page_that_hears_nothing_says_so_and_turns_grey(look: Looking) -> None:
    sockets = []
    look.page.route_web_socket("**/api/v1/live*", lambda socket: sockets.append((socket, socket.connect_to_server())))
    page = look.open("/supervisor")
    expect(page.locator("main.supervisor")).to_be_visible()
    for here, there in sockets:
        there.on_message(lambda message: None)  # the network keeps everything from now on
        assert here
    expect(page.locator("main.is-stale")).to_be_visible()
    expect(page.get_by_text("no news for")).to_be_visible()


def test_log_out_asks_first_and_says_whom(look: Looking) -> None:
    page = look.open("/supervisor")
    page.get_by_title("Log out: emil").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Log out: Emil")
    dialog.get_by_role("button", name="Log out", exact=True).click()
    expect(page.locator(".toast")).to_contain_text("Emil: logged out")
    page.get_by_title("Log in: emil").click()
    expect(page.get_by_text("Emil: logged in")).to_be_visible()
