"""What happens at nodes that decide without the caller: hours, set, branch, language, split? Each leads on at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from cti.ivr import expressions, replies, sticky
from cti.ivr.graph import outcome_target
from cti.ivr.moves import Go, Move
from cti.ivr.values import Plain
from cti.model import flow_nodes as nodes
from cti.model.flow_nodes import ERROR, THEN, Node

if TYPE_CHECKING:
    from cti.ivr.session import FlowSession


def present(session: FlowSession, node: Node) -> Move | None:
    """Return the way on from a node that decides; None: not one of ours."""
    match node:
        case nodes.Hours():
            return _hours(session, node)
        case nodes.Set():
            for name, value in computed(session, node.set).items():
                session.put(name, value)
            return Go(THEN, node.then)
        case nodes.Branch():
            return _branch(session, node)
        case nodes.SetLanguage():
            if node.language in session.flow.languages:
                session.language = node.language
            else:
                session.trouble("language", node.language)
            return Go(THEN, node.then)
        case nodes.NotAgain():
            session.tell(replies.CallsUnwanted(session.flow.name, session.frame.node, node.do_not_call))
            return Go(THEN, node.then)
        case nodes.Split():
            share = sticky.choose(node.shares, f"split {node.split}", session.caller.identity)
            session.tell(replies.SplitTaken(session.flow.name, session.frame.node, node.split, share))
            return Go(share, node.on.get(share, session.flow.on.get(ERROR, "")))
        case _:
            return None


def computed(session: FlowSession, formulas: Mapping[str, str]) -> dict[str, Plain]:
    """Return the value of each formula, all of them computed before any is assigned; None where it is not known."""
    values = session.values()
    return {name: value(session, text, values) for name, text in formulas.items()}


def value(session: FlowSession, text: str, values: Mapping[str, Plain]) -> Plain:
    """Return the value of one formula; None where it cannot be read (check complains about it beforehand)."""
    try:
        return expressions.evaluate(expressions.parse(text), values)
    except expressions.BadExpression:
        session.trouble("bad_expression")
        return None


def _branch(session: FlowSession, node: nodes.Branch) -> Move:
    values = session.values()
    for number, case in enumerate(node.branch, start=1):
        if value(session, case.condition, values) is True:
            return Go(f"case {number}", case.then)
    return Go("otherwise", node.otherwise)


def _hours(session: FlowSession, node: nodes.Hours) -> Move:
    state = session.hours(node.hours, session.now)
    if state is None:
        session.trouble("no_hours")
        return Go(ERROR, outcome_target(session.flow, node, ERROR))
    outcome = "open" if state.open else "closed"
    if str(state.why) in ("holiday", "special_day") and str(state.why) in node.on:
        outcome = str(state.why)
    elif state.open and state.closes_at is not None and state.closes_at - session.now <= node.closing_soon_s:
        outcome = "closing_soon"
    return Go(outcome, outcome_target(session.flow, node, outcome))
