"""A real call in a real browser: does the supervisor see it come, hear it, or hear why not, and see it go?"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator

import pytest

pytest.importorskip("playwright")

from playwright.sync_api import Browser, Error, Page, expect, sync_playwright

from tests.web.looking import FLAGS
from tests.web.stage import REPOSITORY

from .centre import Centre, agent
from .engine_process import EngineProcess
from .phones import Call

pytestmark = pytest.mark.acceptance

Start = Callable[..., EngineProcess]
WEB_PORT = 8471
PATIENCE_MS = 30_000
BUILT = REPOSITORY / "web" / "dist" / "index.html"


def _missing(what: str) -> None:
    if os.environ.get("CI") == "true":
        pytest.fail(what)
    pytest.skip(what)


@pytest.fixture
def browser() -> Iterator[Browser]:
    """One Chromium; its driver's loop ends with the test, or async tests of this process could not run."""
    sys.path.insert(0, str(REPOSITORY / "asterisk"))
    from labkit.browser import find_browser
    from labkit.errors import LabError

    if not BUILT.exists():
        _missing("NO BUILT PAGES: run make web")
    with sync_playwright() as driver:
        try:
            opened = driver.chromium.launch(executable_path=str(find_browser()), args=FLAGS)
        except (Error, LabError) as reason:
            _missing(f"NO CHROMIUM: {str(reason).splitlines()[0]}")
        yield opened
        opened.close()


def supervise(browser: Browser, engine: EngineProcess, address: str) -> Page:
    """The supervisor's page, with a phone for its own that is not there."""
    context = browser.new_context(locale="en-GB", viewport={"width": 1366, "height": 768})
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    page.goto(f"http://{address}/supervisor")
    page.get_by_label("Name").fill("admin")
    page.get_by_label("Password").fill((engine.folder / "state" / "first-admin-password").read_text().strip())
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_selector("header.top")
    csrf = page.request.get(f"http://{address}/api/v1/me").json()["csrf"]
    headers = {"X-CSRF-Token": csrf, "Origin": f"http://{address}"}
    changed = page.request.patch(f"http://{address}/api/v1/users/admin", data={"phone": "PJSIP/1099"}, headers=headers)
    assert changed.ok, changed.text()
    page.reload()
    expect(page.get_by_text("Nobody waits.")).to_be_visible(timeout=PATIENCE_MS)
    return page


def talk(centre: Centre) -> tuple[Call, Call]:
    """A caller, and anna who has answered."""
    caller = centre.call("6001", caller=1)
    anna = centre.rings("1001")
    anna.answer()
    anna.wait("confirmed")
    return caller, anna


def listen(page: Page, phone: str = "") -> None:
    page.get_by_title("Listen: anna").click()
    if phone:
        page.get_by_role("dialog").get_by_label("Your phone").fill(phone)
    page.get_by_role("dialog").get_by_role("button", name="Listen", exact=True).click()
    expect(page.get_by_role("dialog")).to_have_count(0, timeout=PATIENCE_MS)


def test_a_call_appears_is_listened_to_and_goes_and_the_wall_counts_it(
    centre: Centre, start: Start, browser: Browser
) -> None:
    centre.phones("1001", "1003")
    address = f"{centre.lab.base}.100:{WEB_PORT}"
    boss_of = agent("1003", "sales", starts="logged_out", name="Boss")
    agents = {"anna": agent("1001", "sales", name="Anna"), "boss": boss_of}
    engine = start({"sales": {"wrap_up_s": 1}}, agents, web={"listen": address})
    page = supervise(browser, engine, address)
    wall = page.context.new_page()
    wall.goto(f"http://{address}/wall?queues=sales")
    answered = wall.get_by_role("region", name="Answered today").locator(".big")
    expect(answered).to_have_text("0", timeout=PATIENCE_MS)

    caller, _anna = talk(centre)
    row = page.locator("section[aria-label=Agents] tr", has_text="Anna")
    expect(row).to_contain_text("talking", timeout=PATIENCE_MS)
    listen(page)  # his own phone: there is none
    expect(page.locator(".toast", has_text="Your phone cannot be reached")).to_be_visible(timeout=PATIENCE_MS)
    listen(page, "1003")
    boss = centre.rings("1003")
    boss.answer()
    boss.wait("confirmed")
    expect(row.get_by_title("admin: listens")).to_be_visible(timeout=PATIENCE_MS)
    boss.hears()

    caller.hangup()
    boss.wait("disconnected")
    expect(row).to_contain_text("idle", timeout=PATIENCE_MS)
    expect(row.get_by_title("admin: listens")).to_have_count(0, timeout=PATIENCE_MS)
    expect(answered).to_have_text("1", timeout=PATIENCE_MS)
    centre.until_no_calls()
    assert "contact.listen" in [line["what"] for line in json.loads(engine.command("audit"))]
