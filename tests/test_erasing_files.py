"""Is a number overwritten wherever it stands in a file, and nothing else, while somebody appends to it?"""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cti import erasing_files
from cti.erasing_files import erase_in_file, packed, with_older_ones

pytestmark = pytest.mark.unit

FORMS = ["+4930123", "4930123", "030123"]


def test_it_is_overwritten_in_place(tmp_path: Path) -> None:
    file = tmp_path / "journal"
    file.write_text('[1.0,{"caller":"+4930123","dialled":"6001"}]\n|030123|x4930123\n+49301234 1030123 4930123\n')
    size = file.stat().st_size
    with file.open("a") as engine:
        assert erase_in_file(file, FORMS) == 4
        engine.write("more\n")
    assert file.read_text() == (
        '[1.0,{"caller":"xxxxxxxx","dialled":"6001"}]\n|xxxxxx|xxxxxxxx\n+49301234 1030123 xxxxxxx\nmore\n'
    )
    assert file.stat().st_size == size + 5


@settings(max_examples=40)
@given(st.lists(st.sampled_from(("+4930123", "a", "9", "\n", "030123")), max_size=60), st.integers(12, 40))
def test_wherever_a_piece_of_the_file_ends(parts: list[str], chunk_bytes: int) -> None:
    import tempfile

    text = "|".join(parts)
    with tempfile.TemporaryDirectory() as folder:
        whole, cut = Path(folder) / "whole", Path(folder) / "cut"
        whole.write_text(text)
        cut.write_text(text)
        erase_in_file(whole, FORMS)
        before = erasing_files.CHUNK_BYTES
        erasing_files.CHUNK_BYTES = chunk_bytes
        try:
            erase_in_file(cut, FORMS)
        finally:
            erasing_files.CHUNK_BYTES = before
        assert cut.read_bytes() == whole.read_bytes()


def test_older_files_are_found_and_packed_ones_told(tmp_path: Path) -> None:
    for name in ("queue_log", "queue_log.1", "queue_log.2.gz", "other"):
        (tmp_path / name).write_text("")
    found = with_older_ones(tmp_path / "queue_log")
    assert [path.name for path in found] == ["queue_log", "queue_log.1", "queue_log.2.gz"]
    assert [path.name for path in packed(found)] == ["queue_log.2.gz"]
