"""Is a number overwritten wherever in a row it stands, but in keys and in what the operator wrote?"""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, Table, insert, select, update

from cti.store import overwriting
from cti.store.database import Store
from cti.store.overwriting import left, overwrite, tables
from cti.store.tables import audit, config_version, contact_fact, do_not_call, survey_asked

pytestmark = pytest.mark.unit

FORMS = ["+493012345678", "03012345678"]
AT = 1_700_000_000.0
ROW = {"contact": "n/1", "kind": "flow", "version": "v1"}


def test_every_table_is_looked_at() -> None:
    names = {table.name for table in tables()}
    assert {"contact_fact", "kept_answer", "person", "amd_verdict", "queue_day", "counted_day"} <= names
    assert do_not_call.name not in names


def test_in_place_and_only_where_no_digit_stands_beside_it(store: Store) -> None:
    row = {"id": 1, "at": AT} | ROW
    with store.engine.begin() as connection:
        connection.execute(insert(contact_fact), [row | {"body": f"[{FORMS[0]}, {FORMS[1]}, {FORMS[0]}9]"}])
    assert overwrite(store, FORMS) == {"contact_fact": 1}
    with store.engine.connect() as connection:
        assert connection.scalar(select(contact_fact.c.body)) == f"[{'x' * 13}, {'x' * 11}, {FORMS[0]}9]"
        assert left(connection, FORMS) == ({}, {})


def test_keys_the_operators_own_words_and_the_audit_trail_are_told_and_kept(store: Store) -> None:
    with store.engine.begin() as connection:
        connection.execute(insert(config_version), [{"version": "v1", "at": AT, "body": FORMS[0]}])
        told = {"at": AT, "user": "", "by": "eva", "what": "note", "on": "", "result": "done", "reason": ""}
        connection.execute(insert(audit), [told | {"detail": FORMS[0]}])
        connection.execute(insert(survey_asked), [{"customer": FORMS[1], "at": AT, "call": FORMS[1]}])
    assert overwrite(store, FORMS) == {"survey_asked": 1}
    with store.engine.connect() as connection:
        assert left(connection, FORMS) == ({"audit": 1, "config_version": 1, "survey_asked": 1}, {})


def test_as_people_write_it(store: Store) -> None:
    row = {"id": 1, "at": AT} | ROW
    with store.engine.begin() as connection:
        connection.execute(insert(contact_fact), [row | {"body": "call (030) 1234-5678\u00a0today, 030 1234 56789"}])
        assert left(connection, FORMS) == ({"contact_fact": 1}, {})
    assert overwrite(store, FORMS) == {"contact_fact": 1}
    with store.engine.connect() as connection:
        assert connection.scalar(select(contact_fact.c.body)) == "call (xxx) xxxx-xxxx\u00a0today, 030 1234 56789"


@pytest.mark.parametrize(
    "written",
    ["０３０ １２３４ ５６７８", "030\u202f1234\u20135678", "\\uff10301234\\u00a05678", "030%201234%205678"],
)
def test_in_every_script_on_both_databases(store: Store, written: str) -> None:
    row = {"id": 1, "at": AT} | ROW
    with store.engine.begin() as connection:
        connection.execute(insert(contact_fact), [row | {"body": f"his is {written}, he says"}])
    assert overwrite(store, FORMS) == {"contact_fact": 1}
    with store.engine.connect() as connection:
        assert left(connection, FORMS) == ({}, {})


def test_what_perhaps_is_it_is_told_and_kept(store: Store) -> None:
    row = {"id": 1, "at": AT} | ROW
    with store.engine.begin() as connection:
        connection.execute(insert(contact_fact), [row | {"body": '{"outside":"903012345678"}'}])
    assert overwrite(store, FORMS) == {}
    with store.engine.connect() as connection:
        assert left(connection, FORMS) == ({}, {"contact_fact": 1})


def test_what_is_written_meanwhile_is_not_taken_back(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    with store.engine.begin() as connection:
        connection.execute(insert(contact_fact), [{"id": 1, "at": AT, "body": f"old {FORMS[0]}"} | ROW])
    look, news = overwriting.named, [f"new {FORMS[1]}"]

    def meanwhile(connection: Connection, table: Table, forms: list[str]) -> list[overwriting.Named]:
        rows = list(look(connection, table, forms))
        if table is contact_fact and news:
            with store.durable.begin() as other:
                other.execute(update(contact_fact).values(body=news.pop()))
        return rows

    monkeypatch.setattr(overwriting, "named", meanwhile)
    assert overwrite(store, FORMS) == {"contact_fact": 1}
    with store.engine.connect() as connection:
        assert connection.scalar(select(contact_fact.c.body)) == f"new {'x' * 11}"
