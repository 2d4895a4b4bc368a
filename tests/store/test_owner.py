"""Does nothing of an owner's go through once another one has the store?"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import zlib
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from structlog.testing import capture_logs

from cti.store.attempts import Attempt, intend
from cti.store.database import Store, open_store
from cti.store.owner import GONE_BACK, TAKEN, NotOwner, claim, guard, newest_token, newest_token_in, why_not_taken
from cti.store.row_fault import is_rows_fault
from cti.store.same_file import GONE
from cti.store.tables import attempt, routing_owner
from tests.postgres import NoPostgres, Postgres, server

pytestmark = pytest.mark.unit

DOMAIN = "center"


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    try:
        with server() as found:
            found.ask("CREATE DATABASE owner")
            yield found
    except NoPostgres as reason:
        pytest.skip(f"NO POSTGRESQL: {reason}")


@pytest.fixture
def url_of_postgres(postgres: Postgres) -> str:
    return postgres.url("owner")


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/cti.db" if request.param == "sqlite" else request.getfixturevalue("url_of_postgres")


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


def test_who_leaves_is_told_whether_the_store_takes_anything(stores: tuple[Store, Store, str], url: str) -> None:
    one, _, domain = stores
    claim(one, domain, 3, "one", 5.0)
    assert why_not_taken(one, domain) == ""
    with one.durable.connect() as connection:
        assert connection.execute(select(routing_owner.c.since).where(routing_owner.c.domain == domain)).scalar() == 5.0
    guard(one, domain, 2, lambda: None)
    assert why_not_taken(one, domain) == TAKEN


def test_a_file_that_is_gone_takes_nothing(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path}/cti.db")
    (tmp_path / "cti.db").rename(tmp_path / "away.db")
    assert why_not_taken(store, DOMAIN) == GONE
    store.close()


def test_a_token_that_may_only_be_read_is_no_answer(postgres: Postgres, url_of_postgres: str) -> None:
    """A role without the right to write, and a replica: who stands by with it could not claim the centre."""
    store = open_store(url_of_postgres)
    claim(store, DOMAIN, 3, "one", 0.0)
    assert newest_token_in(url_of_postgres, DOMAIN) == 3
    postgres.ask("ALTER DATABASE owner SET default_transaction_read_only = on")
    try:
        with pytest.raises(SQLAlchemyError, match="read-only"):
            newest_token_in(url_of_postgres, DOMAIN)
    finally:
        postgres.ask("ALTER DATABASE owner RESET default_transaction_read_only")
        store.close()


def test_a_file_that_may_not_be_looked_for_is_no_missing_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(*_: object, **__: object) -> os.stat_result:
        raise PermissionError(13, "Permission denied")

    assert newest_token_in(f"sqlite:///{tmp_path}/nowhere.db", DOMAIN) == 0
    monkeypatch.setattr(os, "stat", forbidden)
    with pytest.raises(PermissionError):
        newest_token_in(f"sqlite:///{tmp_path}/nowhere.db", DOMAIN)


def test_a_store_is_asked_for_its_newest_owner_before_it_is_opened(stores: tuple[Store, Store, str], url: str) -> None:
    one, two, domain = stores
    assert newest_token_in(url, domain) == 0
    claim(one, domain, 1, "one", 0.0)
    claim(two, domain, 2, "two", 0.0)
    claim(one, domain, 1, "late", 0.0)
    assert (newest_token_in(url, domain), newest_token_in(url, domain + "0")) == (2, 0)


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


def test_the_older_owner_hears_who_has_the_centre(stores: tuple[Store, Store, str]) -> None:
    one, two, domain = stores
    claim(one, domain, 1, "one", 0.0)
    guard(one, domain, 1, lambda: None)
    claim(two, domain, 2, "two", 0.0)
    with pytest.raises(NotOwner, match=TAKEN), one.durable.begin() as connection:
        connection.execute(attempt.delete())


@pytest.mark.parametrize("older", [3, None])
def test_a_store_that_has_gone_back_keeps_nothing_until_it_is_claimed_anew(
    stores: tuple[Store, Store, str], older: int | None
) -> None:
    """A replica was promoted that lacks our claim, and what we wrote behind it."""
    one, two, domain = stores
    lost: list[str] = []
    claim(one, domain, 4, "one", 0.0)
    guard(one, domain, 4, lambda: lost.append("one"))
    of_domain = routing_owner.c.domain == domain
    with two.durable.begin() as connection:
        if older is None:
            connection.execute(routing_owner.delete().where(of_domain))
        else:
            connection.execute(update(routing_owner).where(of_domain).values(token=older))
    lead = int(domain[:6])
    with capture_logs() as said:
        for _ in range(2):
            with pytest.raises(NotOwner, match=GONE_BACK):
                intend(one, dial(lead), 1.0)
    assert [line["log_level"] for line in said if "gone back" in line["event"]] == ["error"], "said once"
    assert lost == ["one", "one"] and newest_token(two, domain) == (older or 0)
    assert claim(two, domain, 5, "one again", 2.0), "Redis counts on"
    guard(two, domain, 5, lambda: lost.append("again"))
    assert intend(two, dial(lead), 3.0).why_not is None and lost == ["one", "one"]
    with two.durable.begin() as connection:
        connection.execute(attempt.delete().where(attempt.c.lead == lead))


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


FROZEN = """
import os, signal, sys
from sqlalchemy import event
from cti.store.attempts import Attempt, intend
from cti.store.database import open_store
from cti.store.owner import claim, guard
url, domain, lead = sys.argv[1:]
store = open_store(url, idle_s=1.0)
claim(store, domain, 1, "one", 0.0)
guard(store, domain, 1, lambda: None)
event.listen(store.durable, "commit", lambda _: os.kill(os.getpid(), signal.SIGSTOP))
first = Attempt("spring", int(lead), 1, 0, "+4930")
for attempt in range(2):
    try:
        intend(store, first, 1.0)
    except Exception as error:
        print(type(error).__name__, flush=True)
"""


def test_who_is_frozen_within_a_commit_keeps_nobody_from_taking_over(url_of_postgres: str, tmp_path: Path) -> None:
    """He has compared his token, and its row is locked until his commit is over: it never is."""
    domain = str(zlib.crc32(tmp_path.name.encode()))
    two = open_store(url_of_postgres, idle_s=1.0)
    words = [sys.executable, "-c", FROZEN, url_of_postgres, domain, domain[:6]]
    frozen = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
    try:
        os.waitid(os.P_PID, frozen.pid, os.WSTOPPED)
        taken = Future[bool]()
        asking = threading.Thread(
            target=lambda: taken.set_result(claim(two, domain, 2, "two", 0.0)), name="claim", daemon=True
        )
        asking.start()
        assert taken.result(timeout=20.0)
        with two.engine.connect() as connection:
            assert connection.execute(select(attempt.c.lead).where(attempt.c.lead == int(domain[:6]))).first() is None
        frozen.send_signal(signal.SIGCONT)
        told = frozen.communicate(timeout=30.0)[0].split()
        assert len(told) == 2 and told[1] == "NotOwner", told  # his connection is gone, and then he hears why
    finally:
        frozen.kill()
        frozen.wait()
        two.close()


def test_nobody_waits_for_a_lock_for_ever(url_of_postgres: str) -> None:
    store, other = open_store(url_of_postgres, idle_s=0.1), open_store(url_of_postgres)
    claim(other, "lock", 1, "one", 0.0)
    with other.durable.begin() as connection:
        connection.execute(update(routing_owner).where(routing_owner.c.domain == "lock").values(engine="two"))
        with pytest.raises(DBAPIError) as failed:
            claim(store, "lock", 2, "three", 0.0)
    assert not is_rows_fault(failed.value), "it is tried again"
    assert claim(store, "lock", 2, "three", 0.0)
    store.close()
    other.close()
