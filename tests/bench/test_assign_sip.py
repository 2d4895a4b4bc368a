"""The few SIP messages of the benchmark's phones: read what Asterisk writes, write what it accepts."""

import pytest

from bench.assign_sip import Dialog, parse, response, sdp, uri_of, user_of

pytestmark = pytest.mark.unit

INVITE = (
    b"INVITE sip:1001@127.0.0.200:5060 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:5070;rport;branch=z9hG4bKa\r\n"
    b'From: "4930000007" <sip:4930000007@127.0.0.1>;tag=x\r\nTo: <sip:1001@127.0.0.200>\r\n'
    b"Contact: <sip:asterisk@127.0.0.1:5070>\r\nCall-ID: abc\r\nCSeq: 12 INVITE\r\nContent-Length: 0\r\n\r\n"
)


def test_a_request_is_read() -> None:
    message = parse(INVITE)
    assert message is not None
    assert (message.method, message.code, message.call_id, message.cseq_method) == ("INVITE", 0, "abc", "INVITE")
    assert user_of(message.uri) == "1001"
    assert user_of(message.headers["from"]) == "4930000007"
    assert uri_of(message.headers["contact"]) == "sip:asterisk@127.0.0.1:5070"


def test_what_is_no_message_is_none() -> None:
    assert parse(b"\r\n\r\n") is None


def test_an_answer_repeats_what_it_answers() -> None:
    invite = parse(INVITE)
    assert invite is not None
    answer = parse(response(invite, "200 OK", to="<sip:1001@127.0.0.200>;tag=p", body=sdp("127.0.0.200")))
    assert answer is not None
    assert (answer.code, answer.call_id, answer.vias) == (200, "abc", invite.vias)
    assert answer.headers["to"].endswith(";tag=p")
    assert answer.headers["content-length"] == str(len(sdp("127.0.0.200")))


def test_a_dialogs_request() -> None:
    dialog = Dialog("abc", "127.0.0.200:5060", "<sip:1001@h>;tag=p", "<sip:49@h>;tag=x", "sip:asterisk@127.0.0.1:5070")
    dialog.cseq += 1
    message = parse(dialog.request("BYE", "abc-2"))
    assert message is not None
    assert (message.method, message.uri) == ("BYE", "sip:asterisk@127.0.0.1:5070")
    assert message.headers["cseq"] == "2 BYE"
    assert message.headers["from"] == "<sip:1001@h>;tag=p"
    assert message.vias[0].startswith("SIP/2.0/UDP 127.0.0.200:5060;branch=z9hG4bKabc-2")
