"""How is an uploaded list to be read, and what do people see of it? Wishes made sure of, the first rows, the outcome.

Blocks for the file: callers run `look` in a thread. The preview's numbers are personal data.
"""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

import msgspec

from cti.lists.importing import Found, Reading, Tally, look_at
from cti.lists.judge import Row, Rules, Verdict, judge_row, plain
from cti.lists.mapping import Field
from cti.lists.numbers import known_region
from cti.model.errors import ConfigError
from cti.model.uploads import Refusal, Wishes

PREVIEW_ROWS = 8
MOST_REASONS = 10


def check(wishes: Wishes) -> None:
    """Raises Refusal where no list can be read so."""
    if wishes.region and not known_region(wishes.region.upper()):
        raise Refusal("bad_request", "there is no such country: two letters of ISO 3166, such as CN or GB")
    if any(field not in set(Field) for field in wishes.columns):
        raise Refusal("bad_request", f"columns are named by field: {', '.join(Field)}")
    if len(wishes.delimiter) > 1 and wishes.delimiter != "tab":
        raise Refusal("bad_request", "the delimiter is one character, or tab")


def reading_of(wishes: Wishes) -> Reading:
    """As the reader of files takes it."""
    delimiter = {"tab": "\t"}.get(wishes.delimiter, wishes.delimiter) or None
    region = wishes.region.upper() or None
    return Reading(region, wishes.encoding or None, delimiter, wishes.header, _said(wishes))


def _said(wishes: Wishes) -> dict[Field, list[str]]:
    return {Field(field): columns for field, columns in wishes.columns.items()}


def look(path: Path, wishes: Wishes) -> tuple[list[str], dict[str, Any]]:
    """What cannot be read so, and what was found: the columns that there are, where it is not all. Blocks."""
    reading = reading_of(wishes)
    try:
        found = look_at(path, reading)
    except (ConfigError, OSError) as error:
        said = error.problems if isinstance(error, ConfigError) else ["the file cannot be read any more"]
        problems = [line.replace(f"{path}:", "").replace("--map ", "") for line in said]
        with contextlib.suppress(ConfigError, OSError):  # whatever is no number: the first column, to see its name
            first = look_at(path, msgspec.structs.replace(reading, said={Field.PHONE: ["#1"]}))
            return problems, _how(first, wishes.region) | {"columns": {}, "rows": []}
        return problems, {}
    rules = Rules("", wishes.region.upper() or None)
    rows = [judge_row(n, record, found.columns, rules) for n, record in enumerate(found.sample[:PREVIEW_ROWS], 1)]
    return [], _how(found, wishes.region) | {"rows": [_shown(row) for row in rows]}


def _how(found: Found, region: str) -> dict[str, Any]:
    columns = found.columns
    single = {field: getattr(columns, field) for field in Field if field is not Field.PHONE}
    return {
        "region": region,
        "encoding": found.encoding,
        "why": found.why,
        "delimiter": {"\t": "tab"}.get(found.delimiter, found.delimiter),
        "header": columns.has_header,
        "names": [plain(name) for name in columns.header],
        "columns": {Field.PHONE.value: [plain(columns.header[place]) for place in columns.numbers]}
        | {field.value: [plain(columns.header[place])] for field, place in single.items() if place is not None},
    }


def _shown(row: Row) -> dict[str, Any]:
    return {
        "line": row.line,
        "numbers": [number.e164 for number in row.numbers],
        "name": row.name,
        "zones": list(dict.fromkeys(zone for number in row.numbers for zone in number.zones)),
        "verdict": row.verdict.value,
        "reason": f"{row.column}: {row.reason}" if row.column else row.reason,
    }


def told(tally: Tally) -> dict[str, Any]:
    """What came of its rows."""
    return {
        "list": tally.list_id,
        "rows": tally.rows,
        "verdicts": {verdict.value: tally.verdicts[verdict] for verdict in Verdict},
        "reasons": [{"text": plain(text), "rows": rows} for text, rows in tally.reasons.most_common(MOST_REASONS)],
        "outside_hours_now": tally.outside_hours,
        "in_another_campaign": tally.elsewhere,
        "numbers_left_out": tally.left_out,
        "unreadable_letters": tally.unreadable,
    }
