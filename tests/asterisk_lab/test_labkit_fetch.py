"""Unit tests of labkit.fetch and labkit.cli: where an Asterisk is taken from, and how it is said that there is none."""

from pathlib import Path

import pytest
from labkit import apt
from labkit.cli import main
from labkit.fetch import cache_folder

pytestmark = pytest.mark.unit


def test_none_is_exit_code_3_and_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("CTI_ASTERISK", "none")
    assert main(["--dir", str(tmp_path / "lab"), "up"]) == 3
    said = capsys.readouterr()
    assert said.out == "" and said.err.count("\n") == 1 and "no Asterisk can be had here" in said.err
    assert not (tmp_path / "lab").exists()


def test_given_folder_without_asterisk_names_the_fix(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.delenv("CTI_ASTERISK", raising=False)
    monkeypatch.setenv("CTI_ASTERISK_ROOT", str(tmp_path))
    assert main(["fetch"]) == 1
    assert "asterisk/lab fetch" in capsys.readouterr().err


def test_cache_folder_follows_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("CTI_CACHE", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder() == tmp_path / "cti"
    monkeypatch.setenv("CTI_CACHE", str(tmp_path / "own"))
    assert cache_folder() == tmp_path / "own"


def test_mirrors_are_those_of_apt_without_security(monkeypatch: pytest.MonkeyPatch) -> None:
    printed = (
        "'http://m.invalid/debian/dists/bookworm/InRelease' x 0 \n"
        "'http://m.invalid/debian-security/dists/bookworm-security/InRelease' x 0 \n"
        "'http://m.invalid/debian/dists/bookworm/main/binary-amd64/Packages.xz' x 0 \n"
    )

    class Printed:
        stdout = printed

    monkeypatch.delenv("CTI_DEBIAN_MIRROR", raising=False)
    monkeypatch.setattr(apt.subprocess, "run", lambda *words, **options: Printed)
    monkeypatch.setattr(apt.shutil, "which", lambda name: name)
    assert apt.mirrors() == ["http://m.invalid/debian"]


def test_no_lab_is_said_in_one_sentence(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["status", "--dir", str(tmp_path)]) == 1
    assert "no lab in" in capsys.readouterr().err
    assert main(["--json", "down", "--dir", str(tmp_path)]) == 0
    assert capsys.readouterr().out == '{"ended": []}\n'
