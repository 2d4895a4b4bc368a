"""What SIPp wrote down, read back: callers' last words, phones' gaps."""

import pytest

from bench.load_records import last_words, phones

pytestmark = pytest.mark.unit


def test_the_last_word_of_each_caller_counts() -> None:
    lines = ["49300001 calls", "49300001 connected", "49300002 calls", "49300001 ended", "", "noise of another kind"]
    assert last_words(lines) == {"49300001": "ended", "49300002": "calls"}


def line(phone: int, word: str, at: float, caller: str = "49300001") -> str:
    return f"{phone} {word} {int(at)}.000000 {round(at % 1 * 1e6)}.000000 {caller}"


def test_a_gap_is_from_free_to_the_next_ring_of_the_same_phone() -> None:
    lines = [line(1001, "rings", 10.0), line(1002, "rings", 10.0, "49300002"), line(1001, "talks", 12.0)]
    lines += [line(1001, "free", 20.0), line(1001, "rings", 20.25, "49300003"), line(1002, "free", 30.0, "49300002")]
    seen = phones(lines)
    assert seen.gaps == [(20.25, pytest.approx(0.25))]
    assert seen.gaps_ms(20.0, 21.0) == [pytest.approx(250.0)]
    assert seen.gaps_ms(21.0, 99.0) == []
    assert seen.served == {"49300001"}
    assert seen.unfinished == 1


def test_a_ring_at_a_busy_phone_is_counted_and_is_no_gap() -> None:
    seen = phones([line(1001, "rings", 10.0), line(1001, "rings", 11.0), line(1001, "free", 12.0)])
    assert seen.rung_while_busy == 1
    assert seen.gaps == []


def test_who_is_sent_on_was_served_too() -> None:
    seen = phones([line(1001, "rings", 1.0), line(1001, "talks", 2.0), line(1001, "refers", 3.0)])
    assert seen.served == seen.sent_on == {"49300001"}
