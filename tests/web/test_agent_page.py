"""Does an agent see on his own page how it is with him and whom he has, and does what he presses happen?"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.web.looking import Looking
from tests.web.stage import Stage

pytestmark = pytest.mark.web


@pytest.fixture
def chens(browser: Browser, stage: Stage, look: Looking) -> Iterator[Page]:
    """The page of the agent chen, signed in; closed again, and his user with it."""
    password = (
        stage.cti("user", "add", "chen.li", "--role", "agent", "--agent", "chen").split("password:")[1].split()[0]
    )
    context = browser.new_context(locale="en-GB", viewport={"width": 1366, "height": 768})
    page = context.new_page()
    page.goto(stage.address)
    page.get_by_label("Name").fill("chen.li")
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_selector("header.top")
    look.take(page)  # not before: nobody is signed in, and the browser says so of every request
    yield page
    context.close()
    stage.cti("user", "remove", "chen.li")


def test_he_begins_at_his_desk_and_sees_whom_he_has_until_he_has_said_what_came_of_it(
    look: Looking, chens: Page
) -> None:
    expect(chens).to_have_url(f"{look.stage.address}/agent")
    expect(chens.get_by_role("link", name="Supervisor")).to_have_count(0)
    customer = chens.get_by_role("region", name="Customer")
    expect(customer.locator(".who")).to_contain_text("+49", timeout=30_000)
    expect(chens.get_by_role("region", name="My state")).to_contain_text("Phone 1003")
    look.shot("customer", chens)
    assert look.serious(chens) == []
    expect(chens.locator(".my-state .now")).to_contain_text("talking")
    chens.keyboard.press("2")
    noted = customer.get_by_text("Noted: Wants to think")
    expect(noted.or_(chens.locator(".my-state .now", has_text="idle"))).to_be_visible()  # it ends a wrap-up
    chens.get_by_role("button", name="Break after this").or_(chens.get_by_role("button", name="Take the break")).click()
    back = chens.get_by_role("button", name="I am back")
    expect(back.or_(chens.get_by_role("button", name="No break after this"))).to_be_visible()
    back.or_(chens.get_by_role("button", name="No break after this")).click()
    expect(back).to_have_count(0)


def test_he_logs_out_and_in(look: Looking, chens: Page) -> None:
    state = chens.get_by_role("region", name="My state")
    state.get_by_role("button", name="Log out").click()
    expect(state.get_by_role("button", name="Log in")).to_be_visible()
    assert look.serious(chens) == []
    state.get_by_role("button", name="Log in").click()
    expect(state.get_by_role("button", name="Log out")).to_be_visible()


def test_an_engine_that_goes_away_is_said_and_when_it_is_back_nothing_has_to_be_reloaded(
    look: Looking, chens: Page
) -> None:
    pages = {"main.desk": chens, "main.supervisor": look.open("/supervisor")}
    for content, page in pages.items():
        expect(page.locator(content)).to_be_visible()
        expect(page.locator(f"{content}.is-stale")).to_have_count(0)
        page.evaluate("() => { window.was_here = true; }")
    with look.stage.without_engine():
        for content, page in pages.items():
            expect(page.locator(f"{content}.is-stale")).to_be_visible()
            expect(page.get_by_text("no news for")).to_be_visible()
    for content, page in pages.items():
        expect(page.get_by_text("live", exact=True)).to_be_visible(timeout=30_000)
        expect(page.locator(f"{content}.is-stale")).to_have_count(0)
        assert page.evaluate("() => window.was_here"), "it was not loaded anew"
    look.trouble = [each for each in look.trouble if "ERR_CONNECTION_REFUSED" not in each and "WebSocket" not in each]
