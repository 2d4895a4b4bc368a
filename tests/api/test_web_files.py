"""Is it said where there are no pages? What is served, and with which headers: test_web_room.py, and in a browser."""

from __future__ import annotations

from pathlib import Path

import pytest
import structlog
from aiohttp import web

from cti.api.web_files import Pages, add_pages

pytestmark = pytest.mark.unit


def test_a_start_without_pages_says_so_with_the_remedy(tmp_path: Path) -> None:
    with structlog.testing.capture_logs() as logs:
        add_pages(web.Application(), tmp_path)
    assert [(line["log_level"], line["folder"]) for line in logs] == [("warning", str(tmp_path))]
    assert "make web" in logs[0]["event"] and "web.pages" in logs[0]["event"]
    page = Pages(tmp_path).find("/")
    assert page is not None and b"make web" in page[0].body


def test_a_start_with_pages_says_nothing(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("<!doctype html>", encoding="utf-8")
    with structlog.testing.capture_logs() as logs:
        add_pages(web.Application(), tmp_path)
    assert logs == []
    assert Pages(tmp_path).find("/")[0].body == b"<!doctype html>"  # type: ignore[index]
