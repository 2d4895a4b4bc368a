"""How does the simulated Asterisk place calls? Originate on AMI, its events, and what the dialplan does with an answer.

Bytes and order of events are those measured on Asterisk 22.10.1 (switch/originate.py); who picks up is people's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from cti.sim.channels import Call, DialResult, Leg
from cti.sim.exchange import Exchange
from cti.sim.outgoing import AgentRing, Outgoing, OutgoingCalls

Fields = list[tuple[str, str]]
CALL_CONTEXT, AGENT_CONTEXT, SPY_CONTEXT = "cti-outbound", "cti-waiting-agent", "cti-listen"
CALL_MARK, AGENT_MARK, SPY_MARK = "cti-", "ctia-", "ctil-"
CAUSES = {"BUSY": "17", "NOANSWER": "19", "REJECT": "21", "INVALID": "1", "CONGESTION": "34", "CANCEL": "0"}
DIAL_STATUS = {"BUSY": "BUSY", "CONGESTION": "CONGESTION"}  # every other end is NOANSWER
TICKET_VARIABLES = ("CTI_TICKET", "CTI_TICKET2", "CTI_TICKET3", "CTI_TICKET4", "CTI_TICKET5")


class Nobody:
    """Callees where nobody plays them: it rings until the time-out."""

    def customer_rings(self, outgoing: Outgoing) -> None: ...
    def customer_over(self, outgoing: Outgoing) -> None: ...
    def phone_rings(self, leg: Leg) -> None: ...


class TcpBegun:
    """Calls that the engine begins; implements outgoing.Line. `tell(node, event, fields)`; `waits` opens a session."""

    def __init__(
        self,
        exchange: Exchange,
        tell: Callable[[str, str, Fields], None],
        waits: Callable[[AgentRing], None],
        let_go: Callable[[Leg], None],
    ) -> None:
        self.calls = OutgoingCalls(exchange)
        self.calls.line = self
        self.calls.callees = Nobody()
        self._exchange, self._tell, self._waits, self._let_go = exchange, tell, waits, let_go
        self._asked: dict[str, tuple[Fields, dict[str, str]]] = {}  # by Uniqueid: ids of its response, variables

    # --- AMI actions ------------------------------------------------------------------------------------------------

    def originate(self, node: str, asked: Mapping[str, str], variables: Sequence[str]) -> None:
        """It is not refused: begin."""
        uniqueid, context = asked["channelid"], asked["context"]
        timeout_s = int(asked.get("timeout", "30000")) / 1000
        response = [("ActionID", asked.get("actionid", "")), ("Channel", asked.get("channel", ""))]
        response += [("Context", context), ("Exten", uniqueid), ("Uniqueid", uniqueid)]
        if uniqueid in self._asked:
            self._respond(node, response, "0")
            return
        pairs = (variable.partition("=") for variable in variables)
        given = {name: re.sub(r"\\(.)", r"\1", value) for name, _, value in pairs}
        self._asked[uniqueid] = response, given
        if context == CALL_CONTEXT:
            self._call(node, uniqueid.removeprefix(CALL_MARK), timeout_s, given)
        elif not self.calls.ring_agent(node, asked.get("channel", ""), uniqueid, timeout_s):
            del self._asked[uniqueid]
            self._respond(node, response, "0")

    def _call(self, node: str, attempt: str, timeout_s: float, given: Mapping[str, str]) -> None:
        channel = channel_of(attempt)
        ids = [("Channel", channel), ("Uniqueid", f"{CALL_MARK}{attempt}"), ("Linkedid", f"{CALL_MARK}{attempt}")]
        self._tell(node, "Newchannel", [*ids, ("Context", "cti-inbound"), ("Exten", "s")])
        number = given.get("CTI_NUMBER", "")
        self._tell(node, "DialBegin", [*_dest(channel, f"{CALL_MARK}{attempt}"), ("DialString", f"{number}@trunk1")])
        self.calls.originate(node, attempt, number, timeout_s, None, listens="CTI_AMD" in given)

    def hang_up(self, channel: str) -> bool:
        """AMI Hangup of a customer's channel that rings."""
        outgoing = next((each for each in self.calls.ringing.values() if channel_of(each.attempt) == channel), None)
        if outgoing is not None:
            self.calls.end(outgoing, "CANCEL")
        return outgoing is not None

    def ringing(self, node: str) -> list[tuple[str, str, str]]:
        """Channel, Uniqueid and ticket of each customer who is being called on `node`."""
        return [
            (channel_of(each.attempt), each.uniqueid, self._asked[each.uniqueid][1].get("CTI_TICKET", ""))
            for each in self.calls.ringing.values()
            if each.node == node
        ]

    # --- outgoing.Line ----------------------------------------------------------------------------------------------

    def attempt_answered(self, outgoing: Outgoing) -> None:
        """The dialplan has him now: it puts his ticket together, and listens where it is told to."""
        call, given = outgoing.call, self._asked[outgoing.uniqueid][1]
        assert call is not None
        call.place = CALL_CONTEXT
        call.variables.update({name: value for name, value in given.items() if name not in TICKET_VARIABLES})
        call.variables["CTI_TICKET"] = "".join(given.get(name, "") for name in TICKET_VARIABLES)
        self._answered(outgoing.node, channel_of(outgoing.attempt), outgoing.uniqueid)

    def attempt_ended(self, outgoing: Outgoing, status: str) -> None:
        node, channel, uniqueid = outgoing.node, channel_of(outgoing.attempt), outgoing.uniqueid
        if status != "NOANSWER":  # our own ring time-out tells no DialEnd
            shown = DIAL_STATUS.get(status, "NOANSWER")
            self._tell(node, "DialEnd", [*_dest(channel, uniqueid), ("DialStatus", shown)])
        response, _ = self._asked.pop(uniqueid)
        self._respond(node, response, "3" if status == "NOANSWER" else "0")
        ids = [("Channel", channel), ("Uniqueid", uniqueid), ("Linkedid", uniqueid)]
        self._tell(node, "Hangup", [*ids, ("Cause", CAUSES[status]), ("Cause-txt", "Unknown")])

    def agent_rings(self, ring: AgentRing) -> None:
        leg = ring.leg
        self._tell(leg.node, "DialBegin", [*_dest(leg.channel, leg.uniqueid), ("DialString", _endpoint(leg))])

    def agent_waits(self, ring: AgentRing) -> None:
        self._answered(ring.leg.node, ring.leg.channel, ring.leg.uniqueid)
        spied = self._asked[ring.leg.uniqueid][1].get("CTI_SPY")
        if spied is not None:  # ChanSpy: its Hangup tells the end
            self.calls.overhear(ring.tag, spied, lambda: None)
        else:
            self._waits(ring)

    def agent_ended(self, ring: AgentRing, status: str, cause: int) -> None:
        leg = ring.leg
        if status != "NOANSWER":
            self._tell(leg.node, "DialEnd", [*_dest(leg.channel, leg.uniqueid), ("DialStatus", status)])
        leg.cause = cause or int(CAUSES["NOANSWER"])
        asked = self._asked.pop(leg.uniqueid, None)
        if asked is not None:
            self._respond(leg.node, asked[0], "0")

    # --- Bridge -----------------------------------------------------------------------------------------------------

    def join(self, call: Call, channel: str, done: Callable[[DialResult], None]) -> None:
        """EXEC Bridge: the agent's own session ends, and they talk; or he is not there."""
        ring = next((each for each in self.calls.agents.values() if each.leg.channel == channel), None)
        if ring is not None and ring.answered:
            self._let_go(ring.leg)
        self.calls.join(call, ring.tag if ring is not None else "", done)

    def gone(self, uniqueid: str) -> None:
        """A channel that we had begun is hung up."""
        self._asked.pop(uniqueid, None)

    # --- inside -----------------------------------------------------------------------------------------------------

    def _answered(self, node: str, channel: str, uniqueid: str) -> None:
        self._tell(node, "DialEnd", [*_dest(channel, uniqueid), ("DialStatus", "ANSWER")])
        self._respond(node, self._asked[uniqueid][0], "4", "Success")

    def _respond(self, node: str, response: Fields, reason: str, how: str = "Failure") -> None:
        self._tell(node, "OriginateResponse", [*response, ("Response", how), ("Reason", reason)])


def refused(asked: Mapping[str, str]) -> str:
    """Why Asterisk refuses an Originate; "" where it does not."""
    marks = {CALL_CONTEXT: CALL_MARK, AGENT_CONTEXT: AGENT_MARK, SPY_CONTEXT: SPY_MARK}
    uniqueid = asked.get("channelid", "")
    mark = marks.get(asked.get("context", ""), "")
    known = mark and uniqueid.startswith(mark) and asked.get("exten", "") == uniqueid
    return "" if known and asked.get("async") == "true" else "Extension does not exist."


def channel_of(attempt: str) -> str:
    """The name that OutgoingCalls gives a customer's channel."""
    return f"PJSIP/trunk1-{attempt}"


def _dest(channel: str, uniqueid: str) -> Fields:
    return [("DestChannel", channel), ("DestUniqueid", uniqueid), ("DestLinkedid", uniqueid)]


def _endpoint(leg: Leg) -> str:
    return leg.phone.dial.partition("/")[2]
