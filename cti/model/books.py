"""What does the core ask of the store? Orders that must be kept, as data; everything else that is kept is read from the
stream of facts.

They hold personal data, which facts do not.
"""

from __future__ import annotations

import msgspec

from cti.model.promise import Promise


class BookOrder(msgspec.Struct, frozen=True, tag=True):
    """One thing to be kept."""


class KeepPromise(BookOrder, frozen=True):
    """A promised callback is as this says from now on."""

    promise: Promise


AnyBookOrder = KeepPromise
