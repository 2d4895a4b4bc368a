"""How is a number of a campaign, or a promised callback, to be called? Its rules as the plan of one attempt."""

from __future__ import annotations

from cti.model.callout import Callout, Listening, OnMachine
from cti.model.campaign import Callbacks, Campaign, Machines
from cti.model.dialling import AGENT_FOR_EACH, Mode
from cti.model.policy import Exit
from cti.model.promise import Promise
from cti.model.regulation import Limits
from cti.model.words import AttemptId, DialFirst, NodeId


def ring_s(written: Campaign | Callbacks, limits: Limits) -> float:
    """Return how long it rings there: never shorter than the regulation asks for."""
    return max(written.ring_timeout_s, limits.ring_at_least_s)


def listening(machines: Machines) -> Listening | None:
    """Return how AMD shall listen; None: it shall not."""
    wanted = machines.detect and (machines.trial or machines.then != "connect")
    return Listening(**machines.amd.model_dump()) if wanted else None


def on_machine(machines: Machines) -> OnMachine:
    """Return what what seems to be a machine gets."""
    return OnMachine(prompts=machines.play if machines.then == "message" else (), as_person=machines.trial)


def callout_of(
    written: Campaign, limits: Limits, attempt: str, number: str, caller_id: str, name: str, trunk: str = ""
) -> Callout:
    """Return the plan of an attempt of a campaign. In modes that promise an agent for each dial, one is kept for it."""
    machines, reserve = written.machines, written.mode in AGENT_FOR_EACH
    return Callout(
        attempt=AttemptId(attempt),
        number=number,
        caller_id=caller_id,
        trunk=trunk,
        show=number,
        ring_timeout_s=ring_s(written, limits),
        reserve=reserve,
        first=DialFirst.AGENT if written.mode is Mode.PREVIEW else DialFirst.CUSTOMER,
        preview_s=written.preview_s if written.mode is Mode.PREVIEW else None,
        listen=listening(machines),
        on_machine=on_machine(machines),
        flow=written.flow or "",
        max_wait_s=None if written.mode is Mode.AGENTLESS else limits.agent_within_s,
        on_max_wait=Exit(play=written.safe_harbour.play, flow=written.safe_harbour.flow),
        campaign=name,
        rule=written.mode,
        auto_answer=written.auto_answer,
    )


def callout_of_promise(written: Callbacks, limits: Limits, attempt: str, promise: Promise, caller_id: str) -> Callout:
    """Return the plan of an attempt to keep a promise: an agent is kept, and `written.first` is called first.

    What the customer has left is heard before each try: it may be another agent.
    """
    machines, number = written.machines, promise.number.number
    return Callout(
        attempt=AttemptId(attempt),
        number=number,
        caller_id=caller_id,
        show=number,
        ring_timeout_s=ring_s(written, limits),
        reserve=True,
        first=written.first,
        listen=listening(machines),
        on_machine=on_machine(machines),
        callback=str(promise.id),
        rule="callback",
        own_until=_own_until(written, promise),
        hear=promise.recordings,
        node=NodeId(promise.node if promise.recordings else ""),
    )


def _own_until(written: Callbacks, promise: Promise) -> float:
    """A personal one waits for its agent: from the agreed time, and again from each try on."""
    if not promise.agent:
        return 0.0
    agreed = promise.promised_at if promise.since is None else promise.since
    return max([agreed, *(tried.at for tried in promise.tries)]) + written.personal_for_s
