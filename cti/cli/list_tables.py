"""How do lists of leads, their rows and what came of them look? Tables and words; asks nobody."""

from __future__ import annotations

from typing import Any

from cti.cli import show as cli_show
from cti.cli.numbers_shown import shown
from cti.cli.show import Column
from cti.lists.dialect import DELIMITERS
from cti.lists.importing import Found
from cti.lists.judge import Row, Verdict, plain

WORDS = {
    Verdict.VALID: "taken",
    Verdict.DUPLICATE_IN_LIST: "twice in this list",
    Verdict.DUPLICATE_IN_CAMPAIGN: "in an older list of the campaign",
    Verdict.DUPLICATE_ACROSS: "in another campaign",
    Verdict.INVALID: "invalid",
    Verdict.DO_NOT_CALL: "on the do-not-call list",
    Verdict.NO_TIME_ZONE: "time zone unknown",
}
COUNTS = (Column("rows", lambda row: row["what"]), Column("number", lambda row: f"{row['number']:,}", right=True))
LISTS = (
    Column("list", lambda row: str(row["id"])),
    Column("campaign", lambda row: cli_show.clean(row["campaign"])),
    Column("file", lambda row: cli_show.clean(row["name"]), folds_at=12),
    Column("since", lambda row: cli_show.clock(row["at"])),
    Column("by", lambda row: cli_show.clean(row["by"]), 2),
    Column("state", lambda row: str(row["state"])),
    Column("rows", lambda row: f"{row['rows']:,}", right=True),
    Column("leads", lambda row: f"{row['leads']:,}", right=True),
    Column(
        "now", lambda row: ", ".join(f"{n:,} {state}" for state, n in sorted(row["states"].items())), 1, folds_at=10
    ),
)

PREVIEW = (
    Column("line", lambda row: str(row["line"])),
    Column("numbers", lambda row: cli_show.clean(row["numbers"])),
    Column("name", lambda row: cli_show.clean(row["name"])),
    Column("zones", lambda row: cli_show.clean(row["zones"]), 2),
    Column("verdict", lambda row: str(row["verdict"])),
    Column("reason", lambda row: cli_show.clean(row["reason"]), 1, folds_at=20),
)


def how(found: Found) -> dict[str, str]:
    """Return in words how a file is read: encoding, delimiter, and which column is what."""
    columns = found.columns
    names = {"phone": [columns.header[place] for place in columns.numbers]}
    for field in ("name", "zone", "priority", "consent"):
        place = getattr(columns, field)
        names[field] = [] if place is None else [columns.header[place]]
    names["kept"] = [name for _, name in columns.kept]
    how = {"encoding": f"{found.encoding} ({found.why})", "delimiter": DELIMITERS.get(found.delimiter, found.delimiter)}
    how["header"] = "the first record" if columns.has_header else "none"
    return how | {field: ", ".join(map(plain, there)) for field, there in names.items() if there}


def shown_row(row: Row, whole: bool) -> dict[str, Any]:
    """Return a judged row as it may be shown; `whole` numbers only where somebody has asked for them."""
    return {
        "line": row.line,
        "numbers": ", ".join(shown(number.e164, whole) for number in row.numbers),
        "name": row.name,
        "zones": ", ".join(dict.fromkeys(zone for number in row.numbers for zone in number.zones)),
        "verdict": row.verdict.value,
        "reason": f"{row.column}: {row.reason}" if row.column else row.reason,
    }
