"""The FastAGI server on loopback: order of commands, the end of a call, and every kind of hostile peer."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from cti.switch import fastagi
from cti.switch.agi_codec import AgiEncodeError, Reply
from cti.switch.agi_session import AgiBusy, AgiConnectionLost, AgiSession, AgiTimeout, Gone
from cti.switch.fastagi import KEEPALIVE_IDLE_S, FastAgiServer
from tests.waiting import PATIENCE_S, until

pytestmark = pytest.mark.contract

HOST = "127.0.21.2"
ENV = (
    b"agi_request: agi://127.0.21.2/inbound?t=abc\nagi_channel: PJSIP/1-0001\nagi_uniqueid: 17.1\nagi_arg_1: sales\n\n"
)

Start = Callable[..., Awaitable[FastAgiServer]]


class Caller:
    """Asterisk's side of one connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    def say(self, data: bytes) -> None:
        self.writer.write(data)

    async def hear(self) -> bytes:
        return await asyncio.wait_for(self.reader.readline(), PATIENCE_S)

    async def closed(self) -> bytes:
        """Everything until the other side closes."""
        try:
            return await asyncio.wait_for(self.reader.read(), PATIENCE_S)
        except ConnectionError:
            return b""


@pytest.fixture
async def start() -> AsyncIterator[Start]:
    servers: list[FastAgiServer] = []

    async def begin(
        on_session: Callable[[AgiSession], Awaitable[None]] | None = None, **options: object
    ) -> FastAgiServer:
        async def nothing(session: AgiSession) -> None:
            await asyncio.Event().wait()

        server = FastAgiServer(on_session or nothing, host=HOST, port=0, **options)  # type: ignore[arg-type]
        await server.start()
        servers.append(server)
        return server

    yield begin
    for server in servers:
        await server.close()


async def connect(server: FastAgiServer, first: bytes = ENV) -> Caller:
    caller = Caller(*await asyncio.open_connection(HOST, server.port))
    caller.say(first)
    return caller


async def session_of(start: Start, **options: object) -> tuple[FastAgiServer, Caller, AgiSession]:
    began: asyncio.Future[AgiSession] = asyncio.get_running_loop().create_future()

    async def on_session(session: AgiSession) -> None:
        began.set_result(session)
        await asyncio.Event().wait()

    server = await start(on_session, **options)
    caller = await connect(server)
    return server, caller, await asyncio.wait_for(began, PATIENCE_S)


async def test_a_dead_host_is_noticed(start: Start) -> None:
    server, _, session = await session_of(start)
    assert server.connected == 1 and session._transport is not None
    sock = session._transport.get_extra_info("socket")
    assert sock.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1
    assert sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE) == KEEPALIVE_IDLE_S


async def test_a_session_knows_its_call(start: Start) -> None:
    server, _, session = await session_of(start)
    assert (session.path, session.channel, session.uniqueid) == ("/inbound?t=abc", "PJSIP/1-0001", "17.1")
    assert session.args == ("sales",) and session.gone is None and server.connected == 1


async def test_commands_go_one_at_a_time_in_order(start: Start) -> None:
    _, caller, session = await session_of(start)
    first, second = session.submit("GET VARIABLE", "A"), session.submit("GET VARIABLE", "B")
    assert await caller.hear() == b"GET VARIABLE A\n"
    with pytest.raises(asyncio.TimeoutError):
        await asyncio.wait_for(caller.reader.readline(), 0.05)
    caller.say(b"200 result=1 (a)\n")
    assert await caller.hear() == b"GET VARIABLE B\n"
    caller.say(b"HANGUP\n200 result=1 (b)\n")
    assert ((await first).data, (await second).data) == ("a", "b")


async def test_returning_ends_the_agi(start: Start) -> None:
    async def on_session(session: AgiSession) -> None:
        await session.command("SET VARIABLE", "CTI_DONE", "1", timeout_s=5)

    caller = await connect(await start(on_session))
    assert await caller.hear() == b"SET VARIABLE CTI_DONE 1\n"
    caller.say(b"200 result=1\n")
    assert await caller.closed() == b""


async def test_an_exception_in_a_session_ends_only_that_session(start: Start, caplog: pytest.LogCaptureFixture) -> None:
    async def on_session(session: AgiSession) -> None:
        raise RuntimeError("call of +4930123456")

    server = await start(on_session)
    for _ in range(2):
        assert await (await connect(server)).closed() == b""
    assert server.counters.session_errors == 2
    assert "RuntimeError" in caplog.text and "4930" not in caplog.text


async def test_hangup_during_dial_gives_the_answer_and_the_news(start: Start) -> None:
    _, caller, session = await session_of(start)
    news: list[Gone] = []
    session.on_gone(news.append)
    dial = session.submit("EXEC", "Dial", "PJSIP/1001,20,g")
    await caller.hear()
    caller.say(b"200 result=-1\nHANGUP\n")
    assert not (await dial).ok
    await until(lambda: bool(news))
    caller.writer.close()
    await until(lambda: session.lost)
    session.on_gone(news.append)
    assert news == [Gone.HANGUP, Gone.HANGUP] and session.gone is Gone.HANGUP


async def test_commands_on_a_dead_channel_are_answered(start: Start) -> None:
    _, caller, session = await session_of(start)
    caller.say(b"HANGUP\n")
    answer = session.submit("STREAM FILE", "x", "")
    await caller.hear()
    caller.say(b"511 Command Not Permitted on a dead channel\n")
    assert (await answer).dead


async def test_a_lost_connection_fails_what_waits(start: Start) -> None:
    server, caller, session = await session_of(start)
    news: list[Gone] = []
    session.on_gone(lambda gone: 1 / 0)
    session.on_gone(news.append)
    waiting = [session.submit("NOOP"), session.submit("NOOP")]
    await caller.hear()
    caller.writer.close()
    for future in waiting:
        with pytest.raises(AgiConnectionLost):
            await future
    with pytest.raises(AgiConnectionLost):
        await session.command("NOOP", timeout_s=1)
    assert news == [Gone.CONNECTION_LOST] and server.connected == 0


async def test_a_timeout_keeps_the_session_in_step(start: Start) -> None:
    server, caller, session = await session_of(start)
    with pytest.raises(AgiTimeout):
        await session.command("GET VARIABLE", "A", timeout_s=0.02)
    cancelled = asyncio.ensure_future(session.command("GET VARIABLE", "B", timeout_s=5))
    await asyncio.sleep(0)
    cancelled.cancel()
    answer = session.submit("GET VARIABLE", "C")
    assert await caller.hear() == b"GET VARIABLE A\n"
    caller.say(b"200 result=1 (a)\n")
    assert await caller.hear() == b"GET VARIABLE C\n"
    caller.say(b"200 result=1 (c)\n")
    assert (await answer).data == "c"
    assert server.counters.command_timeouts == 1


async def test_provisional_answers_complete_nothing(start: Start) -> None:
    _, caller, session = await session_of(start)
    answer = session.submit("NOOP")
    await caller.hear()
    caller.say(b"100 result=0 Trying...\n")
    caller.say(b"200 result=7\n")
    assert await answer == Reply(200, 7, "7")


@pytest.mark.parametrize("extra", [b"200 result=1\n", b"200 result=1 (a)\n200 result=0 (b)\n"])
async def test_an_answer_nobody_asked_for_ends_the_connection(start: Start, extra: bytes) -> None:
    server, caller, session = await session_of(start)
    if extra.count(b"\n") == 2:
        session.submit("GET VARIABLE", "A").add_done_callback(lambda future: future.exception())
        await caller.hear()
    caller.say(extra)
    await until(lambda: session.lost)
    assert server.counters.protocol_errors == 1


async def test_line_ends_never_leave_and_the_queue_is_bounded(start: Start) -> None:
    _, caller, session = await session_of(start)
    with pytest.raises(AgiEncodeError):
        session.submit("SET VARIABLE", "A", "x\nHANGUP")
    with pytest.raises(AgiBusy):
        [session.submit("NOOP") for _ in range(100)]
    assert await caller.hear() == b"NOOP\n"


async def test_connect_and_close_costs_nothing(start: Start) -> None:
    server = await start()
    for _ in range(100):
        _, writer = await asyncio.open_connection(HOST, server.port)
        writer.close()
    await until(lambda: server.counters.gone_early == 100 and server.connected == 0)
    assert server.counters.sessions == 0
    assert await loop_is_free()


@pytest.mark.skipif(not hasattr(socket, "TCP_INFO"), reason="only Linux tells that somebody has left")
async def test_who_left_before_it_was_his_turn_gets_no_session(start: Start) -> None:
    """The loop stood still for a while: the backlog holds callers who have gone, and one who is there."""
    begun: list[str] = []

    async def on_session(session: AgiSession) -> None:
        begun.append(session.channel)

    server = await start(on_session)
    for number in range(50):
        with socket.create_connection((HOST, server.port)) as gone:
            gone.sendall(ENV.replace(b"0001", b"%04d" % number))
    with socket.create_connection((HOST, server.port)) as there:
        there.sendall(ENV.replace(b"0001", b"there"))
        await until(lambda: begun)
        await until(lambda: server.counters.gone_early == 50)
    assert begun == ["PJSIP/1-there"] and server.counters.sessions == 1


@pytest.mark.skipif(not hasattr(socket, "TCP_INFO"), reason="only Linux tells that somebody has left")
async def test_who_leaves_while_his_session_is_about_to_begin_gets_none(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def on_session(session: AgiSession) -> None:
        raise AssertionError("he has gone")

    server = await start(on_session)
    begin = server.begin

    def late(session: AgiSession, transport: asyncio.Transport) -> str | None:
        refusal = begin(session, transport)
        caller.close()  # before the task has its turn
        return refusal

    monkeypatch.setattr(server, "begin", late)
    caller = socket.create_connection((HOST, server.port))
    caller.sendall(ENV)
    await until(lambda: server.counters.gone_early == 1)
    assert (server.counters.sessions, server.counters.session_errors) == (0, 0)
    await until(lambda: server.connected == 0)


async def test_a_slow_environment_is_closed_in_time(start: Start) -> None:
    server = await start(env_timeout_s=0.05)
    caller = await connect(server, b"agi_request: ")
    silent = await connect(server, b"")
    assert await caller.closed() == b"" and await silent.closed() == b""
    assert server.counters.env_timeouts == 2


@pytest.mark.parametrize(
    "data",
    [b"agi_x: " + b"x" * 1_200_000, b"GET / HTTP/1.1\r\n\r\n", b"\x16\x03\x01" * 50, ENV + b"HANGUP\n" * 40_000],
)
async def test_a_hostile_peer_costs_one_connection(start: Start, data: bytes) -> None:
    server, good, session = await session_of(start)
    bad = await connect(server, data)
    assert await bad.closed() == b""
    assert server.counters.protocol_errors == 1
    answer = session.submit("NOOP")
    assert await good.hear() == b"NOOP\n"
    good.say(b"200 result=0\n")
    assert (await answer).ok


async def test_bad_connections_are_told_once_a_minute(start: Start, caplog: pytest.LogCaptureFixture) -> None:
    server, _, _ = await session_of(start)
    for _ in range(9):
        assert await (await connect(server, b"GET / HTTP/1.1\r\n\r\n")).closed() == b""
    assert server.counters.protocol_errors == 9
    assert len([line for line in caplog.messages if "AGI connection closed" in line]) == 1


async def test_a_dripping_flood_of_hangups_is_closed(start: Start) -> None:
    server, caller, session = await session_of(start)
    for _ in range(40):
        caller.say(b"HANGUP\n")
        await asyncio.sleep(0)
    await until(lambda: session.lost)
    assert server.counters.protocol_errors == 1


async def test_a_peer_off_the_list_is_closed_at_once(start: Start) -> None:
    server = await start(allow=[ipaddress.ip_network("10.0.0.0/8")])
    assert await (await connect(server)).closed() == b""
    assert server.counters.refused_peer == 1 and server.connected == 0


async def test_a_path_without_its_token_is_refused(start: Start) -> None:
    def judge(path: str) -> bool:
        if path == "/inbound?t=abc":
            raise ValueError("a bug of the judge")
        return path == "/good"

    server = await start(admit_path=judge)
    for first in (ENV, ENV.replace(b"/inbound?t=abc", b"/bad"), ENV.replace(b"agi://127.0.21.2", b"agi://[")):
        assert (await (await connect(server, first)).closed()).startswith(b"VERBOSE ")
    assert server.counters.refused_path == 3 and server.counters.sessions == 0


async def test_a_full_server_says_so(start: Start) -> None:
    server = await start(max_sessions=1)
    first = await connect(server)
    await until(lambda: server.counters.sessions == 1)
    assert await (await connect(server)).closed() == b'VERBOSE "FastAGI refused: the engine is full" 1\n'
    assert server.counters.refused_full == 1
    first.writer.close()
    await until(lambda: server.connected == 0)
    second = await connect(server)
    await until(lambda: server.counters.sessions == 2)
    second.writer.close()


async def test_who_says_nothing_takes_no_callers_place(
    start: Start, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor a file of the process: there are never more connections than places, and a few."""
    monkeypatch.setattr(fastagi, "POLITE_EXTRA", 0)
    server = await start(max_sessions=2)
    silent = [await connect(server, b"agi_network: yes\n") for _ in range(2)]
    await until(lambda: server.connected == 2)
    caller = await connect(server)
    await until(lambda: server.counters.sessions == 1)
    assert await silent[0].closed() == b"" and server.counters.env_timeouts == 1  # the oldest
    more = [await connect(server, b"agi_network: yes\n") for _ in range(3)]
    await until(lambda: server.counters.env_timeouts == 4)
    assert server.connected == 2
    assert await silent[1].closed() == b"" and await more[0].closed() == b""
    other = await connect(server)
    await until(lambda: server.counters.sessions == 2)
    assert server.counters.refused_full == 0
    assert await (await connect(server)).closed() == b"" and server.counters.refused_full == 1  # nobody to make way
    assert [record.getMessage() for record in caplog.records] == [
        "2 FastAGI connections say nothing: look who opens them"
    ]
    for each in (caller, other):
        each.writer.close()


async def test_close_ends_every_session(start: Start) -> None:
    server, caller, session = await session_of(start)
    await server.close()
    assert await caller.closed() == b""
    assert session.gone is Gone.CONNECTION_LOST
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection(HOST, server.port)


async def loop_is_free() -> bool:
    """The loop still turns at once."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    await asyncio.sleep(0)
    return loop.time() - began < 0.5


async def test_an_engine_that_may_not_speak_sends_nothing_and_lets_go(start: Start) -> None:
    server, caller, session = await session_of(start)
    asked = session.submit("EXEC", "Dial", "PJSIP/1001,20")
    assert await caller.hear()
    queued = session.submit("SET", "VARIABLE", "CTI_DONE", "1")
    server.may_speak = lambda: False
    caller.say(b"200 result=0\n")
    assert await caller.closed() == b"", "neither what waited nor anything else"
    assert (await asked).ok
    with pytest.raises(AgiConnectionLost):
        await queued
