"""Is a list read in the encoding and with the delimiter it was written with?"""

from __future__ import annotations

import codecs
import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cti.lists.dialect import check_encoding, find_delimiter, find_encoding
from cti.model.errors import ConfigError

pytestmark = pytest.mark.unit

CHINESE = "姓名,电话,城市\n王伟,13800138000,北京\n李娜,13900139000,上海\n" * 5
GERMAN = "Name;Telefon;Straße\nJörg Müller;030 901820;Königsallee\nÄnne Groß;030 901821;Übergang\n" * 5
RUSSIAN = "Имя;Телефон;Город\nИван Петров;+7 495 123-45-67;Москва\nАнна Смирнова;+7 495 123-45-68;Тула\n" * 5


@pytest.mark.parametrize(
    ("text", "encoding", "region", "found"),
    [
        (CHINESE, "utf-8", None, "utf-8"),
        (CHINESE, "utf-8-sig", None, "utf-8-sig"),
        (CHINESE, "utf-16", None, "utf-16"),
        (GERMAN, "utf-16-le", None, "utf-16-le"),
        (GERMAN, "utf-16-be", None, "utf-16-be"),
        (GERMAN, "utf-32", None, "utf-32"),
        (CHINESE, "gb18030", "CN", "gb18030"),
        (CHINESE, "gb18030", None, "gb18030"),
        (RUSSIAN, "cp1251", "RU", "cp1251"),
        (RUSSIAN, "cp1251", None, "cp1251"),
        ("name,phone\nBob,1\n", "ascii", None, "utf-8"),
    ],
)
def test_encodings(text: str, encoding: str, region: str | None, found: str) -> None:
    assert find_encoding([text.encode(encoding)], region).name == found


def test_a_western_list_is_read_as_its_writer_saw_it() -> None:
    found = find_encoding([GERMAN.encode("cp1252")])
    assert GERMAN.encode("cp1252").decode(found.name) == GERMAN


def test_a_character_that_the_sample_cuts_is_no_fault() -> None:
    whole = CHINESE.encode()
    assert {find_encoding([whole[:n]]).name for n in range(60, 80)} == {"utf-8"}


def test_letters_that_come_late_count() -> None:
    assert find_encoding([b"a,1\n" * 100, CHINESE.encode("gb18030")], "CN").name == "gb18030"


@given(st.binary(max_size=300), st.sampled_from([None, "CN", "US"]))
@settings(max_examples=60, deadline=None)
def test_any_bytes_are_in_some_encoding(sample: bytes, region: str | None) -> None:
    codecs.lookup(find_encoding([sample], region).name)


def test_encodings_that_are_said() -> None:
    assert (check_encoding("GBK"), check_encoding("utf8"), check_encoding("latin-1")) == (
        "gbk",
        "utf-8-sig",
        "iso8859-1",
    )
    with pytest.raises(ConfigError, match=r'no encoding "gb18300" .did you mean "gb18030"'):
        check_encoding("gb18300")
    with pytest.raises(ConfigError, match="no encoding of lists"):
        check_encoding("base64")
    for name in ("utf-7", "undefined", "idna", "utf-8\0", "punycode"):
        with pytest.raises(ConfigError):
            check_encoding(name)


CELL = st.text(st.sampled_from("ab1 ,;|\t\"'\n王é"), max_size=8)


@settings(deadline=None)
@given(
    st.sampled_from(",;\t|"),
    st.integers(2, 6).flatmap(
        lambda width: st.lists(st.lists(CELL, min_size=width, max_size=width), min_size=3, max_size=9)
    ),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
)
def test_the_delimiter_is_found_where_every_cell_that_needs_it_is_quoted(
    delimiter: str, table: list[list[str]], quoting: int
) -> None:
    """With a header of plain words: cells alone could be alike by another delimiter too."""
    header = [f"column {n}" for n in range(len(table[0]))]
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, quoting=quoting).writerows([header] * 9 + table)
    assert find_delimiter(out.getvalue().splitlines(keepends=True)) == delimiter


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        ("phone\n+442079460123\n+442079460124\n", ","),
        ("sep=;\nname;phone\n", ";"),
        ("name;phone\nA, B;1\nC, D;2\nE;3\n", ";"),
        ("name\tphone\nA, B\t1,5\n", "\t"),
        ("", ","),
    ],
)
def test_delimiters(text: str, delimiter: str) -> None:
    assert find_delimiter(text.splitlines(keepends=True)) == delimiter
