"""Are flows read, and every mistake told at its place?"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cti.config import yaml_file
from cti.flows import files as flow_files

pytestmark = pytest.mark.unit

EXAMPLE = Path(__file__).parents[2] / "config" / "flows"


def lines(text: str) -> list[str]:
    file = flow_files.read_bytes(text.encode(), "f.yaml")
    return yaml_file.lines("f.yaml", file.errors)


def test_the_example_flows_are_in_order() -> None:
    found = flow_files.read(EXAMPLE)
    assert (found.errors, found.warnings) == ([], [])
    assert {"main", "orders", "survey"} <= found.flows.keys()


def test_the_example_of_the_docs_is_in_order(tmp_path: Path) -> None:
    docs = EXAMPLE.parent.parent / "docs" / "flows.md"
    example = docs.read_text(encoding="utf-8").partition("```yaml\n")[2].partition("```")[0]
    (tmp_path / "hello.yaml").write_text(example, encoding="utf-8")
    found = flow_files.read(tmp_path)
    assert (found.errors, found.warnings) == ([], [])


@pytest.mark.parametrize(
    ("nodes", "line"),
    [
        ("  a: {paly: Hi, then: b}", "f.yaml:4:3: nodes.a: does nothing"),
        ("  a: {play: Hi}", "f.yaml:4:3: nodes.a.then: is missing: which node follows?"),
        (
            "  a:\n    play: Hi\n    thne: b\n    then: b",
            'f.yaml:6:5: nodes.a.thne: unknown key (did you mean "then"?)',
        ),
        ("  a: {menu: Hi, keys: {x: b}}", "f.yaml:4:24: nodes.a.keys.x: must be one key of a phone"),
        ("  a: {play: 'Hi {x', then: b}", "f.yaml:4:13: nodes.a.play: a { or } that encloses no variable"),
        ("  a: {collect: d, ask: Q, length: x, then: b}", "f.yaml:4:35: nodes.a.length: must be a number of digits"),
        ("  a: {branch: [{iff: x, then: b}], otherwise: b}", 'nodes.a.branch.0.iff: unknown key (did you mean "if"?)'),
        ("  a: just text", "f.yaml:4:3: nodes.a: does nothing"),
        ("  hangup: {hangup: Bye}", '"hangup" has a meaning of its own'),
    ],
)
def test_mistakes_have_a_place_and_a_remedy(nodes: str, line: str) -> None:
    found = lines(f"name: t\nstart: a\nnodes:\n{nodes}\n")
    assert any(line in each for each in found), found


def test_a_misspelt_kind_is_suggested() -> None:
    assert 'did you mean "play"' in lines("name: t\nstart: a\nnodes:\n  a: {plai: Hi}\n")[0]


def test_all_mistakes_at_once_with_flows_together(tmp_path: Path) -> None:
    (tmp_path / "one.yaml").write_text("name: one\nstart: b\nnodes:\n  a: {subflow: tow, then: hangup}\n")
    (tmp_path / "two.yaml").write_text("name: two\nstart: a\nnodes:\n  a: {hangup: Bye}\n")
    (tmp_path / "three.yaml").write_text("name: two\nstart: a\nnodes:\n  a: {hangup: Bye}\n")
    errors = flow_files.read(tmp_path).errors
    assert [line.partition(": ")[0].removeprefix(str(tmp_path)) for line in errors] == [
        "/one.yaml:2:8",
        "/one.yaml:4:16",
        "/two.yaml:1:7",
    ]
    assert 'did you mean "two"' in errors[1]
    alone = flow_files.read(tmp_path / "three.yaml")
    assert alone.errors == []


def test_nothing_to_read(tmp_path: Path) -> None:
    assert "no flow here" in flow_files.read(tmp_path).errors[0]
    assert "cannot be read" in flow_files.read(tmp_path / "x.yaml").errors[0]
    assert "must be keys" in lines("- a")[0]


@settings(deadline=None)
@given(st.text(max_size=80) | st.binary(max_size=80).map(lambda data: data.decode("latin-1")))
def test_any_text_is_read_or_refused(text: str) -> None:
    file = flow_files.read_bytes(text.encode(), "f.yaml")
    assert (file.flow is None) == bool(file.errors)


@settings(deadline=None)
@given(st.data())
def test_any_damage_to_a_good_flow_is_told_and_never_raises(data: st.DataObject) -> None:
    text = (EXAMPLE / "orders.yaml").read_text(encoding="utf-8").splitlines()
    number = data.draw(st.integers(0, len(text) - 1))
    text[number] = data.draw(st.sampled_from(("", "  x: 1", "    then: [a]", "nodes: 5", "  a: {queue: {}}", text[0])))
    file = flow_files.read_bytes("\n".join(text).encode(), "f.yaml")
    assert (file.flow is None) == bool(file.errors)


def test_the_content_is_what_the_flows_say(tmp_path: Path) -> None:
    text = "name: a\nstart: b\nnodes:\n  b: {hangup: Bye}\n"

    def content(**files: str) -> str:
        read = [flow_files.read_bytes(text.encode(), name) for name, text in files.items()]
        return flow_files.together(read).content

    other = text.replace("name: a", "name: c")
    assert content(x=text, y=other) == content(z=f"# why\n{other}", a=text.replace(": Bye", ":   Bye"))
    assert len({content(x=text), content(x=text.replace("Bye", "Ciao")), content(x=text, y=other)}) == 3
    assert flow_files.read_bytes(text.encode()).text == text


def test_a_flow_that_is_a_pipe_keeps_nobody_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.yaml")
    [file] = flow_files.read(tmp_path).files
    assert [problem.text for problem in file.errors] == ["cannot be read: is not a regular file"]
