"""What does it mean for the floor that an Asterisk node comes, goes, is drained or was looked at? PURE.

After a start nothing is offered until every node was seen once and the callers who still have their tickets are back.
"""

from __future__ import annotations

import math

from cti.acd import agents, callouts, calls, reconcile, spying
from cti.acd.contact import Contact
from cti.acd.floor import Floor
from cti.acd.offer import Offer
from cti.model import events
from cti.model.changes import Changed, Kind
from cti.model.node_rules import NodeRules
from cti.model.policy import Center
from cti.model.words import NodeId, OfferState, RingResult

# Away for so long, it is taken for dead: only calls whose AGI still speaks to us live on. One that was frozen for less
# (a paused machine) goes on with talks of which only AMI tells, and who was freed would be rung while he talks.
LOST_S = 30.0
DRAINING, EMPTY = "draining", "empty"
UP, DOWN, REMOVED = "up", "down", "removed"
_AS_ALWAYS = NodeRules()


def up(floor: Floor, event: events.NodeUp) -> None:
    """It is connected, and this is what lives on it."""
    if not _known(floor, event.node):
        return
    settle_from_now(floor)
    if not floor.nodes.get(event.node):
        if event.node in floor.nodes:
            floor.shaken_at = floor.now
        floor.nodes[event.node] = True
        floor.deadlines.cancel("node_lost", event.node)
        reckon(floor)
        _tell(floor, event.node, DOWN, UP)
    reconcile.compare(floor, event.node, event.legs, first=floor.settling, asked_at=event.asked_at)
    floor.awaited.discard(event.node)
    settle_if_complete(floor)


def checked(floor: Floor, event: events.NodeChecked) -> None:
    """Someone looked again at what lives on it."""
    if _known(floor, event.node):
        reconcile.compare(floor, event.node, event.legs, first=False, asked_at=event.asked_at)


def down(floor: Floor, event: events.NodeDown) -> None:
    """It is connected no more; its calls may go on without us. Talks that are over need not wait for their Hangup."""
    if floor.nodes.get(event.node):
        floor.nodes[event.node], floor.shaken_at = False, floor.now
        floor.deadlines.set("node_lost", event.node, floor.now + LOST_S)
        reckon(floor)
        _tell(floor, event.node, UP, DOWN)
        for offer in [each for each in floor.offers.values() if each.talk_ended_at is not None]:
            if offer.leg.startswith(f"{event.node}/"):
                agents.leg_down(floor, floor.agents[offer.agent], offer.leg)


def session_lost(floor: Floor, contact: Contact) -> None:
    """A session breaks late: the machine of a dead node says no good-bye, and TCP notices after a while."""
    if floor.nodes.get(contact.node) is False and not floor.deadlines.pending("node_lost", contact.node):
        floor.deadlines.set("node_lost", contact.node, floor.now + LOST_S)


def lost(floor: Floor, node: NodeId) -> None:
    """Away for so long: calls whose AGI is broken too are over, and nobody is kept busy by what may still be there."""
    for contact in [each for each in floor.contacts.values() if each.node == node and each.call and not each.session]:
        floor.repair("call_gone", contact.id, "its node has been away for too long", node=node)
        calls.gone(floor, contact)
    _end_listening(floor, node)
    for leg, agent in list(floor.leg_owner.items()):
        offer = floor.offers.get(agent.offer) if agent.offer is not None else None
        if leg.startswith(f"{node}/") and not _talks(floor, offer):
            floor.repair("leg_gone", agent.id, "its node has been away for too long", node=node)
            calls.leg_gone(floor, leg)


def _end_listening(floor: Floor, node: NodeId) -> None:
    """Who listened there may listen elsewhere."""
    for spy in [each for each in floor.spies.values() if each.node == node]:
        spying.ended(floor, events.SpyEnded(spy.id, RingResult.CANCELLED))


def _talks(floor: Floor, offer: Offer | None) -> bool:
    """Whether he talks to somebody whose session we still have."""
    return offer is not None and offer.state is OfferState.ACCEPTED and floor.contacts[offer.contact].session


# --- what the operator wants -----------------------------------------------------------------------------------------


def follow_policy(floor: Floor, old: Center) -> None:
    """Nodes are added, removed, drained, or weigh something else."""
    new = floor.policy.nodes
    for name in [name for name in old.nodes if name not in new]:
        _remove(floor, NodeId(name))
    for name in [name for name in floor.draining if _rules(floor, name).drained is None]:
        _tell_drain(floor, name, floor.draining.pop(name), "")
    for name, rules in new.items():
        if rules.drained is not None:
            floor.draining.setdefault(NodeId(name), "")
    if old.nodes != new:
        reckon(floor)


def in_use(floor: Floor, new: Center) -> list[str]:
    """Nodes that `new` no longer has although they have calls, are connected and were not drained, each as a clause."""
    old = floor.policy.nodes
    gone = [NodeId(name) for name in old if name not in new.nodes and old[name].drained is None]
    busy = [(node, floor.dials.on(node)) for node in gone if floor.nodes.get(node)]
    return [f"node {node}: {count} calls; drain it first" for node, count in busy if count]


def _remove(floor: Floor, node: NodeId) -> None:
    """Whatever is on it ends for us now, once, as if it had died."""
    for contact in [each for each in floor.contacts.values() if each.node == node and not each.call]:
        for offer in [floor.offers[offer] for offer in contact.offers]:
            callouts.take_back(floor, offer)
    _end_listening(floor, node)
    reconcile.compare(floor, node, (), first=False, asked_at=math.inf)
    floor.awaited.discard(node)
    floor.deadlines.cancel("node_lost", node)
    if node in floor.draining:
        _tell_drain(floor, node, floor.draining.pop(node), "")
    _tell(floor, node, UP if floor.nodes.pop(node, False) else DOWN, REMOVED)
    settle_if_complete(floor)


def settle(floor: Floor) -> None:
    """Say of each drained node whether anything is still on it."""
    for node, told in floor.draining.items():
        state = DRAINING if node in floor.awaited or _has_calls(floor, node) else EMPTY
        if state != told:
            floor.draining[node] = state
            _tell_drain(floor, node, told, state)


def _has_calls(floor: Floor, node: NodeId) -> bool:
    """Also an agent who is rung there before his customer is called."""
    return floor.dials.on(node) > 0 or any(floor.contacts[each.contact].node == node for each in floor.offers.values())


def leaves(floor: Floor) -> None:
    """The engine is drained: no node is one on which calls may be begun."""
    floor.leaving = True
    reckon(floor)


def reckon(floor: Floor) -> None:
    """Work out anew where calls may be begun, and what each node weighs in that."""
    rules = {node: _rules(floor, node) for node, is_up in floor.nodes.items() if is_up and not floor.leaving}
    floor.weights = {node: each.weight for node, each in rules.items() if each.weight and each.drained is None}
    floor.dials.all_changed()


def _rules(floor: Floor, node: NodeId) -> NodeRules:
    return floor.policy.nodes.get(node, _AS_ALWAYS)


def _known(floor: Floor, node: NodeId) -> bool:
    """Not one that the file has no more: what it still had to say may come late."""
    return not floor.policy.nodes or node in floor.policy.nodes


def _tell(floor: Floor, node: NodeId, old: str, new: str) -> None:
    floor.tell(Changed(Kind.NODE, node, old, new, floor.now, floor.cause, node=node))


def _tell_drain(floor: Floor, node: NodeId, old: str, new: str) -> None:
    floor.tell(Changed(Kind.DRAIN, node, old, new, floor.now, floor.cause, node=node))


# --- after a start ---------------------------------------------------------------------------------------------------


def settle_from_now(floor: Floor) -> None:
    """A node, or the first caller, is here: those who wait come back from now on. Before, they found the door shut."""
    if floor.settling and not floor.deadlines.pending("settle", ""):
        floor.deadlines.set("settle", "", floor.now + floor.policy.settle_s)


def settle_if_complete(floor: Floor) -> None:
    """Begin to offer as soon as nobody is expected any more."""
    if floor.settling and not floor.expected and not floor.awaited:
        settled(floor)


def settled(floor: Floor) -> None:
    """Begin to offer, whoever is still missing."""
    floor.settling = False
    floor.expected.clear()
    floor.awaited.clear()
    floor.deadlines.cancel("settle", "")
