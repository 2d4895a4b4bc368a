"""How do AMI bytes become messages, and actions AMI bytes?

Sans-I/O; must not know sockets, nor what an event or an action means.

Framing: a banner line, then packets. A packet is a run of non-empty lines; an empty line ends it; lines end in CR LF.
A message is a plain `dict[str, str]`. Of a key that is repeated the last value wins, except `Output` and keys that
end in `Variable` (`ChanVariable`, `DestChanVariable`): their values are joined by CR LF, which no single value can
contain, so `repeated()` takes them apart without loss.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from itertools import repeat
from typing import Final

# main/manager.c: "line too long" beyond 1024 bytes, AST_MAX_MANHEADERS 128.
MAX_LINE_BYTES: Final = 1024
MAX_HEADERS: Final = 128
MAX_BANNER_BYTES: Final = 1024
MAX_PACKET_BYTES: Final = 1 << 20

BANNER: Final = b"Asterisk Call Manager/"
JOINER: Final = "\r\n"

# The packaged Asterisk is built with the test framework, which talks all the time and to nobody.
_NOISE: Final = "Event: TestEvent\r\n"

_KEY: Final = re.compile(r"[A-Za-z][A-Za-z0-9_.-]*\Z")
_VARIABLE_NAME: Final = re.compile(r"[A-Za-z0-9_]+(?:\([A-Za-z0-9_,./@:-]*\))?\Z")
_FORBIDDEN: Final = re.compile(r"[\r\n\0]")
# main/app.c __ast_app_separate_args: a backslash takes the next character literally; quotes and brackets hide commas.
_VARIABLE_SPECIAL: Final = re.compile(r'[\\",()\[\]]')
_SEPARATORS: Final = repeat(": ")
_ONCE: Final = repeat(1)

Message = dict[str, str]
Fields = Mapping[str, str] | Iterable[tuple[str, str]]


class AmiProtocolError(Exception):
    """The peer does not speak AMI, or sends a packet beyond every limit. The connection is of no more use."""


class AmiEncodeError(ValueError):
    """A field of an action cannot be sent. The text names the rule and the position, never the value."""


class AmiDecoder:
    """Bytes in, messages out, for one connection; any cutting of the bytes into chunks gives the same messages.

    Bytes that are not UTF-8 become U+FFFD; a character cut by a chunk's edge stays whole, as only whole packets are
    decoded.
    `TestEvent` packets are dropped unparsed. Raises `AmiProtocolError` from `feed`.
    """

    __slots__ = ("_rest", "banner", "forged")

    def __init__(self) -> None:
        self._rest = bytearray()
        self.banner: str | None = None
        self.forged = 0
        """Events with a repeated key: dropped. A caller's number may hold line ends (see asterisk/etc/manager.d)."""

    def feed(self, data: bytes) -> list[Message]:
        """Take bytes as they come; give the messages they complete, in order."""
        rest = self._rest
        # A packet's end may lie across the edge of two chunks: three bytes back are enough.
        searched = max(0, len(rest) - 3)
        rest += data
        if self.banner is None:
            if not self._take_banner():
                return []
            searched = 0
        end = rest.rfind(b"\r\n\r\n", searched)
        if end < 0:
            text = ""
        else:
            text = rest[:end].decode("utf-8", "replace")
            del rest[: end + 4]
        if len(rest) > MAX_PACKET_BYTES:
            raise AmiProtocolError(f"a packet of more than {MAX_PACKET_BYTES} bytes")
        return self._parse(text) if text else []

    def _take_banner(self) -> bool:
        end = self._rest.find(b"\r\n", 0, MAX_BANNER_BYTES)
        head = self._rest[: len(BANNER)]
        if not BANNER.startswith(head) or (end < 0 and len(self._rest) >= MAX_BANNER_BYTES):
            raise AmiProtocolError("the peer does not greet like an Asterisk manager")
        if end < 0:
            return False
        self.banner = self._rest[:end].decode("utf-8", "replace")
        del self._rest[: end + 2]
        return True

    def _parse(self, text: str) -> list[Message]:
        messages: list[Message] = []
        append = messages.append
        split = str.split
        for packet in text.split("\r\n\r\n"):
            if packet.startswith(_NOISE):
                continue
            lines = packet.split("\r\n")
            # The one hot line of the program's AMI side: no bytecode per header.
            try:
                message = dict(map(split, lines, _SEPARATORS, _ONCE))
            except ValueError:
                message = None
            if message is None or len(message) != len(lines):
                message = self._parse_slowly(lines)
                if not message:
                    continue
            append(message)
        return messages

    def _parse_slowly(self, lines: list[str]) -> Message:
        """The same for packets with repeated keys, a missing blank after the colon, or stray line ends."""
        message: Message = {}
        for line in lines:
            if not line:
                continue
            key, found, value = line.partition(": ")
            if not found:
                key, found, value = line.partition(":")
                if not found:
                    continue
            if key in message:
                if key == "Output" or key.endswith("Variable"):
                    value = f"{message[key]}{JOINER}{value}"
                elif "Event" in message:
                    self.forged += 1
                    return {}
            message[key] = value
        return message


def repeated(message: Mapping[str, str], key: str) -> list[str]:
    """All values of a repeatable key (`Output`, `ChanVariable` ...) in their order; [] if it is absent."""
    value = message.get(key)
    return [] if value is None else value.split(JOINER)


def encode_action(fields: Fields) -> bytes:
    """One action as bytes, `Action` first if the caller put it first. Keys may repeat when pairs are given.

    `Variable: NAME=value` is escaped so that commas, quotes and brackets in the value stay data (main/manager.c
    man_do_variable_value splits at commas). Raises `AmiEncodeError` on CR, LF, NUL, odd keys, a line of more than
    1024 bytes, more than 128 headers.
    """
    pairs = list(fields.items() if isinstance(fields, Mapping) else fields)
    if not pairs or len(pairs) > MAX_HEADERS:
        raise AmiEncodeError(f"an action has 1 to {MAX_HEADERS} headers, not {len(pairs)}")
    return b"".join([_encode_header(index, key, value) for index, (key, value) in enumerate(pairs)]) + b"\r\n"


def _encode_header(index: int, key: str, value: str) -> bytes:
    if not _KEY.match(key):
        raise AmiEncodeError(f"header {index}: the key has characters that are not allowed")
    if _FORBIDDEN.search(value):
        raise AmiEncodeError(f"header {index}: CR, LF and NUL are not allowed in a value")
    if "=" in value and key.lower() == "variable":
        value = _encode_variable(index, value)
    try:
        line = f"{key}: {value}\r\n".encode()
    except UnicodeEncodeError:
        # `from None`: the original error carries the value.
        raise AmiEncodeError(f"header {index}: the value is not valid Unicode") from None
    if len(line) > MAX_LINE_BYTES:
        raise AmiEncodeError(f"header {index}: a line of {len(line)} bytes, at most {MAX_LINE_BYTES} are read")
    return line


def _encode_variable(index: int, pair: str) -> str:
    name, _, value = pair.partition("=")
    if not _VARIABLE_NAME.match(name):
        raise AmiEncodeError(f"header {index}: the variable's name has characters that are not allowed")
    return f"{name}={_VARIABLE_SPECIAL.sub(lambda found: chr(92) + found[0], value)}"
