"""Which column of a list is what? By what its header says, by what is in it, or by what somebody has said.

Pure. A list has numbers (the first column of them is dialled first) and may have a name, a time zone, a priority and a
consent; whatever else it has goes along with the lead.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

from cti.lists.numbers import Fault, read_number
from cti.model.errors import ConfigError
from cti.suggest import did_you_mean

MOST_COLUMNS = 200
MOST_NUMBERS = 10
REJECT_HEADER = ("line", "verdict", "reason")  # what we put before refused rows: they come back mended

_NO_PLACE = "-"  # --map name=- : no column is it


class Field(StrEnum):
    """What a column can be, besides something that only goes along."""

    PHONE = "phone"
    NAME = "name"
    ZONE = "zone"
    PRIORITY = "priority"
    CONSENT = "consent"


_HEADERS = {
    Field.PHONE: (
        "phone tel telephone telno phoneno phonenumber telephonenumber number mobile mobilephone mobilenumber cell "
        "cellphone msisdn landline contactnumber dial telefon telefonnummer rufnummer handy mobil mobiltelefon nummer "
        "festnetz telefono teléfono móvil movil celular numero número téléphone portable numéro telefone telemóvel "
        "cellulare telefoon телефон мобильный номер 电话 电话号码 手机 手机号 手机号码 联系电话 联系方式 号码 "
        "固话 固定电话 電話 電話番号 携帯 携帯電話 手機 手機號碼 電話號碼 전화 전화번호 휴대폰 휴대전화"
    ),
    Field.NAME: (
        "name fullname customer customername contact contactname clientname client kunde kundenname ansprechpartner "
        "nombre cliente nom nomcomplet nome имя фио 姓名 名字 客户 客户姓名 客户名称 "
        "联系人 名前 氏名 客戶姓名 이름 성명"
    ),
    Field.ZONE: "zone timezone tz zeitzone zonahoraria fuseau fusohorario часовойпояс 时区 時區 タイムゾーン",
    Field.PRIORITY: "priority prio priorität prioridad priorité prioridade приоритет 优先级 優先級 優先度",
    Field.CONSENT: "consent consentref consentproof optin einwilligung consentimiento consentement согласие 同意 授权",
}
_MEANT = {header: field for field, headers in _HEADERS.items() for header in headers.split()}


class Columns(NamedTuple):
    """Which column (from 0) is what. `header` are the columns' names, made up where the list has none.

    `numbers`: the columns with numbers, in the order of dialling; `kept`: those that go along, with their names.
    """

    header: list[str]
    has_header: bool
    numbers: tuple[int, ...]
    name: int | None = None
    zone: int | None = None
    priority: int | None = None
    consent: int | None = None
    kept: tuple[tuple[int, str], ...] = ()


def find_columns(
    first: Sequence[str],
    sample: Sequence[Sequence[str]],
    said: Mapping[Field, Sequence[str]],
    region: str | None,
    has_header: bool | None = None,
) -> Columns:
    """Return what the columns are. Raises ConfigError where no column has numbers.

    `first`: the first record; `sample`: some that follow; `said`: the columns named by somebody, who is always right;
    `has_header` None: by whether there is a number in the first record.
    """
    if len(first) > MOST_COLUMNS:
        raise ConfigError([f"the first record has {len(first)} columns: at most {MOST_COLUMNS} can be"])
    if has_header is None:
        has_header = not any(_may_be_number(cell, region) for cell in first)
    header = _names(first) if has_header else [f"column {n}" for n in range(1, len(first) + 1)]
    places = {field: [find_place(name, header) for name in names if name != _NO_PLACE] for field, names in said.items()}
    taken = {place for found in places.values() for place in found}
    for place, name in enumerate(header if has_header else ()):
        field = _field(name)
        if field is None or place in taken or field in said or (field is not Field.PHONE and places.get(field)):
            continue
        places.setdefault(field, []).append(place)
        taken.add(place)
    numbers = places.get(Field.PHONE) or _by_content(header, sample, taken, region)
    if not numbers:
        raise ConfigError([f"no column has numbers; say which: --map phone=COLUMN ({_listed(header)})"])
    if len(numbers) > MOST_NUMBERS:
        raise ConfigError([f"{len(numbers)} columns have numbers: at most {MOST_NUMBERS} can be; --map phone=COLUMN"])
    single = {field: places[field][0] for field in Field if field is not Field.PHONE and places.get(field)}
    ours = range(len(REJECT_HEADER)) if tuple(header[: len(REJECT_HEADER)]) == REJECT_HEADER else ()
    used = {*numbers, *single.values(), *ours}
    kept = tuple((place, name) for place, name in enumerate(header) if place not in used)
    return Columns(
        header,
        has_header,
        tuple(dict.fromkeys(numbers)),
        single.get(Field.NAME),
        single.get(Field.ZONE),
        single.get(Field.PRIORITY),
        single.get(Field.CONSENT),
        kept,
    )


def read_said(pairs: Sequence[str]) -> dict[Field, list[str]]:
    """Return what FIELD=COLUMN pairs say, several of them in one text with commas between. Raises ConfigError."""
    said: dict[Field, list[str]] = {}
    for pair in (part for text in pairs for part in re.split(r",(?=\s*[A-Za-z]+\s*=)", text)):
        field, equals, column = pair.partition("=")
        if not equals or not column.strip():
            raise ConfigError([f'--map: "{pair[:60]}" must be FIELD=COLUMN, for example phone=Mobile'])
        try:
            said.setdefault(Field(field.strip().lower()), []).append(column.strip())
        except ValueError:
            hint = did_you_mean(field.strip(), list(Field))
            what = f'--map: there is no field "{field.strip()[:40]}"{hint}; there are {", ".join(Field)}'
            raise ConfigError([what]) from None
    for field, columns in said.items():
        if field is not Field.PHONE and len(columns) > 1:
            raise ConfigError([f"--map: only phone can be several columns, not {field}"])
    return said


def _names(first: Sequence[str]) -> list[str]:
    """The header's names, each different: a name of its own for one that is blank or there already."""
    found: list[str] = []
    for place, cell in enumerate(first, 1):
        name = " ".join(cell.split())[:80] or f"column {place}"
        found.append(name if name not in found else f"{name} ({place})")
    return found


def find_place(wanted: str, header: list[str]) -> int:
    """Return the column of that name, in whatever case; or #3, the third one. Raises ConfigError."""
    if wanted in header:
        return header.index(wanted)
    alike = [place for place, name in enumerate(header) if name.casefold() == wanted.casefold()]
    if len(alike) == 1:
        return alike[0]
    if re.fullmatch(r"#[0-9]{1,3}", wanted) and 0 < int(wanted[1:]) <= len(header):
        return int(wanted[1:]) - 1
    raise ConfigError(
        [f'there is no column "{wanted[:60]}"{did_you_mean(wanted, header)}; there are: {_listed(header)}']
    )


def _field(name: str) -> Field | None:
    """What a header means: Phone 2, Tel., E-Mobile-Nr ... by its letters."""
    plain = unicodedata.normalize("NFKC", name).casefold()
    letters = "".join(char for char in plain if char.isalpha())
    return _MEANT.get(letters) or _MEANT.get(re.sub(r"(nr|no|num)\Z", "", letters))


def _by_content(
    header: Sequence[str], sample: Sequence[Sequence[str]], taken: set[int], region: str | None
) -> list[int]:
    """The columns in which most of what is there are numbers."""
    found = []
    for place in range(len(header)):
        cells = [row[place] for row in sample if place < len(row) and row[place].strip()]
        numbers = sum(_may_be_number(cell, region) for cell in cells)
        if place not in taken and cells and numbers * 2 > len(cells):
            found.append(place)
    return found


def _may_be_number(cell: str, region: str | None) -> bool:
    return not isinstance(read_number(cell, region), Fault)


def _listed(header: Sequence[str]) -> str:
    shown = ", ".join(f'"{name[:40]}"' for name in header[:12])
    return f"{shown} and {len(header) - 12} more" if len(header) > 12 else shown
