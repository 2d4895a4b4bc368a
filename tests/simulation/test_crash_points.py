"""The engine is killed before and after every step of an attempt's life: is anybody called twice, or forgotten?"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest
from sqlalchemy import delete

from cti.sim.crash_points import NOT_OF_LEADS, CrashPoint
from cti.sim.plan import Called
from cti.store.database import Store, open_store
from cti.store.tables import metadata
from tests.simulation.crash_lab import CrashWorld

pytestmark = pytest.mark.simulation

TALKS = Called("answer", 3.0, talk_s=60.0)
STORIES = {
    "talks": [TALKS],  # longer than the engine is away
    "says yes": [Called("answer", 3.0, talk_s=0.3)],  # and is gone before there is another engine
    "no answer first": [Called("no_answer"), TALKS],
}
KINDS = {"agent first": (False, "agent"), "customer first": (False, "customer"), "lead": (True, "customer")}


@pytest.fixture(scope="module")
def disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    store = open_store(f"sqlite:///{tmp_path_factory.mktemp('crash')}/cti.db")
    yield store
    store.close()


@pytest.fixture
def store(disk: Store) -> Store:
    with disk.engine.begin() as connection:
        for table in reversed(metadata.sorted_tables):
            connection.execute(delete(table))
        connection.exec_driver_sql("DELETE FROM sqlite_sequence")
    return disk


def cases() -> Iterator[tuple[str, str, CrashPoint, bool]]:
    for kind, story, point, before in product(KINDS, STORIES, CrashPoint, (True, False)):
        other = "says yes" if kind == "agent first" else "talks"  # each story where it says most
        if not (kind == "lead" and point in NOT_OF_LEADS) and (kind == "lead" or story != other):
            yield kind, story, point, before


CASES = list(cases())


@pytest.mark.parametrize(
    ("kind", "story", "point", "before"),
    CASES,
    ids=[f"{kind}-{story}-{'before' if before else 'after'} {point.name}" for kind, story, point, before in CASES],
)
def test_nobody_is_called_twice_and_nobody_is_forgotten(
    store: Store, kind: str, story: str, point: CrashPoint, before: bool
) -> None:
    lead, first = KINDS[kind]
    world = CrashWorld(store, STORIES[story], lead=lead, first=first, at=point, before=before)
    ended = world.play()
    assert world.deaths == 1, "the step was never reached"
    assert ended == ("reached" if lead else "kept")
    assert world.talks == 1, "he is called until he was reached, and not once more"
    names = [name for name, _ in world.dials]
    assert len(set(names)) == len(names), "no attempt is made twice"
    assert not world.open_attempts()
    assert len(names) <= len(STORIES[story]) + 1, "at most the one more that a death may cost"


def test_without_a_death_each_is_dialled_as_often_as_it_takes(store: Store) -> None:
    world = CrashWorld(store, STORIES["no answer first"], lead=False, first="agent", at=None, before=True)
    assert (world.play(), world.talks, len(world.dials)) == ("kept", 1, 2)
    assert world.dials[1][1] - world.dials[0][1] >= 120.0


def test_the_steps_are_told_to_people() -> None:
    told = (Path(__file__).parents[2] / "docs" / "campaigns.md").read_text(encoding="utf-8")
    for point in CrashPoint:
        assert f"| {point.value} | `{point.name.lower()}`" in told
