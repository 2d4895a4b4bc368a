"""Does whatever is in a file cost its own record only, and never more memory than one?"""

from __future__ import annotations

import csv
import io
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cti.lists import rows
from cti.lists.rows import NEVER_CLOSED, TOO_LONG, Record, first_lines, open_list, records, samples_of, text_of
from cti.model.errors import ConfigError

pytestmark = pytest.mark.unit


def read(text: str, delimiter: str = ",") -> list[Record]:
    return list(records(io.StringIO(text, newline=""), delimiter))


def kept(text: str) -> list[tuple[int, list[str]]]:
    return [(record.line, record.cells) for record in read(text) if not record.fault]


CELLS = st.lists(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12), min_size=1, max_size=5
)


@settings(deadline=None)
@given(st.lists(CELLS, max_size=8), st.sampled_from(["\r\n", "\n", "\r"]), st.sampled_from(",;\t|"))
def test_what_was_written_is_read(table: list[list[str]], end: str, delimiter: str) -> None:
    out = io.StringIO()
    csv.writer(out, lineterminator=end, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows(table)
    wanted = [cells for cells in table if any(cell and not cell.isspace() for cell in cells)]
    assert [record.cells for record in read(out.getvalue(), delimiter)] == wanted


@settings(deadline=None)
@given(st.text(st.sampled_from('ab,;"\n\r\0=王\u202e '), max_size=200))
def test_any_text_is_read_to_its_end(text: str) -> None:
    lines = [record.line for record in read(text)]
    assert lines == sorted(set(lines))


def test_a_quote_that_is_never_closed_costs_its_line_only() -> None:
    assert kept('a,1\n"b,2\nc,3\n') == [(1, ["a", "1"]), (3, ["c", "3"])]
    long = "".join(f"x,{n}\n" for n in range(300))
    assert [line for line, _ in kept('a,1\n"b,2\n' + long)] == [1, *range(3, 303)]
    assert [record for record in read('"b,2\n' + long) if record.fault] == [Record(1, [], NEVER_CLOSED)]


def test_a_line_of_megabytes_costs_itself_only() -> None:
    huge = "x" * 3_000_000
    found = read(f'a,1\n{huge},2\n"{huge}\n",3\nb,4\n')
    assert [(record.line, record.cells[:1], record.fault) for record in found if record.fault == TOO_LONG] == [
        (2, [], TOO_LONG),
        (3, [], TOO_LONG),
    ]
    assert (5, ["b", "4"]) in kept(f"a,1\n{huge},2\n{huge}\n{huge}\nb,4\n")


def test_a_record_of_many_lines_that_gets_too_long_gives_its_lines_back() -> None:
    line = "y" * 60_000
    assert [number for number, _ in kept(f'"a\n{line}\n{line}\nb,1\n')] == [2, 3, 4]
    assert [number for number, _ in kept(f'"a\n{"z" * 200_000}\nb,1\n')] == [3]


def test_lines_are_counted_as_an_editor_does() -> None:
    assert kept('a,"1\n2\n3"\n\n \nb,2\r\nc,3') == [(1, ["a", "1\n2\n3"]), (6, ["b", "2"]), (7, ["c", "3"])]


def test_files_that_are_no_list(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "book.xlsx").write_bytes(b"PK\x03\x04rest")
    for name, why in (("none.csv", "No such file"), ("book.xlsx", "export it as CSV"), ("", "Is a directory")):
        with pytest.raises(ConfigError, match=why):
            open_list(tmp_path / name)
    with pytest.raises(ConfigError, match="not a regular file"):
        open_list(Path("/dev/zero"))


def test_the_sample_has_the_first_letters_that_are_no_ascii(tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_bytes(b"a,1\n" * 1_000_000 + "王,2\n".encode("gb18030"))
    with open_list(file) as opened:
        head, late = samples_of(opened)
        assert (len(head), late) == (65_536, "王,2\n".encode("gb18030"))
        assert first_lines(opened, "gb18030", 2) == ["a,1\n", "a,1\n"]
        assert text_of(opened, "gb18030").readline() == "a,1\n"


def test_bytes_that_are_no_text_are_marked(tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_bytes(b"\xff\xfea\xff,1\n"[2:])
    with open_list(file) as opened:
        assert [record.cells for record in records(text_of(opened, "utf-8"), ",")] == [["a\ufffd", "1"]]
    assert csv.field_size_limit() > rows.MOST_RECORD_CHARS
