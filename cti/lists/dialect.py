"""Which encoding is a list in, and what stands between its cells? A sample of it in, a guess with its reason out.

Pure. Encodings beyond Unicode are guessed by charset-normalizer. Delimiters are judged here: csv.Sniffer takes letters
for delimiters where there is one column, and clevercsv costs seconds and ten packages for what four counts decide.
"""

from __future__ import annotations

import codecs
import csv
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from cti.model.errors import ConfigError
from cti.suggest import did_you_mean

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}

_BOMS = (  # utf-32 begins as utf-16 does: it goes first
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_OLD = (
    "gb18030", "big5", "cp932", "euc_jp", "cp949", "cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256",
    "cp1257", "cp1258", "koi8_r", "cp850", "cp866", "mac_roman",
)  # fmt: skip
_UNICODE = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be")
_OTHERS = (
    "ascii",
    "latin-1",
    "iso8859-2",
    "iso8859-5",
    "iso8859-7",
    "iso8859-9",
    "iso8859-15",
    "gbk",
    "gb2312",
    "shift_jis",
    "euc_kr",
)
_KNOWN = frozenset(codecs.lookup(name).name for name in (*_UNICODE, *_OLD, *_OTHERS))
_OF_REGION = {
    "CN": "gb18030", "SG": "gb18030", "TW": "big5", "HK": "big5", "MO": "big5", "JP": "cp932", "KR": "cp949",
    "RU": "cp1251", "BY": "cp1251", "BG": "cp1251", "UA": "cp1251", "GR": "cp1253", "TR": "cp1254", "IL": "cp1255",
    "CZ": "cp1250", "PL": "cp1250", "HU": "cp1250", "SK": "cp1250", "HR": "cp1250", "SI": "cp1250", "RO": "cp1250",
}  # fmt: skip
_WESTERN = "cp1252"
_WEST = (
    "US", "CA", "GB", "IE", "AU", "NZ", "DE", "AT", "CH", "LI", "FR", "BE", "NL", "LU", "ES", "PT", "IT", "DK", "SE",
    "NO", "FI", "IS", "BR", "MX", "AR", "CL", "CO", "PE", "UY", "ZA",
)  # fmt: skip
_JUDGED_LINES = 200


class Encoding(NamedTuple):
    """An encoding, and how it is known."""

    name: str
    why: str


def find_encoding(samples: Sequence[bytes], region: str | None = None) -> Encoding:
    """Return what the file is written in. `samples`: its beginning, and a piece from where it is no ASCII, if any."""
    head = samples[0]
    for bom, name in _BOMS:
        if head.startswith(bom):
            return Encoding(name, "it begins with a byte order mark")
    wide = _unmarked_utf16(head)
    if wide:
        return Encoding(wide, "every second byte is zero")
    if all(_decodes(piece, "utf-8") for piece in samples):
        return Encoding("utf-8", "all that was looked at is UTF-8")
    usual = _OF_REGION.get(region or "", _WESTERN if region in _WEST else "")
    if usual and all(_decodes(piece, usual) for piece in samples):
        return Encoding(usual, f"usual in {region}, and it fits")
    import charset_normalizer  # needed by few files, and by no call

    guess = charset_normalizer.from_bytes(b"\n".join(samples), cp_isolation=list(_OLD)).best()
    if guess is not None:
        return Encoding(guess.encoding, "guessed from its letters: look at the names")
    return Encoding(_WESTERN, "nothing fits: look at the names")


def check_encoding(name: str) -> str:
    """Return Python's name of an encoding that somebody has typed. Raises ConfigError."""
    try:
        found = codecs.lookup(name)
    except (LookupError, ValueError):
        known = ("utf-8", "utf-16", *_OLD)
        raise ConfigError([f'there is no encoding "{name[:40]}"{did_you_mean(name, known)}']) from None
    if found.name not in _KNOWN:  # of the others some are no text, and UTF-7 takes seconds for each MB
        raise ConfigError([f'"{name[:40]}" is no encoding of lists: one of {", ".join(("utf-8", "utf-16", *_OLD))}'])
    return "utf-8-sig" if found.name == "utf-8" else found.name


def find_delimiter(lines: Sequence[str]) -> str:
    """Return what stands between the cells: by it most records have the same number of cells, and most cells."""
    if lines and lines[0].lower().startswith("sep=") and len(lines[0].rstrip("\r\n")) == 5:
        return lines[0][4]  # written by Excel for Excel
    return max(DELIMITERS, key=lambda delimiter: _fit(lines[:_JUDGED_LINES], delimiter))


def _fit(lines: Sequence[str], delimiter: str) -> tuple[float, int]:
    """How many of the records are alike, and how wide. One cell each is no sign of anything."""
    try:
        widths = Counter(len(row) for row in csv.reader(lines, delimiter=delimiter) if row)
    except csv.Error:
        return (0.0, 0)
    wide = {width: number for width, number in widths.items() if width > 1}
    if not wide:
        return (0.0, 0)
    width, number = max(wide.items(), key=lambda item: (item[1], item[0]))
    return (number / widths.total(), width)


def _decodes(piece: bytes, encoding: str) -> bool:
    """The piece may end within a character."""
    try:
        codecs.getincrementaldecoder(encoding)("strict").decode(piece, final=False)
    except UnicodeDecodeError:
        return False
    return True


def _unmarked_utf16(head: bytes) -> str:
    zeros = (head[0::2].count(0), head[1::2].count(0))
    enough = len(head) // 2 * 0.3
    if len(head) < 8 or max(zeros) < enough or min(zeros) > max(zeros) * 0.1:
        return ""
    return "utf-16-le" if zeros[1] > zeros[0] else "utf-16-be"
