"""How does a caller come from one engine process to the next, in the middle of a flow? Session to checkpoint and back.

He hears his node again, not the start. Secrets stay behind: at a node that needs one he is asked for it again.
"""

from __future__ import annotations

from cti.ivr import doing, verbs
from cti.ivr.book import FlowBook
from cti.ivr.caller import Caller
from cti.ivr.checkpoint import Checkpoint, FrameState
from cti.ivr.session import MAX_DEPTH, FlowSession, Hours
from cti.model import flow_nodes as nodes


def save(session: FlowSession) -> Checkpoint:
    """Return what another process needs to go on."""
    book = session.book
    frames = tuple(frame.state(book.secrets_needed(frame.flow.name, frame.node)) for frame in session.frames)
    counters = (session.visits, session.troubles, session.quiet)
    return Checkpoint(book.version, frames, session.language, *counters, session.frame.question, session.frame.low)


def restore(
    book: FlowBook, saved: Checkpoint, caller: Caller, hours: Hours, *, strict: bool = False
) -> FlowSession | None:
    """Return a session that stands where `saved` was taken, None where its flow is not known any more.

    Then either `resume` (the caller hears the node again) or, where he comes back from the line, `step`. A node that
    the book has no longer: its flow begins anew.
    """
    first = saved.frames[0].flow if saved.frames else ""
    if first not in book.flows:
        return None
    session = FlowSession(book, first, caller, hours, strict=strict)
    session.frames.clear()
    for state in saved.frames[:MAX_DEPTH]:
        if state.flow not in book.flows or (session.frames and not isinstance(session.node, nodes.Subflow)):
            break
        _restore_frame(session, state)
        if session.frame.node != state.node:
            break
    session.language = saved.language if saved.language in book.flows[first].languages else session.language
    session.visits = max(1, saved.visits)
    session.troubles, session.quiet = saved.troubles, saved.quiet
    if len(session.frames) == len(saved.frames):
        session.frame.question, session.frame.low = max(0, saved.question), saved.low
    node = session.node
    # Who waits in a line is there still: its reply comes to a process that never sent the verb.
    session.verb = doing.enqueue(session, node) if isinstance(node, nodes.Queue) else verbs.Play(())
    return session


def _restore_frame(session: FlowSession, state: FrameState) -> None:
    flow = session.book.flows[state.flow]
    frame = session.push(flow)
    frame.node = state.node if state.node in flow.nodes else flow.start
    frame.history = [name for name in state.history if name in flow.nodes]
    frame.lost = {name: node for name, node in state.lost.items() if node in flow.nodes}
    for name, value in state.values.items():
        if name in flow.variables and not flow.variables[name].sensitive:
            session.put(name, value, frame)
