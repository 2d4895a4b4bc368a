"""Is a number nowhere any more after it was erased: in no table, and in no byte of the database's files?"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import insert, select

from cti.model.dialling import CallbackKind, LeadId
from cti.model.promise import Number, Promise
from cti.store.callback_erasure import open_of
from cti.store.database import Store
from cti.store.erasure import erase
from cti.store.people_tables import kept_answer
from cti.store.survey_asked import key_of
from cti.store.tables import (
    attempt,
    audit,
    callback,
    callback_request,
    contact_fact,
    contact_history,
    do_not_call,
    follow_up,
    hook_message,
    lead,
    lead_list,
    lead_number,
    survey_asked,
)

pytestmark = pytest.mark.unit

HIS, OTHER = "+493012345678", "+493087654321"
FORMS = [HIS, "00493012345678", "493012345678", "03012345678"]
AT = 1_700_000_000.0


def fill(store: Store) -> None:
    promise = Promise(
        LeadId(7), CallbackKind.VIRTUAL_HOLD, Number(HIS), "sales", AT, AT, given="03012345678", recordings=("/r/m1",)
    )
    body = msgspec.json.encode(promise).decode()
    contact = {
        "call": "n/1",
        "queue": "sales",
        "since": AT,
        "seen_at": AT,
        "state": "ended",
        "outcome": "",
        "agent": "",
    }
    follow = {"survey": "s", "queue": "sales", "agent": "", "flow_version": 1, "answer": "", "owner": "x"}
    follow |= {"opened_at": AT, "due_at": AT, "done_by": "", "outcome": "", "recording": "/r/m2"}
    call = {"at": AT, "queue": "sales", "linkedid": "", "uniqueid": "", "state": "taken", "taken_at": AT}
    row = {"campaign": "winter", "attempt_no": 1, "number_index": 0, "contact": "", "state": "ended", "result": ""}
    leads = {"list": 1, "state": "due", "zones": "UTC", "priority": 5, "next_at": 0, "number_index": 0, "attempts": 0}
    hook = {"type": "t", "at": AT, "state": "sent", "tries": 1, "next_at": AT, "changed_at": AT, "answer": ""}
    listed = {"at": AT, "by": "", "state": "ready", "rows": 1, "leads": 1, "owner": "", "seen_at": AT}
    rows: list[tuple[Any, list[dict[str, Any]]]] = [
        (contact_history, [{"contact": f"n/{n}", "caller": each, **contact} for n, each in enumerate([*FORMS, OTHER])]),
        (follow_up, [{"contact": "n/1", "number": "03012345678", **follow}]),
        (survey_asked, [{"customer": key_of(HIS), "at": AT, "call": "n/1"}]),
        (
            callback_request,
            [{"id": "r1", "caller": "03012345678", "number": HIS, "customer": f'{{"tel": "{HIS}"}}', **call}],
        ),
        (
            callback,
            [
                {"request": "r1", "kind": "virtual_hold", "queue": "sales", "number": HIS, "state": "promised"}
                | {"promised_at": AT, "due_at": AT, "body": body}
            ],
        ),
        (hook_message, [{"hook": "h", "id": "1", "body": f'{{"caller": "{HIS}"}}', **hook}]),
        (lead_list, [{"id": 1, "campaign": "winter", "name": "w.csv", **listed}]),
        (lead, [{"id": 9, "result": "", "changed_at": AT, "name": "Eva", "consent": "", "data": "{}", **leads}]),
        (lead_number, [{"lead": 9, "number_index": 0, "number": HIS, "zones": "UTC"}]),
        (attempt, [{"id": "winter-9-1", "lead": 9, "number": HIS, "rule": "", "by": "engine", **row}]),
        (kept_answer, [{"asker": "a", "key": "k", "digest": "", "at": AT, "status": 200, "body": HIS.encode()}]),
        (contact_fact, [{"id": 5, "contact": "n/1", "at": AT, "kind": "flow", "version": "", "body": f'["{HIS}"]'}]),
    ]
    with store.engine.begin() as connection:
        for table, found in rows:
            connection.execute(insert(table), found)


def test_it_is_in_no_table_and_somebody_elses_is(store: Store) -> None:
    fill(store)
    assert len(open_of(store, HIS)) == 1
    found = erase(store, FORMS, "eva", 0, AT)
    assert found.rows == {
        "callback, callback_request, follow_up": 3,
        "contact_history": 4,
        "survey_asked": 1,
        "hook_message": 1,
        "kept_answer": 1,
        "lead": 1,
        "attempt": 1,
        "contact_fact (overwritten there)": 1,
    }
    assert (found.left, found.vacuumed, found.recordings) == ({}, True, ["/r/m2", "/r/m1"])
    assert found.calls == ["n/0", "n/1", "n/2", "n/3"]
    assert "3012345678" not in dump(store)
    assert open_of(store, HIS) == []
    with store.engine.connect() as connection:
        assert connection.execute(
            select(contact_history.c.caller).where(contact_history.c.caller != "")
        ).scalars().all() == [OTHER]
        told = connection.execute(select(audit.c.what, audit.c.result, audit.c.detail)).one()
    assert (told.what, told.result) == ("number.erase", "done")
    assert not any(form in told.detail for form in FORMS)


def dump(store: Store) -> str:
    """Everything that the database holds, in its own words: proof that needs nothing of what it proves."""
    with store.engine.connect() as connection:
        if store.engine.dialect.name == "sqlite":
            of_bytes = "SELECT hex(body) FROM kept_answer"
            lines = [*connection.connection.driver_connection.iterdump()]  # type: ignore[union-attr]
        else:
            of_bytes = "SELECT encode(body, 'hex') FROM kept_answer"
            tables = connection.exec_driver_sql("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").scalars()
            lines = []
            for table in tables.all():
                lines += connection.exec_driver_sql(f'SELECT t::text FROM "{table}" t').scalars().all()
        lines += [bytes.fromhex(text).decode() for text in connection.exec_driver_sql(of_bytes).scalars()]
    return "\n".join(lines)


def test_the_proof_would_see_it(store: Store) -> None:
    fill(store)
    assert dump(store).count("3012345678") >= 12


def test_what_only_begins_like_it_is_somebody_elses(store: Store) -> None:
    longer = HIS + "9"
    with store.engine.begin() as connection:
        connection.execute(insert(hook_message), [{"hook": "h", "id": "1", "body": longer, "type": "t"} | OF_HOOK])
    assert erase(store, FORMS, "eva", 0, AT).left == {}
    with store.engine.connect() as connection:
        assert connection.execute(select(hook_message.c.body)).scalars().all() == [longer]


def test_no_byte_of_it_is_left_in_the_file(store: Store, tmp_path: Path) -> None:
    if store.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL's own files are its own; VACUUM was asked for")
    fill(store)
    with store.engine.begin() as connection:  # and what other writes have left behind in freed pages
        for n in range(300):
            connection.execute(
                insert(hook_message), [{"hook": "x", "id": str(n), "body": HIS * 20, "type": "t"} | OF_HOOK]
            )
        connection.execute(hook_message.delete().where(hook_message.c.hook == "x"))
    assert erase(store, FORMS, "eva", 0, AT).vacuumed
    store.engine.dispose()
    for file in tmp_path.glob("cti.db*"):
        assert b"3012345678" not in file.read_bytes(), file.name


def test_a_wish_not_to_be_called_is_kept(store: Store) -> None:
    with store.engine.begin() as connection:
        entry = {"campaign": "", "reason": "asked", "by": "eva", "at": AT, "ended_by": ""}
        connection.execute(insert(do_not_call), [{"pattern": HIS, **entry}])
    assert erase(store, FORMS, "eva", 0, AT).left == {}
    with store.engine.connect() as connection:
        assert connection.execute(select(do_not_call.c.pattern)).scalars().all() == [HIS]


OF_HOOK = {"at": AT, "state": "sent", "tries": 1, "next_at": AT, "changed_at": AT, "answer": ""}
