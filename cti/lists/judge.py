"""May the customer in this row be called, and if not, why? A row and what is known of its numbers in, a verdict out.

Pure. Every row gets exactly one verdict: they add up to the rows. Texts are cleaned of what steers a terminal or turns
writing round; whatever is quoted in a reason is a column's name, never a cell.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum

import msgspec

from cti.lists.mapping import Columns
from cti.lists.numbers import Fault, Number, known_zone, outermost, read_number
from cti.lists.rows import Record

MOST_CELL_CHARS = 1_000
MOST_NAME_CHARS = 200
USUAL_PRIORITY, LAST_PRIORITY = 5, 9

_STEERS = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]+")


class Verdict(StrEnum):
    """What becomes of a row."""

    VALID = "valid"
    DUPLICATE_IN_LIST = "duplicate_in_list"
    DUPLICATE_IN_CAMPAIGN = "duplicate_in_campaign"  # in an older list of the same campaign
    DUPLICATE_ACROSS = "duplicate_across_campaigns"  # in another campaign, where that is not wanted
    INVALID = "invalid"
    DO_NOT_CALL = "do_not_call"
    NO_TIME_ZONE = "no_time_zone"


class Rules(msgspec.Struct, frozen=True):
    """How rows are judged. `region`: of numbers without a country code; `zone`: of leads whose zone nobody can tell."""

    campaign: str
    region: str | None = None
    zone: str = ""
    reject_across: bool = False


class Row(msgspec.Struct):
    """A row, judged so far. `numbers`, `name`, `data` and `cells` are personal data.

    `line`: where it begins; `column`: the name of the one that is wrong, "" for the whole row; `left_out`: how many of
    its numbers will not be dialled although the row is taken.
    """

    row: int
    line: int
    cells: list[str]
    verdict: Verdict = Verdict.VALID
    reason: str = ""
    column: str = ""
    numbers: list[Number] = []
    name: str = ""
    priority: int = USUAL_PRIORITY
    consent: str = ""
    data: dict[str, str] = {}
    left_out: int = 0
    elsewhere: bool = False
    unreadable: bool = False

    def refuse(self, verdict: Verdict, reason: str, column: str = "") -> Row:
        """Give the row another verdict; itself."""
        self.verdict, self.reason, self.column = verdict, reason, column
        return self


def judge_row(number: int, record: Record, columns: Columns, rules: Rules) -> Row:
    """Judge what the row itself says: is it whole, are there numbers, where are they?"""
    row = Row(number, record.line, record.cells)
    if record.fault:
        return row.refuse(Verdict.INVALID, record.fault)
    cells, wide = record.cells, len(columns.header)
    if len(cells) > wide and any(cell and not cell.isspace() for cell in cells[wide:]):
        return row.refuse(Verdict.INVALID, f"{len(cells)} cells in {wide} columns: is a delimiter not quoted?")
    long = next((place for place, cell in enumerate(cells[:wide]) if len(cell) > MOST_CELL_CHARS), None)
    if long is not None:
        reason = f"a cell of more than {MOST_CELL_CHARS} characters"
        return row.refuse(Verdict.INVALID, reason, columns.header[long])
    row.unreadable = any("\ufffd" in cell for cell in cells)
    row.name = _cell(cells, columns.name)[:MOST_NAME_CHARS]
    row.consent = _cell(cells, columns.consent)[:MOST_NAME_CHARS]
    row.data = {name: text for place, name in columns.kept if (text := _cell(cells, place))}
    return _priority_of(row, columns) and _numbers_of(row, columns, rules)


def settle(
    row: Row, rules: Rules, *, seen: Sequence[bool], known: Mapping[str, set[str]], blocked: Mapping[str, str]
) -> Row:
    """Judge a VALID row by what is known of its numbers; `seen` has one word for each: is it in this list already?

    Who must not be called at one number is not called at another one. A number that somebody else's lead has is left
    out, and a row without any other is a duplicate.
    """
    wish = next((blocked[number.e164] for number in row.numbers if number.e164 in blocked), None)
    if wish is not None:
        return row.refuse(Verdict.DO_NOT_CALL, f"on the do-not-call list: {plain(wish)}")
    fresh: list[Number] = []
    why: list[tuple[Verdict, str]] = []
    for number, again in zip(row.numbers, seen, strict=True):
        campaigns = known.get(number.e164, set())
        if again:
            why.append((Verdict.DUPLICATE_IN_LIST, "an earlier row has its number"))
        elif rules.campaign in campaigns:
            why.append((Verdict.DUPLICATE_IN_CAMPAIGN, "an earlier list of the campaign has its number"))
        elif campaigns and rules.reject_across:
            why.append((Verdict.DUPLICATE_ACROSS, f"its number is in campaign {', '.join(sorted(campaigns))}"))
        else:
            fresh.append(number)
            row.elsewhere = row.elsewhere or bool(campaigns)
    if not fresh:
        return row.refuse(*why[0])
    row.left_out += len(row.numbers) - len(fresh)
    row.numbers = fresh
    return row


def plain(text: str) -> str:
    """Return `text` in one line, without control characters and without what turns the direction of writing round."""
    return _STEERS.sub(" ", text).strip()


def _priority_of(row: Row, columns: Columns) -> Row:
    text = _cell(row.cells, columns.priority)
    if text and (not text.isascii() or not text.isdigit() or int(text.lstrip("0")[:2] or 0) > LAST_PRIORITY):
        what = f"a priority is a number from 0 (first) to {LAST_PRIORITY}"
        return row.refuse(Verdict.INVALID, what, columns.header[columns.priority or 0])
    row.priority = int(text) if text else USUAL_PRIORITY
    return row


def _numbers_of(row: Row, columns: Columns, rules: Rules) -> Row:
    if row.verdict is not Verdict.VALID:
        return row
    zone = _cell(row.cells, columns.zone)
    if zone and not known_zone(zone):
        what = "there is no such time zone: write it as Europe/Berlin"
        return row.refuse(Verdict.INVALID, what, columns.header[columns.zone or 0])
    faults: list[tuple[Fault, int]] = []
    found: dict[str, Number] = {}
    for place in columns.numbers:
        number = read_number(row.cells[place] if place < len(row.cells) else "", rules.region)
        if isinstance(number, Fault):
            faults.append((number, place))
        else:
            found.setdefault(number.e164, number)
    if not found:
        fault, place = next((each for each in faults if each[0] is not Fault.EMPTY), faults[0])
        return row.refuse(Verdict.INVALID, fault, columns.header[place])
    usable = [each for number in found.values() if (each := _placed(number, zone or "", rules)).zones]
    if not usable:
        return row.refuse(Verdict.NO_TIME_ZONE, "nobody can tell its time zone: a column zone, or --zone, can say it")
    row.left_out = sum(fault is not Fault.EMPTY for fault, _ in faults) + len(found) - len(usable)
    row.numbers = usable
    return row


def _placed(number: Number, zone: str, rules: Rules) -> Number:
    if zone:
        return number._replace(zones=outermost((zone,)))
    return number if number.zones or not rules.zone else number._replace(zones=outermost((rules.zone,)))


def _cell(cells: Sequence[str], place: int | None) -> str:
    return plain(cells[place]) if place is not None and place < len(cells) else ""
