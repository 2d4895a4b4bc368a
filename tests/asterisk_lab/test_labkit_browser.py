"""Unit tests of labkit.browser: which Chromium is taken, and how it is said that there is none."""

from pathlib import Path

import pytest
from labkit import browser
from labkit.cli import main
from labkit.errors import CannotBeHad

pytestmark = pytest.mark.unit


def test_none_is_exit_code_3_and_says_so(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("CTI_CHROMIUM", "none")
    assert main(["browser"]) == 3
    assert "CTI_CHROMIUM=none" in capsys.readouterr().err


def test_a_given_one_goes_before_an_installed_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    own = tmp_path / "chromium"
    own.touch()
    monkeypatch.setenv("CTI_CHROMIUM", str(own))
    with pytest.raises(CannotBeHad, match="correct it"):
        browser.find_browser()
    own.chmod(0o755)
    assert browser.find_browser() == own


def test_an_installed_one_goes_before_a_fetched_one(monkeypatch: pytest.MonkeyPatch) -> None:
    fetched = Path("/cache/chromium/chromium")
    monkeypatch.delenv("CTI_CHROMIUM", raising=False)
    monkeypatch.setattr(browser, "fetch_program", lambda program: fetched)
    monkeypatch.setattr(browser.shutil, "which", lambda name: f"/usr/bin/{name}" if name == "google-chrome" else None)
    assert browser.find_browser() == Path("/usr/bin/google-chrome")
    monkeypatch.setattr(browser.shutil, "which", lambda name: None)
    assert browser.find_browser() == fetched
