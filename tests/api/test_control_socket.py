"""Is there exactly one engine behind the socket, and only its user in front of it?"""

from __future__ import annotations

import os
import signal
import socket
import stat
import subprocess
import sys
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from cti.api.control import make_control_app
from cti.api.control_socket import ControlSocket
from cti.model.errors import ConfigError

from .doubles import FakeDesk, FakeView

pytestmark = pytest.mark.contract


def app() -> web.Application:
    return make_control_app(FakeDesk(), FakeView(), lambda: 7.0)


async def asked(path: Path) -> int:
    async with (
        aiohttp.ClientSession(connector=aiohttp.UnixConnector(str(path))) as session,
        session.get("http://engine/v1/queues") as response,
    ):
        return response.status


async def test_only_its_user_may_open_it_and_it_goes_away(tmp_path: Path) -> None:
    control = await ControlSocket.open(app(), tmp_path / "cti.ctl")
    assert stat.S_IMODE(control.path.stat().st_mode) == 0o600
    assert await asked(control.path) == 200
    await control.close()
    assert not control.path.exists()


async def test_a_living_engine_keeps_its_socket(tmp_path: Path) -> None:
    control = await ControlSocket.open(app(), tmp_path / "cti.ctl")
    with pytest.raises(ConfigError, match="another engine is running"):
        await ControlSocket.open(app(), tmp_path / "cti.ctl")
    assert await asked(control.path) == 200
    await control.close()


async def test_a_stranger_who_listens_keeps_his_socket(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as stranger:
        stranger.bind(str(tmp_path / "cti.ctl"))
        stranger.listen()
        with pytest.raises(ConfigError, match="another engine is running"):
            await ControlSocket.open(app(), tmp_path / "cti.ctl")


CHILD = """
import asyncio, sys
from pathlib import Path
from aiohttp import web
from cti.api.control_socket import ControlSocket
async def main():
    await ControlSocket.open(web.Application(), Path(sys.argv[1]))
    print("ready", flush=True)
    await asyncio.sleep(60)
asyncio.run(main())
"""


async def test_the_socket_of_a_killed_engine_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "cti.ctl"
    with subprocess.Popen([sys.executable, "-c", CHILD, str(path)], stdout=subprocess.PIPE) as child:  # noqa: ASYNC220
        try:
            assert child.stdout is not None and child.stdout.readline() == b"ready\n"
            with pytest.raises(ConfigError, match="another engine is running"):
                await ControlSocket.open(app(), path)
        finally:
            os.kill(child.pid, signal.SIGKILL)
    assert path.exists()
    control = await ControlSocket.open(app(), path)
    assert await asked(path) == 200
    await control.close()


async def test_a_file_that_is_no_socket_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "cti.ctl").write_text("precious")
    with pytest.raises(ConfigError, match="is no socket"):
        await ControlSocket.open(app(), tmp_path / "cti.ctl")
    assert (tmp_path / "cti.ctl").read_text() == "precious"


async def test_a_path_that_cannot_be_is_a_config_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot create"):
        await ControlSocket.open(app(), tmp_path / "missing" / "cti.ctl")
    with pytest.raises(ConfigError, match="longer than"):
        await ControlSocket.open(app(), tmp_path / ("x" * 120))


async def test_a_refused_start_lets_go_of_the_lock(tmp_path: Path) -> None:
    (tmp_path / "cti.ctl").write_text("precious")
    with pytest.raises(ConfigError, match="is no socket"):
        await ControlSocket.open(app(), tmp_path / "cti.ctl")
    (tmp_path / "cti.ctl").unlink()
    await (await ControlSocket.open(app(), tmp_path / "cti.ctl")).close()
