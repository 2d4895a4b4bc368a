"""Does a second engine take over from one that died or was stopped, and does the old one keep out of its way?"""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest

from tests import valkey

from .centre import Lab, agent
from .conftest import lab_or_skip
from .crowd import Crowd, Dialog, crowd
from .engine_process import EngineProcess
from .pair import ENGINES, OWN_S, Pair
from .waiting import until
from .witness import Witness, witness_of

pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(300)]

TALKING, WAITING = 2, 5


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    words = ("1", "--engine", ",".join(ENGINES), "--agents", "2", "--trunks", "1", "--silent-moh", "--retry", "60")
    found = lab_or_skip(tmp_path_factory.mktemp("lab"), *words, "--agent-contact", "{base}.200:5080")
    try:
        yield found
    finally:
        found.down()


@pytest.fixture(scope="module")
def redis() -> Iterator[valkey.Valkey]:
    with valkey.server() as server:
        yield server


class Scene:
    """Two agents who answer at once and talk, five callers who wait in order, and two engines."""

    def __init__(self, lab: Lab, pair: Pair, phones: Crowd, callers: Crowd, witness: Witness) -> None:
        self.pair, self.phones, self.callers, self.witness = pair, phones, callers, witness
        self.exchange = (lab.nodes[0]["host"], lab.nodes[0]["sip_port"])
        self.dialogs: list[Dialog] = []

    @property
    def first(self) -> EngineProcess:
        return self.pair.engines[0]

    @property
    def second(self) -> EngineProcess:
        return self.pair.engines[1]

    def arrive(self, count: int, engine: EngineProcess) -> list[Dialog]:
        """One after the other, so that arrival is an order."""
        came = []
        for _ in range(count):
            before = int(engine.queue("sales")["offered"])
            came.append(self.callers.call(*self.exchange, "6001", f"4930000{len(self.dialogs) + len(came):03d}"))
            until(lambda n=before: engine.queue("sales")["offered"] == n + 1, "one more in the line", OWN_S)  # type: ignore[misc]
        self.dialogs += came
        return came

    def begin(self) -> tuple[list[Dialog], list[Dialog]]:
        """Two talk, five wait."""
        talkers = self.arrive(TALKING, self.first)
        until(lambda: len(self.phones.talking()) == TALKING, "two talks", OWN_S)
        waiters = self.arrive(WAITING, self.first)
        assert self.first.waiting("sales") == [dialog.user for dialog in waiters]
        return talkers, waiters

    def taken_over(self, waiters: list[Dialog]) -> None:
        """The second engine has everybody, in the old order, and talks go on."""
        self.pair.until_owner(self.second)
        expected = [dialog.user for dialog in waiters]
        until(lambda: self.second.waiting("sales") == expected, "everybody back in the line, in order", OWN_S)
        until(lambda: self.second.part("status")["talking"] == TALKING, "the talks known", OWN_S)
        assert [d for d in self.dialogs if not d.talking] == [], "nobody dropped"

    def serve(self, waiters: list[Dialog]) -> None:
        """Everybody is answered in the old order, and has one outcome."""
        while (rung := len(self.phones.order)) < TALKING + len(waiters):
            self.phones.hang_up(self.phones.talking()[0])
            until(lambda n=rung: len(self.phones.order) > n, "the next caller at a phone", OWN_S)  # type: ignore[misc]
        assert [dialog.other for dialog in self.phones.order[TALKING:]] == [dialog.user for dialog in waiters]
        for dialog in self.phones.talking():
            self.phones.hang_up(dialog)
        until(lambda: not self.second.part("calls"), "no call left", OWN_S)
        until(lambda: not self.witness.channels(), "no channel left", OWN_S)
        sales = self.second.queue("sales")
        assert (sales["abandoned"], sales["lost"]) == (0, 0), sales
        assert self.second.part("status")["bugs"] == 0
        count = TALKING + len(waiters)
        until(lambda: len(self.second.queue_log("COMPLETEAGENT")) >= count, "all talks logged", OWN_S)
        assert len({row[1] for row in self.second.queue_log("COMPLETEAGENT")}) == count, "each ended once"
        assert len(self.second.queue_log("ENTERQUEUE")) == count, "who came back did not enter again"


@pytest.fixture
def scene(lab: Lab, redis: valkey.Valkey, tmp_path: Path) -> Iterator[Scene]:
    agents = {f"a{n}": agent(str(1000 + n), "sales") for n in (1, 2)}
    pair = Pair(lab, tmp_path, redis, {"sales": {}}, agents)
    try:
        pair.start()
        with (
            crowd(f"{lab.base}.200", 5080, lambda _: 200) as phones,
            crowd(f"{lab.base}.151", 5060) as callers,
            witness_of(lab.nodes[0]) as witness,
        ):
            yield Scene(lab, pair, phones, callers, witness)
    finally:
        pair.close()
        if not redis.is_alive():
            redis.start()


def test_kill_the_owner(scene: Scene) -> None:
    talkers, waiters = scene.begin()
    token = scene.pair.metric(scene.first, "cti_owner_token")
    until(lambda: scene.pair.metric(scene.first, "cti_standbys") == 1, "the standby counted")
    scene.first.kill()
    scene.taken_over(waiters)
    assert scene.pair.metric(scene.second, "cti_owner_token") > token
    scene.serve(waiters)
    assert talkers[0].over_at is not None


def test_an_upgrade_one_engine_after_the_other(scene: Scene) -> None:
    """The standby is started anew, the owner is drained and comes back as the standby: nobody hears an end."""
    _, waiters = scene.begin()
    assert scene.second.stop() == 0
    scene.second.start(wait=False)
    scene.pair.until_standby(scene.second)
    assert scene.pair.owns(scene.first) and scene.first.waiting("sales") == [dialog.user for dialog in waiters]
    until(lambda: scene.pair.metric(scene.first, "cti_standbys") == 1, "the new standby counted", OWN_S)
    assert json.loads(scene.first.command("drain"))["drain"] == "handed_over"
    assert scene.first.wait_ended() == 0
    scene.taken_over(waiters)
    scene.first.start(wait=False)
    scene.pair.until_standby(scene.first)
    row = scene.second.part("status")["redis"]
    assert (row["up"], row["away_since"], row["owner"]) == (True, None, scene.pair.addresses[1])
    scene.serve(waiters)


def freeze_between_writes(engine: EngineProcess) -> None:
    """Who is stopped in the middle of a write keeps SQLite's lock, and nobody can take over before he is gone."""
    for _ in range(50):
        os.kill(engine.pid, signal.SIGSTOP)
        opened = sqlite3.connect(engine.folder.parent / "shared.db", timeout=0.1, isolation_level=None)
        with suppress(sqlite3.OperationalError), closing(opened) as store:
            store.execute("BEGIN IMMEDIATE")
            store.execute("ROLLBACK")
            return
        os.kill(engine.pid, signal.SIGCONT)
        time.sleep(0.2)
    raise AssertionError("it writes without a pause")


def test_an_owner_that_was_stopped_wakes_up_too_late(scene: Scene) -> None:
    _, waiters = scene.begin()
    freeze_between_writes(scene.first)
    scene.taken_over(waiters)
    rung = len(scene.phones.order)
    os.kill(scene.first.pid, signal.SIGCONT)
    scene.pair.until_standby(scene.first)
    assert scene.second.waiting("sales") == [dialog.user for dialog in waiters], "the old one changed nothing"
    assert len(scene.phones.order) == rung and [d for d in scene.dialogs if not d.talking] == []
    scene.serve(waiters)
    assert scene.pair.owns(scene.second)


def test_redis_away_changes_nothing_but_what_is_said(scene: Scene, redis: valkey.Valkey) -> None:
    _, waiters = scene.begin()
    redis.stop()
    told = until(lambda: scene.pair.readiness(scene.first).get("warnings"), "Redis away told", OWN_S)
    assert "Redis gives no answer" in told[0]
    until(lambda: "cannot take over" in str(scene.pair.readiness(scene.second)), "by the standby too", OWN_S)
    more = scene.arrive(1, scene.first)
    assert scene.pair.owns(scene.first) and scene.pair.stands_by(scene.second), "nobody takes over"
    assert scene.pair.metric(scene.first, "cti_redis_up") == 0
    redis.start()
    until(lambda: "warnings" not in scene.pair.readiness(scene.first), "Redis back", OWN_S)
    assert scene.pair.owns(scene.first) and scene.pair.stands_by(scene.second)
    scene.first.kill()
    scene.taken_over([*waiters, *more])
    scene.serve([*waiters, *more])
