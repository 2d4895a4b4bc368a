"""What exists on a node right now? A list of all channels that nothing slips through.

`Status` takes a while on a busy node; channels come and go meanwhile. Their events travel on the same connection, so
what came since the list began is added and what went is taken out. Lists are not subject to the event filters.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from cti.model.events import SnapshotLeg
from cti.model.ticket import decode_ticket
from cti.model.words import NodeId
from cti.switch import originate
from cti.switch.ami import AmiLink
from cti.switch.ami_codec import repeated
from cti.switch.ami_events import Fields, leg_id, phone_of

FALLBACK_CONTEXT = "cti-fallback"
OUR_CONTEXTS = ("cti-inbound", originate.CALL_CONTEXT)
UP = "6"  # ChannelState
TIMEOUT_S = 20.0
PORTION = 500  # channels that are read at once: of tens of thousands, callers would wait for all of them


class Snapshots:
    """Takes snapshots of one node, one at a time; is told of every channel that comes and goes."""

    def __init__(self, node: NodeId, link: AmiLink, known: Callable[[str], bool]) -> None:
        """`known`: whether we hold a leg's session; its ticket is ours, so there is no need to read it."""
        self._known = known
        self._node = node
        self._link = link
        self._came: dict[str, SnapshotLeg] = {}
        self._went: set[str] = set()
        self._taking = False

    def came(self, fields: Fields) -> None:
        if self._taking:
            leg = leg_id(self._node, fields["Uniqueid"])
            self._came[leg] = SnapshotLeg(leg, fields["Channel"], phone_of(fields["Channel"]))

    def went(self, fields: Fields) -> None:
        if self._taking:
            self._went.add(leg_id(self._node, fields["Uniqueid"]))

    async def take(self) -> tuple[SnapshotLeg, ...]:
        """Raises what AmiLink.list_action raises."""
        self._came, self._went, self._taking = {}, set(), True
        try:
            items = await self._link.list_action(
                {"Action": "Status", "Variables": "CTI_TICKET"}, "StatusComplete", timeout_s=TIMEOUT_S
            )
            listed: dict[str, SnapshotLeg] = {}
            for number, item in enumerate(items, start=1):
                if "Uniqueid" in item:
                    leg = self._leg(item)
                    listed[leg.leg] = leg
                if number % PORTION == 0:
                    await asyncio.sleep(0)
        finally:
            self._taking = False
        legs = {**self._came, **listed}
        return tuple(leg for leg in legs.values() if leg.leg not in self._went)

    def _leg(self, item: Fields) -> SnapshotLeg:
        leg, channel = leg_id(self._node, item["Uniqueid"]), item.get("Channel", "")
        ticket = next((pair[11:] for pair in repeated(item, "Variable") if pair.startswith("CTI_TICKET=")), "")
        known, ours = self._known(leg), _is_ours(item)
        return SnapshotLeg(
            leg,
            channel,
            phone_of(channel),
            bridge=item.get("BridgeID", ""),
            ours=ours,
            ticket=decode_ticket(ticket) if not known else None,
            caller=_number(item) if ours and not known else "",
            age_s=float(item["Seconds"]) if item.get("Seconds", "").isdecimal() else 0.0,
        )


def _number(item: Fields) -> str:
    number = item.get("CallerIDNum", "")
    return "" if number == "<unknown>" else number  # so AMI writes that there is none [measured]


def _is_ours(item: Fields) -> bool:
    """In our hands, or on the way there. Whom we have called and who hears the fallback has answered all the same."""
    called = originate.attempt_of(item["Uniqueid"]) is not None
    contexts = (*OUR_CONTEXTS, FALLBACK_CONTEXT) if called else OUR_CONTEXTS
    return item.get("Context", "") in contexts and not _is_in_the_air(item)


def _is_in_the_air(item: Fields) -> bool:
    """A customer whom we call and who has not answered: until then his channel stands in the trunk's own context."""
    return originate.attempt_of(item["Uniqueid"]) is not None and item.get("ChannelState", UP) != UP
