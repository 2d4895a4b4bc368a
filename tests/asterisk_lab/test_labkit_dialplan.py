"""Does the dialplan keep its contract with the engine? A real Asterisk, a real SIP caller, a scripted engine."""

import asyncio
import json
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from lab_peers import AgiSession, ScriptedEngine, Witness, caller, sipp

from tests.waiting import until

pytestmark = pytest.mark.acceptance

Lab = dict[str, Any]

KEY_S = 0.25  # nobody types faster, and Asterisk drops keys that come at once


@pytest.fixture(autouse=True)
def _no_calls_left(one_node: Lab) -> Iterator[None]:
    """A SIPp that is killed sends no BYE: its call would go on into the next test."""
    yield
    node = one_node["nodes"][0]
    console = [node["program"], "-C", f"{node['config_dir']}/asterisk.conf", "-rx", "channel request hangup all"]
    subprocess.run(console, check=True, capture_output=True, timeout=10)


def _take(spool: Path) -> dict[str, Any]:
    """The one request in a spool folder, as the engine would take it."""
    (file,) = spool.iterdir()
    request: dict[str, Any] = json.loads(file.read_text())
    file.unlink()
    return request


def _files(spool: Path) -> list[Path]:
    return list(spool.iterdir())


@contextmanager
def _away(folder: Path) -> Iterator[None]:
    """It is not where it should be, for the length of a block."""
    away = folder.rename(folder.with_name("away"))
    try:
        yield
    finally:
        away.rename(folder)


async def _music_then(session: AgiSession, wait_s: float, *commands: str) -> None:
    await session.command("SET MUSIC ON")
    await asyncio.sleep(wait_s)
    for command in commands:
        await session.command(command)


async def test_engine_that_dies_gets_the_caller_back_with_his_ticket(one_node: Lab, tmp_path: Path) -> None:
    async def script(session: AgiSession, number: int) -> None:
        if number == 1:
            await _music_then(session, 0.1, "SET VARIABLE CTI_TICKET dGlja2V0LQ_1=")
        else:
            await _music_then(session, 0.1, "SET VARIABLE CTI_DONE 1")

    async with ScriptedEngine.listening(one_node["engines"][0], script) as engine:
        async with caller(one_node, tmp_path, "6001") as call:
            assert await call.wait() == 0
        first, second = (session.args for session in engine.sessions)
        assert first["entry"] == second["entry"] == "1"
        assert (first["ticket"], second["ticket"]) == ("", "dGlja2V0LQ_1=")
        assert first["dialled"] == "6001" and first["linkedid"] == second["linkedid"]
        assert engine.sessions[0].path == f"inbound/{one_node['nodes'][0]['agi_token']}"


async def test_next_is_followed_to_our_own_contexts_only(one_node: Lab, tmp_path: Path) -> None:
    where = iter(("cti-inbound,6003,1", "default,6003,1"))

    async def script(session: AgiSession, number: int) -> None:
        await session.command(f"SET VARIABLE CTI_NEXT {next(where)}")
        await session.command("SET VARIABLE CTI_DONE 1")

    async with ScriptedEngine.listening(one_node["engines"][0], script) as engine:
        async with caller(one_node, tmp_path, "6001") as call:
            assert await call.wait() == 0
        assert [session.args["dialled"] for session in engine.sessions] == ["6001", "6003"]
        assert engine.sessions[1].args["entry"] == "2"


async def test_owner_is_asked_next_without_a_pause(one_node: Lab, tmp_path: Path) -> None:
    owner_address = f"{one_node['base']}.101:4573"
    times: list[float] = []

    async def send_on(session: AgiSession, number: int) -> None:
        await session.command(f"SET VARIABLE CTI_OWNER {owner_address}")
        times.append(time.monotonic())

    async def own(session: AgiSession, number: int) -> None:
        times.append(time.monotonic())
        await session.command("SET VARIABLE CTI_DONE 1")

    async with (
        ScriptedEngine.listening(one_node["engines"][0], send_on),
        ScriptedEngine.listening(owner_address, own),
        caller(one_node, tmp_path, "6001") as call,
    ):
        assert await call.wait() == 0
    assert len(times) == 2 and times[1] - times[0] < 0.2


async def test_engine_that_always_dies_leads_to_the_fallback(one_node: Lab, tmp_path: Path) -> None:
    async def die(session: AgiSession, number: int) -> None:
        return

    async with ScriptedEngine.listening(one_node["engines"][0], die) as engine:
        async with Witness.of(one_node["nodes"][0]) as witness, caller(one_node, tmp_path, "6001"):
            await until(lambda: [e for e in witness.events("Newexten") if e["Context"] == "cti-fallback"])
        assert 2 <= len(engine.sessions) <= 12


async def test_engines_that_send_a_caller_round_in_a_circle_lead_to_the_fallback(one_node: Lab, tmp_path: Path) -> None:
    """As an engine might that is back from the dead and still reads its own name as the owner's."""
    itself = one_node["engines"][0]

    async def send_on(session: AgiSession, number: int) -> None:
        await session.command(f"SET VARIABLE CTI_OWNER {itself}")

    async with ScriptedEngine.listening(itself, send_on) as engine:
        async with Witness.of(one_node["nodes"][0]) as witness, caller(one_node, tmp_path, "6001"):
            await until(lambda: [e for e in witness.events("Newexten") if e["Context"] == "cti-fallback"])
        assert 3 <= len(engine.sessions) <= 16, "with a pause in between, and no longer than without any engine"


@pytest.mark.parametrize("dialled", ["6001%2Ch", "6001%22", "6001)", "6001%24%7BEPOCH%7D", "6001%0AExten"])
async def test_hostile_numbers_stay_data(one_node: Lab, tmp_path: Path, dialled: str) -> None:
    async def script(session: AgiSession, number: int) -> None:
        await session.command("SET VARIABLE CTI_DONE 1")

    async with ScriptedEngine.listening(one_node["engines"][0], script) as engine:
        async with caller(one_node, tmp_path, dialled, from_="49%2Cqueue%3Dx%22%0A%24%7BEPOCH%7D") as call:
            assert await call.wait() == 0
        assert engine.sessions
        for session in engine.sessions:
            assert session.args["dialled"] == "6001" and session.args["queue"] == ""
            assert set(session.args) == {
                "entry", "ticket", "dialstatus", "answered_s", "dialled",
                "queue", "customer", "agents", "flow", "linkedid", "node",
                "attempt", "amdstatus", "amdcause", "joined", "dialled_phone",
            }  # fmt: skip


async def test_deaf_engine_does_not_keep_the_caller(one_node: Lab, tmp_path: Path) -> None:
    deaf_for_ever = asyncio.Event()

    async def script(session: AgiSession, number: int) -> None:
        if number == 1:
            await deaf_for_ever.wait()
        else:
            await session.command("SET VARIABLE TIMEOUT(absolute) 0")
            await _music_then(session, 1.5, "SET VARIABLE CTI_DONE 1")

    async with ScriptedEngine.listening(one_node["engines"][0], script) as engine:
        async with caller(one_node, tmp_path, "6001") as call:
            assert await call.wait() == 0
        deaf_for_ever.set()
        assert [session.args["entry"] for session in engine.sessions] == ["1", "1"]


class Menu:
    """The fallback's menu as one caller meets it; `reads` waits until a key is wanted that `sound` asks for."""

    def __init__(self, witness: Witness) -> None:
        self._witness, self._met = witness, 0

    async def reads(self, sound: str) -> None:
        await until(lambda: any(sound in step for step in self._steps()[self._met :]), f"the menu with {sound}")
        self._met = len(self._steps())

    def _steps(self) -> list[str]:
        steps = [e for e in self._witness.events("Newexten") if e["Context"] == "cti-callback"]
        return [e["AppData"] for e in steps if e["Application"] in ("Read", "Playback")]

    async def press(self, keys: str) -> None:
        for key in keys:
            self._witness.send(Action="PlayDTMF", Channel=self.channel, Digit=key, Receive="true")
            await asyncio.sleep(KEY_S)

    @property
    def channel(self) -> str:
        return str(self._witness.events("Newchannel")[0]["Channel"])

    @property
    def playbacks(self) -> list[str]:
        return [e["AppData"] for e in self._witness.events("Newexten") if e["Application"] == "Playback"]


async def test_without_engine_the_caller_hears_music_and_leaves_a_callback(one_node: Lab, tmp_path: Path) -> None:
    node = one_node["nodes"][0]
    async with Witness.of(node) as witness, caller(one_node, tmp_path, "6002") as call:
        await until(lambda: witness.events("MusicOnHoldStart"))
        menu = Menu(witness)
        await menu.reads("vm-tocallback")
        await menu.press("1")
        assert await call.wait() == 0
    request = _take(Path(node["callback_spool_dir"]))
    assert (request["caller"], request["number"], request["queue"]) == ("4930123", "4930123", "6002")
    assert request["uniqueid"] == request["linkedid"] == witness.events("Newchannel")[0]["Uniqueid"]
    assert request["id"].startswith(f"{node['name']}-") and abs(request["at"] - time.time()) < 60
    assert menu.playbacks == ["auth-thankyou", "vm-goodbye"]
    assert not witness.events("AGIExecStart"), "no program is started for anybody"


async def test_who_hides_his_number_types_one_and_may_hang_up_while_it_is_read_back(
    one_node: Lab, tmp_path: Path
) -> None:
    node = one_node["nodes"][0]
    spool = Path(node["callback_spool_dir"])
    async with Witness.of(node) as witness, caller(one_node, tmp_path, "6002", from_="anonymous") as call:
        menu = Menu(witness)
        await menu.reads("vm-toenternumber")
        await menu.press("1")  # means nothing: there is no number
        await menu.reads("vm-toenternumber")
        await menu.press("2")
        await menu.reads("vm-enter-num-to-call")
        await menu.press("#")
        await menu.reads("vm-enter-num-to-call")
        await menu.press("089*1#")
        await menu.reads("vm-num-i-have")
        assert not _files(spool)
        witness.send(Action="Hangup", Channel=menu.channel)
        assert await call.wait() == 0
        await until(lambda: _files(spool))
    request = _take(spool)
    assert (request["caller"], request["number"]) == ("", "089*1")


async def test_what_cannot_be_kept_is_not_promised(one_node: Lab, tmp_path: Path) -> None:
    """Without a folder, as on a full disk, he hears that it did not work; who hangs up before has left nothing."""
    node = one_node["nodes"][0]
    spool = Path(node["callback_spool_dir"])
    with _away(spool):
        async with Witness.of(node) as witness, caller(one_node, tmp_path, "6002") as call:
            menu = Menu(witness)
            await menu.reads("vm-tocallback")
            await menu.press("1")
            assert await call.wait() == 0
    assert menu.playbacks[0] == "im-sorry&please-try-call-later"
    async with Witness.of(node) as witness, caller(one_node, tmp_path, "6002") as call:
        menu = Menu(witness)
        await menu.reads("vm-tocallback")
        witness.send(Action="Hangup", Channel=menu.channel)
        assert await call.wait() == 0
        await until(lambda: witness.events("Hangup"))
    assert not _files(spool)


async def test_blind_transfer_back_into_a_queue_is_a_new_entry_with_the_old_ticket(
    one_node: Lab, tmp_path: Path
) -> None:
    async def script(session: AgiSession, number: int) -> None:
        if number == 1:
            await session.command("SET VARIABLE CTI_TICKET t1")
            await session.command("EXEC Dial PJSIP/1001,20,g")
        else:
            await session.command("SET VARIABLE CTI_DONE 1")

    phone = ("-sn", "uas", "-i", f"{one_node['base']}.200", "-p", "5080")
    async with (
        ScriptedEngine.listening(one_node["engines"][0], script) as engine,
        Witness.of(one_node["nodes"][0]) as witness,
        sipp(one_node, tmp_path, *phone),
        caller(one_node, tmp_path, "6001") as call,
    ):
        answered = await until(lambda: [e for e in witness.events("DialEnd") if e["DialStatus"] == "ANSWER"])
        await until(lambda: len(witness.events("BridgeEnter")) >= 2)
        agent = answered[0]["DestChannel"]
        witness.send(Action="BlindTransfer", Channel=agent, Context="cti-agent", Exten="6002")
        assert await call.wait() == 0
    first, second = (session.args for session in engine.sessions)
    assert (second["entry"], second["dialled"], second["ticket"], second["dialstatus"]) == ("2", "6002", "t1", "")
    assert first["linkedid"] == second["linkedid"]


@pytest.mark.parametrize(
    ("code", "action", "reason", "result", "prompt"),
    [
        ("*11", "login", "", "ok", "agent-loginok"),
        ("*132", "pause", "2", "ok", "activated"),
        ("*15", "ready", "", "refused", "beeperr"),
        ("*12", "logout", "", "", "beeperr"),
    ],
)
async def test_feature_codes_of_an_agent(
    one_node: Lab, tmp_path: Path, code: str, action: str, reason: str, result: str, prompt: str
) -> None:
    async def script(session: AgiSession, number: int) -> None:
        if result:
            await session.command(f"SET VARIABLE CTI_RESULT {result}")

    async with (
        ScriptedEngine.listening(one_node["engines"][0], script) as engine,
        Witness.of(one_node["nodes"][0]) as witness,
        caller(one_node, tmp_path, code, from_="1001", host=f"{one_node['base']}.200") as call,
    ):
        assert await call.wait() == 0
        args = engine.sessions[0].args
        assert (args["action"], args["reason"], args["endpoint"]) == (action, reason, "1001")
        assert engine.sessions[0].path.startswith("agent/")
        played = [e["AppData"] for e in witness.events("Newexten") if e["Application"] == "Playback"]
        assert played[0].startswith(prompt)


async def test_outbound_call_reaches_the_engine_with_its_attempt(one_node: Lab, tmp_path: Path) -> None:
    async def script(session: AgiSession, number: int) -> None:
        await session.command("SET VARIABLE CTI_DONE 1")

    phone = ("-sn", "uas", "-i", f"{one_node['base']}.200", "-p", "5080")
    async with (
        ScriptedEngine.listening(one_node["engines"][0], script) as engine,
        Witness.of(one_node["nodes"][0], "cti") as engine_user,
        sipp(one_node, tmp_path, *phone),
    ):
        engine_user.send(
            Action="Originate",
            Channel="PJSIP/1002",
            Context="cti-outbound",
            Exten="cti-7f3a",
            Priority="1",
            Async="true",
        )
        await until(lambda: engine.sessions)
    session = engine.sessions[0]
    assert session.path.startswith("outbound/")
    assert (session.args["attempt"], session.args["entry"], session.args["dialled"]) == ("7f3a", "1", "00")


async def test_engine_user_gets_only_the_events_it_knows(one_node: Lab, tmp_path: Path) -> None:
    async def script(session: AgiSession, number: int) -> None:
        await session.command("EXEC Dial PJSIP/1001,20,g")
        await session.command("SET VARIABLE CTI_DONE 1")

    node = one_node["nodes"][0]
    phone = ("-sn", "uas", "-i", f"{one_node['base']}.200", "-p", "5080")
    async with (
        ScriptedEngine.listening(one_node["engines"][0], script),
        Witness.of(node, "cti") as engine_user,
        Witness.of(node) as witness,
        sipp(one_node, tmp_path, *phone),
        caller(one_node, tmp_path, "6001") as call,
    ):
        await until(lambda: engine_user.events("DialEnd"))
        agent = engine_user.events("DialEnd")[0]["DestChannel"]
        engine_user.send(Action="Hangup", Channel=agent)
        assert await call.wait() == 0
        await until(lambda: len(engine_user.events("Hangup")) >= 2)
        names = {packet["Event"] for packet in engine_user.packets if "Event" in packet}
        known = {"FullyBooted", "Newchannel", "DialBegin", "DialEnd", "Hangup"}
        assert names <= known
        assert len(witness.packets) > 3 * len(engine_user.packets)
        engine_user.send(Action="Command", Command="core show version", ActionID="forbidden")
        answer = await until(lambda: [p for p in engine_user.packets if p.get("ActionID") == "forbidden"])
        assert answer[0]["Response"] == "Error"
