"""Is a store's file that goes away under a running engine found at once, and is nothing lost where it comes back?"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from structlog.testing import capture_logs

from cti.store import same_file
from cti.store.away import why_away
from cti.store.database import Store, open_store
from cti.store.row_fault import is_rows_fault
from cti.store.same_file import FileGone

pytestmark = pytest.mark.unit

STATUS = text("INSERT INTO agent_status (agent, status, reason, since) VALUES (:agent, 'available', '', 1)")
AGENTS = text("SELECT agent FROM agent_status ORDER BY agent")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "cti.db"


@pytest.fixture
def store(file: Path) -> Iterator[Store]:
    store = open_store(f"sqlite:///{file}")
    yield store
    store.close()


def write(store: Store, agent: str, *, durable: bool = False) -> None:
    with (store.durable if durable else store.engine).begin() as connection:
        connection.execute(STATUS, {"agent": agent})


def written(store: Store) -> list[str]:
    with store.engine.connect() as connection:
        return list(connection.execute(AGENTS).scalars())


@pytest.mark.parametrize("durable", [False, True])
def test_a_file_that_was_moved_takes_nothing_until_it_is_back(store: Store, file: Path, durable: bool) -> None:
    write(store, "anna", durable=durable)
    assert written(store) == ["anna"]
    file.rename(file.with_suffix(".away"))
    with capture_logs() as logged:
        for _try in range(2):
            with pytest.raises(FileGone, match="put it back"):
                write(store, "ben", durable=durable)
    assert [(line["log_level"], line["event"]) for line in logged] == [("error", same_file.GONE)], "told once"
    assert not file.exists(), "no other one was made in its place"
    file.with_suffix(".away").rename(file)
    write(store, "ben", durable=durable)
    assert written(store) == ["anna", "ben"]


def test_what_had_begun_before_is_not_kept(store: Store, file: Path) -> None:
    with store.engine.connect() as connection:
        connection.execute(STATUS, {"agent": "anna"})
        file.rename(file.with_suffix(".away"))
        with pytest.raises(FileGone):
            connection.commit()
    file.with_suffix(".away").rename(file)
    assert written(store) == []


def test_nobody_connects_to_another_file_in_its_place(store: Store, file: Path) -> None:
    write(store, "anna")
    store.close()
    file.unlink()
    with pytest.raises(FileGone):
        written(store)
    assert not file.exists()


def test_a_file_in_its_place_is_another_store(store: Store, file: Path) -> None:
    write(store, "anna")
    file.rename(file.with_suffix(".away"))
    open_store(f"sqlite:///{file}").close()
    with pytest.raises(FileGone, match="start the engine again"):
        write(store, "ben")


def test_it_is_the_store_that_is_away_and_no_row_is_to_blame() -> None:
    gone = FileGone(same_file.GONE)
    assert why_away(gone) == same_file.GONE and not is_rows_fault(gone)
