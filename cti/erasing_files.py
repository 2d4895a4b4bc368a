"""How is a number taken out of files that a running engine appends to?

Overwritten in place, digit by digit: the files keep their length, so that whoever writes at their end is not disturbed.
What is it, and what only looks like it: number_in_text.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from cti.number_in_text import LOOK_BACK, Sought

CHUNK_BYTES = 1 << 20
FILLER = b"x"
MOST_BYTES = 4  # of a character


class Times(NamedTuple):
    """How often it was overwritten in a file; how often something is left there that perhaps is it."""

    overwritten: int
    perhaps: int


class _Place(NamedTuple):
    """`instead` is to be written at `begin` of what was read; empty: it is only perhaps the number."""

    begin: int
    end: int
    instead: bytes


def erase_in_file(path: Path, sought: Sought) -> Times:
    """Overwrite the number wherever it stands in the file. Raises OSError."""
    context, longest = (LOOK_BACK + 8) * MOST_BYTES, sought.most_chars * MOST_BYTES
    found, perhaps, begin, before = 0, 0, 0, b""  # `before`: what stood there, for the looks behind
    with path.open("r+b") as file:
        while True:
            file.seek(begin)
            chunk = before + file.read(CHUNK_BYTES + longest)
            last = len(chunk) < len(before) + CHUNK_BYTES + longest
            upto = len(chunk) if last else len(before) + CHUNK_BYTES  # what ends behind is whole in this look, too
            for place in _places(chunk, sought):
                if len(before) < place.end <= upto:
                    found, perhaps = found + bool(place.instead), perhaps + (not place.instead)
                    if place.instead:
                        file.seek(begin - len(before) + place.begin)
                        file.write(place.instead)
            if last:
                return Times(found, perhaps)
            begin += upto - len(before)
            before = chunk[max(0, upto - context - longest) : upto]


def erase_in_bytes(text: bytes, sought: Sought) -> tuple[bytes, int]:
    """The same for what is in memory: what is left of it, and how often something in it is perhaps the number."""
    parts, upto, perhaps = list[bytes](), 0, 0
    for place in _places(text, sought):
        perhaps += not place.instead
        if place.instead:
            parts += [text[upto : place.begin], place.instead]
            upto = place.end
    return b"".join([*parts, text[upto:]]), perhaps


def _places(chunk: bytes, sought: Sought) -> Iterator[_Place]:
    text, at, upto = chunk.decode("utf-8", "surrogateescape"), 0, 0  # of character `upto`, the byte
    for each in sought.find(text):
        begin = at + _size(text[upto : each.begin]) if each.begin >= upto else at - _size(text[each.begin : upto])
        instead = b"".join(
            FILLER * _size(char) if goes else char.encode("utf-8", "surrogateescape")
            for char, goes in zip(text[each.begin : each.end], each.instead, strict=True)
        )
        at, upto = begin + len(instead), each.end
        yield _Place(begin, at, instead if each.is_sure else b"")


def _size(text: str) -> int:
    return len(text.encode("utf-8", "surrogateescape"))


def with_older_ones(path: Path) -> list[Path]:
    """The file and those that it was turned to: path.1, path-20261122; packed ones too, which cannot be overwritten."""
    return sorted(each for each in path.parent.glob(f"{path.name}*") if each.is_file())


def packed(paths: Iterable[Path]) -> list[Path]:
    """Of these, those that a look for the number does not see through."""
    return [path for path in paths if path.suffix in (".gz", ".xz", ".bz2", ".zst")]
