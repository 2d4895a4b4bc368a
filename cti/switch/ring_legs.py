"""Which legs of a node are of our rings, for whom does each ring, and what does Asterisk tell of it?"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from cti.model import events
from cti.model.words import CallId, NodeId, OfferId, RingResult
from cti.switch.ami_events import Fields, leg_id, phone_of, ring_result
from cti.switch.inbound_call import InboundCall


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
        # Legs of our rings: caller, offer, DialStatus so far, channel.
        self._legs: dict[str, tuple[CallId, OfferId, str, str]] = {}
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
        self._legs[leg] = (call_id, offer, "", channel)
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
        call_id, offer, _, channel = ours
        status = fields.get("DialStatus", "")
        self._legs[leg] = (call_id, offer, status, channel)
        if ring_result(status) is RingResult.ANSWERED:
            call = self._calls.get(call_id)
            if call is not None:
                call.answered = offer
            self._post(events.OfferAnswered(offer))

    def hung_up(self, fields: Fields) -> None:
        """For a leg that was not answered, only its Hangup cause tells a rejected call from an unreachable phone."""
        leg = leg_id(self._node, fields["Uniqueid"])
        self._rings.pop(CallId(leg), None)
        ours = self._legs.pop(leg, None)
        if ours is None:
            return
        _, offer, status, _ = ours
        result = ring_result(status, fields.get("Cause", ""))
        if result is not RingResult.ANSWERED:
            self._post(events.OfferEnded(offer, result))

    def replaced(self, second: CallId, caller: CallId) -> None:
        """The ring for `second` is `caller`'s from now on (attended transfer into the line)."""
        self._rings[caller] = self._rings.pop(second, {})
        self._legs = {
            leg: (caller if of == second else of, offer, status, channel)
            for leg, (of, offer, status, channel) in self._legs.items()
        }

    def stop(self, offers: Collection[OfferId]) -> None:
        """These phones shall stop although FastAGI to their caller broke: his Dial goes on by itself."""
        for _, offer, status, channel in self._legs.values():
            if offer in offers and not status:
                self._hangup(channel)

    def forget(self, present: set[str]) -> None:
        """Only these channels exist."""
        for leg in [leg for leg in self._legs if leg not in present]:
            del self._legs[leg]
        for call in [call for call in self._rings if call not in present]:
            del self._rings[call]
