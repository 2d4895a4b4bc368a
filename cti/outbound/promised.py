"""By which names is a promise known on the floor, and what is told of it? Names back and forth, and its fact."""

from __future__ import annotations

from cti.model.changes import Changed, Kind
from cti.model.dialling import CallbackState, LeadId, attempt_parts
from cti.model.promise import Promise
from cti.model.words import AgentId, AttemptId, ContactId, DialResult, QueueName
from cti.outbound.callbacks import CALLBACKS
from cti.outbound.lead import attempt_id


def contact_of(promise: Promise) -> ContactId:
    """Return one contact for each try: what his call is to a caller."""
    tried = len(promise.tries) + (promise.state is not CallbackState.DIALLING)
    return ContactId(f"{CALLBACKS}/{promise.id}-{tried}")


def of_contact(contact: ContactId) -> LeadId | None:
    """Return the promise that a contact is to keep; None: it is no such contact."""
    room, _, rest = contact.partition("/")
    number = rest.partition("-")[0]
    return LeadId(int(number)) if room == CALLBACKS and number.isdecimal() else None


def of_attempt(attempt: str) -> LeadId | None:
    """Return the promise that an attempt is for; None: it is none of ours."""
    named = attempt_parts(attempt)
    return LeadId(named.lead) if named is not None and named.campaign == CALLBACKS else None


def newest_attempt(promise: Promise) -> AttemptId:
    """Return the name of the attempt that is being made."""
    return AttemptId(attempt_id(CALLBACKS, promise.id, len(promise.tries)))


def told(promise: Promise, old: CallbackState | None, now: float, cause: str, by: str = "") -> Changed:
    """Return what readers hear of a promise; nothing personal."""
    return Changed(
        Kind.CALLBACK,
        str(promise.id),
        old or "",
        promise.state,
        now,
        cause,
        queue=QueueName(promise.queue),
        agent=AgentId(promise.agent) if promise.agent else None,
        contact=contact_of(promise),
        call=promise.call or None,
        reason=promise.reason or promise.kind,
        since=promise.since,
        until=promise.due_at,
        by=by or None,
        outbound=True,
    )


def attempt_told(promise: Promise, result: DialResult, now: float, cause: str) -> Changed:
    """Return the end of an attempt that an earlier process has made: no node knows of it, or its customer is here."""
    return Changed(
        Kind.ATTEMPT,
        newest_attempt(promise),
        "",
        result,
        now,
        cause,
        contact=contact_of(promise),
        queue=QueueName(promise.queue),
        outbound=True,
    )
