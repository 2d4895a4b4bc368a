"""Fixtures of the API's tests."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from cti.store.database import Store

from .scene import Scene
from .web_scene import WebScene, open_records


@pytest.fixture
async def control(tmp_path: Path) -> AsyncIterator[Scene]:
    control = Scene(tmp_path / "ctl")
    await control.open()
    yield control
    await control.close()


@pytest.fixture
def web_store(tmp_path: Path) -> Iterator[Store]:
    store = open_records(tmp_path)
    yield store
    store.close()


@pytest.fixture
async def web(tmp_path: Path, web_store: Store) -> AsyncIterator[WebScene]:
    scene = WebScene(web_store, tmp_path)
    scene.add_all_roles()
    async with scene.open():
        yield scene
