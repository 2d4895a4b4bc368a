"""When are two promises to one number one, and what becomes of them then? The older one holds what both have said."""

from __future__ import annotations

import msgspec

from cti.model.dialling import CallbackState
from cti.model.promise import Promise

MOST_MESSAGES = 10  # that one agent hears one after another


def same(known: Promise, new: Promise, merge: str) -> bool:
    """Whether `new` is about what `known` is about; `merge`: the rule of the configuration."""
    if new.recordings and not _can_be_heard_with(known, new):
        return False
    if merge == "number_and_topic":
        return (known.topic, known.queue, known.agent) == (new.topic, new.queue, new.agent)
    return merge == "number"


def merged(known: Promise, new: Promise) -> Promise:
    """Return the older one with the longer wait, what was left in both, and kept as long as the younger one says."""
    recordings = (*known.recordings, *new.recordings)
    earlier = msgspec.structs.replace(
        known,
        since=min((since for since in (known.since, new.since) if since is not None), default=None),
        expires_at=max(expires_at(known), expires_at(new)),
        recordings=recordings,
        node=(new.node if new.recordings else known.node) if recordings else "",
        follow_up=known.follow_up or new.follow_up,
    )
    if known.state is CallbackState.PROMISED and not known.tries:
        return msgspec.structs.replace(earlier, due_at=min(known.due_at, new.due_at))
    return earlier


def expires_at(promise: Promise) -> float:
    """When it ends although nobody has kept it (epoch seconds); infinity: never."""
    return float("inf") if promise.expires_at is None else promise.expires_at


def _can_be_heard_with(known: Promise, new: Promise) -> bool:
    """Whether the message of `new` can be heard with those of `known`: not once an agent is looked for with these."""
    where = known.node == new.node or not known.recordings
    fits = len(known.recordings) + len(new.recordings) <= MOST_MESSAGES
    return where and fits and known.state is CallbackState.PROMISED
