"""Asterisk's .conf files: templates, additions, comments and includes as main/config.c reads them."""

from __future__ import annotations

from pathlib import Path

import pytest

from cti.importing.conf import Conf, read

pytestmark = pytest.mark.unit


def conf(tmp_path: Path, text: str) -> Conf:
    (tmp_path / "x.conf").write_text(text, encoding="utf-8")
    return read(tmp_path / "x.conf")


def said(tmp_path: Path, text: str, section: str = "a") -> list[tuple[str, str]]:
    found = conf(tmp_path, text)
    assert found.errors == []
    return [(setting.name, setting.value) for setting in found.sections[section].settings]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[a]\nX = 1\ny=>2\n z  =  three words ", [("x", "1"), ("y", "2"), ("z", "three words")]),
        ("\ufeff[a]\r\nx=1 ; a comment\r\n;y=2\r\n", [("x", "1")]),
        ("[a]\nx=1\\;2 ; 3", [("x", "1;2")]),
        ("[a]\n;-- y=1\nz=1 --;\nx=1", [("x", "1")]),
        ("[a]\nx=;-- a ;-- b --; c --;1", [("x", "1")]),
        ("[a]\n;--- only a line\nx=1", [("x", "1")]),
        ("[t](!)\nx=1\ny=1\n[a](t)\ny=2", [("x", "1"), ("y", "1"), ("y", "2")]),
        ("[t](!)\nx=1\n[u](!,t)\ny=1\n[a](u)", [("x", "1"), ("y", "1")]),
        ("[a]\nx=1\n[b]\n[a](+)\ny=2", [("x", "1"), ("y", "2")]),
        ("[a]\nx=1\nx+=,2", [("x", "1,2")]),
        ("[a]\nx+=1", [("x", "1")]),
        ("[a]\nx=", [("x", "")]),
    ],
)
def test_what_is_read(tmp_path: Path, text: str, expected: list[tuple[str, str]]) -> None:
    assert said(tmp_path, text) == expected


def test_settings_know_their_line_also_when_inherited(tmp_path: Path) -> None:
    found = conf(tmp_path, "[t](!)\nx=1\n\n[a](t)\ny=2\n")
    assert [setting.place.line for setting in found.sections["a"].settings] == [2, 5]
    assert found.sections["t"].is_template
    assert not found.sections["a"].is_template


def test_files_are_included(tmp_path: Path) -> None:
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "1.conf").write_text("y=2\n[b]\n")
    (tmp_path / "more" / "2.conf").write_text("z=3\n")
    found = conf(tmp_path, '[a]\nx=1\n#include "more/*.conf"\n#tryinclude none.conf\nw=4\n')
    assert found.errors == []
    assert [setting.name for setting in found.sections["a"].settings] == ["x", "y", "w"]
    assert [setting.name for setting in found.sections["b"].settings] == ["z"]
    assert found.sections["b"].settings[0].place.file.endswith("2.conf")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x=1", "1: before the first [section]"),
        ("[a", '1: a section is "[name]"'),
        ("[a](b", '1: no closing ")"'),
        ("[templ](!)\n[a](tmpl)", '2: inherits from [tmpl], which is not above (did you mean "templ"?)'),
        ("[a](+)", "1: (+) adds to [a]"),
        ("[a]\nhello", '2: no "="'),
        ("[a]\n=1", '2: nothing before the "="'),
        ("[a]\n#exec /bin/true", "2: #exec runs a program"),
        ("#inclde x", '1: unknown directive (did you mean "include"?)'),
        ("#include", "1: #include needs a file"),
        ("#include none.conf", "cannot be read"),
        ("#include *.none", "1: #include finds no file"),
        ("#include x.conf", "more than 10 deep"),
        ("[a]\n;-- x\ny=1\n", '2: a comment ";--" that never ends'),
        ("[a]\nx --; y", '2: "--;" ends a comment that nothing began'),
        ("[a]\nx=\x00", "2: a character that cannot be printed"),
        ("[a]\nx=" + "y" * 9000, "2: longer than 8190 bytes"),
    ],
)
def test_what_is_refused(tmp_path: Path, text: str, expected: str) -> None:
    assert any(expected in error for error in conf(tmp_path, text).errors), conf(tmp_path, text).errors


def test_templates_that_multiply_are_bounded(tmp_path: Path) -> None:
    text = "[t0](!)\nx=1\n" + "".join(f"[t{n}](!,t{n - 1},t{n - 1})\n" for n in range(1, 60))
    assert any("more than 300000 settings" in error for error in conf(tmp_path, text).errors)


def test_other_than_files_are_refused(tmp_path: Path) -> None:
    (tmp_path / "x.conf").write_bytes(b"[a]\nx=\xff\n")
    assert "2: not UTF-8" in read(tmp_path / "x.conf").errors[0]
    assert "not a file" in read(tmp_path).errors[0]
    assert "cannot be read" in read("a\x00b").errors[0]


def test_a_section_given_twice_is_told(tmp_path: Path) -> None:
    assert [section.place.line for section in conf(tmp_path, "[a]\n[A]\n").repeated] == [2]
