"""What are the records of a list, line by line? Reads a file that may be of any size, and as hostile as it likes.

Memory is bounded by one record: a cell of a gigabyte, a quote that is never closed and bytes that are no text cost
their own record and no other one. Knows nothing of what is in the cells.
"""

from __future__ import annotations

import csv
import io
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, TextIO

from cti.model.errors import ConfigError

MOST_LINE_CHARS = 100_000  # below csv.field_size_limit()
MOST_RECORD_CHARS = 100_000
MOST_RECORD_LINES = 100

_SAMPLE_BYTES = 65_536
_CHUNK_BYTES = 1 << 20
_ZIPPED = b"PK\x03\x04"
_OLD_OFFICE = b"\xd0\xcf\x11\xe0"

TOO_LONG = f"longer than {MOST_RECORD_CHARS} characters"
NEVER_CLOSED = f'a " is opened and not closed within {MOST_RECORD_LINES} lines'
UNREADABLE = "not to be read as CSV"


class Record(NamedTuple):
    """One record: in which line it begins (from 1), its cells, and what is wrong with it as a whole ("": nothing)."""

    line: int
    cells: list[str]
    fault: str = ""


class _Broken(Exception):
    """The record under way cannot be one."""


def open_list(path: Path) -> io.BufferedReader:
    """Open a list for reading. Raises ConfigError for what is none: a folder, a pipe, a spreadsheet's own format."""
    try:
        file = path.open("rb")
    except OSError as error:
        raise ConfigError([f"{path}: cannot be read: {error.strerror}"]) from None
    head = b""
    regular = stat.S_ISREG(os.fstat(file.fileno()).st_mode)
    if regular:
        head = file.peek(8)[:8]
    if not regular or head.startswith((_ZIPPED, _OLD_OFFICE)):
        file.close()
        what = "a spreadsheet or an archive: export it as CSV" if regular else "not a regular file"
        raise ConfigError([f"{path}: is {what}"])
    return file


def samples_of(file: io.BufferedReader) -> list[bytes]:
    """Return the beginning of the file, and a piece from the first line that is no ASCII, if that lies further on."""
    file.seek(0)
    head = file.read(_SAMPLE_BYTES)
    found = [head]
    if head.isascii():
        while chunk := file.read(_CHUNK_BYTES):
            if not chunk.isascii():
                first = next(n for n, byte in enumerate(chunk) if byte > 127)
                begin = chunk.rfind(b"\n", 0, first) + 1
                found.append(chunk[begin : begin + _SAMPLE_BYTES])
                break
    file.seek(0)
    return found


def first_lines(file: io.BufferedReader, encoding: str, most: int = 200) -> list[str]:
    """Return whole lines from the beginning of the file."""
    file.seek(0)
    text = file.read(_SAMPLE_BYTES).decode(encoding, "replace")
    lines = text.splitlines(keepends=True)
    if len(lines) > 1 and len(text) >= _SAMPLE_BYTES // 4 and file.read(1):
        lines.pop()  # cut off
    file.seek(0)
    return lines[:most]


def text_of(file: io.BufferedReader, encoding: str) -> io.TextIOWrapper:
    """Return the file as text from its beginning. What is no text in that encoding is the replacement character."""
    file.seek(0)
    return io.TextIOWrapper(file, encoding=encoding, errors="replace", newline="")


class _Lines:
    """The lines, with those that must be read again.

    `begun`: in which line the record under way begins; `at_end`: a line was asked for, and there is none.
    """

    def __init__(self, text: TextIO) -> None:
        self._text = text
        self._again: list[str | None] = []  # the next one last; None: a line that was too long to keep
        self._held: list[str | None] = []
        self._chars = 0
        self.begun = 1
        self.at_end = False

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._again.pop() if self._again else self._read()
        if line == "":
            self.at_end = True
            raise StopIteration
        self._held.append(line)
        if line is None or (self._chars + len(line) > MOST_RECORD_CHARS and self._chars):
            raise _Broken(TOO_LONG)
        self._chars += len(line)
        if len(self._held) > MOST_RECORD_LINES:
            raise _Broken(NEVER_CLOSED)
        return line

    def next_record(self) -> None:
        """What was read has become a record."""
        self.begun += len(self._held)
        self._held.clear()
        self._chars = 0

    def back(self) -> None:
        """Only the first line of what was read is lost: the others may be records of their own."""
        self._again += reversed(self._held[1:])
        del self._held[1:]
        self.next_record()

    def _read(self) -> str | None:
        line = self._text.readline(MOST_LINE_CHARS)
        if len(line) < MOST_LINE_CHARS or line.endswith(("\n", "\r")):
            return line
        while (more := self._text.readline(MOST_LINE_CHARS)) and not more.endswith(("\n", "\r")):
            pass
        return None


def records(text: TextIO, delimiter: str) -> Iterator[Record]:
    """Yield the records of `text` that are not blank. A faulty one has no cells."""
    lines = _Lines(text)
    reader = csv.reader(lines, delimiter=delimiter)
    while True:
        lines.at_end = False
        try:
            cells = next(reader)
            if lines.at_end:  # more lines were asked for within a record: a quote is open
                raise _Broken(NEVER_CLOSED)
        except StopIteration:
            return
        except (_Broken, csv.Error) as error:
            fault = str(error) if isinstance(error, _Broken) else UNREADABLE
            yield Record(lines.begun, [], fault)
            lines.back()
            reader = csv.reader(lines, delimiter=delimiter)
            continue
        line = lines.begun
        lines.next_record()
        if cells and any(not cell.isspace() for cell in cells if cell):
            yield Record(line, cells)
