"""What comes of a list: read, judged row by row, compared with the store, and taken over whole or not at all.

A dry run goes the same way and keeps nothing. Memory is bounded by one portion of rows; numbers that were seen are in a
temporary file. Knows files and the store; what a row means is judge.py's.
"""

from __future__ import annotations

import csv
import itertools
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from io import BufferedReader
from pathlib import Path
from typing import TextIO

import msgspec

from cti.lists import dialect, rows
from cti.lists.judge import Row, Rules, Verdict, judge_row, settle
from cti.lists.mapping import REJECT_HEADER, Columns, Field, find_columns
from cti.model.errors import ConfigError
from cti.outbound.do_not_call import DoNotCall
from cti.spreadsheet import harmless
from cti.store.database import Store
from cti.store.do_not_call import blocked_of, lengths_of_beginnings
from cti.store.lead_loading import (
    MOST_ROWS,
    LeadNumber,
    NewLead,
    add_portion,
    begin_list,
    finish_list,
    give_up_list,
)
from cti.store.leads import known_numbers

PORTION = 4_000
SAMPLE_RECORDS = 50
NOBODY = DoNotCall()


class Reading(msgspec.Struct, frozen=True):
    """How a file is to be read; None and {}: find it out. `said`: columns by field."""

    region: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    has_header: bool | None = None
    said: dict[Field, list[str]] = {}


class Found(msgspec.Struct, frozen=True):
    """How a file is read, and the first records behind the header. `why`: how the encoding is known."""

    encoding: str
    why: str
    delimiter: str
    columns: Columns
    sample: list[rows.Record]


@dataclass
class Tally:
    """What came of the rows. `verdicts` add up to `rows`; the others are about rows that are VALID.

    `outside_hours`: nobody may be called there now; `elsewhere`: in another campaign too; `left_out`: numbers of taken
    rows that will not be dialled; `reasons`: how often rows were refused for the same thing.
    """

    rows: int = 0
    verdicts: Counter[Verdict] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    outside_hours: int = 0
    elsewhere: int = 0
    left_out: int = 0
    unreadable: int = 0
    list_id: int | None = None  # of what was taken over


OpenNow = Callable[[tuple[str, ...]], bool]
Told = Callable[[int, int], None]


def look_at(path: Path, reading: Reading) -> Found:
    """Find out how a file is to be read. Raises ConfigError."""
    with rows.open_list(path) as file:
        samples = rows.samples_of(file)
        if reading.encoding is None:
            encoding = dialect.find_encoding(samples, reading.region)
        else:
            encoding = dialect.Encoding(dialect.check_encoding(reading.encoding), "said")
        lines = rows.first_lines(file, encoding.name)
        delimiter = reading.delimiter or dialect.find_delimiter(lines)
        text = rows.text_of(file, encoding.name)
        found = list(itertools.islice(_behind_sep(rows.records(text, delimiter)), SAMPLE_RECORDS + 1))
    if not found:
        raise ConfigError([f"{path}: there is nothing in it"])
    sample = [record.cells for record in found[1:] if not record.fault]
    try:
        columns = find_columns(found[0].cells, sample, reading.said, reading.region, reading.has_header)
    except ConfigError as error:
        raise ConfigError([f"{path}:{found[0].line}:1: {problem}" for problem in error.problems]) from None
    return Found(*encoding, delimiter, columns, found[1:] if columns.has_header else found)


def import_list(
    store: Store,
    path: Path,
    found: Found,
    rules: Rules,
    clock: Callable[[], float],
    *,
    by: str,
    dry_run: bool = False,
    rejects: TextIO | None = None,
    open_now: OpenNow | None = None,
    forbidden: DoNotCall = NOBODY,
    told: Told = lambda done, whole: None,
) -> Tally:
    """Take a list over, whole or not at all (`dry_run`: not at all); what came of its rows.

    `rejects` gets every row that was refused, with its line and the reason; `open_now` says whether somebody in these
    zones may be called now; `forbidden` is what the configuration says besides the store's do-not-call list; `told`
    hears how many bytes of how many are done. Raises ConfigError, AnotherImport, ImportLost, SQLAlchemyError, OSError;
    whatever it raises, nothing of the list stays.
    """
    tally = Tally()
    groups: set[tuple[str, int]] = set()
    with ExitStack() as stack:
        file = stack.enter_context(rows.open_list(path))
        whole = path.stat().st_size
        seen = stack.enter_context(_Seen())
        writer = None if rejects is None else _Rejects(rejects, found.columns)
        if not dry_run:
            tally.list_id = begin_list(store, rules.campaign, path.name[:120], by, clock())
            stack.callback(give_up_list, store, tally.list_id)  # a list that is ready stays
        for portion in _portions(_rows(file, found, rules)):
            _settle_all(store, portion, rules, seen, forbidden, clock())
            valid = [row for row in portion if row.verdict is Verdict.VALID]
            _count(tally, portion, valid, open_now)
            if tally.list_id is not None:
                add_portion(store, tally.list_id, [_lead(row) for row in valid], clock())
            groups |= {(" ".join(row.numbers[0].zones), row.priority) for row in valid}
            if writer is not None:
                writer.write(row for row in portion if row.verdict is not Verdict.VALID)
            told(min(whole, file.tell()), whole)
        if not tally.verdicts[Verdict.VALID]:
            tally.list_id = None  # a list without leads is given up too
        if tally.list_id is not None:
            finish_list(store, tally.list_id, tally.rows, tally.verdicts[Verdict.VALID], groups, clock())
    return tally


def records_of(file: BufferedReader, found: Found) -> Iterator[rows.Record]:
    """Yield the records of a file behind its header."""
    text = rows.text_of(file, found.encoding)
    try:
        records = _behind_sep(rows.records(text, found.delimiter))
        if found.columns.has_header:
            next(records, None)
        yield from records
    finally:
        text.detach()  # or else the file ends with it


def _rows(file: BufferedReader, found: Found, rules: Rules) -> Iterator[Row]:
    for number, record in enumerate(records_of(file, found), 1):
        if number > MOST_ROWS:
            raise ConfigError([f"more than {MOST_ROWS} rows: split the file"])
        yield judge_row(number, record, found.columns, rules)


def _behind_sep(records: Iterator[rows.Record]) -> Iterator[rows.Record]:
    """Leave out Excel's own first line, which says what the delimiter is."""
    first = next(records, None)
    if first is not None and not (first.cells and first.line == 1 and first.cells[0].lower().startswith("sep=")):
        yield first
    yield from records


def _portions(judged: Iterator[Row]) -> Iterator[list[Row]]:
    while portion := list(itertools.islice(judged, PORTION)):
        yield portion


def _settle_all(
    store: Store, portion: Sequence[Row], rules: Rules, seen: _Seen, forbidden: DoNotCall, now: float
) -> None:
    """What the store knows of a portion is asked at once; what this list has had before, row by row."""
    numbers = sorted({number.e164 for row in portion for number in row.numbers if row.verdict is Verdict.VALID})
    with store.engine.connect() as connection:
        known: Mapping[str, set[str]] = known_numbers(connection, numbers)
        entries = blocked_of(connection, numbers, rules.campaign, now, lengths_of_beginnings(connection))
    blocked = {number: no for number in numbers if (no := forbidden.says_no(number))} if forbidden.patterns else {}
    blocked |= {number: entry.reason for number, entry in entries.items()}
    for row in portion:
        if row.verdict is Verdict.VALID:
            again = [seen.has(number.e164) for number in row.numbers]
            settle(row, rules, seen=again, known=known, blocked=blocked)
            if row.verdict is Verdict.VALID:
                seen.add(number.e164 for number in row.numbers)


def _count(tally: Tally, portion: Sequence[Row], valid: Sequence[Row], open_now: OpenNow | None) -> None:
    tally.rows += len(portion)
    tally.verdicts.update(row.verdict for row in portion)
    tally.reasons.update(_why(row) for row in portion if row.verdict is not Verdict.VALID)
    tally.elsewhere += sum(row.elsewhere for row in valid)
    tally.left_out += sum(row.left_out for row in valid)
    tally.unreadable += sum(row.unreadable for row in valid)
    if open_now is not None:
        zones = Counter(row.numbers[0].zones for row in valid)
        tally.outside_hours += sum(number for where, number in zones.items() if not open_now(where))


def _why(row: Row) -> str:
    return f'column "{row.column}": {row.reason}' if row.column else row.reason


def _lead(row: Row) -> NewLead:
    numbers = tuple(LeadNumber(number.e164, number.zones) for number in row.numbers)
    return NewLead(row.row, numbers, row.name, row.priority, row.consent, msgspec.json.encode(row.data).decode())


class _Seen:
    """The numbers of this list that were taken, in a temporary file that is gone with its last user."""

    def __enter__(self) -> _Seen:
        self._file = sqlite3.connect("", isolation_level=None)  # "": private, on the disk, never with a name
        self._file.execute("PRAGMA journal_mode=OFF")
        self._file.execute("PRAGMA cache_size=-16000")
        self._file.execute("CREATE TABLE seen (number INTEGER PRIMARY KEY)")
        self._file.execute("BEGIN")
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def has(self, e164: str) -> bool:
        """E.164 has at most 15 digits: it is an integer, and that is the smallest index there is."""
        return self._file.execute("SELECT 1 FROM seen WHERE number = ?", (int(e164),)).fetchone() is not None

    def add(self, numbers: Iterator[str]) -> None:
        self._file.executemany("INSERT OR IGNORE INTO seen VALUES (?)", [(int(e164),) for e164 in numbers])


class _Rejects:
    """Refused rows as CSV: mended, the file can be imported again. Holds personal data."""

    def __init__(self, file: TextIO, columns: Columns) -> None:
        self._writer = csv.writer(file)
        self._writer.writerow([*REJECT_HEADER, *map(harmless, columns.header)])

    def write(self, refused: Iterator[Row]) -> None:
        for row in refused:
            cells = map(harmless, row.cells)
            self._writer.writerow([row.line, row.verdict.value, _why(row), *cells])
