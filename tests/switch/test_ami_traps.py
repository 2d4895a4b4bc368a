"""Every known trap of AMI and of panoramisk, one named test each, against a scripted manager on loopback."""

from __future__ import annotations

import ast
import asyncio
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import pytest

import cti
from cti.switch.ami import (
    AmiDisconnected,
    AmiLink,
    AmiLoginRefused,
    AmiRefused,
    AmiTimeout,
    LinkChange,
    LinkState,
)
from cti.switch.ami_codec import AmiEncodeError
from tests.waiting import PATIENCE_S

from .ami_peer import BOOTED, HOST, Peer, packet, reply

pytestmark = pytest.mark.contract


class Reader:
    """What the program's side saw."""

    def __init__(self) -> None:
        self.events: list[Mapping[str, str]] = []
        self.states: list[LinkState] = []
        self.fail_on: str | None = None
        self.arrived = asyncio.Event()

    def event(self, event: Mapping[str, str]) -> None:
        self.events.append(event)
        self.arrived.set()
        if event["Event"] == self.fail_on:
            raise RuntimeError("a bug of the reader")

    def state(self, change: LinkChange) -> None:
        self.states.append(change.state)
        self.arrived.set()

    async def until(self, count: int) -> list[str]:
        async with asyncio.timeout(PATIENCE_S):
            while len(self.events) < count:
                self.arrived.clear()
                await self.arrived.wait()
        return [event["Event"] for event in self.events]

    async def until_state(self, state: LinkState, count: int = 1) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while self.states.count(state) < count:
                self.arrived.clear()
                await self.arrived.wait()


@pytest.fixture
async def peer() -> AsyncIterator[Peer]:
    scripted = Peer()
    await scripted.start()
    yield scripted
    await scripted.close()


@pytest.fixture
def reader() -> Reader:
    return Reader()


@pytest.fixture
async def link(peer: Peer, reader: Reader) -> AsyncIterator[AmiLink]:
    door = make_link(peer, reader)
    await door.start()
    await door.wait_up(5)
    yield door
    await door.close()


def make_link(peer: Peer, reader: Reader, **options: float) -> AmiLink:
    settings = {"backoff_first_s": 0.02, "ping_interval_s": 0.05, "ping_deadline_s": 0.1, **options}
    return AmiLink("n1", HOST, peer.port, "cti", "secret", on_event=reader.event, on_state=reader.state, **settings)


async def test_login_then_fully_booted_then_up(link: AmiLink, peer: Peer, reader: Reader) -> None:
    assert link.up and reader.states == [LinkState.UP]
    assert len(peer.named("Login")) == 1


async def test_not_up_before_fully_booted_and_no_event_before_it(peer: Peer, reader: Reader) -> None:
    peer.booted = False
    link = make_link(peer, reader)
    await link.start()
    await peer.until("Login")
    with pytest.raises(AmiTimeout):
        await link.wait_up(0.1)
    peer.send(packet(Event="Early") + BOOTED + packet(Event="Hangup"))
    await link.wait_up(5)
    assert await reader.until(1) == ["Hangup"]
    await link.close()


async def test_no_fully_booted_says_which_right_is_missing(peer: Peer, reader: Reader) -> None:
    peer.booted = False
    link = make_link(peer, reader, boot_timeout_s=0.05)
    await link.start()
    await peer.until("Login", 2)
    assert "read = system" in link.reason
    await link.close()


@pytest.mark.parametrize("value", ["a\r\nAction: Originate", "a\nb", "a\rb", "a\0b"])
async def test_line_ends_in_a_value_never_leave(link: AmiLink, peer: Peer, value: str) -> None:
    with pytest.raises(AmiEncodeError) as caught:
        await link.action({"Action": "Setvar", "Value": value})
    assert value not in str(caught.value)
    with pytest.raises(AmiEncodeError):
        link.fire([("Action", "Hangup"), (f"Channel: x{value}", "y")])
    await link.action({"Action": "Ping"})
    assert not peer.named("Setvar") and not peer.named("Hangup") and not peer.named("Originate")


def test_line_ends_in_the_login_are_refused_at_once() -> None:
    with pytest.raises(AmiEncodeError):
        AmiLink("n1", HOST, 1, "cti", "se\r\ncret", on_event=print)


async def test_an_unanswered_action_is_never_sent_again(link: AmiLink, peer: Peer, reader: Reader) -> None:
    peer.answers["Originate"] = None
    waiting = asyncio.ensure_future(link.action({"Action": "Originate"}))
    await peer.until("Originate")
    link.fire({"Action": "Originate"})
    await peer.until("Originate", 2)
    peer.cut()
    with pytest.raises(AmiDisconnected):
        await waiting
    await reader.until_state(LinkState.UP, 2)
    await link.action({"Action": "Ping"})
    assert len(peer.named("Originate")) == 2


async def test_an_action_while_disconnected_fails_at_once(peer: Peer, reader: Reader) -> None:
    link = make_link(peer, reader)
    for _ in range(2):
        with pytest.raises(AmiDisconnected):
            await link.action({"Action": "Ping"})
        with pytest.raises(AmiDisconnected):
            await link.list_action({"Action": "Status"}, "StatusComplete")
        with pytest.raises(AmiDisconnected):
            link.fire({"Action": "Ping"})
        await link.start()
        await link.close()
    with pytest.raises(AmiDisconnected):
        await link.wait_up(5)


async def test_an_engine_that_may_not_speak_sends_nothing(link: AmiLink, peer: Peer) -> None:
    link.may_speak = lambda: False
    with pytest.raises(AmiDisconnected):
        link.fire({"Action": "Hangup", "Channel": "PJSIP/x"})
    with pytest.raises(AmiDisconnected):
        link.send({"Action": "Originate", "Channel": "PJSIP/x"})
    link.may_speak = lambda: True
    await link.action({"Action": "Ping"})
    assert peer.named("Hangup") == [] and peer.named("Originate") == []


async def test_no_answer_ends_at_the_deadline_and_a_late_one_is_nobodys(link: AmiLink, peer: Peer) -> None:
    peer.answers["Slow"] = None
    with pytest.raises(AmiTimeout):
        await link.action({"Action": "Slow"}, timeout_s=0.05)
    peer.send(reply(peer.named("Slow")[0]))
    assert (await link.action({"Action": "Ping"}))["Response"] == "Success"
    assert link.counters.timeouts == 1


async def test_a_refused_action_is_an_exception(link: AmiLink, peer: Peer) -> None:
    peer.answers["Hangup"] = lambda action: reply(action, "Error", Message="No such channel")
    with pytest.raises(AmiRefused) as caught:
        await link.action({"Action": "Hangup", "Channel": "PJSIP/x"})
    assert caught.value.message == "No such channel"
    link.fire({"Action": "Hangup", "Channel": "PJSIP/x"})
    assert (await link.action({"Action": "Ping"}))["Response"] == "Success", "whatever became of what was only fired"


async def test_events_keep_their_order(link: AmiLink, peer: Peer, reader: Reader) -> None:
    names = [f"E{number}" for number in range(500)]
    peer.send(b"".join(packet(Event=name) for name in names))
    assert await reader.until(500) == names


async def test_an_exception_in_on_event_costs_only_that_event_and_a_line_a_minute(
    link: AmiLink, peer: Peer, reader: Reader, caplog: pytest.LogCaptureFixture
) -> None:
    reader.fail_on = "Bad"
    peer.send(packet(Event="One") + 50 * packet(Event="Bad") + packet(Event="Two"))
    assert await reader.until(52) == ["One", *50 * ["Bad"], "Two"]
    assert link.up and link.counters.event_errors == 50
    assert len([line for line in caplog.messages if "reader of events failed" in line]) == 1
    assert len(peer.named("Login")) == 1


async def test_an_exception_in_on_state_costs_nothing(peer: Peer, reader: Reader) -> None:
    link = make_link(peer, reader)
    link._on_state = lambda change: 1 / 0  # type: ignore[assignment, return-value]
    await link.start()
    await link.wait_up(5)
    assert link.counters.event_errors == 1
    await link.close()


async def test_an_originate_is_answered_and_what_becomes_of_it_is_an_event(
    link: AmiLink, peer: Peer, reader: Reader
) -> None:
    def answer(action: dict[str, str]) -> bytes:
        event = packet(Event="OriginateResponse", ActionID=action["ActionID"], Response="Failure", Reason="5")
        return reply(action, Message="Originate successfully queued") + event

    peer.answers["Originate"] = answer
    response, *_ = await link.send({"Action": "Originate", "Async": "true"})
    assert response["Response"] == "Success"
    link.fire({"Action": "Originate", "Async": "true"})
    peer.send(packet(Event="OriginateResponse", ActionID="of somebody else", Response="Success", Reason="4"))
    assert await reader.until(3) == ["OriginateResponse"] * 3


async def test_a_list_reaches_its_caller_only(link: AmiLink, peer: Peer, reader: Reader) -> None:
    def answer(action: dict[str, str]) -> bytes:
        own = action["ActionID"]
        items = b"".join(packet(Event="CoreShowChannel", ActionID=own, Channel=f"PJSIP/{n}") for n in range(3))
        head = reply(action, EventList="start", Message="Channels will follow")
        return head + items + packet(Event="Newchannel") + packet(Event="CoreShowChannelsComplete", ActionID=own)

    peer.answers["CoreShowChannels"] = answer
    items = await link.list_action({"Action": "CoreShowChannels"}, "CoreShowChannelsComplete")
    assert [item["Channel"] for item in items] == ["PJSIP/0", "PJSIP/1", "PJSIP/2"]
    assert await reader.until(1) == ["Newchannel"]


async def test_a_name_cut_by_a_chunk_edge_keeps_its_characters(link: AmiLink, peer: Peer, reader: Reader) -> None:
    name = "王小明 Müller"
    for byte in packet(Event="Newchannel", CallerIDName=name):
        peer.send(bytes([byte]))
        await asyncio.sleep(0)
    peer.send(b"Event: Newchannel\r\nCallerIDName: \xff\xfeX\r\n\r\n")
    await reader.until(2)
    assert reader.events[0]["CallerIDName"] == name
    assert reader.events[1]["CallerIDName"] == "\ufffd\ufffdX"


async def test_a_failed_login_is_said_clearly_and_retried_slowly(peer: Peer, reader: Reader) -> None:
    peer.secret = "another"
    link = make_link(peer, reader, login_retry_s=0.2)
    await link.start()
    with pytest.raises(AmiLoginRefused, match=r"Authentication failed.*manager\.conf"):
        await link.wait_up(5)
    assert "secret" not in link.reason
    await asyncio.sleep(0.1)
    assert len(peer.named("Login")) == 1
    peer.secret = "secret"
    await reader.until_state(LinkState.UP)
    assert reader.states == [LinkState.LOGIN_REFUSED, LinkState.UP]
    await link.close()


async def test_a_half_open_connection_is_found_by_the_ping_deadline(link: AmiLink, peer: Peer, reader: Reader) -> None:
    peer.deaf = True
    await reader.until_state(LinkState.DOWN)
    assert link.reason == "no answer to Ping in time"
    with pytest.raises(AmiDisconnected):
        await link.action({"Action": "Ping"})
    peer.deaf = False
    await reader.until_state(LinkState.UP, 2)
    assert peer.ended == 1, "the half-open connection is closed, and not left to pile up"


async def test_a_busy_asterisk_that_still_sends_events_is_alive(link: AmiLink, peer: Peer, reader: Reader) -> None:
    peer.answers["Ping"] = None
    for _ in range(30):
        peer.send(packet(Event="Busy"))
        await asyncio.sleep(0.02)
    assert link.up and len(peer.named("Ping")) >= 2


async def test_comes_back_after_core_restart_now(link: AmiLink, peer: Peer, reader: Reader) -> None:
    peer.cut()
    await reader.until_state(LinkState.UP, 2)
    assert reader.states == [LinkState.UP, LinkState.DOWN, LinkState.UP]
    peer.send(packet(Event="After"))
    assert await reader.until(1) == ["After"]


async def test_comes_back_when_nobody_listens_for_a_while(link: AmiLink, peer: Peer, reader: Reader) -> None:
    await peer.close()
    await reader.until_state(LinkState.DOWN)
    await asyncio.sleep(0.1)
    await peer.start()
    await reader.until_state(LinkState.UP, 2)


async def test_a_peer_that_is_no_manager_is_left(peer: Peer, reader: Reader) -> None:
    async def http(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    server = await asyncio.start_server(http, HOST, 0)
    link = AmiLink("n1", HOST, server.sockets[0].getsockname()[1], "cti", "secret", on_event=reader.event)
    await link.start()
    with pytest.raises(AmiTimeout, match="does not greet like an Asterisk manager"):
        await link.wait_up(0.3)
    await link.close()
    server.close()


async def test_a_peer_that_does_not_read_is_left_before_memory_grows(link: AmiLink, peer: Peer) -> None:
    peer.connections[0].transport.pause_reading()  # type: ignore[attr-defined]
    action = {"Action": "Setvar", "Value": "x" * 1000}
    with pytest.raises(AmiDisconnected):
        [link.fire(action) for _ in range(20_000)]
    assert not link.up


async def test_a_flood_is_parsed_while_actions_wait(link: AmiLink, peer: Peer, reader: Reader) -> None:
    peer.answers["Slow"] = None
    waiting = asyncio.ensure_future(link.action({"Action": "Slow"}, timeout_s=5))
    await peer.until("Slow")
    peer.send(packet(Event="TestEvent", State="x") * 1000 + packet(Event="Hangup") * 5000)
    await reader.until(5000)
    assert not waiting.done()
    peer.send(reply(peer.named("Slow")[0]))
    assert (await waiting)["Response"] == "Success"
    assert len(reader.events) == 5000


async def test_nothing_is_left_in_the_table_of_actions(link: AmiLink, peer: Peer) -> None:
    peer.answers["Slow"] = None
    task = asyncio.ensure_future(link.action({"Action": "Slow"}))
    await peer.until("Slow")
    task.cancel()
    await asyncio.wait([task])
    with pytest.raises(AmiTimeout):
        await link.action({"Action": "Slow"}, timeout_s=0.01)
    await link.action({"Action": "Ping"})
    await asyncio.sleep(0)
    assert link._live is not None
    assert len(link._live.actions) <= 1  # the link's own Ping


async def test_close_logs_off_and_ends(peer: Peer, reader: Reader) -> None:
    link = make_link(peer, reader)
    await link.start()
    await link.wait_up(5)
    await link.close()
    await peer.until("Logoff")
    assert reader.states[-1] is LinkState.CLOSED and not link.up


def test_only_one_module_imports_panoramisk() -> None:
    root = Path(cti.__file__).parent
    importers = set()
    for path in root.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            if any(name.split(".")[0] == "panoramisk" for name in names):
                importers.add(path.relative_to(root).as_posix())
    assert importers == {"switch/ami.py"}


async def test_whatever_breaks_a_connection_off_it_comes_back(
    peer: Peer, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = make_link(peer, reader)
    connection, bugs = link._one_connection, [ValueError("a bug"), UnicodeError("a name that is none")]

    async def breaks() -> str:
        if bugs:
            raise bugs.pop()
        return await connection()

    monkeypatch.setattr(link, "_one_connection", breaks)
    await link.start()
    await link.wait_up(PATIENCE_S)
    assert not bugs and link.up
    await link.close()


async def test_a_name_that_can_be_no_hosts_is_tried_again_and_told(reader: Reader) -> None:
    link = AmiLink("n1", "a..b", 5038, "cti", "s", on_event=reader.event, on_state=reader.state, backoff_first_s=0.01)
    await link.start()
    await reader.until_state(LinkState.DOWN)
    assert "UnicodeError" in link.reason
    await link.close()
