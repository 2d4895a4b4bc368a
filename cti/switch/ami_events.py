"""Which AMI event means what to the core? One table from event names to small functions; no I/O, no state.

Everything here is about legs by their Uniqueid; what needs to know which offer a leg belongs to is node.py's.
Source of the field names: Asterisk 22 AMI event documentation (Newchannel, Hangup, DTMFEnd, Hold, BlindTransfer ...).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from cti.model import events
from cti.model.words import CallId, NodeId, RingResult

Fields = Mapping[str, str]
Translate = Callable[[NodeId, Fields], tuple[events.AnyEvent, ...]]

# Hangup causes (Q.850) as chan_pjsip derives them from SIP: 486/600 -> 17, 401/403/603 -> 21.
CAUSE_USER_BUSY = "17"
CAUSE_REJECTED = "21"


def leg_id(node: NodeId, uniqueid: str) -> str:
    return f"{node}/{uniqueid}"


def phone_of(channel: str) -> str:
    """PJSIP/1001-0000002a -> PJSIP/1001; Local/5@ctx-00000001;2 -> Local/5@ctx."""
    return channel.rpartition("-")[0]


def ring_result(dial_status: str, cause: str = "") -> RingResult:
    """What DIALSTATUS (or DialStatus of DialEnd) and the Hangup cause say together.

    app_dial knows no word for "rejected": a 603 ends as CHANUNAVAIL with cause 21 (app_dial.c, HANDLE_CAUSE).
    """
    if dial_status == "ANSWER":
        return RingResult.ANSWERED
    if cause == CAUSE_REJECTED:
        return RingResult.REJECTED
    if dial_status == "BUSY" or (cause == CAUSE_USER_BUSY and dial_status != "NOANSWER"):
        return RingResult.BUSY
    if dial_status == "NOANSWER":
        return RingResult.NO_ANSWER
    if dial_status in ("CANCEL", ""):
        return RingResult.CANCELLED
    return RingResult.UNREACHABLE  # CHANUNAVAIL, CONGESTION


def _newchannel(node: NodeId, fields: Fields) -> tuple[events.AnyEvent, ...]:
    return (events.LegUp(leg_id(node, fields["Uniqueid"]), phone_of(fields["Channel"])),)


def _hangup(node: NodeId, fields: Fields) -> tuple[events.AnyEvent, ...]:
    leg = leg_id(node, fields["Uniqueid"])
    return (events.LegDown(leg), events.CallGone(CallId(leg)))


def _dtmf_end(node: NodeId, fields: Fields) -> tuple[events.AnyEvent, ...]:
    if fields.get("Direction") != "Received":
        return ()
    return (events.DigitPressed(CallId(leg_id(node, fields["Uniqueid"])), fields["Digit"]),)


def _hold(node: NodeId, fields: Fields) -> tuple[events.AnyEvent, ...]:
    return (events.LegHeld(leg_id(node, fields["Uniqueid"]), True),)


def _unhold(node: NodeId, fields: Fields) -> tuple[events.AnyEvent, ...]:
    return (events.LegHeld(leg_id(node, fields["Uniqueid"]), False),)


def _blind_transfer(node: NodeId, fields: Fields) -> tuple[events.AnyEvent, ...]:
    transferee = fields.get("TransfereeUniqueid", "")
    if fields.get("Result") != "Success" or not transferee:
        return ()
    call = CallId(leg_id(node, transferee))
    leg = leg_id(node, fields["TransfererUniqueid"]) if fields.get("TransfererUniqueid") else ""
    return (events.CallTransferred(call, fields.get("Context", ""), fields.get("Extension", ""), leg),)


TABLE: Mapping[str, Translate] = {
    "Newchannel": _newchannel,
    "Hangup": _hangup,
    "DTMFEnd": _dtmf_end,
    "Hold": _hold,
    "Unhold": _unhold,
    "BlindTransfer": _blind_transfer,
}
