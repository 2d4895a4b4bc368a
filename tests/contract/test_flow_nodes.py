"""Is every kind of node the same on every switch? The same stories on the switch's own objects in memory, on the
simulator over TCP, and on a real Asterisk; what is heard and what the core is told must be the same.
"""

from __future__ import annotations

import tempfile
import wave
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, ExitStack
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from cti.sim import tcp_agi
from cti.sim.tcp import Address
from cti.switch.asterisk import NodeAddress
from tests.acceptance.centre import Lab
from tests.acceptance.conftest import lab_or_skip
from tests.acceptance.crowd import Crowd, crowd
from tests.contract.flow_in_memory import InMemory
from tests.contract.flow_lines import GONE, Line, Scene, Wiretap, told
from tests.contract.flow_on_engine import SIM_HOST, TOKEN, OnEngine, SimStreet, SipStreet
from tests.contract.flow_stories import LEAVING, STORIES, Story

pytestmark = pytest.mark.contract

Told = Sequence[tuple[str, dict[str, Any]]]
QUICK_S = 0.1
PROMPT_S = 0.6
AGENTS_PORT, CALLERS_PORT = 5080, 5060
SWITCHES = ["memory", "tcp", pytest.param("asterisk", marks=pytest.mark.acceptance)]


class Real:
    """One Asterisk with the sounds of all stories, and user agents for callers and phones."""

    def __init__(self, stack: ExitStack) -> None:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="cti-lab-")))
        write_sounds(folder / "sounds")
        words = ("1", "--sounds", str(folder / "sounds"), "--agent-contact", f"{{base}}.200:{AGENTS_PORT}")
        self.lab: Lab = lab_or_skip(folder / "lab", *words)
        stack.callback(self.lab.down)
        self.node: dict[str, Any] = self.lab.nodes[0]
        self.phones: Crowd = stack.enter_context(crowd(f"{self.lab.base}.200", AGENTS_PORT))
        trunk = self.lab.descriptor["trunks"][2]["identify_ip"]
        self.callers: Crowd = stack.enter_context(crowd(trunk, CALLERS_PORT))

    def line(self, scene: Scene, tap: Wiretap) -> OnEngine:
        node = self.node
        address = NodeAddress(node["host"], node["ami_port"], node["ami_user"], node["ami_secret"])
        street = SipStreet(node, self.callers, self.phones)
        return OnEngine(scene, tap, street, address, Address.parse(self.lab.engine), node["agi_token"])


def write_sounds(folder: Path) -> None:
    """Silence, one file for each sound of the stories."""
    names = {sound for story in STORIES.values() for sound in story.sounds if GONE not in sound}
    for name in names | {"en/s/x"}:
        file = folder / f"{name}.wav"
        file.parent.mkdir(parents=True, exist_ok=True)
        with wave.open(str(file), "wb") as sound:
            sound.setparams((1, 2, 8000, 0, "NONE", ""))
            sound.writeframes(bytes(int(2 * 8000 * PROMPT_S)))


class RealOnce:
    """Starts the real one when it is asked for."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self._real: Real | None = None

    def __call__(self) -> Real:
        if self._real is None:
            self._real = Real(self._stack)
        return self._real


class Switches:
    """`line(switch, scene)` is a caller on one of the three."""

    def __init__(self, tap: Wiretap, stack: AsyncExitStack, real: RealOnce) -> None:
        self._tap, self._stack, self._real = tap, stack, real

    async def line(self, switch: str, scene: Scene) -> Line:
        if switch == "memory":
            return InMemory(scene, self._tap)
        if switch == "asterisk":
            return await self._stack.enter_async_context(self._real().line(scene, self._tap))
        street = SimStreet()
        await street.tcp.start()
        self._stack.push_async_callback(street.tcp.close)
        address = NodeAddress(SIM_HOST, street.tcp.nodes["node1"].port, "cti", "secret")
        return await self._stack.enter_async_context(OnEngine(scene, self._tap, street, address, street.listen, TOKEN))


@pytest.fixture(scope="module")
def real() -> Iterator[RealOnce]:
    with ExitStack() as stack:
        yield RealOnce(stack)


@pytest_asyncio.fixture
async def switches(monkeypatch: pytest.MonkeyPatch, real: RealOnce) -> AsyncIterator[Switches]:
    monkeypatch.setattr(tcp_agi, "PROMPT_S", QUICK_S)
    monkeypatch.setattr(tcp_agi, "SPEECH_S", QUICK_S)
    tap = Wiretap()
    tap.tap(monkeypatch.setattr)
    async with AsyncExitStack() as stack:
        yield Switches(tap, stack, real)


def agrees(found: Told, wanted: Told) -> bool:
    """The same events in the same order, each with at least these fields."""
    pairs = list(zip(found, wanted, strict=False))
    same = all(event == name and fields.items() <= told.items() for (event, told), (name, fields) in pairs)
    return same and len(found) == len(wanted)


@pytest.mark.parametrize("switch", SWITCHES)
@pytest.mark.parametrize("name", STORIES)
async def test_a_story(switches: Switches, switch: str, name: str) -> None:
    story: Story = STORIES[name]
    line = await switches.line(switch, story.scene)
    await story.walk(line)
    assert tuple(line.tap.sounds()) == story.sounds
    assert agrees(told(line), story.told), told(line)
    assert line.desk.calls == 0 and line.desk.bugs == 0


@pytest.mark.parametrize("switch", SWITCHES)
@pytest.mark.parametrize("name", LEAVING)
async def test_who_hangs_up_leaves_nothing_behind(switches: Switches, switch: str, name: str) -> None:
    scene, place = LEAVING[name]
    line = await switches.line(switch, scene)
    await line.calls()
    await place(line)
    await line.hangs_up()
    assert not [event for event, _ in told(line) if event in ("FlowEnded", "SurveyAnswered")]
    assert line.desk.calls == 0 and line.desk.bugs == 0
