"""Does the engine get from the machine what it needs, and say so where it cannot?"""

from __future__ import annotations

import enum
import errno
import gc
import os
import socket
import stat
import weakref
from pathlib import Path

import pytest

from cti import machine
from cti.api.serving import bind_tcp
from cti.config.address import Address
from cti.model.errors import ConfigError

pytestmark = pytest.mark.unit


def test_one_state_dir_serves_one_engine(tmp_path: Path) -> None:
    held = machine.only_engine(tmp_path)
    with pytest.raises(ConfigError, match="another engine runs"):
        machine.only_engine(tmp_path)
    os.close(held)
    os.close(machine.only_engine(tmp_path))


def test_a_lock_that_cannot_be_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot lock"):
        machine.only_engine(tmp_path / "missing")


def test_the_state_dir_is_its_owners_only(tmp_path: Path) -> None:
    machine.make_directory(tmp_path / "a" / "b")
    assert stat.S_IMODE((tmp_path / "a" / "b").stat().st_mode) == 0o700
    (tmp_path / "file").touch()
    with pytest.raises(ConfigError, match="cannot create"):
        machine.make_directory(tmp_path / "file" / "inside")


@pytest.mark.parametrize(("files", "calls"), [(1024, 768), (20_000, 18_500), (1_000_000, 50_000), (-1, 50_000)])
def test_so_many_calls_as_open_files_allow_and_some_left_for_all_else(
    monkeypatch: pytest.MonkeyPatch, files: int, calls: int
) -> None:
    monkeypatch.setattr(machine.resource, "getrlimit", lambda _: (files, files))
    assert machine.most_calls() == calls


class Centre:
    """Refers to itself, as all do whose parts call one another."""

    def __init__(self) -> None:
        self.part = self


def test_what_is_frozen_goes_when_it_is_let_go() -> None:
    centre = Centre()
    there = weakref.ref(centre)
    gc.freeze()
    try:
        del centre
        gc.collect()
        assert there() is not None
        machine.let_go()
        assert there() is None and gc.get_freeze_count() == 0
    finally:
        gc.unfreeze()


def test_enums_say_the_same_when_they_are_quick() -> None:
    class Colour(enum.IntFlag):
        RED, GREEN, BOTH = 1, 2, 3

    class Field(enum.Enum):
        name, value, also = "n", "v", "v"  # as attributes of every member are called

    def said() -> list[object]:
        return [Colour.RED | Colour.GREEN is Colour.BOTH, Colour["RED"], Colour(2), Field.name, Field.value, Field.also]

    before = said()
    hook = vars(enum.EnumType).get("__getattr__")
    machine.make_enums_quick()
    machine.make_enums_quick()
    try:
        assert said() == before
        with pytest.raises(AttributeError):
            _ = Colour.BLUE  # type: ignore[attr-defined]
    finally:
        if hook is not None:
            enum.EnumType.__getattr__ = hook  # type: ignore[attr-defined]


def test_an_address_that_is_taken_is_told_once_with_how_to_see_by_whom() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(OSError, match="in use") as found:
            bind_tcp("127.0.0.1", port)
    told = machine.cannot_listen("web.listen", Address("127.0.0.1", port), found.value).problems
    here = f"web.listen: cannot listen on 127.0.0.1:{port}: Address already in use"
    assert told == [f"{here}; who has it: ss -ltnp 'sport = :{port}'"]
    assert "ss -l" not in machine.cannot_listen("a", "b:1", PermissionError(errno.EACCES, "x")).problems[0]
