"""Is a call counted once, by number and by flow, whatever an engine's death does? Do board and report say the same?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from kit import START, Queue, Scene, call_id, center, member
from sqlalchemy import Table, select

from cti.metrics.live import LiveView
from cti.model import events as ev
from cti.model.changes import Changed, Kind
from cti.model.words import ContactId, QueueName
from cti.reports.today import restore_today
from cti.store.database import Store, open_store
from cti.store.history_writer import HistoryWriter
from cti.store.interval_tables import flow_interval, number_interval, queue_interval
from tests.acd.flow_stories import enters, queues_up, scene_with_flow
from tests.kit import NODE

pytestmark = pytest.mark.unit

C = call_id("c1")
CENTER = center(agents={"anna": member("sales")})
REBORN_S = 1800.0  # after the first engine's start: another quarter of an hour


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = open_store(f"sqlite:///{tmp_path}/cti.db")
    yield store
    store.close()


class Lives:
    """Two engines, one after the other, with one store; the second one has a board, too."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.first, self.second = self._engine(), self._engine()
        self.second.wait(REBORN_S)
        self.view = LiveView(self.second.policy, [NODE])

    def _engine(self) -> Scene:
        scene = scene_with_flow({"sales": Queue(max_wait_s=30)}, nodes=[NODE])
        scene.post(ev.NodeUp(NODE))
        return scene

    def comes_back(self) -> None:
        enters(self.second, ticket=self.first.ticket("c1"))

    async def over(self) -> tuple[dict[str, float], dict[str, float]]:
        """Numbers and flows as the history has them in the end, after a death between the two."""
        policy = self.first.policy
        writer = HistoryWriter(self.store, policy, "v1", now=START, keep_s=1e9, gather_s=0.0)
        self._tell(writer, self.first.changes())
        assert writer.close() == 0
        reborn = START + REBORN_S
        writer = HistoryWriter(self.store, policy, "v1", now=reborn, keep_s=1e9, gather_s=0.0)
        self.view.flow_ways.goes_on(writer.left_in_flows)
        self.view.tally.begin(reborn)
        assert restore_today(self.store, self.view.tally, reborn)
        told = [fact for fact in self.second.changes() if fact.contact]
        self._tell(writer, told, self.view)

        async def at_once(pause_s: float) -> None:
            """Whoever is not back by now has gone."""

        await writer.left.run(lambda facts: self._tell(writer, facts, self.view), at_once)
        assert (writer.close(), writer.errors, writer.left.errors) == (0, 0, 0)
        flows = self._counts(flow_interval)
        shown = self.view.tally.flows["main"].shown(self.second.now)["today"]
        assert {name: shown[name] for name in shown if shown[name] and name in flows} == flows
        return self._counts(number_interval), flows

    def _tell(self, writer: HistoryWriter, facts: Iterable[Changed], view: LiveView | None = None) -> None:
        for fact in facts:
            writer.apply(fact)
            if view is not None:
                view.apply(fact)

    def _counts(self, table: Table) -> dict[str, float]:
        """All are of the quarter of an hour in which he called."""
        with self.store.engine.connect() as connection:
            rows = connection.execute(select(table)).mappings().all()
        assert len({row["start"] for row in rows}) == 1
        keys = {column.name for column in table.primary_key}
        return {name: value for row in rows for name, value in row.items() if name not in keys and value}


async def test_who_goes_while_nobody_lives_has_hung_up_in_his_flow(store: Store) -> None:
    lives = Lives(store)
    enters(lives.first)
    assert await lives.over() == ({"calls": 1, "hung_up": 1}, {"came": 1, "hung_up": 1})


async def test_who_comes_back_into_his_flow_is_the_same_call(store: Store) -> None:
    lives = Lives(store)
    enters(lives.first)
    lives.comes_back()
    lives.second.post(ev.FlowEnded(C))
    assert await lives.over() == ({"calls": 1, "self_service": 1}, {"came": 1, "self_service": 1})


async def test_who_is_in_a_flow_again_after_a_line_is_not_new_to_it(store: Store) -> None:
    lives = Lives(store)
    enters(lives.first)
    queues_up(lives.first)
    lives.first.wait(60)
    lives.comes_back()
    lives.second.post(ev.FlowEnded(C))
    numbers, flows = await lives.over()
    assert flows == {"came": 1, "to_queue": 1} and numbers["calls"] == 1


async def test_who_waited_and_went_meanwhile_is_abandoned(store: Store) -> None:
    lives = Lives(store)
    enters(lives.first)
    queues_up(lives.first)
    assert await lives.over() == ({"calls": 1, "abandoned": 1}, {"came": 1, "to_queue": 1})


async def test_who_was_answered_before_the_death_is_answered(store: Store) -> None:
    lives = Lives(store)
    lives.first.login("anna")
    enters(lives.first)
    queues_up(lives.first)
    lives.first.answer("anna")
    assert await lives.over() == ({"calls": 1, "answered": 1}, {"came": 1, "to_queue": 1})


async def test_a_promise_in_the_line_is_called_once_whoever_dies(store: Store) -> None:
    """Each engine puts it in the line again: after seven deaths 40 promises were 241 calls."""
    who = {"queue": QueueName("sales"), "contact": ContactId("promise-1"), "since": START, "outbound": True}
    for life in range(3):
        at = START + life * REBORN_S
        writer = HistoryWriter(store, CENTER, "v1", now=at, keep_s=1e9, gather_s=0.0)
        for fact in (
            Changed(Kind.CONTACT, "promise-1", "", "arrived", at, "CallbackPromised", **who),  # type: ignore[arg-type]
            Changed(Kind.VISIT, "promise-1/1", "", "waiting", at, "CallbackPromised", **who),  # type: ignore[arg-type]
        ):
            writer.apply(fact)
        assert (writer.close(), writer.errors) == (0, 0)
    with store.engine.connect() as connection:
        counts = dict(connection.execute(select(queue_interval)).mappings().one())
    assert counts["called"] == 1 and counts["offered"] == 0
