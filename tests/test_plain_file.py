"""Is a file read, and whatever could keep its reader waiting refused at once?"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cti.config import settings as config
from cti.plain_file import read_plain

pytestmark = pytest.mark.unit


def test_a_file_is_read_up_to_the_limit(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"abcdef")
    (tmp_path / "link").symlink_to("file")
    assert (read_plain(tmp_path / "file", 100), read_plain(tmp_path / "link", 3)) == (b"abcdef", b"abc")


@pytest.mark.parametrize(("name", "words"), [("pipe", "not a regular file"), ("", "a directory"), ("none", "No such")])
def test_anything_else_is_refused_at_once(tmp_path: Path, name: str, words: str) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OSError, match=words):
        read_plain(tmp_path / name, 100)
    with pytest.raises(OSError, match="not a regular file"):
        read_plain("/dev/zero", 100)
    with pytest.raises(ValueError, match="null"):
        read_plain("a\0b", 100)


def test_a_configuration_that_is_a_pipe_or_names_one_is_an_error(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    reading = config.read(tmp_path / "pipe")
    assert reading.lines(reading.errors) == [f"{tmp_path}/pipe:1:1: cannot be read: is not a regular file"]
    (tmp_path / "center.yaml").write_text("nodes:\n  node1: {host: 127.0.0.1, secret_file: pipe}\n")
    reading = config.read(tmp_path / "center.yaml")
    assert any("this file cannot be read: is not a regular file" in line for line in reading.lines(reading.errors))
