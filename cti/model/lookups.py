"""Which systems of your own may a flow ask, how, and what can come of it? The words of lookups.

Only words: asking is lookup/client.py's, what an answer means lookup/mapping.py's.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from ipaddress import ip_address
from typing import Annotated, Literal, NamedTuple, TypeAlias
from urllib.parse import urlsplit

import msgspec
from pydantic import AfterValidator, Field, IPvAnyNetwork, StringConstraints

from cti.model.schema import Policy

Value: TypeAlias = str | int | float | bool | None
_HEADER = re.compile(r"[A-Za-z0-9-]{1,60}")
OURS = (
    *("host", "content-length", "content-type", "transfer-encoding", "connection", "accept", "accept-encoding"),
    "cookie",
)


def _base_url(url: str) -> str:
    try:
        parts = urlsplit(url)
        port_is_fine = parts.port != 0
    except ValueError:
        port_is_fine = False
    if not port_is_fine or parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("must be an address such as https://crm.example.com/api")
    if parts.hostname[-1].isdigit() and not _is_ip(parts.hostname):
        raise ValueError("names an address in an unusual form; write it like 192.0.2.7")
    if parts.username is not None or parts.password is not None:
        raise ValueError("holds a user or password; put it into secret_headers")
    if parts.query or parts.fragment or not url.isascii() or any(char <= " " for char in url):
        raise ValueError("must end before ? and #, without blanks: https://crm.example.com/api")
    return url.rstrip("/")


def _is_ip(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _headers(headers: dict[str, str]) -> dict[str, str]:
    for name, text in headers.items():
        if not _HEADER.fullmatch(name) or name.lower() in OURS:
            raise ValueError(f'"{name[:60]}" cannot be given as a header; write one such as Authorization or X-Api-Key')
        if not text.isprintable() or not text.isascii():
            raise ValueError(f"{name}: must be one line of ASCII")
    return headers


BaseUrl = Annotated[str, StringConstraints(max_length=300), AfterValidator(_base_url)]


class System(Policy):
    """One of your own systems. Nothing is asked but what begins with its `base_url`.

    `networks`: where its host may lie if not in the public internet (an address in `base_url` itself is taken
    too, except this machine's own and link-local ones).
    """

    base_url: BaseUrl
    timeout_s: Annotated[float, Field(ge=0.1, le=30)] = 3.0  # for everything, retries included: the caller waits
    retries: Annotated[int, Field(ge=0, le=5)] = 1  # of GET: asking twice changes nothing
    retry_posts: bool = False  # it makes nothing twice for one Idempotency-Key: a POST may be sent again too
    max_bytes: Annotated[int, Field(ge=100, le=4_194_304)] = 262_144
    max_at_once: Annotated[int, Field(ge=1, le=1000)] = 50
    give_up_after: Annotated[int, Field(ge=1, le=1000)] = 5  # failures in a row; then nobody is asked for rest_s
    rest_s: Annotated[float, Field(ge=0.1, le=3600)] = 10.0
    ca_file: Annotated[str, StringConstraints(min_length=1, max_length=300)] | None = None  # of your own authority, PEM
    networks: tuple[IPvAnyNetwork, ...] = ()
    headers: Annotated[dict[str, str], AfterValidator(_headers)] = Field(default_factory=dict)
    secret_headers: Annotated[dict[str, str], AfterValidator(_headers)] = Field(default_factory=dict)  # variable names


class ValueType(StrEnum):
    """What a value of an answer must be; the same words as a flow's variables."""

    ANY = "any"  # a text, number or flag as it is; whoever asks looks at it himself
    TEXT = "text"
    DIGITS = "digits"
    NUMBER = "number"
    MONEY = "money"
    DATE = "date"  # 2026-11-25
    TIME = "time"  # 14:30
    FLAG = "flag"


class Part(NamedTuple):
    """Which part of an answer (JMESPath), and what it must be."""

    path: str
    type: ValueType = ValueType.ANY


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """One question. `path` has {names}, filled from `values`, which are personal data; `send` is the body of a POST.

    `once` is the same if the question is asked again: it goes along as Idempotency-Key.
    """

    system: str
    method: Literal["GET", "POST"] = "GET"
    path: str
    values: Mapping[str, Value] = {}
    send: Mapping[str, Value] = {}
    into: Mapping[str, Part] = {}
    once: str = ""

    def __repr__(self) -> str:
        return f"Request({self.method} of {self.system})"


class Why(StrEnum):
    """Why a system counts as down."""

    TIMEOUT = "timeout"
    UNREACHABLE = "unreachable"  # no connection, no such name, cut off in the middle, certificate
    FORBIDDEN_ADDRESS = "forbidden_address"  # its name leads to where it must not be
    REDIRECT = "redirect"  # away from base_url, or too often
    STATUS = "status"  # it says that it cannot: 5xx, 408, 429
    REFUSED = "refused"  # it does not take the question: 400, 401, 403 ...
    NOT_JSON = "not_json"
    TOO_LARGE = "too_large"
    WRONG_TYPE = "wrong_type"  # JSON, and not what was expected
    RESTING = "resting"  # it failed so often that nobody is asked now
    BAD_REQUEST = "bad_request"  # our fault: no such system, a value that cannot be in a path
    BUG = "bug"


class Found(NamedTuple):
    """The values by variable; None where the answer has null or nothing. Personal data."""

    values: Mapping[str, Value]

    def __repr__(self) -> str:
        return f"Found({', '.join(self.values)})"


class NotFound(NamedTuple):
    """The system knows no such thing (404, 410, or null)."""


class Down(NamedTuple):
    """There is no answer to go by."""

    why: Why


Answer: TypeAlias = Found | NotFound | Down
