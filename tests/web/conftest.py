"""Fixtures of the pages' tests: one engine and one Chromium for all of them, a page for each.

A test fails where its page says an error on the console, asks for something outside of the engine, or holds what
axe-core finds serious. The driver's loop runs while it is open, and async tests of the same process could not: it is
closed behind the last of these tests. Pictures are left in the folder CTI_SCREENSHOTS (default: pytest's own).
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("playwright")

from playwright.sync_api import Browser, BrowserContext, Error, Page, expect, sync_playwright

from tests.web.looking import FLAGS, TIMEOUT_MS, Looking
from tests.web.stage import REPOSITORY, Stage, open_stage, write_list

expect.set_options(timeout=TIMEOUT_MS)
NO_CHROMIUM, NO_PAGES = "NO CHROMIUM", "NO BUILT PAGES"
BUILT = REPOSITORY / "web" / "dist" / "index.html"


def _missing(what: str, reason: object) -> None:
    """Where CI=true a missing browser is a failure; elsewhere it is said loudly."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{what}: {reason}")
    pytest.skip(f"{what}: {reason}")


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    sys.path.insert(0, str(REPOSITORY / "asterisk"))
    from labkit.browser import find_browser
    from labkit.errors import LabError

    try:
        program = find_browser()
    except LabError as reason:
        _missing(NO_CHROMIUM, reason)
    with sync_playwright() as driver:
        try:
            opened = driver.chromium.launch(executable_path=str(program), args=FLAGS)
        except Error as error:
            _missing(NO_CHROMIUM, str(error).splitlines()[0])
        yield opened
        opened.close()


@pytest.fixture(scope="package")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    if not BUILT.exists():
        _missing(NO_PAGES, "run make web")
    folder = tmp_path_factory.mktemp("stage")
    with open_stage(folder) as opened:
        write_list(folder / "spring.csv")
        opened.cti("list", "import", str(folder / "spring.csv"), "--campaign", "spring", "--region", "DE")
        opened.cti("campaign", "start", "spring")
        yield opened


@pytest.fixture(scope="package")
def session_of_admin(browser: Browser, stage: Stage) -> dict[str, object]:
    """Cookies of somebody who has signed in once: signing in costs a quarter of a second on purpose."""
    context = browser.new_context(locale="en-GB")
    page = context.new_page()
    page.goto(stage.address)
    page.get_by_label("Name").fill("admin")
    page.get_by_label("Password").fill(stage.password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_selector("header.top")
    kept = context.storage_state()
    context.close()
    return dict(kept)


@pytest.fixture
def shots(tmp_path: Path) -> Path:
    folder = Path(os.environ.get("CTI_SCREENSHOTS") or tmp_path / "screenshots")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture
def look(
    browser: Browser, stage: Stage, session_of_admin: dict[str, object], shots: Path, request: pytest.FixtureRequest
) -> Iterator[Looking]:
    """A person at a screen: an English one, light, unless the test's parameter `screen` says otherwise."""
    more = getattr(request, "param", {})
    context: BrowserContext = browser.new_context(
        storage_state=session_of_admin,  # type: ignore[arg-type]
        viewport=more.get("size", {"width": 1366, "height": 768}),
        color_scheme=more.get("scheme", "light"),
        locale=more.get("locale", "en-GB"),
        reduced_motion="reduce",  # axe judges a page's colours, not those on the way from one theme to the other
    )
    page: Page = context.new_page()
    looking = Looking(page, stage, shots, request.node.name)
    yield looking
    looking.shot("end")
    context.close()
    assert looking.trouble == []
