"""Does anything lead to each queue and each flow? PURE: the policy and the flows in, names out.

Callers come in by entries, those whom we call by their campaign. From there ways lead on: the exits and keys of a
queue, the nodes of a flow, a ring of another queue (which at least asks its agents). What the operator's dialplan
names (CTI_QUEUE) is not seen here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple

from cti.config.check import exits, flows_of
from cti.config.finding import Finding
from cti.model import flow_nodes as nodes
from cti.model.flow import Flow
from cti.model.policy import Center


class Place(NamedTuple):
    """Where callers are: a queue or a flow, by its name."""

    kind: str
    name: str


def queue(name: str) -> Place:
    return Place("queue", name)


def flow(name: str) -> Place:
    return Place("flow", name)


def reached(center: Center, flows: Mapping[str, Flow]) -> set[Place]:
    """Return every queue and flow that some way leads to from an entry or a campaign."""
    found: set[Place] = set()
    to_go = [queue(entry.queue) for entry in center.entries.values() if entry.queue is not None]
    to_go += [flow(entry.flow) for entry in center.entries.values() if entry.flow is not None]
    to_go += [queue(campaign.queue) for campaign in center.campaigns.values() if campaign.queue is not None]
    for campaign in center.campaigns.values():
        to_go += [flow(name) for name in (campaign.flow, campaign.safe_harbour.flow) if name is not None]
    while to_go:
        place = to_go.pop()
        if place not in found:
            found.add(place)
            to_go += _ways(center, flows, place)
    return found


def _ways(center: Center, flows: Mapping[str, Flow], place: Place) -> Iterator[Place]:
    if place.kind == "queue" and place.name in center.queues:
        rules = center.queues[place.name]
        yield from (queue(leave.queue) for _, leave in exits(rules) if leave.queue is not None)
        yield from (flow(other) for _, other in flows_of(rules))
        yield from (queue(other) for ring in rules.rings for other in ring.queues)
    elif place.kind == "flow" and place.name in flows:
        for node in flows[place.name].nodes.values():
            match node:
                case nodes.Queue():
                    yield queue(node.queue)
                case nodes.OfferCallback():
                    yield queue(node.offer_callback)
                case nodes.Voicemail():
                    yield queue(node.voicemail)
                case nodes.Subflow():
                    yield flow(node.subflow)


def lost_queues(center: Center, flows: Mapping[str, Flow]) -> Iterator[Finding]:
    """Find queues that no caller comes to. Those of a blended queue come by other ways (callbacks, outbound)."""
    if not center.entries:
        return  # told once, for all of them
    there = reached(center, flows)
    for name, rules in center.queues.items():
        if queue(name) not in there and rules.blending is None:
            text = "nothing leads here: no entry, campaign, flow, key, exit or ring; add one"
            yield Finding(("queues", name), f"{text}, unless your dialplan sets CTI_QUEUE to {name}")


def lost_flows(center: Center, flows: Mapping[str, Flow]) -> Collection[str]:
    """Return the flows that no caller comes to."""
    there = reached(center, flows)
    return [name for name in flows if flow(name) not in there]
