"""AMI framing, repeated keys, limits, and what an action may contain."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cti.switch.ami_codec import (
    MAX_PACKET_BYTES,
    AmiDecoder,
    AmiEncodeError,
    AmiProtocolError,
    Message,
    encode_action,
    repeated,
)

pytestmark = pytest.mark.unit

BANNER = b"Asterisk Call Manager/11.0.0\r\n"

keys = st.text("ABCDEFGHabcdefgh123", min_size=1, max_size=8).map(lambda text: "K" + text)
values = st.text(st.characters(blacklist_characters="\r\n\0", blacklist_categories=["Cs"]), max_size=30)
packets = st.lists(st.lists(st.tuples(keys, values), min_size=1, max_size=6), max_size=6)
variable_names = st.from_regex(r"[A-Za-z0-9_]{1,10}", fullmatch=True)


def decode(data: bytes, cuts: list[int] | None = None) -> list[Message]:
    decoder = AmiDecoder()
    edges = [0, *sorted(cut % (len(data) + 1) for cut in cuts or []), len(data)]
    return [message for a, b in pairwise(edges) for message in decoder.feed(data[a:b])]


@given(packets, st.lists(st.integers(0, 10_000), max_size=12))
def test_any_cutting_gives_the_same_messages(sent: list[list[tuple[str, str]]], cuts: list[int]) -> None:
    data = BANNER + b"".join(encode_action(pairs) for pairs in sent)
    assert decode(data, cuts) == decode(data) == [dict(pairs) for pairs in sent]


@given(st.binary(max_size=200), st.lists(st.integers(0, 10_000), max_size=12))
def test_any_cutting_of_rubbish_gives_the_same_messages(rubbish: bytes, cuts: list[int]) -> None:
    data = BANNER + rubbish.replace(b"\x01", b"\r\n").replace(b"\x02", b": ") + b"\r\n\r\n"
    assert decode(data, cuts) == decode(data)


@pytest.mark.parametrize("ends", [2, 3, 4, 5, 7])
def test_stray_line_ends_between_packets_are_ignored(ends: int) -> None:
    data = BANNER + b"Event: A" + b"\r\n" * ends + b"Event: B\r\n\r\n"
    for cut in range(len(data)):
        assert decode(data, [cut]) == [{"Event": "A"}, {"Event": "B"}]


def test_the_banner_is_kept_and_checked() -> None:
    decoder = AmiDecoder()
    assert decoder.feed(BANNER[:10]) == [] and decoder.banner is None
    decoder.feed(BANNER[10:])
    assert decoder.banner == "Asterisk Call Manager/11.0.0"
    for greeting in (b"SSH-2.0", b"\r\n\r\n", BANNER[:-2] + b"x" * 2000):
        with pytest.raises(AmiProtocolError):
            AmiDecoder().feed(greeting)


def test_a_value_may_contain_the_separator() -> None:
    [message] = decode(BANNER + b"Event: A\r\nCallerIDName: Fred: Channel: x\r\nChannel: PJSIP/1\r\nEmpty: \r\n\r\n")
    assert message == {"Event": "A", "CallerIDName": "Fred: Channel: x", "Channel": "PJSIP/1", "Empty": ""}


def test_lines_without_blank_or_colon() -> None:
    decoder = AmiDecoder()
    assert decoder.feed(BANNER + b"Event: A\r\nKey:value\r\nnothing\r\nNone:\r\n\r\n") == [
        {"Event": "A", "Key": "value", "None": ""}
    ]


def test_repeated_keys() -> None:
    [message] = decode(
        BANNER + b"Response: Success\r\nOutput: one\r\nOutput: two: 2\r\nChanVariable: A=1\r\nChanVariable: B=x=y\r\n"
        b"Key: first\r\nKey: last\r\n\r\n"
    )
    assert repeated(message, "Output") == ["one", "two: 2"]
    assert repeated(message, "ChanVariable") == ["A=1", "B=x=y"]
    assert message["Key"] == "last"
    assert repeated(message, "Absent") == []


def test_test_events_are_dropped_and_invalid_bytes_replaced() -> None:
    decoder = AmiDecoder()
    data = b"Event: TestEvent\r\nState: x\r\n\r\nEvent: A\r\nName: \xe4\xb8X\r\n\r\n"
    assert decoder.feed(BANNER + data) == [{"Event": "A", "Name": "\ufffdX"}]


def test_a_packet_without_end_is_refused() -> None:
    decoder = AmiDecoder()
    decoder.feed(BANNER)
    with pytest.raises(AmiProtocolError):
        decoder.feed(b"x" * (MAX_PACKET_BYTES + 1))


@given(st.text(max_size=20), st.sampled_from("\r\n\0"), st.text(max_size=20), st.booleans())
def test_line_ends_are_refused_without_an_echo(before: str, bad: str, after: str, in_key: bool) -> None:
    secret = f"{before}{bad}{after}"
    pair = (secret, "x") if in_key else ("Value", secret)
    with pytest.raises(AmiEncodeError) as caught:
        encode_action([("Action", "Ping"), pair])
    assert bad not in str(caught.value)


def test_limits_of_an_action() -> None:
    assert len(encode_action({"K": "x" * 1019})) == 1024 + 2
    for fields in (
        {"K": "x" * 1020},
        {},
        {f"K{n}": "" for n in range(129)},
        {"": "x"},
        {"A b": "x"},
        {"A": "\ud800"},
        {"Variable": "a b=1"},
        {"Variable": "a,b=1"},
    ):
        with pytest.raises(AmiEncodeError):
            encode_action(fields)


@given(variable_names, values)
def test_a_variable_arrives_as_it_was_and_alone(name: str, value: str) -> None:
    line = encode_action([("Variable", f"{name}={value}")]).decode().removeprefix("Variable: ").removesuffix("\r\n\r\n")
    assert asterisk_variables(line) == [(name, value)]


def test_setvar_and_functions_as_variables() -> None:
    assert encode_action({"Variable": "CHANNEL(musicclass)", "Value": "a,b"}) == (
        b"Variable: CHANNEL(musicclass)\r\nValue: a,b\r\n\r\n"
    )
    assert encode_action({"variable": 'CALLERID(name)=Li, "Al" (x)'}) == (
        b'variable: CALLERID(name)=Li\\, \\"Al\\" \\(x\\)\r\n\r\n'
    )


def asterisk_variables(text: str) -> list[tuple[str, str]]:
    """How main/app.c splits the value of a Variable header: quotes, backslashes and brackets hide commas."""
    items, depth, quoted, index = [""], 0, False, 0
    while index < len(text):
        char = text[index]
        if char == "\\" and index + 1 < len(text):
            index += 1
            items[-1] += text[index]
        elif char == '"':
            quoted = not quoted
        elif char == "," and not depth and not quoted:
            items.append("")
        else:
            depth = max(0, depth + (char in "([") - (char in ")]"))
            items[-1] += char
        index += 1
    return [(name, value) for name, _, value in (item.partition("=") for item in items)]
