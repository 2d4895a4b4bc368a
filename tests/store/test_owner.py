"""Does nothing of an owner's go through once another one has the store?"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from cti.store.attempts import Attempt, intend
from cti.store.database import Store, open_store
from cti.store.owner import NotOwner, claim, guard, newest_token
from cti.store.tables import attempt
from tests.postgres import NoPostgres, server

pytestmark = pytest.mark.unit

DOMAIN = "center"


@pytest.fixture(scope="module")
def postgres_url() -> Iterator[str]:
    try:
        with server() as postgres:
            postgres.ask("CREATE DATABASE owner")
            yield postgres.url("owner")
    except NoPostgres as reason:
        pytest.skip(f"NO POSTGRESQL: {reason}")


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/cti.db" if request.param == "sqlite" else request.getfixturevalue("postgres_url")


@pytest.fixture
def stores(url: str, request: pytest.FixtureRequest) -> Iterator[tuple[Store, Store, str]]:
    """Two engines' stores, and a domain of the test's own."""
    one, two = open_store(url), open_store(url)
    yield one, two, str(zlib.crc32(request.node.name.encode()))
    one.close()
    two.close()


def dial(lead: int) -> Attempt:
    return Attempt("spring", lead, 1, 0, f"+4930{lead}")


def test_tokens_only_grow(stores: tuple[Store, Store, str]) -> None:
    one, two, domain = stores
    assert newest_token(one, domain) == 0
    assert claim(one, domain, 3, "one", 0.0)
    assert newest_token(two, domain) == 3
    assert not claim(two, domain, 3, "two", 0.0) and not claim(two, domain, 2, "two", 0.0)
    assert claim(two, domain, 5, "two", 0.0) and newest_token(one, domain) == 5


def test_who_was_replaced_dials_nobody(stores: tuple[Store, Store, str]) -> None:
    one, two, domain = stores
    lost: list[str] = []
    claim(one, domain, 1, "one", 0.0)
    guard(one, domain, 1, lambda: lost.append("one"))
    lead = int(domain[:6])
    assert intend(one, dial(lead), 1.0).why_not is None
    claim(two, domain, 2, "two", 0.0)
    guard(two, domain, 2, lambda: lost.append("two"))
    with pytest.raises(NotOwner):
        intend(one, dial(lead + 1), 2.0)
    assert lost == ["one"]
    with two.engine.connect() as connection:
        kept = connection.execute(select(attempt.c.lead).where(attempt.c.lead.in_([lead, lead + 1]))).scalars().all()
    assert kept == [lead]
    with two.durable.begin() as connection:
        connection.execute(attempt.delete().where(attempt.c.lead == lead))


def test_both_doors_of_a_store_are_guarded(stores: tuple[Store, Store, str]) -> None:
    one, two, domain = stores
    claim(one, domain, 1, "one", 0.0)
    guard(one, domain, 1, lambda: None)
    claim(two, domain, 2, "two", 0.0)
    for door in (one.engine, one.durable):
        with pytest.raises(NotOwner), door.begin() as connection:
            connection.execute(attempt.delete())


def test_a_write_under_way_is_before_the_claim_or_never(stores: tuple[Store, Store, str]) -> None:
    """The old owner stands between his write and his commit when the other one takes over."""
    one, two, domain = stores
    if one.engine.dialect.name == "sqlite":
        pytest.skip("a writer is alone: the claim waits for its commit")
    claim(one, domain, 1, "one", 0.0)
    guard(one, domain, 1, lambda: None)
    connection = one.durable.connect()
    connection.execute(attempt.delete().where(attempt.c.lead == -1))
    assert claim(two, domain, 2, "two", 0.0)
    with pytest.raises(NotOwner):
        connection.commit()
    connection.close()
