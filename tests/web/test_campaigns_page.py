"""Does the campaigns' page show what the engine does, act on it, and take a list in?"""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.web.looking import Looking
from tests.web.stage import write_list

pytestmark = pytest.mark.web

LONG = 150_000  # rows: a trial of them takes seconds, and is stopped in its first


def test_a_running_campaign_explains_itself_and_is_paused(look: Looking) -> None:
    page = look.open("/campaigns?campaign=spring")
    panel = page.get_by_role("region", name="spring")
    expect(panel.get_by_text("Pacing:")).to_be_visible()
    expect(panel.get_by_text("of 36 are due").or_(panel.get_by_text("are due"))).to_be_visible()
    panel.get_by_role("button", name="8 h", exact=True).click()
    expect(panel.get_by_text("leads looked at may be dialled within 8 h")).to_be_visible()
    assert look.serious() == []
    panel.get_by_role("button", name="Pause").click()
    page.get_by_role("dialog").get_by_role("button", name="Pause").press("Enter")
    expect(panel.get_by_text("paused").first).to_be_visible()
    expect(panel.get_by_role("button", name="Resume")).to_be_visible()
    assert '"paused"' in look.stage.cti("campaign", "list", "--json")
    panel.get_by_role("button", name="Resume").click()
    page.get_by_role("dialog").get_by_role("button", name="Resume").click()
    expect(panel.get_by_text("running").first).to_be_visible()


def test_a_list_is_tried_before_it_is_taken(look: Looking, tmp_path: Path) -> None:
    page = look.open("/campaigns?campaign=winter")
    page.get_by_role("button", name="Import a list…").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("CSV file").set_input_files(str(write_list(tmp_path / "kunden.csv", 12)))
    expect(dialog.get_by_role("checkbox", name="Telefon")).to_be_checked()
    expect(dialog.get_by_label("Country of numbers without code")).to_have_value("DE")
    expect(dialog.get_by_role("cell", name="+49305550001").first).to_be_visible()
    assert look.serious() == []
    dialog.get_by_role("button", name="Try it").click()
    expect(dialog.get_by_text("8 of 11 rows can be taken.")).to_be_visible()
    look.shot("trial")
    assert '"leads": 0' in look.stage.cti("campaign", "status", "winter", "--json"), "a trial keeps nothing"
    dialog.get_by_role("button", name="Import 8 leads").click()
    expect(dialog.get_by_text("8 leads have been imported.")).to_be_visible()
    dialog.get_by_role("button", name="Close").last.click()
    expect(page.get_by_role("region", name="winter").get_by_text("kunden.csv")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="Results (CSV)").click()
    with Path(download.value.path()).open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 8 and rows[0]["shop"] == "1"


def test_a_trial_that_is_stopped_keeps_nothing(look: Looking, tmp_path: Path) -> None:
    page = look.open("/campaigns?campaign=winter")
    before = look.ask("GET", "/campaigns/winter/lists")["lists"]
    page.get_by_role("button", name="Import a list…").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("CSV file").set_input_files(str(write_list(tmp_path / "long.csv", LONG)))
    dialog.get_by_role("button", name="Try it").click()
    dialog.get_by_role("button", name="Stop it").click()
    expect(page.get_by_text("Stopped: nothing of the list has been kept.")).to_be_visible()
    expect(dialog).to_have_count(0)
    assert look.ask("GET", "/campaigns/winter/lists")["lists"] == before


@pytest.mark.parametrize(
    "look",
    [{"size": {"width": 1920, "height": 1080}, "scheme": "dark", "locale": "zh-CN"}],
    indirect=True,
    ids=["dark-chinese-large"],
)
def test_in_chinese_and_in_the_dark(look: Looking) -> None:
    page = look.open("/campaigns")
    expect(page.get_by_role("heading", name="外呼活动").first).to_be_attached()
    expect(page.get_by_text("运行中").first).to_be_visible()
    assert look.serious() == []
