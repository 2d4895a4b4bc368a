"""How does one leave the line? Each way once, with its outcome, and never two."""

from __future__ import annotations

import pytest
from kit import Exit, Queue, Scene, call_id, center, member

from cti.model.changes import Kind
from cti.model.commands import Release, SaveTicket, StartMusic

pytestmark = pytest.mark.unit

PLACE = "cti-voicemail,s,1"


def line(**sales: object) -> Scene:
    """Queue sales with these settings; support takes who goes over."""
    queues = {"sales": Queue(**sales), "support": Queue(wrap_up_s=0)}  # type: ignore[arg-type]
    return Scene(center(queues, agents={"anna": member("sales"), "ben": member("support")}))


def test_who_enters_gets_a_ticket_and_music() -> None:
    scene = line(music="jazz")
    call = scene.arrive("c1")
    [ticket] = [command.ticket for command in scene.commands(SaveTicket, "c1")]
    assert (ticket.contact, ticket.queue, ticket.since, ticket.entered_at) == (call, "sales", scene.now, scene.now)
    assert [music.music_class for music in scene.commands(StartMusic, "c1")] == ["jazz"]
    [visit] = scene.changes(Kind.VISIT)
    assert (visit.old, visit.new, visit.queue, visit.position) == ("", "waiting", "sales", 1)
    assert (visit.original_position, visit.caller) == (1, "+4930c1")


def test_positions_count_those_ahead() -> None:
    scene = line()
    for name in ("c1", "c2", "c3"):
        scene.arrive(name)
        scene.wait(1)
    assert [visit.position for visit in scene.changes(Kind.VISIT)] == [1, 2, 3]
    scene.caller_hangs_up("c1")
    scene.caller_hangs_up("c3")
    ends = [visit for visit in scene.changes(Kind.VISIT) if visit.new == "abandoned"]
    assert [(visit.position, visit.original_position) for visit in ends] == [(1, 1), (2, 3)]


def test_a_digit_leaves_the_line_to_a_place() -> None:
    scene = line(keys={"1": Exit(goto=PLACE, play=("goodbye",))})
    scene.arrive("c1")
    scene.wait(7)
    scene.press("c1", "1")
    [visit] = scene.changes(Kind.VISIT, new="key_exit")
    assert (visit.key, visit.wait_s, visit.position) == ("1", pytest.approx(7), 1)
    [release] = scene.commands(Release)
    assert (release.goto, release.prompts) == (PLACE, ("goodbye",))
    assert scene.state("c1") == "ended"


def test_another_queue_has_its_own_requirements() -> None:
    """Who goes over to a queue needs an agent that this queue's rules allow."""
    queues = {"sales": Queue(keys={"1": Exit(queue="tech")}), "tech": Queue(requires={"tech": 2})}
    scene = Scene(center(queues, agents={"anna": member("tech"), "ben": member("tech", tech=2)}))
    scene.login("anna")
    scene.arrive("c1")
    scene.press("c1", "1")
    assert scene.rung() == [], "anna has not the skill that tech requires"
    scene.login("ben")
    assert scene.rung() == [("c1", "ben")]


def test_a_digit_without_a_place_hangs_up() -> None:
    scene = line(keys={"9": Exit()})
    scene.arrive("c1")
    scene.press("c1", "9")
    assert [release.goto for release in scene.commands(Release)] == [""]
    assert scene.outcomes("c1") == ["key_exit"]


def test_other_digits_do_nothing() -> None:
    scene = line(keys={"1": Exit(goto=PLACE)})
    scene.arrive("c1")
    scene.press("c1", "2")
    assert (scene.state("c1"), scene.outcomes("c1")) == ("waiting", [])


def test_a_digit_to_another_queue_keeps_the_wait() -> None:
    scene = line(keys={"1": Exit(queue="support")})
    scene.arrive("c1")
    since = scene.contact("c1").since
    scene.wait(30)
    scene.arrive("c2", "support")
    scene.press("c1", "1")
    scene.login("ben")
    assert scene.offered("ben") == "c1", "who has waited 30 s goes before who came just now"
    assert scene.contact("c1").since == since
    assert (scene.ticket("c1").queue, scene.ticket("c1").since) == ("support", since)
    assert scene.outcomes("c1") == ["key_exit"]
    assert [(v.old, v.new, v.queue) for v in scene.changes(Kind.VISIT, call=call_id("c1"))] == [
        ("", "waiting", "sales"),
        ("waiting", "key_exit", "sales"),
        ("", "waiting", "support"),
    ]
    assert len({v.id for v in scene.changes(Kind.VISIT, call=call_id("c1"))}) == 2
    assert not scene.commands(Release)


def test_a_digit_while_the_phone_rings_is_too_late() -> None:
    scene = line(keys={"1": Exit(goto=PLACE)})
    scene.login("anna")
    scene.arrive("c1")
    scene.rings("anna")
    scene.press("c1", "1")
    scene.answer("anna")
    assert (scene.state("c1"), scene.outcomes("c1")) == ("talking", ["answered"])


def test_a_digit_during_the_talk_is_not_for_us() -> None:
    scene = line(keys={"1": Exit(goto=PLACE)})
    scene.login("anna")
    scene.arrive("c1")
    scene.answer("anna")
    scene.press("c1", "1")
    assert scene.state("c1") == "talking"
    assert scene.outcomes("c1") == ["answered"]


def test_the_longest_wait_ends_with_prompts_and_a_place() -> None:
    scene = line(max_wait_s=60, on_max_wait=Exit(goto=PLACE, play=("sorry",)))
    scene.arrive("c1")
    scene.wait(59.9)
    assert scene.state("c1") == "waiting"
    scene.wait(0.2)
    assert scene.outcomes("c1") == ["timed_out"]
    [release] = scene.commands(Release)
    assert (release.goto, release.prompts) == (PLACE, ("sorry",))
    [visit] = scene.changes(Kind.VISIT, new="timed_out")
    assert visit.wait_s == pytest.approx(60)


def test_the_longest_wait_may_lead_to_another_queue_with_the_old_since() -> None:
    scene = line(max_wait_s=60, on_max_wait=Exit(queue="support"))
    scene.arrive("c1")
    since = scene.contact("c1").since
    scene.login("ben")
    scene.wait(61)
    assert scene.offered("ben") == "c1"
    assert scene.contact("c1").since == since
    assert scene.outcomes("c1") == ["timed_out"]
    assert not scene.commands(Release)


def test_the_longest_wait_of_the_next_queue_begins_at_its_door() -> None:
    queues = {
        "sales": Queue(max_wait_s=60, on_max_wait=Exit(queue="support")),
        "support": Queue(max_wait_s=30, on_max_wait=Exit(goto=PLACE)),
    }
    scene = Scene(center(queues))
    scene.arrive("c1")
    scene.wait(61)
    assert scene.state("c1") == "waiting"
    scene.wait(28)
    assert scene.state("c1") == "waiting"
    scene.wait(2)
    assert scene.outcomes("c1") == ["timed_out", "timed_out"]
    waits = [visit.wait_s for visit in scene.changes(Kind.VISIT, new="timed_out")]
    assert waits == [pytest.approx(60), pytest.approx(30)]


def test_the_longest_wait_over_while_it_rings() -> None:
    """Served if answered; if missed, out at once. Never dropped, never two outcomes."""
    for answered in (True, False):
        scene = line(max_wait_s=60, on_max_wait=Exit(goto=PLACE))
        scene.arrive("c1")
        scene.wait(55)
        scene.login("anna")
        scene.rings("anna")
        scene.wait(8)
        if scene.state("c1") == "offered" and answered:
            scene.answer("anna")
            assert scene.outcomes("c1") == ["answered"]
            scene.wait(100)
            assert scene.state("c1") == "talking"
            continue
        if scene.state("c1") == "offered":
            scene.miss("anna", after_s=7)
        scene.wait(0.1)
        assert scene.outcomes("c1") == ["timed_out"]
        assert [release.goto for release in scene.commands(Release)] == [PLACE]


def test_an_answered_caller_has_no_longest_wait() -> None:
    scene = line(max_wait_s=60)
    scene.login("anna")
    scene.arrive("c1")
    scene.answer("anna")
    scene.wait(600)
    assert scene.state("c1") == "talking"
    assert scene.outcomes("c1") == ["answered"]


def test_a_full_line_refuses_at_the_door() -> None:
    scene = line(max_waiting=2, on_full=Exit(goto=PLACE))
    for name in ("c1", "c2", "c3"):
        scene.arrive(name)
    assert scene.outcomes("c3") == ["overflowed"]
    assert scene.outcomes("c1") == scene.outcomes("c2") == []
    assert [(release.call, release.goto) for release in scene.commands(Release)] == [(call_id("c3"), PLACE)]
    visits = [(visit.old, visit.new) for visit in scene.changes(Kind.VISIT, call=call_id("c3"))]
    assert visits == [("", "waiting"), ("waiting", "overflowed")], "offered = outcomes + waiting, always"


def test_a_place_that_becomes_free_is_taken() -> None:
    scene = line(max_waiting=1, on_full=Exit(goto=PLACE))
    scene.arrive("c1")
    scene.caller_hangs_up("c1")
    scene.arrive("c2")
    assert scene.state("c2") == "waiting"


def test_a_full_line_may_lead_to_another_queue() -> None:
    scene = line(max_waiting=1, on_full=Exit(queue="support"))
    scene.arrive("c1")
    scene.arrive("c2")
    assert scene.contact("c2").queue == "support"
    assert scene.outcomes("c2") == ["overflowed"]
    scene.login("ben")
    assert scene.offered("ben") == "c2"


def test_full_lines_in_a_circle_end() -> None:
    queues = {
        "sales": Queue(max_waiting=1, on_full=Exit(queue="support")),
        "support": Queue(max_waiting=1, on_full=Exit(queue="sales")),
    }
    scene = Scene(center(queues))
    for name in ("c1", "c2", "c3"):
        scene.arrive(name)
    assert [scene.contact(name).queue for name in ("c1", "c2")] == ["sales", "support"]
    assert scene.state("c3") == "ended"
    assert len(scene.commands(Release, "c3")) == 1
    assert set(scene.outcomes("c3")) == {"overflowed"}


def test_who_was_sent_on_may_meet_a_full_line() -> None:
    queues = {
        "sales": Queue(max_wait_s=10, on_max_wait=Exit(queue="support")),
        "support": Queue(max_waiting=1, on_full=Exit(goto=PLACE)),
    }
    scene = Scene(center(queues))
    scene.arrive("c1", "support")
    scene.arrive("c2", "sales")
    scene.wait(11)
    assert scene.outcomes("c2") == ["timed_out", "overflowed"]
    assert [release.goto for release in scene.commands(Release, "c2")] == [PLACE]


def test_nobody_is_full_for_a_free_agent() -> None:
    """A caller who can be served at once does not wait: the line holds those who wait."""
    scene = line(max_waiting=1)
    scene.login("anna")
    scene.arrive("c1")
    assert scene.offered("anna") == "c1"
    scene.arrive("c2")
    assert scene.outcomes("c2") in ([], ["overflowed"])
    scene.arrive("c3")
    assert scene.outcomes("c3") == ["overflowed"]


def test_a_caller_of_an_unknown_number_is_not_kept() -> None:
    scene = line()
    scene.arrive("c1", None, dialled="9999")
    assert scene.state("c1") == "ended"
    [release] = scene.commands(Release, "c1")
    assert release.goto.startswith("cti-fallback,") or release.goto == ""


def test_a_dialplan_may_name_a_queue_that_does_not_exist() -> None:
    scene = line()
    scene.arrive("c1", "nosuch", dialled="6001")
    assert scene.contact("c1") is not None or scene.commands(Release, "c1")
    assert not scene.changes(Kind.BUG)
