"""Who hears which version of a flow (IVR) when it is changed, broken or rolled back under twenty callers?"""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from .centre import Centre, agent, number_of
from .crowd import Crowd, Dialog
from .engine_process import EngineProcess
from .waiting import until

pytestmark = pytest.mark.acceptance

DIALLED = "6001"
INSIDE = 20
AGAIN_S = 3.0
FLOW = """
name: desk
start: menu
on: {{error: hangup}}
nodes:
  menu:
    menu: {{file: custom/menu}}
    keys: {{"1": line}}
    first_digit_s: 60
    on: {{failed: hangup}}
  line: {{queue: {queue}, then: hangup}}
"""


class Desk:
    """A centre with one flow, which its operator changes; key 1 leads into the queue that the version names."""

    def __init__(self, centre: Centre, people: Crowd, folder: Path) -> None:
        self._people, self._exchange = people, (centre.lab.nodes[0]["host"], centre.lab.nodes[0]["sip_port"])
        self._file = folder / "flows" / "desk.yaml"
        self._file.parent.mkdir()
        self.write("sales")
        self.engine: EngineProcess = centre.open(
            folder,
            {"sales": {}, "support": {}},
            {"absent": agent("1002", "sales", "support", starts="logged_out")},
            entries={DIALLED: {"flow": "desk"}},
            flows={"folder": str(self._file.parent)},
        )
        self._callers = 0

    def write(self, queue: str) -> None:
        self._file.write_text(FLOW.format(queue=queue))

    def calls(self, count: int) -> list[Dialog]:
        """So many callers more, who stand in the menu when this returns."""
        came = [
            self._people.call(*self._exchange, DIALLED, number_of(100 + self._callers + number))
            for number in range(count)
        ]
        self._callers += count
        until(lambda: len(self._in_flow(came)) == count, f"{count} callers in the flow")
        return came

    def _in_flow(self, callers: Sequence[Dialog]) -> list[Dialog]:
        inside = {row["caller"] for row in self.engine.part("calls") if row["state"] == "in_flow"}
        return [caller for caller in callers if caller.user in inside]

    def press(self, callers: Sequence[Dialog], queue: str) -> None:
        """Each presses 1, and again where nothing comes of it: a key before the prompt has begun is heard by nobody."""
        left, again_at = list(callers), 0.0

        def all_wait() -> bool:
            nonlocal again_at
            waiting = set(self.engine.waiting(queue))
            left[:] = [caller for caller in left if caller.user not in waiting]
            if time.monotonic() > again_at:
                again_at = time.monotonic() + AGAIN_S
                for caller in left:
                    self._people.press(caller, "1")
            return not left

        until(all_wait, f"{len(callers)} in {queue}")

    def all_wait(self, callers: Sequence[Dialog], queue: str) -> None:
        users = {caller.user for caller in callers}
        until(lambda: users <= set(self.engine.waiting(queue)), f"{len(users)} in {queue}")


def test_twenty_finish_in_the_version_they_began_with(centre: Centre, people: Crowd, tmp_path: Path) -> None:
    """A change is for new calls, a broken one for nobody, and going back is one command; a death changes none of it."""
    desk = Desk(centre, people, tmp_path)
    engine = desk.engine
    old = desk.calls(INSIDE)
    desk.write("support")
    assert engine.ask("/v1/flows/reload", "POST", {"by": "tests"})[0] == 200
    new = desk.calls(1)
    desk.press(old[: INSIDE // 2], "sales")
    desk.press(new, "support")

    desk.write("nowhere")
    status, refused = engine.ask("/v1/flows/reload", "POST", {"by": "tests"})
    assert status == 409 and "nowhere" in str(refused), refused
    desk.write("support")
    engine.kill()
    engine.start()
    until(lambda: len(engine.part("calls")) == INSIDE + 1, "all are back")
    desk.press(old[INSIDE // 2 :], "sales")
    desk.all_wait(old, "sales")

    assert engine.ask("/v1/flows/rollback", "POST", {"by": "tests"})[0] == 200
    newest = desk.calls(1)
    desk.press(newest, "sales")
    desk.all_wait(new, "support")
    assert all(caller.talking for caller in (*old, *new, *newest)), "nobody was lost"
