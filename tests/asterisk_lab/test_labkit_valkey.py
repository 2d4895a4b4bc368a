"""Unit tests of labkit.valkey: which server is taken, and that one without TLS is none."""

from pathlib import Path

import pytest
from labkit import valkey
from labkit.cli import main
from labkit.errors import CannotBeHad

pytestmark = pytest.mark.unit

WITH_TLS = "# No tls-cert-file configured!"  # both as Valkey 9.1 says it
WITHOUT = "# Failed finding TLS support."


def server(file: Path, told: str) -> Path:
    file.write_text(f"#!/bin/sh\necho '{told}'\nexit 1\n")
    file.chmod(0o755)
    return file


def test_none_is_exit_code_3_and_says_so(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("CTI_VALKEY", "none")
    assert main(["valkey"]) == 3
    assert "CTI_VALKEY=none" in capsys.readouterr().err


def test_a_given_one_must_speak_tls(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CTI_VALKEY", str(tmp_path / "none"))
    with pytest.raises(CannotBeHad, match="correct it"):
        valkey.find_valkey()
    monkeypatch.setenv("CTI_VALKEY", str(server(tmp_path / "without", WITHOUT)))
    with pytest.raises(CannotBeHad, match="correct it"):
        valkey.find_valkey()
    own = server(tmp_path / "own", WITH_TLS)
    monkeypatch.setenv("CTI_VALKEY", str(own))
    assert valkey.find_valkey() == own


def test_an_installed_one_with_tls_goes_before_a_fetched_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    fetched = Path("/cache/valkey/valkey")
    there = {"valkey-server": server(tmp_path / "v", WITHOUT), "redis-server": server(tmp_path / "r", WITH_TLS)}
    monkeypatch.delenv("CTI_VALKEY", raising=False)
    monkeypatch.setattr(valkey, "fetch_program", lambda program: fetched)
    monkeypatch.setattr(valkey.shutil, "which", lambda name: str(there[name]) if name in there else None)
    assert valkey.find_valkey() == tmp_path / "r"
    del there["redis-server"]
    assert valkey.find_valkey() == fetched
