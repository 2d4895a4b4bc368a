"""A real call in a real browser: does the supervisor see it come, hear it at his own phone, and see it go?"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator

import pytest

pytest.importorskip("playwright")

from playwright.sync_api import Browser, Error, expect, sync_playwright

from tests.web.looking import FLAGS
from tests.web.stage import REPOSITORY

from .centre import Centre, agent
from .engine_process import EngineProcess

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


def test_a_call_appears_is_listened_to_and_goes_and_the_wall_counts_it(
    centre: Centre, start: Start, browser: Browser
) -> None:
    centre.phones("1001", "1003")
    address = f"{centre.lab.base}.100:{WEB_PORT}"
    queues = {"sales": {"wrap_up_s": 1}}
    engine = start(queues, {"anna": agent("1001", "sales", name="Anna")}, web={"listen": address})
    context = browser.new_context(locale="en-GB", viewport={"width": 1366, "height": 768})
    context.set_default_timeout(PATIENCE_MS)
    expect.set_options(timeout=PATIENCE_MS)
    page = context.new_page()
    page.goto(f"http://{address}/supervisor")
    page.get_by_label("Name").fill("admin")
    page.get_by_label("Password").fill((engine.folder / "state" / "first-admin-password").read_text().strip())
    page.get_by_role("button", name="Sign in").click()
    wall = context.new_page()
    answered = wall.get_by_role("region", name="Answered today").locator(".big")
    expect(page.get_by_text("Nobody waits.")).to_be_visible()
    wall.goto(f"http://{address}/wall?queues=sales")
    expect(answered).to_have_text("0")

    caller = centre.call("6001", caller=1)
    expect(page.get_by_text("rings at anna")).to_be_visible()
    anna = centre.rings("1001")
    anna.answer()
    anna.wait("confirmed")
    row = page.locator("section[aria-label=Agents] tr", has_text="Anna")
    expect(row).to_contain_text("talking")
    expect(page.get_by_text("Nobody waits.")).to_be_visible()

    page.get_by_title("Listen: anna").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Your phone").fill("1003")
    dialog.get_by_role("button", name="Listen", exact=True).click()
    boss = centre.rings("1003")
    boss.answer()
    boss.wait("confirmed")
    expect(row.get_by_title("admin: listens")).to_be_visible()
    boss.hears()

    caller.hangup()
    boss.wait("disconnected")
    expect(row).to_contain_text("idle")
    expect(row.get_by_title("admin: listens")).to_have_count(0)
    expect(answered).to_have_text("1")
    centre.until_no_calls()
    assert json.loads(engine.command("audit"))[0]["what"] == "contact.listen"
    context.close()


def test_a_supervisor_whose_phone_cannot_be_reached_is_told(centre: Centre, start: Start, browser: Browser) -> None:
    centre.phones("1001")
    address = f"{centre.lab.base}.100:{WEB_PORT}"
    engine = start({"sales": {}}, {"anna": agent("1001", "sales", name="Anna")}, web={"listen": address})
    context = browser.new_context(locale="en-GB")
    context.set_default_timeout(PATIENCE_MS)
    expect.set_options(timeout=PATIENCE_MS)
    page = context.new_page()
    page.goto(f"http://{address}/supervisor")
    page.get_by_label("Name").fill("admin")
    page.get_by_label("Password").fill((engine.folder / "state" / "first-admin-password").read_text().strip())
    page.get_by_role("button", name="Sign in").click()
    caller = centre.call("6001", caller=1)
    anna = centre.rings("1001")
    anna.answer()
    anna.wait("confirmed")
    page.get_by_title("Listen: anna").click()
    page.get_by_role("dialog").get_by_label("Your phone").fill("1004")  # nobody has registered there
    page.get_by_role("dialog").get_by_role("button", name="Listen", exact=True).click()
    expect(page.locator(".toast", has_text="Your phone cannot be reached")).to_be_visible()
    anna.hears()
    caller.hangup()
    centre.until_no_calls()
    context.close()
