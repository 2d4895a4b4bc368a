"""Is a caller fetched whom a frozen engine holds, and nobody else?"""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from cti.model.words import NodeId
from cti.switch import strays
from cti.switch.admission import Admission, Limits
from cti.switch.ami import AmiDisconnected
from cti.switch.strays import Strays
from tests.switch.a_switch import A, Bench
from tests.switch.in_memory import settle

pytestmark = pytest.mark.unit

HERE = "10.0.0.6:4573"
CALLER = {
    "Uniqueid": "1.1", "Channel": "PJSIP/x-1", "Context": "cti-inbound", "Application": "AGI", "BridgeID": "",
}  # fmt: skip
TALKS = CALLER | {"Uniqueid": "2.1", "BridgeID": "b", "Application": "Dial"}  # a talk of the former owner


class Link:
    """What each look finds; the last one for ever."""

    def __init__(self, *looks: list[dict[str, str]] | Exception) -> None:
        self.looks, self.fired = list(looks), list[dict[str, str]]()

    async def list_action(self, fields: Any, until_event: str, timeout_s: float) -> list[dict[str, str]]:
        found = self.looks.pop(0) if len(self.looks) > 1 else self.looks[0]
        if isinstance(found, Exception):
            raise found
        return found

    def fire(self, fields: Any) -> None:
        self.fired.append(dict(fields))


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(strays, "FIRST_LOOK_S", 0.0)
    monkeypatch.setattr(strays, "LONGEST_PAUSE_S", 0.0)


async def looked(link: Link, held: frozenset[str] = frozenset()) -> list[dict[str, str]]:
    """What was sent by the time nobody is left; the looks end with an empty one."""
    found = Strays(NodeId("node1"), link, held.__contains__, HERE)  # type: ignore[arg-type]
    found.begin()
    work = found._work
    assert work is not None
    await asyncio.wait_for(work, 30)
    found.close()
    return link.fired


async def test_the_node_is_told_where_the_owner_is() -> None:
    assert await looked(Link([])) == [{"Action": "Setvar", "Variable": "CTI_ENGINE_AT", "Value": HERE}]


async def test_seen_twice_he_is_sent_here_by_his_dialplan() -> None:
    _, owner, redirect = await looked(Link([CALLER], [CALLER], []))
    assert owner == {"Action": "Setvar", "Channel": "PJSIP/x-1", "Variable": "CTI_OWNER", "Value": HERE}
    assert redirect == {
        "Action": "Redirect", "Channel": "PJSIP/x-1", "Context": "cti-inbound", "Exten": "T", "Priority": "1",
    }  # fmt: skip


async def test_who_came_back_by_himself_is_left_alone() -> None:
    assert len(await looked(Link([CALLER], []))) == 1
    assert len(await looked(Link([CALLER], [CALLER]), frozenset({"node1/1.1"}))) == 1


@pytest.mark.parametrize(
    "other", [{"BridgeID": "b"}, {"Application": "Dial"}, {"Context": "from-trunk"}], ids=["talks", "rings", "not ours"]
)
async def test_nobody_else_is_touched(other: dict[str, str]) -> None:
    assert len(await looked(Link([CALLER | other], [CALLER | other], [CALLER | other], []))) == 1


AGENT = CALLER | {"Context": "cti-waiting-agent", "Exten": "ctia-d1", "Channel": "PJSIP/1001-1"}


async def test_an_agent_who_waits_for_his_customer_asks_again_and_hears_that_nothing_comes_of_it() -> None:
    _, redirect = await looked(Link([AGENT], [AGENT], []))
    assert redirect == {
        "Action": "Redirect", "Channel": "PJSIP/1001-1", "Context": "cti-waiting-agent", "Exten": "ctia-d1",
        "Priority": "1",
    }  # fmt: skip
    assert len(await looked(Link([AGENT], [AGENT]), frozenset({"node1/1.1"}))) == 1


async def test_an_agent_who_talks_is_not_waited_for() -> None:
    """He has no session of ours while he talks, and does not come back to one."""
    assert len(await looked(Link([AGENT | {"BridgeID": "b"}]))) == 1
    assert len(await looked(Link([AGENT | {"Application": "Bridge"}]))) == 1


async def test_when_his_talk_is_over_he_is_fetched_too() -> None:
    talks = CALLER | {"BridgeID": "b", "Application": "Dial"}
    assert len(await looked(Link([talks], [talks], [CALLER], [CALLER], []))) == 3


async def test_a_look_that_fails_is_made_again() -> None:
    assert len(await looked(Link(AmiDisconnected("away"), [CALLER], [CALLER], []))) == 3


async def test_a_row_without_a_name_is_passed_over() -> None:
    nameless = {key: value for key, value in CALLER.items() if key != "Channel"}
    assert len(await looked(Link([nameless, CALLER], [nameless, CALLER], []))) == 3


# --- whom the switch holds -------------------------------------------------------------------------------------------


async def looks(bench: Bench, *found: list[dict[str, str]]) -> list[str]:
    """What strays of node a were sent after these looks, which begin with the one under way."""
    link = bench.links[A]
    link.fired()
    for items in found:
        link.lists[-1].set_result(items)
        await settle()
    return [sent["Action"] for sent in link.fired()]


async def test_who_hears_that_there_is_no_room_is_no_stray(monkeypatch: pytest.MonkeyPatch) -> None:
    """He is in none of the core's calls, and stays as long as the sound does."""
    bench = Bench(monkeypatch, here=HERE)
    await bench.begin()
    bench.switch.admission = Admission(Limits(0, 1.0, ("all-circuits-busy-now",), "cti-fallback,s,1"))
    caller = await bench.comes(uniqueid="1.1")
    assert await looks(bench, [CALLER, TALKS], [CALLER, TALKS], [CALLER, TALKS]) == []
    assert any("STREAM FILE" in said for said in await caller.answers_all()) and bench.tasks[0].done()
    assert await looks(bench, [CALLER, TALKS], [CALLER, TALKS]) == ["Setvar", "Redirect"]  # nobody has him now
    await bench.end()


async def test_who_comes_once_more_is_held_by_his_new_session(monkeypatch: pytest.MonkeyPatch) -> None:
    """The end of his former one is noticed later."""
    bench = Bench(monkeypatch, here=HERE)
    await bench.begin()
    bench.switch.admission = Admission(Limits(0, 1.0, ("all-circuits-busy-now",)))
    former, _ = [await bench.comes(uniqueid="1.1") for _ in range(2)]
    await former.breaks()
    assert bench.tasks[0].done() and not bench.tasks[1].done()
    assert await looks(bench, [CALLER, TALKS], [CALLER, TALKS], [CALLER, TALKS]) == []
    await bench.end()
