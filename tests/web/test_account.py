"""Can somebody sign in with codes, keep a sheet for the day when his phone is lost, and use it?"""

from __future__ import annotations

from collections.abc import Iterator

import pyotp
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.web.looking import Looking
from tests.web.stage import Stage

pytestmark = pytest.mark.web

PASSWORD = "Password of now"


class Person:
    def __init__(self, page: Page, password: str) -> None:
        self.page, self.password = page, password

    def sign_in(self) -> None:
        self.page.get_by_label("Name").fill("rosa")
        self.page.get_by_label("Password").fill(self.password)
        self.page.get_by_role("button", name="Sign in").click()


@pytest.fixture
def rosa(browser: Browser, stage: Stage, look: Looking) -> Iterator[Person]:
    """Somebody who has just signed in, with her password alone."""
    password = look.ask("POST", "/users", {"name": "rosa", "role": "supervisor"})["password"]
    context = browser.new_context(locale="en-GB", viewport={"width": 1366, "height": 768})
    person = Person(context.new_page(), password)
    person.page.goto(stage.address)
    person.sign_in()
    person.page.wait_for_selector("header.top")
    yield person
    context.close()
    look.ask("DELETE", "/users/rosa")


def test_codes_are_set_up_kept_on_paper_made_anew_and_one_of_them_opens_the_door(look: Looking, rosa: Person) -> None:
    page = rosa.page
    page.get_by_title("My account").click()
    page.get_by_role("button", name="Set up codes of an authenticator app").click()
    dialog = page.get_by_role("dialog")
    secret = dialog.locator("code.own-secret").inner_text()
    dialog.get_by_label("Code that the app shows now").fill(pyotp.TOTP(secret).now())
    dialog.get_by_label(PASSWORD).fill(rosa.password)
    dialog.get_by_role("button", name="Save").click()
    sheet = page.get_by_role("dialog", name="Recovery codes: rosa")
    expect(sheet.locator("code")).to_have_count(10)
    assert look.serious(page) == []
    page.emulate_media(media="print")
    expect(page.get_by_role("navigation", name="Pages")).to_be_hidden()
    expect(page.locator("main")).to_be_hidden()
    expect(sheet.locator("code").first).to_be_visible()
    page.emulate_media(media="screen")
    former = sheet.locator("code").first.inner_text()
    sheet.get_by_role("button", name="I have them").click()

    page.get_by_title("My account").click()
    expect(page.get_by_role("dialog")).to_contain_text("10 recovery codes are left.")
    page.get_by_role("button", name="New recovery codes").click()
    dialog.get_by_label(PASSWORD).fill(rosa.password)
    dialog.get_by_role("button", name="New recovery codes").click()
    expect(sheet.locator("code")).to_have_count(10)
    codes = sheet.locator("code").all_inner_texts()
    assert former not in codes
    sheet.get_by_role("button", name="I have them").click()

    page.get_by_title("Sign out").click()
    rosa.sign_in()
    page.get_by_role("button", name="My phone is not at hand: use a recovery code").click()
    page.get_by_label("One of your recovery codes").fill(former)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("wrong")
    assert look.serious(page) == []
    page.get_by_label("One of your recovery codes").fill(codes[3].upper())
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("9 recovery codes are left.")).to_be_visible()
    expect(page.get_by_role("navigation", name="Pages")).to_be_visible()
