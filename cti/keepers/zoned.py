"""Where may the phone be of a customer to whom a call is promised? Where nobody can tell, it is supposed to be with us.

A promise is kept all the same: leads of a list are not dialled then (outbound/may_dial.py `Rules.zones`).
"""

from __future__ import annotations

from cti.model.campaign import Outbound
from cti.model.promise import Number


def zoned(number: str, zones: tuple[str, ...], outbound: Outbound) -> Number:
    """Return `number` (E.164) with every zone in which its phone may be."""
    return Number(number, zones or (outbound.suppose_zone or outbound.zone,))
