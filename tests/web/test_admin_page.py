"""Can an administrator let somebody in and out again, and see who did it?"""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.web.looking import Looking

pytestmark = pytest.mark.web


def test_somebody_is_added_signs_in_and_is_locked(look: Looking, browser: Browser) -> None:
    page = look.open("/admin")
    page.get_by_role("button", name="Add a user").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("eva")
    dialog.get_by_label("Queues").fill("sales")
    dialog.get_by_role("button", name="Save").click()
    password = page.locator("code.secret").inner_text()
    assert look.serious() == []
    page.get_by_role("button", name="I have it").click()
    expect(page.get_by_role("row", name="eva")).to_be_visible()

    other = browser.new_context(locale="en-GB")
    hers = other.new_page()
    hers.goto(look.stage.address)
    hers.get_by_label("Name").fill("eva")
    hers.get_by_label("Password").fill(password)
    hers.get_by_role("button", name="Sign in").click()
    expect(hers.get_by_role("navigation", name="Pages")).to_be_visible()
    expect(hers.get_by_role("link", name="Admin")).to_have_count(0)

    page.get_by_role("row", name="eva").get_by_role("button", name="Lock").click()
    page.get_by_role("dialog").get_by_role("button", name="Lock").click()
    expect(page.get_by_role("row", name="eva").get_by_text("locked")).to_be_visible()
    hers.reload()
    expect(hers.get_by_role("button", name="Sign in")).to_be_visible()
    other.close()

    page.get_by_role("button", name="Audit trail").click()
    expect(page.get_by_role("row", name="lock a user out").first).to_be_visible()
    page.get_by_role("searchbox").fill("user.lock")  # as the API and the command call it
    expect(page.get_by_role("row", name="lock a user out").first).to_be_visible()
    assert look.serious() == []


def test_what_is_wrong_with_somebody_new_is_said_at_its_field(look: Looking) -> None:
    page = look.open("/admin")
    page.get_by_role("button", name="Add a user").click()
    dialog = page.get_by_role("dialog")
    agent, phone = dialog.get_by_role("combobox", name="Agent"), dialog.get_by_label("Phone")
    agent.fill("ana")
    phone.fill("+49 30 1")
    expect(agent).to_have_accessible_description("ana: There is no such agent.")
    dialog.get_by_label("Name").fill("gina")
    expect(phone).to_have_accessible_description("This is no phone that can be called: write it as PJSIP/1009.")
    assert look.serious() == []
    look.shot("faults")
    agent.fill("anna")
    phone.fill("SIP/1009")  # what phones there are only the engine knows
    dialog.get_by_role("button", name="Save").click()
    expect(agent).to_have_accessible_description("")
    expect(phone).to_have_accessible_description(re.compile("^a phone is written PJSIP/1009"))
    expect(phone).to_be_focused()
    expect(dialog.get_by_text("a phone is written")).to_have_count(1)
    look.trouble.clear()  # Chromium tells each answer of 400
    dialog.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("row", name="gina")).to_have_count(0)


def test_a_node_is_taken_out_of_use_and_used_again(look: Looking) -> None:
    page = look.open("/admin?part=nodes")
    node = page.get_by_role("row", name="node1")
    expect(node.get_by_text("in use")).to_be_visible()
    node.get_by_role("button", name="Take out of use").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("No other node takes calls")
    dialog.get_by_label("Why, for whoever looks").fill("new kernel")
    assert look.serious() == []
    dialog.get_by_role("button", name="Take out of use").click()
    try:
        expect(node.get_by_text("new kernel")).to_be_visible()
        expect(page.get_by_text("Asterisk node1 (new kernel) is taken out of use")).to_be_visible()
        assert look.serious() == []
        look.shot("drained")
        node.get_by_role("button", name="Change the weight").click()
        dialog.get_by_label("Weight").fill("3")
        dialog.get_by_role("button", name="Change the weight").click()
        expect(node.get_by_role("cell", name="3", exact=True)).to_be_visible()
    finally:
        look.ask("POST", "/nodes/node1/weight", {"weight": 1})
        node.get_by_role("button", name="Use again").click()
        dialog.get_by_role("button", name="Use again").click()
    expect(node.get_by_text("in use")).to_be_visible()


def test_a_wall_gets_an_address_of_its_own(look: Looking) -> None:
    page = look.open("/admin?part=tokens")
    page.get_by_role("button", name="Add a token").click()
    page.get_by_role("dialog").get_by_label("Name").fill("hall")
    page.get_by_role("dialog").get_by_role("button", name="Save").click()
    address = page.locator("code.secret").inner_text()
    assert address.startswith(f"{look.stage.address}/wall#token=cti_")
    page.get_by_role("button", name="I have it").click()
    page.get_by_role("row", name="hall").get_by_role("button", name="Remove").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(page.get_by_role("row", name="hall")).to_have_count(0)


def test_nobody_takes_his_own_password_away_but_changes_it_behind_his_name(look: Looking) -> None:
    page = look.open("/admin")
    own = page.get_by_role("row").filter(has=page.get_by_role("strong").get_by_text("admin", exact=True))
    expect(own).to_be_visible()
    expect(own.get_by_role("button", name="New password")).to_have_count(0)
    page.get_by_title("My account").click()
    page.get_by_role("button", name="Change my password").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Password of now").fill("not this one")
    dialog.get_by_label("New password", exact=True).fill("a longer password")
    dialog.get_by_label("New password, once more").fill("a longer passwort")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_role("alert")).to_contain_text("not the same")
    assert look.serious() == []
