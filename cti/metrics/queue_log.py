"""How would Asterisk's app_queue have logged this? One Changed -> zero or more queue_log lines, byte-compatible. PURE.

`epoch|callid|queue|agent|EVENT|data...`; field order read in Asterisk's source (apps/app_queue.c, ast_queue_log() in
main/logger.c). Knows nothing of files (queue_log_file.py). Lines hold the caller's number, as Asterisk's do.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cti.model.changes import Changed, Kind
from cti.model.policy import Center
from cti.model.words import AgentStatus, ContactState, EndedBy, OfferState, Outcome

MAX_LINE_CHARS = 8000  # Asterisk cuts its own lines at 8192 bytes [main/logger.c: qlog_msg]

_FORBIDDEN = str.maketrans("|\r\n\0", "____")

# app_queue: rna() for a phone that rang in vain, was busy or congested alike; RINGCANCELED for a ring taken back
_RING_EVENTS = {
    OfferState.MISSED: "RINGNOANSWER",
    OfferState.REJECTED: "RINGNOANSWER",
    OfferState.BUSY: "RINGNOANSWER",
    OfferState.UNREACHABLE: "RINGNOANSWER",
    OfferState.WITHDRAWN: "RINGCANCELED",
    OfferState.ABANDONED: "RINGCANCELED",
}


LOGGED = (Kind.CONTACT, Kind.VISIT, Kind.OFFER, Kind.TRANSFER, Kind.STATUS, Kind.CONFIG)


@dataclass(slots=True)
class _Trace:
    """What a later line of this contact needs from an earlier fact."""

    call: str
    at_home: bool = False  # we are to call him: app_queue knows only those who are on the phone
    caller: str = ""  # personal data
    called_at: float | None = None  # then he was: his wait in this log begins
    transfer: tuple[str, str] | None = None  # kind, goto


class QueueLogLines:
    """Turns the stream into lines (without the line end). `lines` never raises."""

    def __init__(self, policy: Center) -> None:
        self.policy = self._former = policy
        self._traces: dict[str, _Trace] = {}
        self._status_of = {name: str(agent.starts) for name, agent in policy.agents.items()}

    def reload(self, policy: Center) -> None:
        """Take over a changed policy, before the core tells what came of it."""
        self._former, self.policy = self.policy, policy
        for name, agent in policy.agents.items():
            if name not in self._status_of:
                self._status_of[name] = agent.starts

    @staticmethod
    def start(at: float) -> str:
        """The line that says that the log begins (again): main/logger.c writes it with an empty data field."""
        return _line(at, "NONE", "NONE", "NONE", "QUEUESTART", "")

    def lines(self, changed: Changed) -> list[str]:
        match changed.kind:
            case Kind.CONTACT:
                return self._contact(changed)
            case Kind.VISIT:
                return self._visit(changed)
            case Kind.OFFER:
                return self._offer(changed)
            case Kind.TRANSFER:
                self._trace(changed, keep=False).transfer = (changed.new, changed.goto or "")
                return []
            case Kind.STATUS:
                return self._status(changed)
            case Kind.CONFIG:
                return self._memberships(changed)
            case _:
                return []

    def _contact(self, changed: Changed) -> list[str]:
        if changed.new == ContactState.ENDED:
            self._traces.pop(changed.id, None)
        elif changed.call:
            self._trace(changed).call = changed.call
            return self._enters(changed)
        return []

    def _enters(self, changed: Changed) -> list[str]:
        """He whom we have called is on the phone: for app_queue's readers he enters the queue now."""
        trace = self._trace(changed, keep=False)
        if not trace.at_home or not changed.call:
            return []
        trace.at_home, trace.call, trace.called_at = False, changed.call, changed.at
        where = (changed.at, _bare(trace.call), changed.queue or "NONE", "NONE")
        return [_line(*where, "ENTERQUEUE", "", trace.caller, changed.position or 1)]

    def _trace(self, changed: Changed, *, keep: bool = True) -> _Trace:
        contact = changed.contact or changed.id.partition("#")[0]
        trace = self._traces.get(contact)
        if trace is None:
            trace = _Trace(changed.call or contact)
            if keep:
                self._traces[contact] = trace
        return trace

    def _visit(self, changed: Changed) -> list[str]:
        trace = self._trace(changed)
        if changed.outbound and not changed.call:
            trace.at_home, trace.caller = changed.new == "waiting", changed.caller or ""
            return []
        lines = self._enters(changed)
        trace.call = changed.call or trace.call
        where = (changed.at, _bare(trace.call), changed.queue or "NONE")
        wait_s = changed.wait_s if trace.called_at is None else changed.at - trace.called_at
        if changed.new != "waiting":
            trace.called_at = None
        # A caller who came back after an engine's death stands in the log already
        if changed.old == "" and changed.cause != "resumed":
            place = changed.original_position or changed.position or 1
            lines.append(_line(*where, "NONE", "ENTERQUEUE", "", changed.caller or "", place))
        position = changed.position or changed.original_position or 1
        left = (position, changed.original_position or position, _whole(wait_s))
        match changed.new:
            case Outcome.ANSWERED:
                uniqueid = _bare(changed.leg or "")
                data = (_whole(wait_s), uniqueid, _whole(changed.ring_s))
                lines.append(_line(*where, changed.agent or "NONE", "CONNECT", *data))
            case Outcome.ABANDONED:
                lines.append(_line(*where, "NONE", "ABANDON", *left))
            case Outcome.TIMED_OUT:
                lines.append(_line(*where, "NONE", "EXITWITHTIMEOUT", *left))
            case Outcome.KEY_EXIT:
                lines.append(_line(*where, "NONE", "EXITWITHKEY", changed.key or "", *left))
            case Outcome.OVERFLOWED if changed.reason == "nobody":
                lines.append(_line(*where, "NONE", "EXITEMPTY", *left))
            case "waiting":
                pass
            case _:  # app_queue knows none of the other outcomes; WITHDRAW has room for a reason
                lines.append(_line(*where, "NONE", "WITHDRAW", *left, changed.new))
        return lines

    def _offer(self, changed: Changed) -> list[str]:
        trace = self._trace(changed, keep=False)
        if changed.outbound and not changed.call:
            return []
        entered = self._enters(changed)
        if entered:
            return entered
        where = (changed.at, _bare(changed.call or trace.call), changed.queue or "NONE", changed.agent or "NONE")
        if changed.new in _RING_EVENTS:
            return [_line(*where, _RING_EVENTS[OfferState(changed.new)], round((changed.ring_s or 0.0) * 1000))]
        if changed.new == OfferState.ACCEPTED:
            trace.transfer = None  # one that was told too late belongs to the talk before
        if changed.new != OfferState.ENDED:
            return []
        numbers = (_whole(changed.wait_s), _whole(changed.talk_s), changed.original_position or 1)
        kind, goto = trace.transfer or ("", "")
        trace.transfer = None
        if kind == "blind":
            context, _, rest = goto.partition(",")
            return [_line(*where, "BLINDTRANSFER", rest.partition(",")[0], context, *numbers)]
        if kind == "attended" or changed.ended_by == EndedBy.TRANSFER:
            return [_line(*where, "ATTENDEDTRANSFER", "BRIDGE", goto, *numbers)]
        event = "COMPLETECALLER" if changed.ended_by == EndedBy.CALLER else "COMPLETEAGENT"
        return [_line(*where, event, *numbers)]

    def _status(self, changed: Changed) -> list[str]:
        agent = changed.agent or changed.id
        self._status_of[agent] = changed.new
        policy = self.policy.agents.get(agent) or self._former.agents.get(agent)  # who is dismissed logs out at last
        queues = list(policy.queues) if policy else []
        was_in, is_in = (status not in ("", AgentStatus.LOGGED_OUT) for status in (changed.old, changed.new))
        on_break = changed.new == AgentStatus.ON_BREAK
        at, reason = changed.at, changed.reason or ""
        if was_in and not is_in:
            return [_line(at, "MANAGER", queue, agent, "REMOVEMEMBER", "") for queue in queues]
        lines = []
        if is_in and not was_in:
            paused = "PAUSED" if on_break else ""
            lines += [_line(at, "MANAGER", queue, agent, "ADDMEMBER", paused) for queue in queues]
        if on_break or changed.old == AgentStatus.ON_BREAK:
            word = "PAUSE" if on_break else "UNPAUSE"
            lines.append(_line(at, "NONE", "NONE", agent, f"{word}ALL", reason))
            lines += [_line(at, "NONE", queue, agent, word, reason) for queue in queues]
        return lines

    def _memberships(self, changed: Changed) -> list[str]:
        """A new policy holds: who is logged in has joined and left queues, as by app_queue's `queue add member`."""
        lines = []
        for agent, rules in self.policy.agents.items():
            former = self._former.agents.get(agent)
            if former is None or former is rules or former.queues.keys() == rules.queues.keys():
                continue
            status = self._status_of[agent]
            if status == AgentStatus.LOGGED_OUT:
                continue
            where = (changed.at, "MANAGER")
            paused = "PAUSED" if status == AgentStatus.ON_BREAK else ""
            left = [queue for queue in former.queues if queue not in rules.queues]
            joined = [queue for queue in rules.queues if queue not in former.queues]
            lines += [_line(*where, queue, agent, "REMOVEMEMBER", "") for queue in left]
            lines += [_line(*where, queue, agent, "ADDMEMBER", paused) for queue in joined]
        for agent in [agent for agent in self._status_of if agent not in self.policy.agents]:
            del self._status_of[agent]
        return lines


def _bare(call: str) -> str:
    """The Uniqueid of "<node>/<Uniqueid>"; NONE where nothing is known."""
    return call.partition("/")[2] or call or "NONE"


def _whole(seconds: float | None) -> int:
    return max(0, int(seconds or 0.0))  # whole seconds, cut like time(NULL) - start


def _line(at: float, callid: str, queue: str, agent: str, event: str, *data: Any) -> str:
    fields = (int(at), callid, queue, agent, event, *data)
    line = "|".join(map(str, fields))
    if line.count("|") >= len(fields) or not line.isprintable():  # one of them holds what would break the line
        line = "|".join(str(field).translate(_FORBIDDEN) for field in fields)
    return line[:MAX_LINE_CHARS]
