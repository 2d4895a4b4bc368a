"""Is what the engine answers of the shape that the API says of it?"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from cti.api.answers import (
    ANSWERS,
    AuditRow,
    CallbackRow,
    CampaignRow,
    ContactRow,
    FollowUpRow,
    Me,
    TokenRow,
    TryRow,
    UserRow,
)
from cti.api.operations import BY_ROUTE
from cti.model.audit import AuditEntry
from cti.model.changes import Changed, Kind
from cti.model.dialling import AttemptResult, CampaignName
from cti.model.promise import Tried
from cti.model.words import CallId, ContactId
from cti.people.records import Token, User
from cti.people.register import token_row, user_row
from cti.people.rights import Role
from cti.store import follow_up
from cti.store.audit import AuditLog
from cti.store.callback_list import row_of
from cti.store.database import open_store
from cti.store.history import History
from cti.store.history_writer import HistoryWriter
from tests.api.doubles import PROMISE
from tests.api.test_live_rows import holds
from tests.metrics.streams import CENTER
from tests.running import Running

pytestmark = pytest.mark.contract


def test_every_described_answer_is_one_of_an_operation() -> None:
    assert set(ANSWERS) <= set(BY_ROUTE)
    for route, fields in ANSWERS.items():
        assert set(BY_ROUTE[route].rows) <= set(fields), route


def test_people_and_programs() -> None:
    user = User("eva", Role.AGENT, "hash", 1.0, ("sales",), totp="secret", agent="anna")
    holds(UserRow, user_row(user))
    holds(Me, user.person().told())
    holds(TokenRow, token_row(Token(1, "crm", "key", Role.API, "eva", 1.0)))


def test_a_callback() -> None:
    room = CampaignName("callbacks")
    tries = (
        Tried(1.0, room, PROMISE.id, "+4930", 1, AttemptResult.BUSY), Tried(2.0, room, PROMISE.id, "+4930", 2, None)
    )  # fmt: skip
    told = row_of(msgspec.structs.replace(PROMISE, tries=tries))
    holds(CallbackRow, told)
    for tried in told["tries"]:
        holds(TryRow, tried)


def test_what_is_kept(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path}/cti.db")
    writer = HistoryWriter(store, CENTER, "v1", now=1.0, keep_s=1e9, gather_s=0.0)
    writer.apply(Changed(Kind.CONTACT, "n/1", "", "arrived", 1.0, "T", contact=ContactId("n/1"), call=CallId("n/1")))
    holds(ContactRow, History(store, CENTER, "v1", lambda: writer.flush(30.0)).contacts()[0])
    row = follow_up.message("n/1", "sales", "+4930", "/x") | {"opened_at": 1.0, "due_at": 2.0}
    with store.durable.begin() as connection:
        follow_up.open_one(connection, row)
    holds(FollowUpRow, follow_up.load(store)[0])
    trail = AuditLog(store)
    trail.add(AuditEntry(1.0, None, "eva", "reload", "", {"n": 1}, "done"))
    holds(AuditRow, trail.newest(1)[0])
    trail.close()
    writer.close()
    store.close()


OUTBOUND = {
    "zone": "Europe/Berlin",
    "trunks": {"t": {"dial": "PJSIP/{number}@t"}},
    "caller_ids": {"m": {"numbers": ["+4930123"]}},
}
SPRING = {"mode": "progressive", "queue": "sales", "caller_ids": "m"}
LIVE = ["queues", "agents", "calls", "decisions", "nodes", "status"]
PATHS = [*LIVE, "contacts", "campaigns", "callbacks", "follow-ups", "audit"]


async def test_a_running_engine(tmp_path: Path) -> None:
    running = Running(tmp_path)
    running.write({"queues": {"sales": {}}, "outbound": OUTBOUND, "campaigns": {"spring": SPRING}})
    async with running.start():
        for path in PATHS:
            await _asked(running, f"/{path}", f"/{path}")
        told = await _asked(running, "/campaigns", "/campaigns")
        holds(CampaignRow, told["campaigns"][0])
        await _asked(running, "/reports/queues?from=today", "/reports/{report}")


async def _asked(running: Running, path: str, route: str) -> Any:
    status, told = await running.ask("GET", f"/api/v1{path}")
    fields = ANSWERS["GET", route]
    assert (status, set(told)) == (200, set(fields))
    for name, kind in fields.items():
        msgspec.convert(told[name], kind)
    return told
