"""AGI environment, replies in every form Asterisk writes them, HANGUP anywhere, and the quoting of commands."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cti.switch.agi_codec import (
    MAX_COMMAND_BYTES,
    MAX_ENV_BYTES,
    AgiDecoder,
    AgiEncodeError,
    AgiMessage,
    AgiProtocolError,
    Environment,
    Hangup,
    Reply,
    encode_command,
)

pytestmark = pytest.mark.unit

ENV = b"agi_request: agi://127.0.21.1/in\nagi_channel: PJSIP/1-0001\nagi_arg_1: sales\nagi_arg_2: \n\n"
STREAM = [
    (b"200 result=0\n", Reply(200, 0, "0")),
    (b"200 result=1 (value (with) brackets)\n", Reply(200, 1, "1", "value (with) brackets")),
    (b"200 result=1 ()\n", Reply(200, 1, "1", "")),
    (b"200 result=1 (two\nHANGUP\nlines)\n", Reply(200, 1, "1", "two\nHANGUP\nlines")),
    (b"200 result= (timeout)\n", Reply(200, None, "", "timeout")),
    (b"200 result=0042 (timeout)\n", Reply(200, 42, "0042", "timeout")),
    (b"200 result=1*3#\n", Reply(200, None, "1*3#")),
    (b"200 result=-1 endpos=16000\n", Reply(200, -1, "-1", "", 16000)),
    (b"200 result=-1 (hangup) endpos=8\n", Reply(200, -1, "-1", "hangup", 8)),
    (b"200 result=1 (speech) endpos=0 results=1 score0=9\n", Reply(200, 1, "1", "speech", 0)),
    (b"200 result=1 (evil) endpos=5)\n", Reply(200, 1, "1", "evil) endpos=5")),
    (b"200 result=1 (\xe7\x8e\x8b)\n", Reply(200, 1, "1", "王")),
    (b"200 result=0 \r\n", Reply(200, 0, "0")),
    (b"HANGUP\n", Hangup()),
    (b"510 Invalid or unknown command\n", Reply(510, None, data="Invalid or unknown command")),
    (b"511 Command Not Permitted\n", Reply(511, None, data="Command Not Permitted")),
    (b"520 Invalid command syntax.\n", Reply(520, None, data="Invalid command syntax.")),
    (b"520-Usage:\n\n X\n200 result=1\n520 End.\n", Reply(520, None, data="Usage:\n\n X\n200 result=1\n520 End.")),
    (b"100 result=0 Trying...\n", Reply(100, None, data="result=0 Trying...")),
]  # fmt: skip


def decode(data: bytes, cuts: list[int] | None = None) -> list[AgiMessage]:
    decoder = AgiDecoder()
    edges = [0, *sorted(cut % (len(data) + 1) for cut in cuts or []), len(data)]
    return [message for a, b in pairwise(edges) for message in decoder.feed(data[a:b])]


@pytest.mark.parametrize(("line", "message"), STREAM)
def test_every_form_of_answer(line: bytes, message: AgiMessage) -> None:
    [env, got] = decode(ENV + line)
    assert isinstance(env, Environment) and env.args == ("sales", "") and env.values["agi_channel"] == "PJSIP/1-0001"
    assert got == message


@given(st.lists(st.sampled_from(STREAM), max_size=20), st.lists(st.integers(0, 10_000), max_size=15))
def test_any_cutting_gives_the_same_messages(stream: list[tuple[bytes, AgiMessage]], cuts: list[int]) -> None:
    data = ENV + b"".join(line for line, _ in stream)
    assert decode(data, cuts)[1:] == [message for _, message in stream]


@given(st.lists(st.sampled_from([*STREAM[:3], STREAM[17]]), max_size=10), st.lists(st.integers(0, 10), max_size=5))
def test_hangup_anywhere_shifts_no_answer(stream: list[tuple[bytes, AgiMessage]], places: list[int]) -> None:
    lines = list(stream)
    for place in places:
        lines.insert(place % (len(lines) + 1), (b"HANGUP\n", Hangup()))
    messages = decode(ENV + b"".join(line for line, _ in lines))[1:]
    assert [message for message in messages if isinstance(message, Reply)] == [message for _, message in stream]
    assert messages.count(Hangup()) == len(places)


def test_hangup_inside_a_usage_block_shifts_nothing() -> None:
    block = b"520-Usage follows:\nHANGUP\n520 End.\n200 result=1\n"
    assert [type(message) for message in decode(ENV + block)[1:]] == [Hangup, Reply, Reply]


@pytest.mark.parametrize(
    "data",
    [
        b"GET / HTTP/1.1\r\n",
        b"agi_x: " + b"y" * 5000,
        b"agi_x: " + b"y" * 5000 + b"\n",
        b"x" * 1_000_000,
        b"".join(b"agi_%d: x\n" % number for number in range(129)),
        b"".join(b"agi_%d: %s\n" % (number, b"x" * 3000) for number in range(MAX_ENV_BYTES // 3000 + 1)),
        b"agi_callerid: x\nagi_callerid: y\n",
        b"agi_no_colon\n",
        ENV + b"what?\n",
        ENV + b"20 result=1\n",
        ENV + b"\n",
        ENV + "２００ result=1\n".encode(),
        ENV + b"200 result=1 (" + b"x" * 20_000,
        ENV + b"200 result=1 (" + b"x\n" * 9_000,
        ENV + b"200 result=1 (" + b"(\n" * 200,
        ENV + b"520-" + b"x\n" * 9_000,
        ENV + b"HANGUP\n" * 100,
    ],
)
def test_beyond_the_limits_or_no_agi_is_an_error(data: bytes) -> None:
    with pytest.raises(AgiProtocolError):
        decode(data)


@given(
    st.dictionaries(
        st.from_regex(r"agi_[a-z_0-9]{1,12}", fullmatch=True),
        st.text(st.characters(blacklist_characters="\n", blacklist_categories=("Cs",)), max_size=20),
        min_size=1,
        max_size=40,
    ),
    st.integers(1, 200),
)
def test_an_environment_in_one_piece_says_what_it_says_in_two(values: dict[str, str], cut: int) -> None:
    """The first is read at once, where nothing in it is out of the ordinary; the second line by line."""
    data = "".join(f"{key}: {value}\n" for key, value in values.items()).encode() + b"\n"
    line_by_line = AgiDecoder()
    split = min(cut, len(data) - 2)
    assert line_by_line.feed(data[:split]) == []
    assert AgiDecoder().feed(data + b"200 result=1\n")[:1] == line_by_line.feed(data[split:])


def test_personal_data_is_not_in_the_repr() -> None:
    [env, reply] = decode(b"agi_callerid: 4711\n\n200 result=4711 (4711)\n")
    assert "4711" not in repr(env) and "4711" not in repr(reply).replace("result=4711", "")


def asterisk_words(line: str) -> list[str]:
    """How res/res_agi.c parse_args reads a line."""
    words: list[str] = []
    blank, quoted, escaped = True, False, False
    for char in line:
        if char == '"' and not escaped:
            quoted = not quoted
            if quoted and blank:
                words.append("")
                blank = False
        elif char in " \t" and not quoted and not escaped:
            blank = True
        elif char == "\\" and not escaped:
            escaped = True
            continue
        else:
            if blank:
                words.append("")
                blank = False
            words[-1] += char
        escaped = False
    return words


text = st.text(st.characters(blacklist_characters="\r\n\0", blacklist_categories=["Cs"]), max_size=40)


@given(st.lists(text | st.text('"\\ \tab', max_size=10), max_size=8))
def test_words_arrive_as_they_were(words: list[str]) -> None:
    line = encode_command("SET VARIABLE", *words)
    assert line.count(b"\n") == 1 and line.endswith(b"\n")
    assert asterisk_words(line[:-1].decode()) == ["SET", "VARIABLE", *words]


def test_plain_words_stay_plain() -> None:
    assert encode_command("EXEC", "Dial", "PJSIP/1001,20,g") == b"EXEC Dial PJSIP/1001,20,g\n"
    assert encode_command("SET VARIABLE", "CTI_TICKET", "") == b'SET VARIABLE CTI_TICKET ""\n'


@pytest.mark.parametrize(
    "words",
    [(), ("",), ("A\nB",), ("A", "4711\nHANGUP"), ("A", "4711\r"), ("A", "4711\0"), ("A", "4711\ud800"),
     ("A", "4711" * MAX_COMMAND_BYTES), ("A", *["4711"] * 200), ("A 4711",)],
)  # fmt: skip
def test_what_cannot_be_sent_is_refused_without_an_echo(words: tuple[str, ...]) -> None:
    with pytest.raises(AgiEncodeError) as caught:
        encode_command(*words)
    assert "4711" not in str(caught.value) and caught.value.__cause__ is None


def test_the_longest_line() -> None:
    assert len(encode_command("A", "x" * (MAX_COMMAND_BYTES - 3))) == MAX_COMMAND_BYTES
