"""Can a stranger at the FastAGI port, or a caller with a wicked name, stop the loop or make Asterisk do anything?"""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from .centre import Centre, agent, number_of
from .crowd import Crowd, crowd
from .engine_process import EngineProcess
from .phones import Call
from .waiting import until

pytestmark = pytest.mark.acceptance

Start = Callable[..., EngineProcess]

HEALTHY_S = 1.0
DROPPED_AFTER_S = 2.0
QUIET_S = 1.0  # so long nothing may happen
MOST = 12  # of the wicked calls must get through to be of use
WICKED_NAMES = (
    'Eve\\" <sip:9@9>;x=\\"',
    'a\\\\b\\"c,d;e|f&g',
    "${SHELL(touch /tmp/owned)}",
    "${EVAL(${CTI_TOKEN})}",
    "x%0d%0aAction: Originate%0d%0aChannel: Local/1002@cti-agent",
    "agi_network: no",
    "李雷\u202e،😀",
    "A" * 900,
    "',*13,1",
)
WICKED_USERS = (
    "49%22%20%22x",
    "$%7bSHELL(id)%7d",
    "49&PJSIP%2f1002",
    "49%2c1002%2c1",
    "49%5c%5c%22",
    "49|x|y",
    "%e6%9d%8e",
)
WICKED_DIALLED = ("6001%2c1002", "6001&6002", "6001%22", "6001$%7bCTI_TOKEN%7d")
CRLF = "%0d%0a"


@pytest.fixture
def engine(centre: Centre, start: Start) -> EngineProcess:
    centre.phones("1001", "1002")
    queues = {"sales": {"keys": {"9": {"play": ["beep"]}}}}
    return start(queues, {"anna": agent("1001", "sales", starts="logged_out")})


@contextlib.contextmanager
def always_healthy(engine: EngineProcess) -> Iterator[list[float]]:
    """All the while /healthz answers within a second."""
    took: list[float] = []
    failed: list[str] = []
    stop = threading.Event()

    def ask() -> None:
        while not stop.wait(0.05) or not took:
            try:
                status, _, seconds = engine.http("/healthz", timeout_s=5.0)
            except OSError as error:
                failed.append(f"no answer: {error}")
                continue
            took.append(seconds)
            if status != 200 or seconds > HEALTHY_S:
                failed.append(f"{status} after {seconds:.2f} s")

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    try:
        yield took
    finally:
        stop.set()
        asking.join(10.0)
    assert took and not failed, failed[:5]


def door(engine_address: str) -> tuple[str, int]:
    host, _, port = engine_address.rpartition(":")
    return host, int(port)


def still_serves(centre: Centre, engine: EngineProcess) -> None:
    """A real call goes through from one end to the other."""
    engine.do("anna", "login")
    caller = centre.call("6001", caller=8)
    phone = centre.rings("1001")
    assert phone.number == number_of(8)
    phone.answer()
    phone.wait("confirmed")
    caller.hears()
    phone.hangup()
    caller.wait("disconnected")
    centre.until_no_calls()
    assert engine.is_alive()


def test_connect_and_close_100_times(centre: Centre, engine: EngineProcess) -> None:
    """The trap that freezes panoramisk's FastAGI for ever."""
    with always_healthy(engine):
        for number in range(100):
            connection = socket.create_connection(door(centre.lab.engine), timeout=2.0)
            if number % 3 == 1:
                connection.sendall(b"agi_network: yes\n")
            if number % 3 == 2:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")  # RST
            connection.close()
        still_serves(centre, engine)


def closed_within(connection: socket.socket, timeout_s: float) -> bool:
    end = time.monotonic() + timeout_s
    connection.settimeout(0.2)
    while time.monotonic() < end:
        try:
            if not connection.recv(4096):
                return True
        except TimeoutError:
            continue
        except OSError:
            return True
    return False


def test_slow_loris(centre: Centre, engine: EngineProcess) -> None:
    """30 connections that send a byte now and then are closed within seconds, and cost nobody anything meanwhile."""
    slow = [socket.create_connection(door(centre.lab.engine), timeout=2.0) for _ in range(30)]
    try:
        with always_healthy(engine):
            began = time.monotonic()
            served = False
            open_ones = list(slow)
            while open_ones and time.monotonic() - began < 12.0:
                for connection in list(open_ones):
                    try:
                        connection.sendall(b"a")
                    except OSError:
                        open_ones.remove(connection)
                if not served:
                    still_serves(centre, engine)
                    served = True
                time.sleep(0.2)  # a byte now and then is the attack
            assert not open_ones, f"{len(open_ones)} of 30 still open after 12 s"
    finally:
        for connection in slow:
            connection.close()


@pytest.mark.parametrize("payload", [b"agi_x: " + b"A" * 1_000_000, b"agi_x: 1\n" * 110_000, b"\x00\xff" * 500_000])
def test_a_megabyte_of_headers(centre: Centre, engine: EngineProcess, payload: bytes) -> None:
    with always_healthy(engine), socket.create_connection(door(centre.lab.engine), timeout=5.0) as connection:
        with contextlib.suppress(OSError):
            connection.sendall(payload)
        assert closed_within(connection, 5.0), "the peer is shut out"
        still_serves(centre, engine)


def test_a_stranger_without_the_token_is_nobody(centre: Centre, engine: EngineProcess) -> None:
    """A well-formed session with a wrong token gets no command and makes no contact."""
    for path in ("inbound/wrong", "inbound/", "agent/wrong", "agent", ""):
        environment = (
            f"agi_network: yes\nagi_network_script: {path}\nagi_request: agi://{centre.lab.engine}/{path}\n"
            "agi_channel: PJSIP/trunk1-00000001\nagi_uniqueid: node1-1.1\nagi_callerid: 4930\n"
            "agi_arg_1: entry=1\nagi_arg_2: action=login\nagi_arg_3: endpoint=1001\nagi_arg_4: node=node1\n\n"
        )
        with socket.create_connection(door(centre.lab.engine), timeout=5.0) as connection:
            connection.sendall(environment.encode())
            assert closed_within(connection, 5.0)
    assert engine.part("calls") == []
    assert engine.agent("anna")["status"] == "logged_out"


@pytest.fixture
def strangers(centre: Centre) -> Iterator[Crowd]:
    with crowd(centre.lab.descriptor["trunks"][2]["identify_ip"], 5060) as people:
        yield people


def judged(people: Crowd) -> None:
    """Each call is answered or refused; what is no SIP at all is dropped by Asterisk without a word."""
    end = time.monotonic() + DROPPED_AFTER_S
    while time.monotonic() < end and any(dialog.status < 200 for dialog in people.dialogs.values()):
        time.sleep(0.03)
    for dialog in people.dialogs.values():
        if dialog.status < 200:
            people.give_up(dialog)


def wait_over(people: Crowd) -> None:
    for dialog in people.talking():
        people.hang_up(dialog)


def test_wicked_names_and_numbers(centre: Centre, engine: EngineProcess, strangers: Crowd) -> None:
    """Each is a caller like any other, or is refused; no variable, no channel, no line of a log comes of it."""
    host, port = centre.lab.nodes[0]["host"], centre.lab.nodes[0]["sip_port"]
    centre.witness.forget()
    with always_healthy(engine):
        sent = 0
        for name in WICKED_NAMES:
            strangers.call(host, port, "6001", f"66{sent:04d}", display=f'"{name}" ')
            sent += 1
        for user in WICKED_USERS:
            strangers.call(host, port, "6001", user)
            sent += 1
        for dialled in WICKED_DIALLED:
            strangers.call(host, port, dialled, f"77{sent:04d}")
            sent += 1
        judged(strangers)
        until(lambda: engine.queue("sales")["waiting"] >= len(WICKED_NAMES) - 2, "the wicked in the line")
        until(lambda: len(centre.witness.channels()) == len(strangers.talking()), "one channel for each, and none more")
        channels = centre.witness.channels()
        assert len(channels) >= MOST
        assert {channel["Channel"].partition("-")[0] for channel in channels} == {"PJSIP/trunk3"}
        for channel in channels:
            assert channel["Context"] in ("cti-inbound", "cti-fallback", "cti-callback"), channel
            place = centre.witness.variable(channel["Channel"], "CTI_NEXT")
            unknown_number = channel["CallerIDNum"].startswith("77")
            assert place in ("", "(null)", *(["cti-fallback,s,1"] if unknown_number else [])), channel
        new = {event["Channel"] for event in centre.witness.events("Newchannel")}
        assert new == {channel["Channel"] for channel in channels}, "no other call was made"
        wait_over(strangers)
        until(lambda: not engine.part("calls"), "all gone")
        for line in engine.queue_log_file.read_text().splitlines():
            fields = line.split("|")
            assert fields[0].isdigit() and fields[4] in ("QUEUESTART", "ENTERQUEUE", "ABANDON", "EXITWITHKEY"), line
            assert len(fields) == {"QUEUESTART": 6, "ENTERQUEUE": 8, "ABANDON": 8}[fields[4]], line
        still_serves(centre, engine)
    log = engine.log.read_text(errors="replace")
    for text in ("SHELL", "Originate", "660001", "493000008"):
        assert text not in log, "nobody's name or number in the log"


@pytest.fixture
def victim(centre: Centre, engine: EngineProcess) -> Iterator[tuple[Call, str]]:
    """A caller in the line with his Uniqueid; afterwards he is still there, and gets the agent.

    The witness hears no events meanwhile: a forged one would confuse pyst2.
    """
    call = centre.queued("6001", caller=1)
    channel = centre.witness.channel_of(number_of(1))
    assert channel is not None
    centre.witness.listen(False)
    yield call, str(channel["Uniqueid"])
    rows = [row for row in engine.part("calls") if row["call"].endswith(channel["Uniqueid"])]
    assert [(row["state"], row["caller"]) for row in rows] == [("waiting", number_of(1))], rows
    engine.do("anna", "login")
    phone = centre.rings("1001")
    assert phone.number == number_of(1)
    phone.answer()
    phone.wait("confirmed")
    call.hears()
    assert not centre.phone("1002").incoming
    phone.hangup()
    centre.witness.again()


def test_a_number_cannot_pose_as_another_call(
    centre: Centre, engine: EngineProcess, strangers: Crowd, victim: tuple[Call, str]
) -> None:
    """Asterisk decodes %0a in a number, and AGI's environment is lines: the number must not become a header."""
    host, port = centre.lab.nodes[0]["host"], centre.lab.nodes[0]["sip_port"]
    lines = (
        f"agi_uniqueid%3a%20{victim[1]}",
        "agi_arg_1%3a%20entry%3d9",
        "agi_network_script%3a%20agent%2fx",
        "SET%20VARIABLE%20CTI_NEXT%20cti-agent%2c1002%2c1",
    )
    with always_healthy(engine):
        for line in lines:
            strangers.call(host, port, "6001", f"49%0a{line}")
            strangers.call(host, port, f"6001{CRLF}{line}", "4955")
        judged(strangers)
        time.sleep(QUIET_S)
        wait_over(strangers)
        until(lambda: len(engine.part("calls")) == 1, "the strangers gone")


def test_a_number_cannot_forge_an_ami_event(
    centre: Centre, engine: EngineProcess, strangers: Crowd, victim: tuple[Call, str]
) -> None:
    """CallerIDNum goes raw into AMI events: a number with an empty line in it must not become an event of its own."""
    host, port = centre.lab.nodes[0]["host"], centre.lab.nodes[0]["sip_port"]
    hangup = f"Event%3a%20Hangup{CRLF}Uniqueid%3a%20{victim[1]}"  # Asterisk keeps 80 characters of a number
    digit = f"Event%3a%20DTMFEnd{CRLF}Uniqueid%3a%20{victim[1]}{CRLF}Digit%3a%209"
    with always_healthy(engine):
        for forged in (hangup, digit, f"Timestamp%3a%201{CRLF}{hangup}", f"{hangup}{CRLF}ActionID%3a%201"):
            strangers.call(host, port, "6001", f"49{CRLF}{CRLF}{forged}{CRLF}{CRLF}")
        judged(strangers)
        time.sleep(QUIET_S)
        wait_over(strangers)
        until(lambda: len(engine.part("calls")) == 1, "the strangers gone")


def test_a_wicked_caller_reaches_an_agent_unchanged(centre: Centre, engine: EngineProcess, strangers: Crowd) -> None:
    """He is rung through by Dial like anyone: exactly the agent's phone rings, and nothing else happens."""
    host, port = centre.lab.nodes[0]["host"], centre.lab.nodes[0]["sip_port"]
    engine.do("anna", "login")
    for user, name in zip(WICKED_USERS, WICKED_NAMES, strict=False):
        centre.witness.forget()
        dialog = strangers.call(host, port, "6001", user, display=f'"{name}" ')
        judged(strangers)
        if not dialog.talking:
            continue
        phone = centre.rings("1001")
        phone.answer()
        phone.wait("confirmed")
        assert not centre.phone("1002").incoming
        until(lambda: len(centre.witness.channels()) == 2, "the two of them and nobody else")
        strangers.hang_up(dialog)
        phone.wait("disconnected")
        centre.until_agent("anna", activity="idle")
    centre.until_no_calls()


def test_wicked_words_at_the_control_socket(centre: Centre, engine: EngineProcess) -> None:
    for path in ("/v1/agents/anna%0d%0aX/login", "/v1/agents/%24%7bX%7d/login", "/v1/agents/anna/log%00in"):
        assert engine.ask(path, "POST", {})[0] in (400, 404)
    assert engine.ask("/v1/agents/anna/pause", "POST", {"reason": "x\r\nAction: Originate"})[0] == 400
    assert engine.agent("anna")["status"] == "logged_out"
