"""While the store cannot be used: is everybody told so, is it logged once, and is it over when the store is back?"""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import structlog
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from cti.api.control import make_control_app
from cti.api.store_away import QUIET_S, REASON, StoreAway
from cti.store import database
from cti.store.database import open_store

from .doubles import FakeAudit, FakeDesk, FakeView
from .web_scene import PASSWORD, WebScene

pytestmark = pytest.mark.contract

TOUCHED_S = 31.0  # a session that is used after so long is written down


@pytest.fixture
async def scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[WebScene]:
    """On a SQLite that is not waited for."""
    monkeypatch.setattr(database, "BUSY_TIMEOUT_S", 0.01)
    store = open_store(f"sqlite:///{tmp_path}/cti.db")
    made = WebScene(store, tmp_path)
    made.add_all_roles()
    async with made.open():
        yield made
    store.close()


def locked(folder: Path) -> sqlite3.Connection:
    """Another program writes, and does not come to an end."""
    other = sqlite3.connect(folder / "cti.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    return other


async def test_whoever_asks_is_told_so_and_the_log_hears_of_it_once(scene: WebScene, tmp_path: Path) -> None:
    browser = scene.browser()
    await browser.sign_in("supervisor")
    scene.now += TOUCHED_S
    with structlog.testing.capture_logs() as logs, closing(locked(tmp_path)):
        for _ in range(3):
            found = await browser.ask("GET", "/api/v1/me")
            assert (found.status, found.reason) == (503, REASON)
            assert found.headers["Retry-After"] == "5" and "calls go on" in found.body["detail"]
        signing_in = await scene.browser().ask("POST", "/api/v1/sign-in", {"name": "admin", "password": PASSWORD})
        assert (signing_in.status, signing_in.reason) == (503, REASON)
    [line] = logs
    assert line["log_level"] == "error" and line["why"] == "database is locked"
    assert scene.store_away.refused == 4
    assert (await browser.ask("GET", "/api/v1/me")).status == 200
    with structlog.testing.capture_logs() as logs, closing(locked(tmp_path)):
        scene.now += QUIET_S
        assert (await browser.ask("GET", "/api/v1/me")).status == 503
    assert len(logs) == 1, "another time"


async def test_what_was_asked_for_stands_in_the_audit_trail_as_failed(scene: WebScene, tmp_path: Path) -> None:
    browser = scene.browser()
    await browser.sign_in("admin")
    with closing(locked(tmp_path)):
        found = await browser.ask("POST", "/api/v1/users", {"name": "eva", "role": "auditor"})
    assert (found.status, found.reason) == (503, REASON)
    newest = scene.scene.audit.entries[-1]
    assert (newest.what, newest.result) == ("user.add", "failed")


async def test_a_mistake_of_ours_is_one_as_before(scene: WebScene) -> None:
    browser = scene.browser()
    await browser.sign_in("admin")
    with scene.store.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE person_session RENAME TO elsewhere")
    assert (await browser.ask("GET", "/api/v1/me")).status == 500
    assert scene.store_away.refused == 0


async def test_the_control_socket_says_it_too() -> None:
    class Away(FakeAudit):
        def newest(self, *_: Any) -> None:
            raise sqlite3.OperationalError("database is locked")

    away = StoreAway(lambda error: str(error), lambda: 7.0)
    app: web.Application = make_control_app(FakeDesk(), FakeView(), lambda: 7.0, audit=Away(), store_away=away)
    async with TestClient(TestServer(app)) as client, client.get("/api/v1/audit") as found:
        assert found.status == 503 and (await found.json())["type"] == f"urn:cti:{REASON}"
