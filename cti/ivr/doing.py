"""What happens at nodes that have something done: lookup, record, voicemail, queue, transfer, promised callback?

Pure functions: `present` says what the switch shall do, `take` which way its reply leads; None: not one of ours.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cti.ivr import asking, replies, verbs
from cti.ivr.graph import outcome_target, path_variables
from cti.ivr.moves import Go, Move
from cti.ivr.values import Secret, Unfit, Value, fit, plain
from cti.model import flow_nodes as nodes
from cti.model.flow_nodes import THEN, Node

if TYPE_CHECKING:
    from cti.ivr.session import FlowSession


def present(session: FlowSession, node: Node) -> Move | None:
    """Return the verb of a node that has something done, or the way on if it cannot be done."""
    match node:
        case nodes.Lookup():
            return _lookup(session, node)
        case nodes.Queue():
            return enqueue(session, node)
        case nodes.OfferCallback():
            return asking.promise(session, node)
        case nodes.Voicemail():
            number = plain(session.get(node.number))
            more = ("#", node.voicemail, number if isinstance(number, str) else "", node.connect)
            return verbs.Record(session.voice.prompt(node.ask), recording(session), node.max_s, node.silence_s, *more)
        case nodes.Record():
            prompts = session.voice.prompt(node.ask)
            return verbs.Record(prompts, recording(session), node.max_s, node.silence_s, node.end_key)
        case nodes.Transfer():
            return verbs.Transfer(node.transfer, node.ring_timeout_s)
        case _:
            return None


def take(session: FlowSession, node: Node, reply: replies.Reply) -> Move | None:
    """Return what follows from `reply` at such a node."""
    match node, reply:
        case nodes.Lookup(), replies.Found():
            return _found(session, node, reply)
        case nodes.Lookup(), replies.NotFound():
            return _out(session, node, "not_found")
        case nodes.Lookup(), replies.Down():
            session.trouble("lookup_down")
            return _out(session, node, "down")
        case nodes.Queue(), replies.QueueEnded():
            return _out(session, node, THEN if reply.outcome == "talked" else reply.outcome)
        case nodes.Transfer(), replies.Transferred():
            return _out(session, node, THEN if reply.outcome == "answered" else reply.outcome)
        case nodes.OfferCallback(), replies.CallbackTaken():
            return Go(THEN, node.then)
        case nodes.OfferCallback(), replies.CallbackRefused():
            return _out(session, node, "refused")
        case ((nodes.Voicemail() | nodes.Record()), replies.Recorded()):
            if not reply.seconds > 0:
                return _out(session, node, "empty")
            if isinstance(node, nodes.Record):
                session.put(node.record, recording(session))
            return Go(THEN, node.then)
        case ((nodes.Voicemail() | nodes.Record()), replies.NotRecorded()):
            return _out(session, node, "failed")
        case _:
            return None


def _out(session: FlowSession, node: Node, outcome: str) -> Go:
    if outcome != THEN and outcome not in node.OUTCOMES:
        outcome = "failed"  # a word that this version does not know
    return Go(outcome, outcome_target(session.flow, node, outcome))


def recording(session: FlowSession) -> str:
    """Return the name of the present recording: of call, node and visit, so that no two are the same."""
    return f"{recordings_of(session.caller.call)}{session.flow.name}-{session.frame.node}-{session.visits}"


def recordings_of(call: str) -> str:
    """Return how the names of all recordings of a call begin, and of no other call."""
    return "".join(char if char.isalnum() else "-" for char in call) + "-"


def enqueue(session: FlowSession, node: nodes.Queue) -> verbs.Enqueue:
    """Return the verb that puts the caller into the line."""
    own = plain(session.get(node.preferred_from)) if node.preferred_from else None
    known = {name: _shown(session.get(variable)) for name, variable in node.customer.items()}
    return verbs.Enqueue(
        node.queue,
        dict(node.requires),
        node.head_start_s,
        (*([own] if isinstance(own, str) and own else []), *node.preferred),
        {name: value for name, value in known.items() if value},
        session.language,
    )


def _shown(value: Value) -> str:
    """What goes to the agent's screen and into the ticket: never a secret."""
    if value is None or isinstance(value, Secret):
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)[:200]


def _lookup(session: FlowSession, node: nodes.Lookup) -> Move:
    in_path = path_variables(node)
    values = {name: session.get(name) for name in (*in_path, *node.send.values())}
    if any(values[name] in (None, "") for name in in_path):
        session.trouble("unknown_value")
        return _out(session, node, "not_found")
    return verbs.Lookup(
        node.lookup,
        "POST" if node.post is not None else "GET",
        node.post or node.get or "",
        f"{session.caller.call}/{session.flow.name}/{session.frame.node}/{session.visits}",
        values,
        dict(node.send),
        dict(node.into),
        session.voice.prompt(node.meanwhile, "meanwhile") if node.meanwhile else session.voice.text("wait"),
    )


def _found(session: FlowSession, node: nodes.Lookup, reply: replies.Found) -> Move:
    """All values of the answer, or none: half an answer is worse than saying that the system is down."""
    values: dict[str, Value] = {}
    for name in node.into:
        variable = session.flow.variables.get(name)
        if variable is None:
            continue
        try:
            values[name] = fit(variable, reply.values.get(name))
        except Unfit:
            session.trouble("unfit_answer", name)
            return _out(session, node, "down")
    session.frame.values.update(values)
    for name in values:
        if isinstance(values[name], Secret):
            session.frame.asked[name] = session.frame.node
    return Go(THEN, node.then)
