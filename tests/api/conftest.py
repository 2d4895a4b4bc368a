"""Fixtures of the API's tests."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from .scene import Scene


@pytest.fixture
async def control(tmp_path: Path) -> AsyncIterator[Scene]:
    control = Scene(tmp_path / "ctl")
    await control.open()
    yield control
    await control.close()
