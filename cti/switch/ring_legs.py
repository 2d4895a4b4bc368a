"""Which legs of a node are of our rings, for whom does each ring, and what does Asterisk tell of it?"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import NamedTuple

from cti.model import events
from cti.model.words import CallId, NodeId, OfferId, RingResult
from cti.switch.ami_events import Fields, leg_id, phone_of, ring_result
from cti.switch.inbound_call import InboundCall


class _Leg(NamedTuple):
    """One phone that rings, or has rung, for a caller."""

    call: CallId  # the caller's
    offer: OfferId
    channel: str
    status: str = ""  # DialStatus, once it is told


class RingLegs:
    """The rings of one node. `calls`: the callers whose sessions we hold; `hangup` ends a channel."""

    def __init__(
        self,
        node: NodeId,
        calls: Mapping[CallId, InboundCall],
        hangup: Callable[[str], None],
        post: Callable[[events.AnyEvent], None],
    ) -> None:
        self._node, self._calls, self._hangup, self._post = node, calls, hangup, post
        self._legs: dict[str, _Leg] = {}
        self._rings: dict[CallId, dict[str, OfferId]] = {}  # of each caller's newest ring: dial string -> offer

    def expect(self, call: CallId, offers: dict[str, OfferId]) -> None:
        """A ring is on its way. Kept until the caller's Hangup: on a slow AMI its legs come after its AGI session."""
        self._rings[call] = offers

    def begun(self, fields: Fields) -> None:
        """DialBegin."""
        call_id = CallId(leg_id(self._node, fields.get("Uniqueid", "")))
        offers = self._rings.get(call_id, {})
        channel = fields["DestChannel"]
        dial = f"{channel.partition('/')[0]}/{fields.get('DialString', '')}"
        offer = offers.get(dial) or offers.get(phone_of(channel))
        if offer is None:
            return
        leg = leg_id(self._node, fields["DestUniqueid"])
        self._legs[leg] = _Leg(call_id, offer, channel)
        call = self._calls.get(call_id)
        if call is not None:
            call.legs[offer] = channel
            if offer in call.to_stop:
                self._hangup(channel)
                return
        self._post(events.OfferRinging(offer, leg, channel))

    def dialled(self, fields: Fields) -> None:
        """DialEnd."""
        leg = leg_id(self._node, fields.get("DestUniqueid", ""))
        ours = self._legs.get(leg)
        if ours is None:
            return
        ours = self._legs[leg] = ours._replace(status=fields.get("DialStatus", ""))
        if ring_result(ours.status) is RingResult.ANSWERED:
            call = self._calls.get(ours.call)
            if call is not None:
                call.answered = ours.offer
            self._post(events.OfferAnswered(ours.offer))

    def hung_up(self, fields: Fields) -> None:
        """For a leg that was not answered, only its Hangup cause tells a rejected call from an unreachable phone."""
        leg = leg_id(self._node, fields["Uniqueid"])
        self._rings.pop(CallId(leg), None)
        ours = self._legs.pop(leg, None)
        if ours is None:
            return
        result = ring_result(ours.status, fields.get("Cause", ""))
        if result is not RingResult.ANSWERED:
            self._post(events.OfferEnded(ours.offer, result))

    def replaced(self, second: CallId, caller: CallId) -> None:
        """The ring for `second` is `caller`'s from now on (attended transfer into the line)."""
        self._rings[caller] = self._rings.pop(second, {})
        self._legs = {
            name: leg._replace(call=caller) if leg.call == second else leg for name, leg in self._legs.items()
        }

    def stop(self, offers: Collection[OfferId]) -> None:
        """These phones shall stop although FastAGI to their caller broke: his Dial goes on by itself."""
        for leg in self._legs.values():
            if leg.offer in offers and not leg.status:
                self._hangup(leg.channel)

    def forget(self, present: set[str]) -> None:
        """Only these channels exist."""
        for leg in [leg for leg in self._legs if leg not in present]:
            del self._legs[leg]
        for call in [call for call in self._rings if call not in present]:
            del self._rings[call]
