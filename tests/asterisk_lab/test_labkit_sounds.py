"""Unit tests of labkit.sounds and labkit.voice: our prompts beside those of an Asterisk, which stays as it is."""

from pathlib import Path

import pytest
from labkit import fetch, voice
from labkit.errors import CannotBeHad, LabError
from labkit.sounds import data_with_sounds

pytestmark = pytest.mark.unit


def write(root: Path, *names: str) -> Path:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(f"{root.name}/{name}")
    return root


def test_ours_go_first_and_theirs_are_all_there(tmp_path: Path) -> None:
    data = write(
        tmp_path / "data", "moh/a.wav", "sounds/en_US/hello.gsm", "sounds/en_US/custom/x.gsm", "sounds/fr/a.gsm"
    )
    (data / "sounds/en").symlink_to("en_US")
    ours = write(tmp_path / "ours", "en/hello.gsm", "en/custom/y.wav", "zh/y.wav", ".made.json")
    found = data_with_sounds(data, ours, tmp_path / "both")
    read = {name: (found / name).read_text() for name in ("sounds/en/hello.gsm", "sounds/en/custom/x.gsm")}
    assert read == {
        "sounds/en/hello.gsm": "ours/en/hello.gsm",
        "sounds/en/custom/x.gsm": "data/sounds/en_US/custom/x.gsm",
    }
    for name in ("sounds/en/custom/y.wav", "sounds/zh/y.wav", "sounds/fr/a.gsm", "moh/a.wav"):
        assert (found / name).is_file(), name
    assert not (found / "sounds/.made.json").exists()
    write(ours, "zh/new.wav")
    assert (found / "sounds/zh/new.wav").is_file()
    assert not (data / "sounds/zh").exists()
    data_with_sounds(data, ours, found)  # a second `up` in the same folder
    assert (data / "moh/a.wav").is_file()


def test_no_folder_names_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(LabError, match="cti prompts build --to"):
        data_with_sounds(tmp_path, tmp_path / "none", tmp_path / "both")


def test_a_voice_that_cannot_be_had_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("CTI_CACHE", str(tmp_path / "file"))
    with pytest.raises(CannotBeHad, match="set CTI_CACHE, or set CTI_ESPEAK"):
        voice.fetch_voice()
    monkeypatch.setenv("CTI_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(fetch, "mirrors", list)
    with pytest.raises(CannotBeHad, match="install it, or set CTI_ESPEAK"):
        voice.fetch_voice()
    assert [path.name for path in (tmp_path / "cache").iterdir()] == ["espeak-ng.lock"]
