"""Is a number overwritten wherever it stands in a file, and nothing else, while somebody appends to it?"""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cti import erasing_files
from cti.erasing_files import core_of, erase_in_file, packed, pattern_of, with_older_ones

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


LONDON = ["+442079460123", "00442079460123", "442079460123", "02079460123"]
REYKJAVIK = ["+3545551234", "003545551234", "3545551234", "5551234"]
AARHUS = ["+4520261122", "004520261122", "4520261122", "20261122"]


@pytest.mark.parametrize(
    "written",
    [
        "+44 20 7946 0123",
        "020 7946 0123",
        "(020) 7946-0123",
        "020-7946-0123",
        "020.7946.0123",
        "+44 (0)20 7946 0123",
        "+44 (0) 20 / 7946 0123",
        "+44\u00a020\u00a07946\u20110123",
        "+44 020 7946 0123",
        "0044 20 7946 0123",
        "011442079460123",
        "011 44 20 7946 0123",
        "0011442079460123",
        "810442079460123",
        "8~10442079460123",
        "%20442079460123",
        "%2B442079460123",
        "tel:+44-20-7946-0123",
        "1. 020 7946 0123.",
        '"020 7946 0123"',
    ],
)
def test_however_people_write_it(tmp_path: Path, written: str) -> None:
    text = pattern_of(LONDON).sub("", f"his is {written}, he says")
    assert not any(letter in text for letter in "3456789")
    file = tmp_path / "journal"
    file.write_text(f"his is {written}, he says", encoding="utf-8")
    assert erase_in_file(file, LONDON) == 1 and re.search(core_of(LONDON), written)
    assert not any(letter in file.read_text(encoding="utf-8") for letter in "3456789")


@pytest.mark.parametrize(
    ("forms", "other"),
    [
        (LONDON, "9442079460123"),
        (LONDON, "4420794601234"),
        (LONDON, "+3302079460123"),
        (LONDON, "020 7946 01234"),
        (REYKJAVIK, '"at":1795358000.5551234'),
        (REYKJAVIK, "node1/1795358000.5551234"),
        (REYKJAVIK, '{"wait_s":555.1234,"talk_s":5551234.5}'),
        (REYKJAVIK, '{"lead":5551234,"next":5551234}'),
        (AARHUS, "2026-11-22 10:30 and 2026/11/22"),
        (["+18013580001", "8013580001"], "[1801358000.1,{}]"),
        (["+15161234567", "5161234567"], "0049 15161234567"),
        (["+15161234567", "5161234567"], "(0049) 15161234567, +49 1516 1234567, +49-151-61234567"),
    ],
)
def test_what_only_looks_like_it_is_left_alone(forms: list[str], other: str) -> None:
    assert pattern_of(forms).sub("", other) == other


WIDE = {ord(narrow): ord(narrow) + 0xFEE0 for narrow in "0123456789+()-./"} | {ord(" "): 0x3000}
SPELLINGS = ("+44 20 7946 0123", "020 7946 0123", "(020) 7946-0123", "+44 (0)20 7946/0123", "0044 20.7946.0123")


@settings(max_examples=60)
@given(
    written=st.sampled_from(SPELLINGS), wide=st.lists(st.booleans(), min_size=20, max_size=20), digit=st.integers(0, 9)
)
def test_wide_digits_are_digits_wherever_they_stand(written: str, wide: list[bool], digit: int) -> None:
    """Each letter narrow or wide, in rows as in files (bytes); beside one more digit it is somebody else's."""
    mixed = "".join(each.translate(WIDE) if is_wide else each for each, is_wide in zip(written, wide, strict=False))
    pattern, in_files = pattern_of(LONDON), re.compile(pattern_of(LONDON).pattern.encode())
    text = f"his is {mixed}\uff0c he says"
    assert re.search(core_of(LONDON), text)
    for left in (pattern.sub("", text), in_files.sub(b"", text.encode()).decode()):
        assert not re.search("[0-9]", unicodedata.normalize("NFKC", left)), left
    for other in (f"{mixed}{digit}", f"{mixed}{digit}".translate(WIDE), f"{str(digit).translate(WIDE)}{LONDON[3]}"):
        assert pattern.sub("", other) == other and in_files.sub(b"", other.encode()) == other.encode()


def test_a_longer_number_is_somebody_elses_also_at_the_edge_of_a_chunk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(erasing_files, "CHUNK_BYTES", 400)
    for before in range(400):
        file = tmp_path / "journal"
        file.write_text("." * before + "|9442079460123|1795358000.02079460123|" + "." * 400)
        text = file.read_text()
        assert erase_in_file(file, LONDON) == 0 and file.read_text() == text


@settings(max_examples=40)
@given(
    st.lists(st.sampled_from(("+4930123", "a", "9", "\n", "0 30/123", "030123")), max_size=400), st.integers(150, 400)
)
def test_wherever_a_piece_of_the_file_ends(parts: list[str], chunk_bytes: int) -> None:
    import tempfile

    text = "".join(parts)
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
        assert whole.read_text() == pattern_of(FORMS).sub(lambda match: "x" * len(match.group()), text)


def test_older_files_are_found_and_packed_ones_told(tmp_path: Path) -> None:
    for name in ("queue_log", "queue_log.1", "queue_log.2.gz", "other"):
        (tmp_path / name).write_text("")
    found = with_older_ones(tmp_path / "queue_log")
    assert [path.name for path in found] == ["queue_log", "queue_log.1", "queue_log.2.gz"]
    assert [path.name for path in packed(found)] == ["queue_log.2.gz"]
