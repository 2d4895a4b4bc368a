"""Is the table of verdicts the one that the migrations make?"""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import inspect

from cti.store.amd_tables import amd_verdict
from cti.store.database import open_store

pytestmark = pytest.mark.unit


def test_the_migrated_table_is_the_one_that_is_written(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path}/cti.db")
    made = {column["name"]: column["nullable"] for column in inspect(store.engine).get_columns("amd_verdict")}
    assert made == {column.name: bool(column.nullable) for column in amd_verdict.columns}
    store.close()
