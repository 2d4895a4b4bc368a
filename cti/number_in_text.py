"""Where does a number stand in a text, however people write it, and is it surely the one that is sought? PURE.

Looked for in a folded text of the same length: digits of all scripts are those of ASCII, an escape (%20, &nbsp;)
is what it stands for. There up to six signs between two digits, neither letter nor digit, are nothing. What only looks
like it (a moment with its fraction, a date, somebody else's number) is left out; what other digits stand before, or may
be a plain count, is perhaps it.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Collection, Iterator
from enum import Enum
from functools import cache, lru_cache
from itertools import takewhile
from typing import NamedTuple
from urllib.parse import unquote

MOST_SIGNS = 6
LEAST_DIGITS = 8  # shorter ones are the end of too many others, and no number without what is dialled before it
MOST_BEFORE = 5  # digits: an outside line's 9, a carrier's 17951, an access code that nobody has told us of
LOOK_BACK = 64  # characters

_FILL = "\0"  # behind what is shorter than the escape that it stood in
_ESCAPE = re.compile(r"(?:%[0-9A-Fa-f]{2})+|&#?[0-9A-Za-z]{2,8};|\\u[0-9A-Fa-f]{4}|\\[nrt]")
_OTHER_DIGIT = re.compile(r"[^\D0-9]")
_WIDE = tuple(zip("＋（）－．／", "+()-./", strict=True))
_NO_DIGITS = bytes(each for each in range(256) if each not in b"0123456789")

_BETWEEN = rf"{_FILL}*(?:(?:[^\w{_FILL}]|_){_FILL}*){{0,{MOST_SIGNS}}}"
_IN_NUMBER = rf"(?:[^\w{_FILL}\"',;:|<>=&{{}}\[\]\\\n\r\t]|_){_FILL}*"  # no sign at which a cell or a field ends
_GAP = rf"{_FILL}*(?:{_IN_NUMBER}){{0,{MOST_SIGNS}}}"
_ABROAD = ("00", "0011", "010", "011", "810")  # what is dialled before a country's code; others: among the forms

_DIGIT_BEFORE = re.compile(rf"[0-9]{_FILL}*\Z")
_DIGITS_BEFORE = re.compile(rf"(?:[0-9]{_FILL}*)*\Z")
_DIGITS_AND_GAP = re.compile(rf"([0-9](?:{_GAP}[0-9])*)({_FILL}*(?:{_IN_NUMBER}){{1,4}})\Z")
_OTHER_COUNTRY = re.compile(rf"(?:\+|(?<![0-9])00){_GAP}[0-9](?:{_GAP}[0-9]){{0,{MOST_BEFORE - 1}}}\)?{_GAP}\Z")
_MAY_BE_ABROAD = re.compile(rf"(?<![0-9])00[19]{_GAP}\Z")
_CELL_BEGINS = re.compile(r"(?:^|[\"',;|=>:\[\n\r\t])\s*\Z")
_CELL_ENDS = re.compile(r"(?:\.0)?\s*(?:\Z|[\"',;|<&:\]\n\r\t])")
_KEY_BEFORE = re.compile(r'": ?\Z')
_FRACTION = re.compile(r"(?:0|[1-9][0-9]*)\.[0-9]+")
_DATE = re.compile(r"(?:19|20)[0-9]{2}([-./])[01][0-9]\1[0-3][0-9](?![0-9])")
_MOMENT = re.compile(r"1[4-9][0-9]{8}")  # epoch seconds of 2014 to 2033
_RAW_SIGN = r"(?:[^0-9A-Za-z]|%[0-9A-Fa-f]{2}|&#?[0-9A-Za-z]{2,8};|\\u[0-9A-Fa-f]{4}|\\[nrt])*"
"""In a text as it is. As many as there are: counted, PostgreSQL needs seven times as long."""


class _Is(Enum):
    SURE = "sure"
    PERHAPS = "perhaps"
    OTHER = "other"


class Found(NamedTuple):
    """`text[begin:end]`; `instead`: what is written there, as long as it was. Not `is_sure`: perhaps it."""

    begin: int
    end: int
    is_sure: bool
    instead: list[bool]  # of each character, whether it is to go


class Sought:
    """One number, by the forms in which it is written: with + first, with 00, as at home ... Each is certain.

    `expression`: a simple regular expression for whatever is found, and more; databases know it as well.
    """

    def __init__(self, forms: Collection[str]) -> None:
        self.core = _common_end(forms)
        self.expression = _RAW_SIGN.join(map(_raw_digit, self.core))
        self._raw = re.compile(self.expression)
        self.most_chars = len(self.core) * (1 + MOST_SIGNS) * 8 + LOOK_BACK  # an escape has up to eight and more
        before = [(form.startswith("+"), _digits(form).removesuffix(self.core)) for form in forms]
        self._country = next((digits for is_whole, digits in before if is_whole), "")
        abroad = {self._country, f"00{self._country}"} if self._country else set()
        homes = {digits for is_whole, digits in before if not is_whole} - abroad or {""}
        self._core = re.compile(rf"(?=({_BETWEEN.join(self.core)}{_FILL}*))")
        self._whole = re.compile(_whole(self._country, homes - {""}))
        self._homes = [re.compile(rf"{_spelled(home)}{_GAP}\Z") for home in sorted(homes - {""}, key=len, reverse=True)]
        self._bare_is_home = all(not home or home.startswith("00") for home in homes)  # 009 44...: not at home
        self._bare_is_known = "" in homes

    def find(self, text: str) -> Iterator[Found]:
        """Where it stands in `text`, or may."""
        if _has_escapes(text) and not self._raw.search(text):  # to fold those costs more than to look
            return
        folded = fold(text)
        if self.core.encode() not in folded.encode("ascii", "ignore").translate(None, _NO_DIGITS):
            return
        for hit in self._core.finditer(folded):
            begin, end = hit.start(), hit.end(1)
            known, begin = self._judge(folded, begin, end)
            if known is not _Is.OTHER:
                yield Found(begin, end, known is _Is.SURE, _to_go(folded[begin:end]))

    def erase(self, text: str) -> tuple[str, int]:
        """`text` with x for its digits; and how often something is left in it that perhaps is the number."""
        parts, upto, perhaps = list[str](), 0, 0
        for each in self.find(text):
            perhaps += not each.is_sure
            if each.is_sure:
                taken = zip(text[each.begin : each.end], each.instead, strict=True)
                parts += [text[upto : each.begin], *("x" if goes else char for char, goes in taken)]
                upto = each.end
        return "".join([*parts, text[upto:]]), perhaps

    # --- is it his? ---------------------------------------------------------------------------------------------------

    def _judge(self, text: str, begin: int, end: int) -> tuple[_Is, int]:
        """What the core at `begin` is; and where the number begins of which it is the end."""
        if text[end : end + 1].isdecimal():
            return _Is.OTHER, begin
        before, found = text[max(0, begin - LOOK_BACK) : begin], list[_Is]()
        for shape in (self._whole, *self._homes):
            match = shape.search(before)
            if match is not None:
                its = begin - len(match.group())
                found.append(self._alone(text, its, end, is_whole=shape is self._whole))
                if found[-1] is _Is.SURE:
                    return _Is.SURE, its
        has_country = _Is.PERHAPS in found[:1] and self._whole.search(before) is not None
        found.append(self._alone(text, begin, end) if self._bare_is_known else self._near(text, begin, end))
        if _Is.SURE in found and not has_country:
            return _Is.SURE, begin
        may_be = (has_country or _Is.OTHER not in found) and len(self.core) >= LEAST_DIGITS
        return (_Is.PERHAPS if may_be and _few_before(before) else _Is.OTHER), begin

    def _near(self, text: str, begin: int, end: int) -> _Is:
        its = self._alone(text, begin, end)
        return _Is.PERHAPS if its is _Is.SURE else its

    def _alone(self, text: str, begin: int, end: int, *, is_whole: bool = False) -> _Is:
        """What it is, if it begins there: nothing that belongs to it may stand before."""
        before, number = text[max(0, begin - LOOK_BACK) : begin], text[begin:end]
        digits = _digits(number)
        plain = _as_a_count(before, text, begin, end)
        if plain is _Is.OTHER or _DATE.match(text, begin):
            return _Is.OTHER
        if number.startswith("+"):
            return _Is.SURE
        if _OTHER_COUNTRY.search(before) and not (is_whole and digits.startswith(_ABROAD)):
            return _Is.PERHAPS if is_whole and _MAY_BE_ABROAD.search(before) else _Is.OTHER
        if before.endswith("+") and not digits.startswith("0"):
            return _Is.PERHAPS if _DIGIT_BEFORE.search(before[:-1]) else _Is.OTHER
        if _DIGIT_BEFORE.search(before) or (before.endswith(".") and _DIGIT_BEFORE.search(before[:-1])):
            return _Is.PERHAPS
        if digits == self.core and not self._bare_is_home and _may_be_joined(before, text, begin, end):
            return _Is.PERHAPS
        return plain


def fold(text: str) -> str:
    """`text` with digits of all scripts as those of ASCII, and escapes as what they stand for; as long as it was."""
    if _has_escapes(text):
        text = _ESCAPE.sub(lambda match: _unescaped(match.group()), text)
    if not text.isascii():
        text = _OTHER_DIGIT.sub(lambda match: str(unicodedata.decimal(match.group())), text)
        for wide, narrow in _WIDE:
            text = text.replace(wide, narrow)
    return text


def _has_escapes(text: str) -> bool:
    return "%" in text or "&" in text or "\\" in text


@lru_cache(4096)
def _unescaped(text: str) -> str:
    if text.startswith("%"):
        meant = unquote(text, errors="replace")
    elif text.startswith("&"):
        meant = html.unescape(text)
    else:
        meant = chr(int(text[2:], 16)) if text[1] == "u" else " "
    return meant + _FILL * (len(text) - len(meant)) if len(meant) < len(text) else text


def _as_a_count(before: str, text: str, begin: int, end: int) -> _Is:
    """OTHER for a count with a fraction, PERHAPS for a number of JSON or a moment; else SURE: no plain count at all."""
    number, behind = text[begin:end], re.compile(r"(?:\.[0-9]+)?").match(text, end)
    assert behind is not None
    token = re.search(r"[0-9.]*\Z", before)
    whole = (token.group() if token else "") + number + behind.group()
    is_field = text[behind.end() : behind.end() + 1] in (*"],}", "") and bool(_KEY_BEFORE.search(before))
    if not _FRACTION.fullmatch(whole):
        if not number.isdecimal() or not is_field or number.startswith("0"):
            return _Is.PERHAPS if _MOMENT.fullmatch(number) else _Is.SURE
        return _Is.PERHAPS
    if "." in number or _MOMENT.match(whole):
        return _Is.OTHER
    if behind.group() == ".0":
        return _Is.PERHAPS if is_field else _Is.SURE
    in_list = re.search(r"[:,[] ?-?[0-9]+\.0*\Z", before) and text[behind.end() : behind.end() + 1] in ("]", ",", "}")
    return _Is.OTHER if behind.group() or in_list else _Is.PERHAPS


def _few_before(before: str) -> bool:
    """Whether so few digits stand joined before it that it may be the rest of what was dialled."""
    run = _DIGITS_BEFORE.search(before.removesuffix("."))
    return run is None or len(_digits(run.group())) <= MOST_BEFORE


def _may_be_joined(before: str, text: str, begin: int, end: int) -> bool:
    """Whether what lacks its 0 may be the rest of 1-207-946-0123, or a count among other words; many digits before it
    are a number of their own."""
    run = _DIGITS_AND_GAP.search(before)
    if run is not None and len(_digits(run.group(1))) <= MOST_BEFORE:
        return True
    is_cell = _CELL_BEGINS.search(before) and _CELL_ENDS.match(text, end)
    return text[begin:end].rstrip(_FILL).isdecimal() and not is_cell


def _whole(country: str, homes: Collection[str]) -> str:
    """What stands before the core in a number with its country's code; many write the 0 of home as well."""
    abroad = "|".join([rf"\+{_FILL}*", "8~10", *(_spelled(code) for code in sorted(_ABROAD, key=len, reverse=True))])
    home = "|".join(_spelled(each) for each in sorted({*homes, "0"}))
    if not country:  # nobody has said which of its digits are a country's
        return rf"(?:{abroad}){_GAP}\Z"
    return rf"(?:(?:{abroad}){_GAP})?{_spelled(country)}{_GAP}(?:(?:{home}){_GAP})?\Z"


def _spelled(digits: str) -> str:
    return _GAP.join(digits)


def _to_go(folded: str) -> list[bool]:
    """Digits and the plus; signs between them stay, so that a line or a cell ends where it did."""
    goes = list[bool]()
    for char in folded:
        goes.append(char in "0123456789+" or (char == _FILL and bool(goes) and goes[-1]))
    return goes


def _common_end(forms: Collection[str]) -> str:
    columns = zip(*(reversed(_digits(form)) for form in forms), strict=False)
    return "".join(column[0] for column in takewhile(lambda column: len(set(column)) == 1, columns))[::-1]


def _digits(form: str) -> str:
    return "".join(letter for letter in form if letter in "0123456789")


def _raw_digit(digit: str) -> str:
    return rf"(?:[{_scripts()[int(digit)]}]|\\u[0-9A-Fa-f]{{4}})"


@cache
def _scripts() -> list[str]:
    """Of each digit, the characters that mean it, in the scripts of the first plane of Unicode."""
    found = [""] * 10
    for char in map(chr, range(0x10000)):
        if char.isdecimal():
            found[unicodedata.decimal(char)] += char
    return found
