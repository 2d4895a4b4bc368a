"""The demo's flows have their sounds and their shop, or the demo says why not and goes on."""

from __future__ import annotations

import asyncio
import urllib.request
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from cti.demo import flow_side
from cti.demo.ports import free_ports
from tests.waiting import PATIENCE_S

pytestmark = pytest.mark.contract

HOST = "127.0.0.1"


def config(folder: Path, flow: str) -> Path:
    (folder / "flows").mkdir()
    (folder / "flows" / "main.yaml").write_text(f"name: main\nstart: a\nnodes:\n  a: {flow}\n")
    return folder / "center.yaml"


def test_asterisk_can_be_shown_the_shelf_before_anything_is_on_it(tmp_path: Path) -> None:
    place = flow_side.shelf(tmp_path)
    assert flow_side.shelf(tmp_path) == place
    assert {str(part.relative_to(place)) for part in place.rglob("*")} == {"en", "en/cti", "en/custom", "zh"}


async def test_who_cannot_speak_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CTI_ESPEAK", str(tmp_path / "none"))
    center, place = config(tmp_path, "{hangup: Goodbye}"), flow_side.shelf(tmp_path)
    async with AsyncExitStack() as stack:
        assert not await flow_side.build(center, place, tmp_path / "log", stack)
    said = "".join(capsys.readouterr())
    assert "callers go straight to the queues" in said and "CTI_ESPEAK" in said


async def test_the_shop_answers_until_the_end(tmp_path: Path) -> None:
    [port] = free_ports(1)
    async with AsyncExitStack() as stack:
        address = await flow_side.shop(HOST, port, tmp_path / "log", stack)
        async with asyncio.timeout(PATIENCE_S):
            while not await asyncio.to_thread(_answers, f"{address}/orders/10000001"):  # noqa: ASYNC110
                await asyncio.sleep(0.05)
    assert not _answers(f"{address}/orders/10000001")


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2.0) as response:
            return response.status == 200
    except OSError:
        return False
