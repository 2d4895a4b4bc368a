"""Does the exchange behave as Asterisk was measured to?"""

from __future__ import annotations

import pytest

from tests.sim.world_of_two import Two

pytestmark = pytest.mark.unit


def test_answer_and_agent_hangs_up() -> None:
    two = Two()
    call = two.call()
    two.dial(call, "PJSIP/1")
    two.exchange.answer(two.leg("PJSIP/1"))
    two.wait(7)
    two.exchange.hang_up_leg(two.leg("PJSIP/1"))
    assert two.results == [("ANSWER", 7.0, True)]
    assert two.book.lines == ["new PJSIP/1", "begin PJSIP/1", "end PJSIP/1 ANSWER", "gone PJSIP/1"]
    assert call.up and call.dial is None


def test_ring_all_has_one_winner() -> None:
    two = Two()
    call = two.call()
    two.dial(call, "PJSIP/1", "PJSIP/2")
    loser = two.leg("PJSIP/1")
    two.exchange.answer(two.leg("PJSIP/2"))
    two.exchange.answer(loser)
    assert two.book.lines[-3:] == ["end PJSIP/2 ANSWER", "end PJSIP/1 CANCEL", "gone PJSIP/1"]
    assert loser.cause == 26
    assert not two.exchange.phones["PJSIP/1"].legs


def test_nobody_answers() -> None:
    two = Two()
    two.dial(two.call(), "PJSIP/1", timeout_s=5)
    two.wait(5)
    assert two.results == [("NOANSWER", 0.0, True)]


def test_a_phone_that_is_not_there_gets_no_dial_begin() -> None:
    two = Two()
    two.exchange.phones["PJSIP/1"].registered = False
    two.dial(two.call(), "PJSIP/1")
    two.wait(1)
    assert two.results == [("CHANUNAVAIL", 0.0, True)]
    assert two.book.lines == []


def test_an_engaged_phone_is_busy() -> None:
    two = Two()
    two.exchange.private_call(two.exchange.phones["PJSIP/1"], "node1", 60)
    two.dial(two.call(), "PJSIP/1")
    two.wait(1)
    assert two.results == [("BUSY", 0.0, True)]


def test_hung_up_by_us_while_it_rings() -> None:
    """DIALSTATUS CHANUNAVAIL, but DialEnd NOANSWER (measured)."""
    two = Two()
    two.dial(two.call(), "PJSIP/1")
    assert two.exchange.hang_up_channel(two.leg("PJSIP/1").channel)
    assert two.results == [("CHANUNAVAIL", 0.0, True)]
    assert "end PJSIP/1 NOANSWER" in two.book.lines


def test_caller_leaves_while_it_rings() -> None:
    two = Two()
    call = two.call()
    two.dial(call, "PJSIP/1")
    two.exchange.hang_up_call(call)
    assert two.results == [("CANCEL", 0.0, False)]
    assert two.book.lines[2:] == ["end PJSIP/1 CANCEL", "gone PJSIP/1", "agi hangup", "caller gone"]


def test_engine_dies_while_people_talk() -> None:
    """The Dial goes on; afterwards the dialplan enters again with the same entry and DIALSTATUS."""
    two = Two()
    call = two.call()
    two.dial(call, "PJSIP/1")
    two.exchange.answer(two.leg("PJSIP/1"))
    two.exchange.agi_lost(call)
    two.wait(30)
    assert call.dial is not None
    two.exchange.hang_up_leg(two.leg("PJSIP/1"))
    two.wait(1)
    assert two.book.lines[-1] == "agi entry=1 dial_status=ANSWER"
    assert call.answered_s == pytest.approx(30)


def test_engine_dies_while_he_waits_and_is_back() -> None:
    two = Two()
    call = two.call()
    two.book.listens = False
    two.exchange.agi_lost(call)
    two.wait(2)
    two.book.listens = True
    two.wait(1)
    assert call.agi == "session"
    assert call.place == "cti-inbound"


def test_no_engine_for_long_means_fallback() -> None:
    two = Two()
    call = two.call()
    two.book.listens = False
    two.exchange.agi_lost(call)
    two.wait(8)
    assert call.place == "cti-fallback"
    two.wait(30)
    assert not two.exchange.calls


def test_blind_transfer_back_to_a_queue() -> None:
    """The caller leaves the AGI (result -1, HANGUP) and enters anew: entry grows, DIALSTATUS is cleared."""
    two = Two()
    call = two.call()
    two.dial(call, "PJSIP/1")
    two.exchange.answer(two.leg("PJSIP/1"))
    two.exchange.transfer(two.leg("PJSIP/1"), "cti-inbound", "6002")
    two.wait(1)
    assert two.results == [("ANSWER", 0.0, False)]
    assert two.book.lines[3:] == [
        "transferred cti-inbound 6002",
        "gone PJSIP/1",
        "agi hangup",
        "agi entry=2 dial_status=",
    ]
    assert call.dialled == "6002"


def test_a_prompt_is_cut_off() -> None:
    two = Two()
    call = two.call()
    ends: list[bool] = []
    two.exchange.play(call, ends.append, 60.0)
    two.wait(1)
    two.exchange.stop_play(call)
    assert ends == [True]
    two.wait(100)
    assert ends == [True]


def test_restart_is_silent() -> None:
    two = Two()
    call = two.call()
    two.dial(call, "PJSIP/1")
    two.book.lines.clear()
    two.exchange.restart("node1")
    assert two.book.lines == []
    assert not two.exchange.calls
    assert not two.exchange.legs
    assert not two.exchange.phones["PJSIP/1"].legs
