"""How do FastAGI bytes become an environment, replies and a hangup, and words a command?

Sans-I/O; must not know sockets or calls.

Sources: res/res_agi.c (setup_env, agi_handle_command, run_agi, parse_args) of Asterisk 22.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import repeat
from typing import Final
from urllib.parse import urlsplit

MAX_ENV_LINES: Final = 128
MAX_ENV_LINE_BYTES: Final = 4096
MAX_ENV_BYTES: Final = 16 * 1024
MAX_REPLY_BYTES: Final = 16 * 1024
MAX_VALUE_LINES: Final = 128
# Commands go out one at a time, so an honest peer completes one or two messages at once: more is a flood.
MAX_MESSAGES_A_FEED: Final = 64

# Asterisk takes a line of up to 8192 bytes; of a longer one it runs the rest as a second command (measured, 22.10).
MAX_COMMAND_BYTES: Final = 8190
MAX_WORDS: Final = 127

_FORBIDDEN: Final = re.compile(r"[\r\n\0]")
_PLAIN: Final = re.compile(r"[A-Za-z0-9_.,/:;@&=+*#^|~%!?<>${}()\[\]'-]+\Z")
_SPECIAL: Final = re.compile(r'[\\"]')
_RESULT: Final = re.compile(
    r"result=(?P<text>[^ ]*)(?: \((?P<data>.*)\))?(?: endpos=(?P<endpos>-?[0-9]+))?(?: [a-z_]+[0-9]*=.*)?", re.DOTALL
)
_SEPARATORS: Final = repeat(": ")
_ONCE: Final = repeat(1)
_INTEGER: Final = re.compile(r"-?[0-9]{1,18}\Z")

DEAD_CHANNEL: Final = 511


class AgiProtocolError(Exception):
    """The peer does not speak AGI, or goes beyond every limit. The connection is of no more use."""


class AgiEncodeError(ValueError):
    """A word of a command cannot be sent. The text names the rule and the position, never the word."""


@dataclass(frozen=True, slots=True)
class Environment:
    """What Asterisk says first: the `agi_*` headers, and the arguments of the dialplan's `AGI()` in order."""

    values: dict[str, str] = field(repr=False)
    args: tuple[str, ...] = field(repr=False)

    @property
    def path(self) -> str:
        """Path and query of the address that was called, with the leading slash."""
        try:
            parts = urlsplit(self.values.get("agi_request", ""))
        except ValueError:
            return "/"
        path = parts.path or "/"
        return f"{path}?{parts.query}" if parts.query else path


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to one command: 200 done, 510 unknown, 511 the channel is dead, 520 wrong usage."""

    code: int
    result: int | None
    """`result=` as a number, None if it is no number (or there is none)."""
    text: str = field(default="", repr=False)
    """`result=` as sent: digits keep their leading zeros here. May be personal."""
    data: str = field(default="", repr=False)
    """What stands in parentheses, or the message of an error. May be personal.

    `GET VARIABLE` cuts a value after 1023 bytes (measured, 22.10); `GET FULL VARIABLE ${NAME}` gives all of it.
    """
    endpos: int | None = None
    """The sample at which playing or recording ended (8 a ms)."""

    @property
    def ok(self) -> bool:
        """Done, and not interrupted by a hangup."""
        return self.code == 200 and self.result != -1

    @property
    def dead(self) -> bool:
        """Asterisk refuses the command because the channel is hung up."""
        return self.code == DEAD_CHANNEL


@dataclass(frozen=True, slots=True)
class Hangup:
    """The caller is gone; it may come before, between or after replies and answers no command."""


AgiMessage = Environment | Reply | Hangup

_HANGUP: Final = Hangup()
# What nearly every command is answered by: no pattern is tried on these.
_COMMON: Final = {f"200 result={number}".encode(): Reply(200, number, str(number)) for number in (-1, 0, 1)}


class AgiDecoder:
    """Bytes in, messages out, for one connection; any cutting into chunks gives the same. Raises `AgiProtocolError`."""

    __slots__ = ("_block", "_block_bytes", "_env", "_env_bytes", "_rest", "_value")

    def __init__(self) -> None:
        self._rest = b""
        self._env: dict[str, str] | None = {}
        self._env_bytes = 0
        self._block: list[str] | None = None
        """The lines of a `520-` answer so far."""
        self._value: list[str] | None = None
        """The lines of a `200` answer whose parenthesis is still open: a variable's value may contain line ends."""
        self._block_bytes = 0

    def feed(self, data: bytes) -> list[AgiMessage]:
        """Take bytes as they come; give the messages they complete, in order."""
        messages: list[AgiMessage] = []
        data = self._rest + data if self._rest else data
        if self._env is not None and not self._env and (whole := _whole_environment(data)) is not None:
            self._env = None
            messages, data = [whole[0]], whole[1]
        *lines, rest = data.split(b"\n")
        for line in lines:
            message = self._env_line(line) if self._env is not None else self._reply_line(line)
            if message is not None:
                messages.append(message)
                if len(messages) > MAX_MESSAGES_A_FEED:
                    raise AgiProtocolError("a flood of messages")
        if len(rest) > (MAX_ENV_LINE_BYTES if self._env is not None else MAX_REPLY_BYTES):
            raise AgiProtocolError("a line beyond the limit")
        # A scanner is known by its first bytes; without this it would hold its connection until the deadline.
        if self._env is not None and rest != b"\r" and not b"agi_".startswith(rest[:4]):
            raise AgiProtocolError("not an AGI environment")
        self._rest = rest
        return messages

    def _env_line(self, line: bytes) -> Environment | None:
        env = self._env
        assert env is not None
        line = line.removesuffix(b"\r")
        if not line:
            self._env = None
            return _environment(env)
        self._env_bytes += len(line) + 1
        if len(line) > MAX_ENV_LINE_BYTES or self._env_bytes > MAX_ENV_BYTES or len(env) >= MAX_ENV_LINES:
            raise AgiProtocolError("an environment beyond the limits")
        key, found, value = line.decode("utf-8", "replace").partition(":")
        if not found or not key.startswith("agi_"):
            raise AgiProtocolError("not an AGI environment")
        if key in env:
            # A line end inside a caller's name would look like this: refuse to guess which one is true.
            raise AgiProtocolError("an environment with a repeated key")
        env[key] = value.removeprefix(" ")
        return None

    def _reply_line(self, raw: bytes) -> Reply | Hangup | None:
        if self._value is None and self._block is None and (common := _COMMON.get(raw)) is not None:
            return common
        if len(raw) > MAX_REPLY_BYTES:
            raise AgiProtocolError("a reply beyond the limit")
        line = raw.decode("utf-8", "replace")
        if self._value is not None:
            return self._more_of_value(line)
        line = line.rstrip("\r ")
        if line == "HANGUP":
            return _HANGUP
        if self._block is not None:
            return self._more_of_block(line)
        code, separator = line[:3], line[3:4]
        if len(code) != 3 or not (code.isascii() and code.isdigit()) or separator not in ("", " ", "-"):
            raise AgiProtocolError("a line that is no reply")
        if separator == "-":
            self._block, self._block_bytes = [line], len(raw)
            return None
        reply = _reply(int(code), line[4:])
        if reply is None:
            self._value, self._block_bytes = [line], len(raw)
        return reply

    def _more_of_block(self, line: str) -> Reply | None:
        assert self._block is not None
        self._grow(line)
        self._block.append(line)
        if not line.startswith(self._block[0][:3] + " "):
            return None
        text = "\n".join(self._block)
        self._block = None
        return Reply(int(text[:3]), None, data=text[4:])

    def _more_of_value(self, line: str) -> Reply | None:
        assert self._value is not None
        self._grow(line)
        self._value.append(line)
        if len(self._value) > MAX_VALUE_LINES:
            raise AgiProtocolError("a reply beyond the limit")
        if ")" not in line:
            return None
        text = "\n".join(self._value).rstrip("\r ")
        reply = _reply(int(text[:3]), text[4:])
        if reply is not None:
            self._value = None
        return reply

    def _grow(self, line: str) -> None:
        self._block_bytes += len(line) + 1
        if self._block_bytes > MAX_REPLY_BYTES:
            raise AgiProtocolError("a reply beyond the limit")


def _whole_environment(data: bytes) -> tuple[Environment, bytes] | None:
    """What an environment says, and the bytes behind it, where `data` has all of it, as Asterisk writes it.

    Every call begins with some forty lines: no bytecode for each. What is out of the ordinary is read line by line.
    """
    block, end, rest = data.partition(b"\n\n")
    if not end or len(block) > MAX_ENV_LINE_BYTES or b"\r" in block:
        return None
    lines = block.decode("utf-8", "replace").split("\n")
    try:
        values = dict(map(str.split, lines, _SEPARATORS, _ONCE))
    except ValueError:
        return None
    repeated, strange = len(values) != len(lines), ":" in "".join(values)
    if repeated or strange or len(lines) > MAX_ENV_LINES or (b"\n" + block).count(b"\nagi_") != len(lines):
        return None
    return _environment(values), rest


def _environment(values: dict[str, str]) -> Environment:
    args: list[str] = []
    while (arg := values.get(f"agi_arg_{len(args) + 1}")) is not None:
        args.append(arg)
    return Environment(values, tuple(args))


def _reply(code: int, rest: str) -> Reply | None:
    """The reply, or None if its parenthesis is not closed yet."""
    match = _RESULT.fullmatch(rest)
    if match is None:
        if code == 200 and rest.startswith("result=") and " (" in rest:
            return None
        return Reply(code, None, data=rest)
    text, data, endpos = match["text"], match["data"], match["endpos"]
    result = int(text) if _INTEGER.match(text) else None
    return Reply(code, result, text, data or "", None if endpos is None else int(endpos[:18]))


def encode_command(*words: str) -> bytes:
    """One command as bytes. The first word is the verb and may be several (`"SET VARIABLE"`); every other word is one
    argument and arrives as it is, blanks, quotes and backslashes included.

    Raises `AgiEncodeError` on CR, LF, NUL, more than 127 words or 8190 bytes, and on an odd verb.
    """
    if not words or not re.fullmatch(r"[A-Za-z]+(?: [A-Za-z]+)*", words[0]):
        raise AgiEncodeError("the verb of a command is made of letters")
    if len(words) > MAX_WORDS - 3:
        raise AgiEncodeError(f"{len(words)} words in a command, too many")
    parts = [words[0], *[_quote(index, word) for index, word in enumerate(words[1:], 1)]]
    try:
        line = " ".join(parts).encode() + b"\n"
    except UnicodeEncodeError:
        # `from None`: the original error carries the words.
        raise AgiEncodeError("a word is not valid Unicode") from None
    if len(line) > MAX_COMMAND_BYTES:
        raise AgiEncodeError(f"a command of {len(line)} bytes, at most {MAX_COMMAND_BYTES} are read")
    return line


def _quote(index: int, word: str) -> str:
    if _PLAIN.match(word):
        return word
    if _FORBIDDEN.search(word):
        raise AgiEncodeError(f"word {index}: CR, LF and NUL are not allowed")
    return '"' + _SPECIAL.sub(lambda found: "\\" + found[0], word) + '"'
