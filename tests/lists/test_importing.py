"""Is a list taken over whole or not at all, do the counts add up, and is a dry run right about the real one?"""

from __future__ import annotations

import csv
import io
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cti.lists import importing
from cti.lists.importing import Reading, Tally, import_list, look_at
from cti.lists.judge import Rules, Verdict
from cti.store.database import Store, open_store
from cti.store.do_not_call import Entry, add_entry
from cti.store.lead_loading import remove_broken
from cti.store.leads import load_lists
from tests.store.due import next_due

pytestmark = pytest.mark.contract

NOW = 1_700_000_000.0
RULES = Rules("winter", "GB")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(f"sqlite:///{tmp_path}/cti.db")


def number(n: int) -> str:
    return f"+4420794{n:05}"


def run(
    store: Store, file: Path, rules: Rules = RULES, *, dry: bool = False, rejects: io.StringIO | None = None
) -> Tally:
    found = look_at(file, Reading(region="GB"))
    return import_list(store, file, found, rules, lambda: NOW, by="eva", dry_run=dry, rejects=rejects)


def written(tmp_path: Path, lines: list[str], name: str = "list.csv") -> Path:
    (tmp_path / name).write_text("name,phone,mobile,city\n" + "\n".join(lines), encoding="utf-8")
    return tmp_path / name


def everything(store: Store) -> dict[str, int]:
    tables = ("lead_list", "lead_group", "lead", "lead_number")
    with store.engine.connect() as connection:
        return {name: connection.exec_driver_sql(f"SELECT count(*) FROM {name}").scalar_one() for name in tables}


MIXED = [
    f"Anna,{number(1)},,London",
    f"Ben,{number(2)},{number(3)},",
    f"Anna again,{number(1)},,",
    f"half,{number(1)},{number(4)},",
    "nobody,,,",
    "bad,12,,",
    f"wish,{number(5)},{number(6)},",
    "free,+80012345678,,",
    f"Zoë,{number(7)},nonsense,",
]


def test_every_kind_of_row(store: Store, tmp_path: Path) -> None:
    add_entry(store, Entry(number(6), "", "asked us", "eva", NOW))
    run(store, written(tmp_path, [f"x,{number(2)},,"], "older.csv"), Rules("summer", "GB"))
    rejects = io.StringIO()
    tally = run(store, written(tmp_path, MIXED), rejects=rejects)
    assert tally.verdicts == {
        Verdict.VALID: 4, Verdict.DUPLICATE_IN_LIST: 1, Verdict.INVALID: 2, Verdict.DO_NOT_CALL: 1,
        Verdict.NO_TIME_ZONE: 1,
    }  # fmt: skip
    assert (tally.rows, tally.left_out, tally.elsewhere, tally.unreadable) == (9, 2, 1, 0)
    leads = next_due(store, "winter", NOW, 99)
    assert [(lead.name, [each.number for each in lead.numbers]) for lead in leads] == [
        ("Anna", [number(1)]),
        ("Ben", [number(2), number(3)]),
        ("half", [number(4)]),
        ("Zoë", [number(7)]),
    ]
    assert leads[0].data == {"city": "London"}
    refused = list(csv.DictReader(io.StringIO(rejects.getvalue())))
    assert [(row["line"], row["verdict"], row["name"]) for row in refused] == [
        ("4", "duplicate_in_list", "Anna again"),
        ("6", "invalid", "nobody"),
        ("7", "invalid", "bad"),
        ("8", "do_not_call", "wish"),
        ("9", "no_time_zone", "free"),
    ]
    assert refused[2]["reason"] == 'column "phone": too short'


def test_on_postgresql_it_is_the_same(store_url: str, tmp_path: Path) -> None:
    store = open_store(store_url)
    try:
        file = written(tmp_path, [*MIXED, f'"O\\N\\ ""x""\t{{1}}",{number(8)},,"a\n\\.\nb"'])
        assert run(store, file).verdicts[Verdict.VALID] == 6
        *_, last = next_due(store, "winter", NOW, 99)
        assert (last.name, last.data) == ('O\\N\\ "x" {1}', {"city": "a \\. b"})
        assert run(store, file, dry=True).verdicts[Verdict.VALID] == 0
    finally:
        store.close()


def test_a_dry_run_keeps_nothing_and_says_what_the_real_one_does(store: Store, tmp_path: Path) -> None:
    before = everything(store)
    dry = run(store, written(tmp_path, MIXED), dry=True)
    assert everything(store) == before
    real = run(store, tmp_path / "list.csv")
    assert (dry.rows, dry.verdicts, dry.reasons, dry.left_out) == (
        real.rows,
        real.verdicts,
        real.reasons,
        real.left_out,
    )
    again = run(store, tmp_path / "list.csv", dry=True)
    assert again.verdicts[Verdict.VALID] == 0 and again.verdicts[Verdict.DUPLICATE_IN_CAMPAIGN] == 6


def test_refused_rows_can_be_mended_and_imported(store: Store, tmp_path: Path) -> None:
    rejects = io.StringIO()
    run(store, written(tmp_path, ["=cmd|'/C calc'!A0,12,,-5"]), rejects=rejects)
    (row,) = csv.DictReader(io.StringIO(rejects.getvalue()))
    assert (row["name"], row["city"]) == ("'=cmd|'/C calc'!A0", "'-5")
    (tmp_path / "mended.csv").write_text(rejects.getvalue().replace(",12,", f",{number(1)},"))
    assert run(store, tmp_path / "mended.csv").verdicts == {Verdict.VALID: 1}


def test_the_header_of_refused_rows_is_no_formula_either(store: Store, tmp_path: Path) -> None:
    rejects, path = io.StringIO(), tmp_path / "list.csv"
    path.write_text("name,number,=HYPERLINK(1)\nAda,12,x\n")
    run(store, path, rejects=rejects)
    assert rejects.getvalue().splitlines()[0].endswith(",name,number,'=HYPERLINK(1)")


def test_hours_are_asked_by_zone(store: Store, tmp_path: Path) -> None:
    file = written(tmp_path, [f"a,{number(1)},,", "b,+8613800138000,,"])
    tally = import_list(
        store, file, look_at(file, Reading()), RULES, lambda: NOW, by="eva", dry_run=True,
        open_now=lambda zones: zones == ("Asia/Shanghai",),
    )  # fmt: skip
    assert (tally.verdicts[Verdict.VALID], tally.outside_hours) == (2, 1)


def test_whatever_goes_wrong_leaves_nothing(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "PORTION", 2)
    file = written(tmp_path, MIXED)
    portions: list[int] = []

    def full(done: int, whole: int) -> None:
        portions.append(done)
        if len(portions) == 2:
            raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        import_list(store, file, look_at(file, Reading()), RULES, lambda: NOW, by="eva", told=full)
    assert sum(everything(store).values()) == 0
    assert run(store, file).verdicts[Verdict.VALID] == 5, "and the next one can begin"


def test_portions_make_no_difference(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = written(tmp_path, MIXED * 3)
    whole = run(store, file, dry=True)
    monkeypatch.setattr(importing, "PORTION", 2)
    assert run(store, file).verdicts == whole.verdicts


def test_the_example_of_the_documentation(store: Store) -> None:
    tally = run(store, Path(__file__).parents[2] / "config" / "lists" / "sample.csv")
    assert (tally.verdicts, tally.left_out) == ({Verdict.VALID: 5}, 0)
    first, *_, last = next_due(store, "winter", NOW, 9)
    assert (first.name, first.priority, last.priority) == ("Anna Example", 2, 9)
    assert first.data == {"City": "London", "Contract ends": "2026-12-31"}


CELL = st.one_of(
    st.sampled_from(
        [number(1), number(2), "020 7946 0003", "", "12", "=1+1", "+80012345678", "x" * 1_001, '"', "a;b,c\td"]
    ),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    table=st.lists(st.lists(CELL, min_size=4, max_size=4), min_size=1, max_size=12),
    delimiter=st.sampled_from(",;\t|"),
    end=st.sampled_from(["\n", "\r\n"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "gb18030"]),
)
def test_in_any_dialect_the_counts_add_up(
    store: Store, table: list[list[str]], delimiter: str, end: str, encoding: str
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "list.csv"
        with file.open("w", encoding=encoding, newline="") as out:
            writer = csv.writer(out, delimiter=delimiter, lineterminator=end, quoting=csv.QUOTE_ALL)
            writer.writerows([["name", "phone", "mobile", "city"], *table])
        reading = Reading(region="GB", encoding=encoding if encoding == "gb18030" else None, delimiter=delimiter)
        rejects = io.StringIO()
        tally = import_list(
            store, file, look_at(file, reading), RULES, lambda: NOW, by="eva", dry_run=True, rejects=rejects
        )
        wanted = sum(any(cell and not cell.isspace() for cell in cells) for cells in table)
        assert tally.rows == tally.verdicts.total() == wanted
        assert tally.reasons.total() == tally.rows - tally.verdicts[Verdict.VALID]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=400))
def test_hostile_bytes_are_counted_or_refused_as_a_whole(store: Store, data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "list.csv"
        file.write_bytes(b"name,phone\n" + data + f"\n\nlast,{number(9)}\n".encode())
        found = look_at(file, Reading(region="GB", encoding="utf-8", delimiter=","))
        tally = import_list(store, file, found, RULES, lambda: NOW, by="eva", dry_run=True)
        assert tally.rows == tally.verdicts.total() >= 1
        if data.count(b'"') == 0:
            assert tally.verdicts[Verdict.VALID] >= 1, "the good row behind them is found"


IMPORT = """
import sys, time
from pathlib import Path
from cti.lists import importing
from cti.lists.judge import Rules
from cti.store.database import open_store
importing.PORTION = 500
store, file = open_store(sys.argv[1]), Path(sys.argv[2])
found = importing.look_at(file, importing.Reading())
importing.import_list(store, file, found, Rules("winter"), time.time, by="eva",
                      told=lambda done, whole: print(done, whole, flush=True))
"""


def test_a_death_in_the_middle_leaves_nothing_that_anybody_sees(store: Store, tmp_path: Path) -> None:
    file = written(tmp_path, [f"n{n},{number(n)},," for n in range(40_000)])
    url = str(store.engine.url)
    process = subprocess.Popen(
        [sys.executable, "-c", IMPORT, url, str(file)], stdout=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )  # fmt: skip
    assert process.stdout is not None
    told = [process.stdout.readline() for _ in range(3)]
    process.send_signal(signal.SIGKILL)
    process.wait(10)
    process.stdout.close()
    assert re.fullmatch(r"\d+ \d+\n", told[-1]), "it was in the middle"
    half = everything(store)
    assert half["lead"] >= 1_000 and half["lead_group"] == 0
    assert next_due(store, "winter", NOW, 9) == []
    assert run(store, file, dry=True).verdicts == {Verdict.VALID: 40_000}, "what it left is no duplicate"
    assert remove_broken(store, time.time()) == 1, "its process is gone: nobody need wait for its silence"
    assert sum(everything(store).values()) == 0
    assert Counter(row["state"] for row in load_lists(store)) == {}
