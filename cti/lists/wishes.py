"""Who must not be called, according to a file? A register or another system's export: a number or pattern a record.

Reads as lists are read; keeps nothing. Numbers and patterns are personal data.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec

from cti.lists import dialect, rows
from cti.lists.importing import Found, Reading, look_at, records_of
from cti.lists.mapping import Field
from cti.lists.numbers import Fault, read_pattern


class Wish(NamedTuple):
    """One record. `pattern`: in E.164, or how numbers begin and a *; "" where `fault` says why there is none."""

    line: int
    pattern: str
    fault: str = ""


def look_at_wishes(path: Path, reading: Reading) -> Found:
    """Find out how the file is to be read. Raises ConfigError."""
    if not reading.said and reading.has_header is None and _begins_with_a_wish(path, reading):
        reading = msgspec.structs.replace(reading, has_header=False, said={Field.PHONE: ["#1"]})
    return look_at(path, reading)


def read_wishes(path: Path, found: Found, reading: Reading) -> Iterator[Wish]:
    """Yield what each record says: its first column of numbers that is not empty. Raises ConfigError."""
    with rows.open_list(path) as file:
        for record in records_of(file, found):
            cells = [record.cells[place] for place in found.columns.numbers if place < len(record.cells)]
            text = next((cell for cell in cells if cell.strip()), "")
            meant = read_pattern(text[:100], reading.region)
            if record.fault or isinstance(meant, Fault):
                yield Wish(record.line, "", record.fault or str(meant))
            else:
                yield Wish(record.line, meant)


def _begins_with_a_wish(path: Path, reading: Reading) -> bool:
    """Plain lines without a header, the first of which may be a pattern and no number."""
    with rows.open_list(path) as file:
        encoding = reading.encoding or dialect.find_encoding(rows.samples_of(file), reading.region).name
        lines = rows.first_lines(file, encoding, 1)
    first = lines[0].split(reading.delimiter or dialect.find_delimiter(lines))[0].strip('"\r\n ') if lines else ""
    return not isinstance(read_pattern(first, reading.region), Fault)
