"""One end for each caller in every book, and nobody passed over: what bench.load counts as lost and as out of order."""

from typing import Any

import pytest

from bench.load_books import Account, Contact, Fact, log_differs, passed_over, settle

pytestmark = pytest.mark.unit


def visit(contact: str, new: str, **more: Any) -> Fact:
    return Fact(contact, {"kind": "visit", "new": new, "at": 0.0, **more})


def ended(contact: str) -> Fact:
    return Fact(contact, {"kind": "contact", "new": "ended", "at": 0.0})


def one(outcome: str = "answered") -> list[Fact]:
    return [visit("c1", "waiting", queue="q0"), visit("c1", outcome), ended("c1")]


def of(word: str, *rows: Contact, served: tuple[str, ...] = ("1",), facts: list[Fact] | None = None) -> Account:
    return settle({"1": word}, served, (), rows, one() if facts is None else facts)


ANSWERED, ABANDONED = Contact("c1", "1", "ended", "answered"), Contact("c1", "1", "ended", "abandoned")


def test_served_and_hung_up_on_is_no_loss() -> None:
    account = of("ended", ANSWERED)
    assert (account.lost, account.answered, account.problems) == (0, 1, {})


def test_who_gave_up_is_no_loss() -> None:
    account = of("left", ABANDONED, served=(), facts=one("abandoned"))
    assert (account.lost, account.abandoned, account.problems) == (0, 1, {})


@pytest.mark.parametrize(
    ("word", "rows", "served", "facts", "problem"),
    [
        ("unanswered", (), (), [], "refused the call"),
        ("calls", (), (), [], "refused the call"),
        ("connected", (ANSWERED,), ("1",), one(), "is not over"),
        ("left", (), (), [], "without a contact"),
        ("left", (ABANDONED, ABANDONED._replace(contact="c2")), (), one("abandoned"), "more contacts than one"),
        ("left", (ABANDONED._replace(state="waiting"),), (), one("abandoned"), "no end"),
        ("left", (ABANDONED._replace(outcome="lost"),), (), one("lost"), "neither answered nor abandoned"),
        ("ended", (ANSWERED,), (), one(), "no phone had served"),
        ("ended", (ABANDONED,), ("1",), one("abandoned"), "in the line"),
        ("left", (ABANDONED,), (), [*one("abandoned"), visit("c1", "answered")], "exactly one end"),
        ("left", (ABANDONED,), (), one("abandoned")[:2], "exactly one end"),
    ],
    ids=["timeout", "refused", "open", "unknown", "twice", "unended", "lost", "cut", "dropped", "two-ends", "no-end"],
)
def test_a_lost_caller_counts_once_and_says_why(
    word: str, rows: tuple[Contact, ...], served: tuple[str, ...], facts: list[Fact], problem: str
) -> None:
    account = of(word, *rows, served=served, facts=facts)
    assert account.lost == 1
    assert any(problem in found for found in account.problems)


def test_a_contact_that_nobody_called_for_is_one_too_many() -> None:
    assert settle({}, (), (), [ANSWERED], one()).lost == 1


def test_an_answer_that_crossed_his_hanging_up_is_told_and_is_no_loss() -> None:
    account = of("left", ABANDONED, facts=one("abandoned"))
    assert account.lost == 0
    assert account.problems == {"served by a phone, but not in the history": 1}


def test_who_was_sent_on_and_gave_up_then_has_crossed_nothing() -> None:
    assert settle({"1": "left"}, {"1"}, {"1"}, [ABANDONED], one("abandoned")).problems == {}


def log(event: str, call: str = "c1") -> str:
    return f"1|{call}|q0|NONE|{event}|"


def test_queue_log_and_history_agree() -> None:
    assert log_differs([log("ENTERQUEUE"), log("CONNECT"), log("COMPLETEAGENT")], one()) == {}


def test_queue_log_differs_in_an_end_and_in_a_call_without_one() -> None:
    differs = log_differs([log("ENTERQUEUE"), log("COMPLETEAGENT")], one())
    assert differs == {"answered": -1, "calls without as many ends as entries": 1}


STAFF = {"anna": ("q0", "q1"), "ben": ("q1", "q2")}


def comes(contact: str, queue: str, at: float) -> Fact:
    return visit(contact, "waiting", queue=queue, order_at=at)


def rings(contact: str, agent: str) -> Fact:
    return Fact(contact, {"kind": "offer", "new": "ringing", "agent": agent})


def fails(contact: str, agent: str) -> list[Fact]:
    return [
        Fact(contact, {"kind": "offer", "new": "missed", "agent": agent}),
        Fact(contact, {"kind": "contact", "new": "waiting"}),
    ]


def test_oldest_first_over_an_agents_queues_passes_nobody_over() -> None:
    facts = [comes("c1", "q0", 1.0), comes("c2", "q1", 2.0), comes("c3", "q2", 0.5)]
    assert passed_over([*facts, rings("c1", "anna"), rings("c3", "ben"), rings("c2", "ben")], STAFF) == 0


def test_a_ring_for_a_younger_one_counts_once_for_each_ring() -> None:
    facts = [comes("c1", "q0", 1.0), comes("c2", "q1", 2.0), comes("c3", "q1", 3.0)]
    assert passed_over([*facts, rings("c2", "anna"), rings("c3", "anna")], STAFF) == 2


def test_an_older_one_whom_that_agent_does_not_serve_is_not_passed_over() -> None:
    assert passed_over([comes("c1", "q0", 1.0), comes("c2", "q1", 2.0), rings("c2", "ben")], STAFF) == 0


def test_who_has_left_is_not_passed_over() -> None:
    assert (
        passed_over(
            [comes("c1", "q0", 1.0), comes("c2", "q1", 2.0), visit("c1", "abandoned"), rings("c2", "anna")], STAFF
        )
        == 0
    )


def test_a_missed_ring_puts_him_back_into_his_place_and_leaves_that_agent_out() -> None:
    facts = [comes("c1", "q1", 1.0), comes("c2", "q1", 2.0), rings("c1", "anna"), *fails("c1", "anna")]
    assert passed_over([*facts, rings("c2", "anna")], STAFF) == 0
    assert passed_over([*facts, rings("c2", "ben")], STAFF) == 1


def test_who_is_sent_on_keeps_the_order_that_his_new_visit_tells() -> None:
    facts = [comes("c1", "q0", 1.0), rings("c1", "anna"), visit("c1", "answered"), comes("c2", "q1", 5.0)]
    assert passed_over([*facts, comes("c1", "q1", 1.0), rings("c2", "anna")], STAFF) == 1


def test_a_ring_without_a_visit_is_a_lost_caller_and_ends_no_judgement() -> None:
    facts = [rings("c1", "anna"), comes("c2", "q1", 2.0), rings("c2", "ben"), comes("c3", "q1", 1.0)]
    assert passed_over(facts, STAFF) == 0
    assert passed_over([*facts, comes("c4", "q1", 3.0), rings("c4", "ben")], STAFF) == 1
    account = of("ended", ANSWERED, facts=[rings("c1", "anna"), ended("c1")])
    assert account.lost_callers == {"1"}
    assert account.problems == {"callers who were rung for without a visit": 1}
    assert of("ended", ANSWERED, facts=[*one()[:1], rings("c1", "anna"), *one()[1:]]).lost == 0
