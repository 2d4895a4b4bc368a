"""Does the reports' page show the figures of today as a table with their definitions, and as CSV?"""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.web.looking import Looking

pytestmark = pytest.mark.web


def test_today_by_queue_and_as_csv(look: Looking) -> None:
    page = look.open("/reports?report=agents")
    expect(page.get_by_role("row", name="total")).to_be_visible()
    assert look.serious() == []
    page.locator("form.ask select").first.select_option("queues")
    head = page.get_by_role("columnheader", name="offered").first
    expect(head).to_be_visible()
    assert "contacts that entered" in str(head.get_attribute("title"))
    page.get_by_placeholder("all").fill("sales")
    page.get_by_placeholder("all").press("Enter")
    expect(page.get_by_role("cell", name="support")).to_have_count(0)
    with page.expect_download() as download:
        page.get_by_role("button", name="CSV").click()
    with Path(download.value.path()).open(encoding="utf-8") as file:
        assert {row["queue"] for row in csv.DictReader(file)} == {"sales", "total"}


def test_who_would_still_wait_is_told_by_the_wait(look: Looking) -> None:
    page = look.open("/reports?report=abandonment")
    expect(page.get_by_role("columnheader", name="would wait longer")).to_be_visible()
    assert look.serious() == []


def test_a_curve_is_kept_as_a_picture_and_a_report_is_printed_without_what_is_pressed(look: Looking) -> None:
    page = look.open("/reports?report=abandonment")
    with page.expect_download() as download:
        page.get_by_role("button", name="PNG").click()
    assert download.value.suggested_filename.startswith("abandonment-patience-")
    picture = Path(download.value.path()).read_bytes()
    assert picture.startswith(b"\x89PNG") and int.from_bytes(picture[16:20], "big") > 1000, "as wide as the page"
    page.emulate_media(media="print")
    for pressed in ("CSV", "PNG", "Print"):
        expect(page.get_by_role("button", name=pressed)).to_be_hidden()
    expect(page.get_by_text("Abandonment · ")).to_be_visible()
    expect(page.get_by_role("cell").last).to_be_visible()
    look.shot("paper")
