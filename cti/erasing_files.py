"""How is a number found in what knows no fields, and taken out of files that a running engine appends to?

Overwritten in place, digit by digit: the files keep their length, so that whoever writes at their end is not disturbed.
A number is found however people write it ("020 7946 0123", "+44 (0)20-7946-0123", with the wide digits of a Chinese or
Japanese keyboard), wherever no further digit stands beside it. What only looks like one (a moment with its fraction, a
date, a number of JSON) is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import takewhile
from pathlib import Path

CHUNK_BYTES = 1 << 20
FILLER = b"x"

_WIDE = {ord(narrow): ord(narrow) + 0xFEE0 for narrow in "0123456789+()-./"}  # Unicode: Halfwidth and Fullwidth Forms
_MOST_BYTES = 3  # of a wide digit in a file, and of what is no ASCII between digits: none can stand in a class

# What people put between digits, four of it at most. The last four: no-break space and hyphen, en dash, wide space.
_BETWEEN = f"(?:\\(0\\)|[ ()./-]|{'|'.join('()-./'.translate(_WIDE))}|\u00a0|\u2011|\u2013|\u3000){{0,4}}"
_MOST_BETWEEN_BYTES = 4 * _MOST_BYTES
_WIDE_DIGIT = f"(?:{'|'.join('0123456789'.translate(_WIDE))})"
_PLUS = rf"(?:\+|{'+'.translate(_WIDE)})"
_ZERO = f"(?:0|{'0'.translate(_WIDE)})"
_ABROAD = rf"(?:{_PLUS}|{_ZERO}{{2}}|0011|01[01]|8~?10)"  # before a country's code; others are somebody's digits, too
_OTHER_COUNTRY = "".join(
    rf"(?<!{abroad}[0-9]{{{digits}}}[ ()./-]{{{between}}})"
    for abroad in (r"\+", "^00", "[^0-9]00")
    for digits in (1, 2, 3)
    for between in (1, 2)
)
_NO_WIDE = rf"(?<!{_WIDE_DIGIT})(?<!{'+'.translate(_WIDE)})"
_ALONE = rf"(?:(?<![0-9+]){_NO_WIDE}(?<![0-9]\.){_OTHER_COUNTRY}|(?<=%20))"  # %20: a space of an address
_NO_JSON = r'(?!(?:(?<=":)|(?<=": ))[1-9][0-9]*[],}])'  # a lead's id, say: numbers of telephones stand in quotes there
_NO_FRACTION = rf"(?!(?:0|[1-9][0-9]*)\.[0-9]+(?!{_BETWEEN}[0-9]))"
_NO_DATE = r"(?!(?:19|20)[0-9]{2}([-./])[01][0-9]\1[0-3][0-9](?![0-9]))"
_CONTEXT_BYTES = 10  # so far the looks behind reach


def pattern_of(forms: Collection[str]) -> re.Pattern[str]:
    """Each of `forms` where no further digit stands beside it: the beginning of a longer number is somebody else's."""
    own = len(_common_end(forms))
    words = "|".join(_spelled(form, own) for form in sorted(set(map(_known, forms)), key=len, reverse=True))
    return re.compile(rf"{_ALONE}{_NO_JSON}{_NO_FRACTION}{_NO_DATE}(?:{words})(?![0-9]|{_WIDE_DIGIT})")


def core_of(forms: Collection[str]) -> str:
    """What stands in whatever `pattern_of(forms)` finds, as a simple expression that databases know as well."""
    return _BETWEEN.join(map(_digit, _common_end(forms)))


def erase_in_file(path: Path, forms: Sequence[str]) -> int:
    """Overwrite every one of `forms` in the file; how often it was there. Raises OSError."""
    if not forms:
        return 0
    longest = max(len(_digits(form)) + 4 for form in forms) * (_MOST_BYTES + _MOST_BETWEEN_BYTES)
    pattern, core = re.compile(pattern_of(forms).pattern.encode()), re.compile(core_of(forms).encode())
    found, begin, before = 0, 0, b""  # `before`: what stood there, for the looks behind
    with path.open("r+b") as file:
        while True:
            file.seek(begin)
            chunk = before + file.read(CHUNK_BYTES)
            last = len(chunk) < len(before) + CHUNK_BYTES
            upto = len(chunk) if last else len(chunk) - longest - 1  # what crosses the end is seen by the next look
            for match in _near(core, longest, pattern, chunk, len(before)):
                if match.start() < upto:
                    file.seek(begin - len(before) + match.start())
                    file.write(FILLER * (match.end() - match.start()))
                    found, upto = found + 1, max(upto, match.end())
            if last:
                return found
            begin += upto - len(before)
            before = chunk[max(0, upto - _CONTEXT_BYTES) : upto]


def _near(
    core: re.Pattern[bytes], longest: int, pattern: re.Pattern[bytes], chunk: bytes, begin: int
) -> Iterator[re.Match[bytes]]:
    """Every match of `pattern` from `begin` on: it is slow, and asked only where `core` is not far."""
    for hint in core.finditer(chunk, begin):
        begin = max(begin, hint.start() - longest)
        for match in pattern.finditer(chunk, begin, hint.end() + 2 * longest):
            if match.end() > hint.end() + longest:
                break  # too near to the end for a look ahead: it has a hint of its own
            yield match
            begin = match.end()


def with_older_ones(path: Path) -> list[Path]:
    """The file and those that it was turned to: path.1, path-20261122; packed ones too, which cannot be overwritten."""
    return sorted(each for each in path.parent.glob(f"{path.name}*") if each.is_file())


def packed(paths: Iterable[Path]) -> list[Path]:
    """Of these, those that a look for the number does not see through."""
    return [path for path in paths if path.suffix in (".gz", ".xz", ".bz2", ".zst")]


def _known(form: str) -> str:
    """0044... is +44...: one spelling of two."""
    return f"+{form[2:]}" if form.startswith("00") else form


def _spelled(form: str, own: int) -> str:
    """`own`: how many of its digits are those behind a country's code, where many write the 0 of home as well."""
    digits = [_digit(digit) for digit in _digits(form)]
    if not form.startswith("+") or own in (0, len(digits)):
        return _BETWEEN.join(digits)
    country, rest = _BETWEEN.join(digits[:-own]), _BETWEEN.join(digits[-own:])
    return rf"(?:{_ABROAD}{_BETWEEN})?{country}{_BETWEEN}{_ZERO}?{_BETWEEN}{rest}"


def _digit(digit: str) -> str:
    return f"(?:{digit}|{digit.translate(_WIDE)})"


def _common_end(forms: Collection[str]) -> str:
    columns = zip(*(reversed(_digits(form)) for form in forms), strict=False)
    return "".join(column[0] for column in takewhile(lambda column: len(set(column)) == 1, columns))[::-1]


def _digits(form: str) -> str:
    return "".join(letter for letter in form if letter.isdigit())
