"""What does the dialplan tell of a caller who comes into our hands? The arguments of AGI() read into one event."""

from __future__ import annotations

import re
from collections.abc import Mapping

from cti.model.events import CallArrived
from cti.model.ticket import decode_ticket
from cti.model.words import AgentId, AttemptId, CallId, NodeId, QueueName
from cti.switch import originate
from cti.switch.agi_session import AgiSession
from cti.switch.ami_events import phone_of

CAUSE = re.compile(r"[A-Z]{1,30}(-[0-9]{1,9}){0,4}")  # AMDCAUSE [app_amd.c]
MAX_FACTS = 16  # known of one customer
MAX_PREFERRED = 16
JOINED = "SUCCESS"  # BRIDGERESULT: he has talked to the agent who waited for him


def call_arrived(call: CallId, node: NodeId, session: AgiSession, args: Mapping[str, str]) -> CallArrived:
    """The event of this session."""
    entry, answered = args.get("entry", ""), args.get("answered_s", "")
    attempt = args.get("attempt", "")
    return CallArrived(
        call,
        node,
        session.channel,
        dialled=args.get("dialled", "") if not attempt else "",
        caller=session.env.get("agi_callerid", ""),
        queue=QueueName(args["queue"]) if args.get("queue") else None,
        customer=_pairs(args.get("customer", "")),
        preferred=tuple(map(AgentId, filter(None, args.get("agents", "").split("&")[:MAX_PREFERRED]))),
        entry=int(entry) if entry.isdecimal() and len(entry) <= 9 else 1,
        ticket=decode_ticket(args.get("ticket", "")),
        dial_status="ANSWER" if args.get("joined") == JOINED else args.get("dialstatus", ""),
        answered_s=float(answered) if answered.isdecimal() else 0.0,
        dialled_phone=phone_of(args.get("dialled_phone", "")),
        flow_at=args.get("flow", ""),
        attempt=AttemptId(attempt) if originate.ATTEMPT.fullmatch(attempt) else None,
        heard=originate.heard(args.get("amdstatus", ""), args.get("amdcause", "")),
        heard_why=args.get("amdcause", "") if CAUSE.fullmatch(args.get("amdcause", "")) else "",
    )


def is_new(args: Mapping[str, str]) -> bool:
    """Whether nobody has had this caller before: he has no place in a line or a flow, and we have not called him."""
    return not any(args.get(name) for name in ("ticket", "flow", "attempt"))


def _pairs(text: str) -> dict[str, str]:
    """What the dialplan knows of the customer: CTI_CUSTOMER=segment=gold&complaint=open."""
    facts = [fact.partition("=") for fact in text.split("&")[:MAX_FACTS]]
    return {key: value for key, found, value in facts if found and key}
