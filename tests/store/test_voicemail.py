"""Is a message kept once, as something that an agent can be given?"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from cti.store.database import Store, open_store
from cti.store.tables import callback_request
from cti.store.voicemail import Voicemail, keep

pytestmark = pytest.mark.unit

MESSAGE = Voicemail("message-1", 1_700_000_000.0, "+4930555", "sales", "n/17.1", "/var/spool/x/n-17-1-t-a-1", 3.5)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = open_store(f"sqlite:///{tmp_path}/cti.db")
    yield store
    store.close()


def test_it_stands_among_the_promised_calls_once(store: Store) -> None:
    assert keep(store, MESSAGE) and not keep(store, MESSAGE)
    with store.engine.connect() as connection:
        [row] = connection.execute(select(callback_request)).mappings().all()
    kept = {key: row[key] for key in ("kind", "recording", "message_s", "connect", "number", "queue", "state", "at")}
    assert kept == {
        "kind": "voicemail", "recording": MESSAGE.recording, "message_s": 3.5, "connect": 1, "number": "+4930555",
        "queue": "sales", "state": "new", "at": MESSAGE.at,
    }  # fmt: skip


@pytest.mark.parametrize("number", ["", "anonymous", "x" * 300])
def test_who_hides_his_number_is_heard_but_nobody_is_called(store: Store, number: str) -> None:
    hidden = Voicemail("message-2", 1.0, number, "sales", "n/17.1", "/x", 3.5, connect=True)
    assert keep(store, hidden)
    with store.engine.connect() as connection:
        [row] = connection.execute(select(callback_request)).mappings().all()
    assert (row["number"], row["caller"], row["connect"]) == ("", "", 0)
