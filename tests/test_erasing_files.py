"""Is a number overwritten wherever it stands in a file, and nothing else, while somebody appends to it?"""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cti import erasing_files
from cti.erasing_files import erase_in_bytes, erase_in_file, packed, with_older_ones
from cti.number_in_text import Sought

pytestmark = pytest.mark.unit

SOUGHT = Sought(["+4930123", "4930123", "030123"])
LONDON = Sought(["+442079460123", "00442079460123", "442079460123", "02079460123"])


def test_it_is_overwritten_in_place(tmp_path: Path) -> None:
    file = tmp_path / "journal"
    file.write_text('[1.0,{"caller":"+4930123","dialled":"6001"}]\n|030123|x4930123\n+49301234 1030123 4930123\n')
    size = file.stat().st_size
    with file.open("a") as engine:
        assert erase_in_file(file, SOUGHT) == (4, 0)
        engine.write("more\n")
    assert file.read_text() == (
        '[1.0,{"caller":"xxxxxxxx","dialled":"6001"}]\n|xxxxxx|xxxxxxxx\n+49301234 1030123 xxxxxxx\nmore\n'
    )
    assert file.stat().st_size == size + 5


def test_characters_of_many_bytes_keep_the_length(tmp_path: Path) -> None:
    file = tmp_path / "journal"
    text = "张伟 ０２０ 7946\u20110123, 902079460123 张\n020 7946 0123".encode() + b"\xff\xfe"
    file.write_bytes(text)
    assert erase_in_file(file, LONDON) == (2, 1)
    left = "张伟 xxxxxxxxx xxxx\u2011xxxx, 902079460123 张\nxxx xxxx xxxx".encode() + b"\xff\xfe"
    assert file.read_bytes() == left and len(left) == len(text)
    assert erase_in_bytes(text, LONDON) == (left, 1)


def test_a_longer_number_is_somebody_elses_also_at_the_edge_of_a_chunk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(erasing_files, "CHUNK_BYTES", 400)
    for before in range(380, 430):
        file = tmp_path / "journal"
        file.write_text("." * before + "|+12079460123|1795358000.02079460123|020 7946 01234|" + "." * 9000)
        text = file.read_text()
        assert erase_in_file(file, LONDON) == (0, 0) and file.read_text() == text


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.sampled_from(("+4930123", "a", "9", "\n", "0 30/123", "030123", "０30张123", "%200 30123")), max_size=400
    ),
    st.integers(1, 400),
)
def test_wherever_a_piece_of_the_file_ends(parts: list[str], chunk_bytes: int) -> None:
    import tempfile

    text = "".join(parts) * 4
    with tempfile.TemporaryDirectory() as folder:
        whole, cut = Path(folder) / "whole", Path(folder) / "cut"
        whole.write_text(text)
        cut.write_text(text)
        found = erase_in_file(whole, SOUGHT)
        before = erasing_files.CHUNK_BYTES
        erasing_files.CHUNK_BYTES = chunk_bytes
        try:
            assert erase_in_file(cut, SOUGHT) == found
        finally:
            erasing_files.CHUNK_BYTES = before
        assert cut.read_bytes() == whole.read_bytes() == erase_in_bytes(text.encode(), SOUGHT)[0]


def test_older_files_are_found_and_packed_ones_told(tmp_path: Path) -> None:
    for name in ("queue_log", "queue_log.1", "queue_log.2.gz", "other"):
        (tmp_path / name).write_text("")
    found = with_older_ones(tmp_path / "queue_log")
    assert [path.name for path in found] == ["queue_log", "queue_log.1", "queue_log.2.gz"]
    assert [path.name for path in packed(found)] == ["queue_log.2.gz"]
