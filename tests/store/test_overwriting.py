"""Is a number overwritten wherever in a row it stands, but in keys and in what the operator wrote?"""

from __future__ import annotations

import pytest
from sqlalchemy import insert, select

from cti.store.database import Store
from cti.store.overwriting import left, overwrite, tables
from cti.store.tables import audit, config_version, contact_fact, do_not_call, survey_asked

pytestmark = pytest.mark.unit

FORMS = ["+493012345678", "03012345678"]
AT = 1_700_000_000.0


def test_every_table_is_looked_at() -> None:
    names = {table.name for table in tables()}
    assert {"contact_fact", "kept_answer", "person", "amd_verdict", "queue_day", "counted_day"} <= names
    assert do_not_call.name not in names


def test_in_place_and_only_where_no_digit_stands_beside_it(store: Store) -> None:
    row = {"id": 1, "contact": "n/1", "at": AT, "kind": "flow", "version": "v1"}
    with store.engine.begin() as connection:
        connection.execute(insert(contact_fact), [row | {"body": f"[{FORMS[0]}, {FORMS[1]}, {FORMS[0]}9]"}])
    assert overwrite(store, FORMS) == {"contact_fact": 1}
    with store.engine.connect() as connection:
        assert connection.scalar(select(contact_fact.c.body)) == f"[{'x' * 13}, {'x' * 11}, {FORMS[0]}9]"
        assert left(connection, FORMS) == {}


def test_keys_the_operators_own_words_and_the_audit_trail_are_told_and_kept(store: Store) -> None:
    with store.engine.begin() as connection:
        connection.execute(insert(config_version), [{"version": "v1", "at": AT, "body": FORMS[0]}])
        told = {"at": AT, "user": "", "by": "eva", "what": "note", "on": "", "result": "done", "reason": ""}
        connection.execute(insert(audit), [told | {"detail": FORMS[0]}])
        connection.execute(insert(survey_asked), [{"customer": FORMS[1], "at": AT, "call": FORMS[1]}])
    assert overwrite(store, FORMS) == {"survey_asked": 1}
    with store.engine.connect() as connection:
        assert left(connection, FORMS) == {"audit": 1, "config_version": 1, "survey_asked": 1}
