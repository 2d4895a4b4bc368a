"""The pages are built from what the lock names, once for each content, and by whatever Node there is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tools import build_web

pytestmark = pytest.mark.unit


def test_the_lock_names_hashes_and_no_address() -> None:
    lock = json.loads((build_web.WEB / "package-lock.json").read_text(encoding="utf-8"))
    packages = {name: entry for name, entry in lock["packages"].items() if name}
    assert packages and not [name for name, entry in packages.items() if "resolved" in entry]
    assert not [name for name, entry in packages.items() if not entry.get("integrity")]
    assert "omit-lockfile-registry-resolved=true" in (build_web.WEB / ".npmrc").read_text(encoding="utf-8")


@pytest.fixture
def web(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, value in {"WEB": tmp_path, "DIST": tmp_path / "dist", "LOG": tmp_path / "npm.log"}.items():
        monkeypatch.setattr(build_web, name, value)
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "main.ts").write_text("1")
    return tmp_path


def test_another_content_has_another_name(web: Path) -> None:
    first = build_web.content_name()
    (web / "tests").mkdir()
    for place in ("tests/x.ts", "npm.log", ".building"):
        (web / place).write_text("x")
    assert build_web.content_name() == first
    (web / "src" / "main.ts").write_text("2")
    assert build_web.content_name() != first


def test_what_is_built_is_not_built_again(web: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def install() -> list[str]:
        raise AssertionError("built again")

    monkeypatch.setattr(build_web, "install", install)
    (web / "dist").mkdir()
    (web / "dist" / build_web.BUILD).write_text(build_web.content_name())
    assert build_web.main([]) == 0


def test_what_cannot_be_built_says_so_and_a_demo_goes_on(
    web: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("shutil.which", lambda name: None)
    monkeypatch.setattr(build_web, "find_spec", lambda name: None)
    (web / "package-lock.json").write_text("{}")
    assert build_web.main([]) == 1
    assert "Node 20.19 or newer is needed" in capsys.readouterr().err
    assert build_web.main(["--or-tell"]) == 0
    assert "THE PAGES ARE NOT BUILT" in capsys.readouterr().err


def test_addresses_of_registries_are_not_told(web: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(build_web.CannotBuild) as failed:
        build_web._run(["sh", "-c", "echo https://registry.example/x; exit 3"], "npm ci")
    assert "example" not in str(failed.value) and "exit code 3" in str(failed.value)
    assert "registry.example" in (web / "npm.log").read_text()
