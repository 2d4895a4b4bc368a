"""How is a call that we begin written for AMI, and what do its marks and causes mean? PURE tables and fields.

The channels of such calls have Uniqueids of our own (ChannelId), so each event about them tells whose it is. Measured
on Asterisk 22.10.1: no DialEnd comes where the ring time-out is over, and Reason of OriginateResponse is 0 for busy,
rejected, no route and nobody there alike; the cause of the Hangup tells them apart.
"""

from __future__ import annotations

import re
from hashlib import blake2s
from math import ceil

from cti.model.callout import Listening
from cti.model.commands import PlaceCall, RingAgent, Spy
from cti.model.ticket import Ticket, encode_ticket
from cti.model.words import AttemptId, DialResult, Heard, OfferId, RingResult, SpyMode

Pairs = list[tuple[str, str]]

CALL_MARK = "cti-"  # begins the Uniqueid of a customer's channel; the attempt follows
AGENT_MARK = "ctia-"  # of an agent's; no n, x or z in it: patterns of extensions take them for digits
SPY_MARK = "ctil-"  # of a listener's; acd/spy.py knows his leg by it before there is one
CALL_CONTEXT, AGENT_CONTEXT, SPY_CONTEXT = "cti-outbound", "cti-waiting-agent", "cti-listen"
AUTO_ANSWER = ("cti-auto-answer", "s", "1")  # a Gosub on the phone's own channel before a Dial dials it
AUTO_ANSWER_HEADERS = {  # the same as that context adds: an Originate with Async takes no PreDialGoSub [measured]
    "Call-Info": "<sip:cti@auto-answer.invalid>;answer-after=0",
    "Alert-Info": "<sip:cti@auto-answer.invalid>;info=alert-autoanswer;delay=0",
}
SPY_OPTIONS = {SpyMode.LISTEN: "", SpyMode.WHISPER: "w", SpyMode.BARGE: "B"}  # of ChanSpy()
UNIQUEID = re.compile(r"[A-Za-z0-9_.-]{1,150}")
ATTEMPT = re.compile(r"[A-Za-z0-9_.-]{1,100}")
CALLER_ID = re.compile(r'(?:"[^"<>\\]{0,80}" ?)?<?[+0-9*#]{1,20}>?')
TICKET_PIECE_CHARS = 900  # a line of AMI has 1024 bytes
BEHIND_BEEP_MS = 1500  # so long a silence is no pause between two words of a greeting
UNSHOWABLE = re.compile(r'[\x00-\x1f\x7f"\\<>]')
SHOWN_CHARS = 80
SHOWN_OTHERWISE = "call-out"  # with no name at all his phone would show Anonymous

# Hangup causes (Q.850) as chan_pjsip makes them of SIP answers [measured]: 486, 600 -> 17; 480, 408 and our own ring
# time-out -> 19, 18; 603, 403 -> 21; 404 -> 1; 410 -> 22; 484 -> 28; 503 -> 34; 500 -> 38; 502 and nobody there -> 27.
DIAL_RESULTS = {
    "17": DialResult.BUSY,
    "18": DialResult.NO_ANSWER,
    "19": DialResult.NO_ANSWER,
    "21": DialResult.REJECTED,
    "1": DialResult.INVALID,
    "22": DialResult.INVALID,
    "28": DialResult.INVALID,
    "0": DialResult.CANCELLED,  # nobody outside ended it: somebody in this Asterisk did
}
RING_RESULTS = {
    "17": RingResult.BUSY,
    "18": RingResult.NO_ANSWER,
    "19": RingResult.NO_ANSWER,
    "21": RingResult.REJECTED,
}


def dial_result(cause: str) -> DialResult:
    """What became of an attempt that nobody answered, by the cause of its Hangup."""
    return DIAL_RESULTS.get(cause, DialResult.CONGESTION)


def ring_result(cause: str) -> RingResult:
    """What became of an agent's phone that nobody answered."""
    return RING_RESULTS.get(cause, RingResult.UNREACHABLE)


def heard(status: str, cause: str) -> Heard:
    """What AMDSTATUS and AMDCAUSE say.

    Whoever says nothing at all (INITIALSILENCE, to AMD a machine) may be a person who waits for us to speak.
    """
    if status == "MACHINE" and cause.startswith("INITIALSILENCE"):
        return Heard.UNSURE
    return {"HUMAN": Heard.HUMAN, "MACHINE": Heard.MACHINE, "": Heard.NOTHING}.get(status, Heard.UNSURE)


def behind_beep(longest_s: float) -> str:
    """The arguments of WaitForSilence() for the silence behind a machine's beep; it takes whole seconds."""
    return f"{BEHIND_BEEP_MS},1,{max(1, ceil(longest_s))}"


def attempt_of(uniqueid: str) -> AttemptId | None:
    """The attempt whose channel this is."""
    return AttemptId(uniqueid[len(CALL_MARK) :]) if uniqueid.startswith(CALL_MARK) else None


def mark_of(offer: OfferId) -> str:
    """A name for the channel of an offer's agent that is safe everywhere; offers hold names of others' making."""
    return blake2s(offer.encode(), digest_size=12).hexdigest()


def is_placeable(call: PlaceCall) -> bool:
    """Whether its attempt can name a channel, and its caller id is one (nobody is called with a wrong one)."""
    return bool(ATTEMPT.fullmatch(call.attempt)) and (not call.caller_id or bool(CALLER_ID.fullmatch(call.caller_id)))


def place(call: PlaceCall, dial: str) -> Pairs:
    """The Originate of a customer's call by `dial`."""
    uniqueid = f"{CALL_MARK}{call.attempt}"
    fields = _originate(dial, uniqueid, CALL_CONTEXT, call.ring_timeout_s)
    if call.caller_id:
        fields.append(("CallerID", call.caller_id))
    variables = {"CTI_NUMBER": call.number, "CTI_CAMPAIGN": call.campaign} | _ticket(call.ticket)
    if call.listen is not None:
        variables["CTI_AMD"] = _amd(call.listen)
    return fields + [("Variable", f"{name}={value}") for name, value in variables.items() if value]


def ring_agent(command: RingAgent) -> Pairs:
    """The Originate of the leg of an agent who is to wait for his customer."""
    uniqueid = f"{AGENT_MARK}{mark_of(command.leg.offer)}"
    fields = _originate(command.leg.dial, uniqueid, AGENT_CONTEXT, command.ring_timeout_s)
    shown = UNSHOWABLE.sub("", command.show)[:SHOWN_CHARS].strip() or SHOWN_OTHERWISE
    number = f"<{shown}>" if CALLER_ID.fullmatch(shown) else "<>"
    fields.append(("CallerID", f'"{shown}" {number}'))
    if command.auto_answer and command.leg.dial.startswith("PJSIP/"):
        fields += [("Variable", f"PJSIP_HEADER(add,{name})={value}") for name, value in AUTO_ANSWER_HEADERS.items()]
    return fields


def spy(command: Spy) -> Pairs:
    """The Originate of somebody who is to hear a talk. Raises ValueError where that has no good Uniqueid."""
    uniqueid = command.leg.partition("/")[2]
    if not UNIQUEID.fullmatch(uniqueid):
        raise ValueError("no Uniqueid of Asterisk's")
    fields = _originate(command.phone, f"{SPY_MARK}{command.spy}", SPY_CONTEXT, command.ring_timeout_s)
    shown = UNSHOWABLE.sub("", command.show)[:SHOWN_CHARS].strip()
    variables = {"CTI_SPY": uniqueid, "CTI_SPY_MODE": SPY_OPTIONS[command.mode]}
    pairs = [("Variable", f"{name}={value}") for name, value in variables.items() if value]
    return [*fields, ("CallerID", f'"{shown}" <>'), *pairs]


def _originate(dial: str, uniqueid: str, context: str, ring_timeout_s: float) -> Pairs:
    return [
        ("Action", "Originate"),
        ("Channel", dial),
        ("ChannelId", uniqueid),
        ("Context", context),
        ("Exten", uniqueid),
        ("Priority", "1"),
        ("Timeout", str(round(ring_timeout_s * 1000))),
        ("Async", "true"),
    ]


def _ticket(ticket: Ticket) -> dict[str, str]:
    """The ticket as channel variables; our dialplan puts the pieces of a long one together."""
    text = encode_ticket(ticket)
    pieces = [text[at : at + TICKET_PIECE_CHARS] for at in range(0, len(text), TICKET_PIECE_CHARS)]
    return {f"CTI_TICKET{number if number > 1 else ''}": piece for number, piece in enumerate(pieces, 1)}


def _amd(listen: Listening) -> str:
    """The arguments of AMD(), in the order of its documentation; times in ms."""
    times_s = (
        listen.initial_silence_s,
        listen.greeting_s,
        listen.after_greeting_silence_s,
        listen.total_analysis_s,
        listen.min_word_s,
        listen.between_words_silence_s,
    )
    return ",".join([*(str(round(time_s * 1000)) for time_s in times_s), str(listen.max_words)])
