"""What a person sees, at the sizes that terminals have."""

from __future__ import annotations

import io

import pytest
from rich.cells import cell_len
from rich.console import Console

from cti.demo.facts import Facts
from cti.demo.lines import line
from cti.demo.picture import agent_word, picture, wait_word

from .pictures import agent, queue, snapshot

pytestmark = pytest.mark.unit

FACTS = Facts("Asterisk 22.10.1", 42.0, 18.0, 0.1, ("Your phone: user 2001", "Call 6001 sales"))


def drawn(width: int, height: int, facts: Facts = FACTS, **given: object) -> list[str]:
    console = Console(file=io.StringIO(), width=width, height=height, force_terminal=True, color_system=None)
    console.print(picture(snapshot(**given), facts, width, height))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue().splitlines()


@pytest.mark.parametrize(("width", "height"), [(80, 24), (80, 50), (140, 24), (140, 40), (200, 60)])
def test_fills_the_terminal_and_never_more(width: int, height: int) -> None:
    lines = drawn(width, height)
    assert len(lines) == height
    assert all(cell_len(text) <= width for text in lines)


@pytest.mark.parametrize(("width", "height"), [(80, 24), (140, 40)])
def test_everything_that_matters_is_there(width: int, height: int) -> None:
    text = "\n".join(drawn(width, height))
    for needed in ("Asterisk 22.10.1", "node1 up", "42 s", "18 s to go", "TOO LONG", "sales", "complaints", "80%"):
        assert needed in text
    for needed in ("talking", "wrap-up", "at lunch", "logged out", "idle 41 s of 3 free", "Call 6001 sales"):
        assert needed in text


def test_no_title_is_cut() -> None:
    assert "in time" in drawn(80, 24)[1] and "…" not in drawn(80, 24)[1]


def test_a_narrow_terminal_keeps_the_reason_of_a_decision() -> None:
    [text] = [text for text in drawn(80, 24) if "urgency" in text]
    assert " ".join(text.split()) == "10 s anna support: waited 12 s, urgency 0.6 > 0.4; idle 41 s of 3 free"


def test_ten_agents_fit_into_the_smallest_terminal() -> None:
    agents = [agent(f"agent{number}") for number in range(11)]
    text = "\n".join(drawn(80, 24, agents=agents))
    assert all(f"agent{number}" in text for number in range(11))
    assert "Call 6001 sales" in text


def test_no_caller_number_is_shown() -> None:
    assert "447700900001" not in "\n".join(drawn(200, 60))


def test_a_silent_engine_is_said_loudly() -> None:
    assert "ENGINE SILENT FOR 7 s" in drawn(120, 24, Facts("Asterisk", 42.0, age_s=7.0))[0]
    assert "ENGINE SILENT FOR 7 s" in line(snapshot(), Facts("Asterisk", 42.0, age_s=7.0))


def test_an_engine_that_has_not_answered_yet() -> None:
    console = Console(file=io.StringIO(), width=80)
    console.print(picture({}, Facts("Asterisk", 1.0), 80, 24))
    assert "the engine has not answered yet" in line({}, Facts("Asterisk", 1.0))


@pytest.mark.parametrize(
    ("longest_s", "target_s", "word"),
    [(None, 20, "empty"), (15, 20, "on time"), (15.1, 20, "close"), (20, 20, "close"), (20.1, 20, "TOO LONG")],
)
def test_the_wait_against_its_target_is_a_word(longest_s: float | None, target_s: float, word: str) -> None:
    assert wait_word(longest_s, target_s)[0] == word


@pytest.mark.parametrize(
    ("row", "word"),
    [
        (agent("a"), "free"),
        (agent("a", engaged=True), "on phone"),
        (agent("a", activity="ringing"), "ringing"),
        (agent("a", activity="wrapup", status="on_break", reason="lunch"), "wrap-up"),
        (agent("a", status="on_break", reason="lunch"), "at lunch"),
        (agent("a", status="on_break", reason="break"), "on break"),
        (agent("a", status="logged_out"), "logged out"),
    ],
)
def test_one_word_for_an_agent(row: dict[str, object], word: str) -> None:
    assert agent_word(row) == word


def test_the_plain_line_says_how_many_of_the_free_are_there_for_those_who_wait() -> None:
    agents = [agent("anna", queues=["sales"]), agent("ben", queues=["support"]), agent("chen", queues=["support"])]
    assert "free agents 3 (1 in a queue where somebody waits)" in line(snapshot(agents=agents), FACTS)
    assert "free agents 3  " in line(snapshot(agents=agents, queues=[queue("sales")]), FACTS), "nobody waits"


def test_the_plain_line() -> None:
    text = line(snapshot(queues=[queue("sales", waiting=2, longest_wait_s=7.9, offered=3, answered=1)]), FACTS)
    assert text.startswith("42 s  node1 up  waiting 2 (sales 2), longest 7 s  talking 1  free agents 0  offered 3")
    assert "\x1b" not in text
    at_home = queue("sales", waiting=2, called=3, called_outcomes={"answered": 2})
    assert "waiting 2 (sales 2; 1 of them to be called)" in line(snapshot(queues=[at_home]), FACTS)
