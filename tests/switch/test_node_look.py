"""Does a bug in one look at a node cost more than that look? It is counted, told, and the node is looked at again."""

from __future__ import annotations

from typing import Any

import pytest

from cti.model import events
from cti.switch.ami import AmiTimeout, LinkState
from tests.switch.in_memory import settle
from tests.switch.test_node import A, Bench

pytestmark = pytest.mark.unit

UP, CHECKED = events.NodeUp(A, (), 1000.0), events.NodeChecked(A, (), 1000.0)


@pytest.fixture
async def bench(monkeypatch: pytest.MonkeyPatch) -> Bench:
    return Bench(monkeypatch)


def break_once(monkeypatch: pytest.MonkeyPatch, whose: object, name: str) -> None:
    """The next call of it raises, and names nobody in the log."""
    whole = getattr(whose, name)

    def broken(*args: Any) -> Any:
        monkeypatch.setattr(whose, name, whole)
        raise KeyError("+49 30 1234567")

    monkeypatch.setattr(whose, name, broken)


async def looked(bench: Bench) -> None:
    """The pause is over, and the list comes."""
    await bench.pauses.end()
    await bench.link.lists_channels()


@pytest.mark.parametrize("part", ["_post", "_tell_drained", "rings.forget", "_tell_where", "begun.reconcile"])
async def test_a_first_look_that_breaks_is_made_again_and_the_node_is_not_up_before(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    inside, _, name = part.rpartition(".")
    await bench.link.becomes(LinkState.UP)
    break_once(monkeypatch, getattr(bench.node, inside) if inside else bench.node, name)
    await bench.link.lists_channels()
    assert (bench.node.live, bench.node.first_live.done(), bench.node.look_errors) == (False, False, 1)
    assert bench.pauses.asked_s == [0.0, 1.0]
    ((text, fields),) = bench.log.told("error")
    assert fields == {"node": A, "error": "KeyError"} and "looked at again" in text
    bench.desk.told()
    await looked(bench)
    assert (bench.desk.told(), bench.node.live, bench.node.first_live.done()) == ([UP], True, True)
    await looked(bench)
    assert (bench.desk.told(), bench.node.look_errors) == ([CHECKED], 1)


async def test_a_later_look_that_breaks_is_made_again_too(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    await bench.link.becomes(LinkState.UP)
    await bench.link.lists_channels()
    assert bench.desk.told() == [UP]
    break_once(monkeypatch, bench.node, "_post")
    await looked(bench)
    assert (bench.desk.told(), bench.node.live, bench.node.look_errors) == ([], True, 1)
    await looked(bench)
    assert bench.desk.told() == [CHECKED]


async def test_a_node_that_goes_when_the_core_knows_it_and_the_look_broke_is_told_to_be_down(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    await bench.link.becomes(LinkState.UP)
    break_once(monkeypatch, bench.node, "_tell_where")
    await bench.link.lists_channels()
    assert bench.desk.told() == [UP] and not bench.node.live
    await bench.link.becomes(LinkState.DOWN, "gone")
    assert bench.desk.told() == [events.NodeDown(A)]


async def test_a_link_that_is_cut_by_what_the_core_says_leaves_no_node_that_is_up(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Asterisk does not read: what is sent, on hearing that it is there, ends the connection at once."""
    await bench.link.becomes(LinkState.UP)
    post = bench.desk.post

    def cut(event: events.AnyEvent) -> None:
        post(event)
        if isinstance(event, events.NodeUp):
            bench.link.goes_at_once(LinkState.DOWN)

    monkeypatch.setattr(bench.node, "_post", cut)
    await bench.link.lists_channels()
    assert (bench.desk.told(), bench.node.live) == ([UP, events.NodeDown(A)], False)


async def test_a_link_that_is_cut_before_the_core_knows_the_node_leaves_it_unknown(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The Hangup of a phone that the look showed was more than Asterisk reads."""
    await bench.link.becomes(LinkState.UP)
    monkeypatch.setattr(bench.node.begun, "reconcile", lambda _legs: bench.link.goes_at_once(LinkState.DOWN))
    await bench.link.lists_channels()
    assert UP not in bench.desk.told() and not bench.node.live


async def test_asterisk_that_does_not_answer_is_no_error_of_ours(bench: Bench) -> None:
    await bench.link.becomes(LinkState.UP)
    bench.link.lists[0].set_exception(AmiTimeout("no answer"))
    await settle()
    assert (bench.node.look_errors, bench.log.told("error")) == (0, [])
