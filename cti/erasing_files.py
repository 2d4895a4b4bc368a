"""How is a number found in what knows no fields, and taken out of files that a running engine appends to?

Overwritten in place, digit by digit: the files keep their length, so that whoever writes at their end is not disturbed.
A number is found wherever no further digit stands beside it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path

CHUNK_BYTES = 1 << 20
FILLER = b"x"


def pattern_of(forms: Collection[str]) -> re.Pattern[str]:
    """Each of `forms` where no further digit stands beside it: the beginning of a longer number is somebody else's."""
    words = "|".join(re.escape(form) for form in sorted(forms, key=len, reverse=True))
    return re.compile(rf"(?<![0-9+])(?:{words})(?![0-9])")


def erase_in_file(path: Path, forms: Sequence[str]) -> int:
    """Overwrite every one of `forms` in the file; how often it was there. Raises OSError."""
    if not forms:
        return 0
    longest = max(len(form) for form in forms)
    pattern = re.compile(pattern_of(forms).pattern.encode())
    found = 0
    with path.open("r+b") as file:
        begin = 0
        while True:
            file.seek(begin)
            chunk = file.read(CHUNK_BYTES)
            last = len(chunk) < CHUNK_BYTES
            upto = len(chunk) if last else CHUNK_BYTES - longest - 1  # what crosses the end is seen by the next look
            for match in pattern.finditer(chunk):
                if match.start() < upto:
                    file.seek(begin + match.start())
                    file.write(FILLER * (match.end() - match.start()))
                    found += 1
            if last:
                return found
            begin += upto - 1  # one more, so that what stands before is seen


def with_older_ones(path: Path) -> list[Path]:
    """The file and those that it was turned to: path.1, path-20261122; packed ones too, which cannot be overwritten."""
    return sorted(each for each in path.parent.glob(f"{path.name}*") if each.is_file())


def packed(paths: Iterable[Path]) -> list[Path]:
    """Of these, those that a look for the number does not see through."""
    return [path for path in paths if path.suffix in (".gz", ".xz", ".bz2", ".zst")]
