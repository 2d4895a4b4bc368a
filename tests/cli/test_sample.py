"""`cti sample-backend`: what it says when it cannot start."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cti.cli.main import app

pytestmark = pytest.mark.contract


def test_a_port_that_is_taken_and_data_that_is_not_there(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = CliRunner().invoke(app, ["sample-backend", "--port", str(taken.getsockname()[1])])
        assert done.exit_code == 1 and "give another --port" in done.stderr
    done = CliRunner().invoke(app, ["sample-backend", "--data", str(tmp_path / "none.yaml")])
    assert done.exit_code == 2 and "cannot be read" in done.stderr
