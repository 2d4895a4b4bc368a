"""Does the provider's way lead in, and is what goes wrong on it said on the sign-in page, in the reader's language?"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from joserfc.jwk import RSAKey
from playwright.sync_api import Browser, Page, expect

from cti.api.serving import bind_tcp, serve
from tests.api.oidc_provider import Somewhere
from tests.web.looking import Looking
from tests.web.stage import Stage

pytestmark = pytest.mark.web


class Opened:
    """The provider that the engine is told of, in a thread of its own."""

    def __init__(self, issuer: str) -> None:
        self.there = Somewhere(time.time())
        self.there.issuer = issuer
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()))

    def open(self) -> Somewhere:
        self._thread.start()
        assert self._ready.wait(30)
        return self.there

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join(30)

    async def _run(self) -> None:
        found = urlsplit(self.there.issuer)
        self._loop, self._end = asyncio.get_running_loop(), asyncio.Event()
        runner = await serve(self.there.app(), bind_tcp(str(found.hostname), int(found.port or 0)))
        self._ready.set()
        await self._end.wait()
        await runner.cleanup()


@pytest.fixture(scope="module")
def provider(stage: Stage) -> Iterator[Somewhere]:
    opened = Opened(stage.issuer)
    yield opened.open()
    opened.close()


@pytest.fixture
def page(browser: Browser, stage: Stage, request: pytest.FixtureRequest) -> Iterator[Page]:
    """Nobody has signed in here; an English reader unless the test says otherwise."""
    context = browser.new_context(locale=getattr(request, "param", "en-GB"))
    page = context.new_page()
    page.goto(stage.address)
    yield page
    context.close()


def test_a_provider_who_is_away_is_said(page: Page) -> None:
    page.get_by_role("link", name="Sign in with Acme").click()
    expect(page.get_by_role("alert")).to_have_text("The identity provider does not answer.")
    page.get_by_label("Name").fill("admin")
    page.get_by_label("Password").fill("not this one")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_have_text("Name or password is wrong.")


def test_whom_the_provider_knows_comes_in_as_who_he_is_here(look: Looking, page: Page, provider: Somewhere) -> None:
    look.ask("POST", "/users", {"name": "nora", "role": "supervisor"})
    provider.claims = {"preferred_username": "nora"}
    assert look.serious(page) == []
    look.shot("sign-in", page)
    page.get_by_role("link", name="Sign in with Acme").click()
    expect(page.get_by_title("My account")).to_have_text("nora")
    expect(page.get_by_role("link", name="Supervisor")).to_be_visible()
    told = look.ask("GET", "/audit?limit=10")["audit"]
    assert ("sign_in", "nora", "done") in {(row["what"], row["user"], row["result"]) for row in told}
    look.ask("DELETE", "/users/nora")


@pytest.mark.parametrize("page", ["zh-CN"], indirect=True)
def test_what_goes_wrong_is_said_in_chinese(look: Looking, page: Page, provider: Somewhere) -> None:
    way = page.get_by_role("link", name="通过 Acme 登录")
    provider.claims = {"preferred_username": "a-stranger"}
    way.click()
    expect(page.get_by_role("alert")).to_contain_text("本中心没有您的用户")
    assert look.serious(page) == []
    provider.refuses = True
    way.click()
    expect(page.get_by_role("alert")).to_contain_text("身份提供方没有放行")
    provider.refuses, provider.key = False, RSAKey.generate_key(2048, {"kid": "k1"})
    way.click()
    expect(page.get_by_role("alert")).to_contain_text("身份提供方的答复无效")


def test_without_a_provider_there_is_no_such_link_and_an_address_puts_no_words_on_the_page(page: Page) -> None:
    page.route("**/api/v1/sign-in", lambda route: route.fulfill(json={"password": True, "oidc": None, "oidc_name": ""}))
    with page.expect_response("**/api/v1/sign-in"):
        page.goto(page.url.rstrip("/") + "/sign-in?problem=call+0900+now")
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    expect(page.get_by_role("link", name="Sign in with")).to_have_count(0)
    expect(page.get_by_role("main")).not_to_contain_text("0900")


def test_a_page_that_is_opened_while_the_store_is_away_says_so_and_comes_by_itself(look: Looking) -> None:
    away = {
        "type": "urn:cti:store_away",
        "title": "store away",
        "status": 503,
        "detail": "the store cannot be used now",
    }
    look.page.route("**/api/v1/me", lambda route: route.fulfill(status=503, json=away))
    look.page.goto(f"{look.stage.address}/supervisor")
    expect(look.page.get_by_role("status").first).to_contain_text(
        "The database is away. (the store cannot be used now)"
    )
    look.shot("away")
    look.page.unroute("**/api/v1/me")
    expect(look.page.locator("main.supervisor")).to_be_visible()
    look.trouble.clear()  # Chromium tells each answer of 503
