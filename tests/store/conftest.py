"""What do the tests of the store share? One empty store of each kind of database: the same promises on both."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from postgres import NO_POSTGRES, NoPostgres, Postgres, server

from cti.store.database import Store, open_store

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    try:
        with server() as found:
            open_store(found.url("postgres")).close()  # migrated once; every test gets a copy
            found.ask("CREATE DATABASE pattern TEMPLATE postgres")
            yield found
    except NoPostgres as error:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(f"{NO_POSTGRES}: {error}")


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.contract)])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/cti.db"
    found: Postgres = request.getfixturevalue("postgres")
    name = f"t{next(_numbers)}"
    found.ask(f"CREATE DATABASE {name} TEMPLATE pattern")
    return found.url(name)


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    store = open_store(store_url)
    yield store
    store.close()
