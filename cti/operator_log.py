"""Which facts of the stream are worth a line in the operator's log, and which never? Readers; they name no person."""

from __future__ import annotations

import structlog

from cti.model.changes import Changed, Kind
from cti.ports import PolicyAnswer, told_of

log = structlog.get_logger(__name__)

RETELL_S = 60.0
MOST_TOLD = 100  # differences of a reload


@told_of(Kind.BUG)
def log_bugs(changed: Changed) -> None:
    """A reader: a bug of ours is worth a line wherever the engine runs. It names no person."""
    if changed.kind is Kind.BUG:
        log.error(
            "bug in the core; its call went to the fallback", bug=changed.new, at=changed.reason, cause=changed.cause
        )


class NoEntryLog:
    """A reader: a caller whose number means nothing here went to the fallback. Told at most once a minute."""

    def __init__(self) -> None:
        self._next_at = 0.0
        self._untold = 0

    @told_of(Kind.REPAIR)
    def apply(self, changed: Changed) -> None:
        """Never names the number: it is personal data."""
        if changed.kind is not Kind.REPAIR or changed.new != "no_entry":
            return
        self._untold += 1
        if changed.at < self._next_at:
            return
        self._next_at = changed.at + RETELL_S
        log.warning(
            "a caller dialled a number that has no entry and went to the fallback: "
            "add the number under entries, or set CTI_QUEUE in your dialplan",
            callers=self._untold,
        )
        self._untold = 0


def log_reload(answer: PolicyAnswer) -> None:
    """What a reload came to, for the operator who sent a signal and sees no answer."""
    if answer.errors:
        log.error(
            "the configuration has errors; what held before still holds", errors="; ".join(answer.errors[:MOST_TOLD])
        )
        return
    if answer.refused is not None:
        log.error(
            "the configuration cannot go live now; what held before still holds",
            refused=answer.refused.reason.value,
            detail=answer.refused.detail,
        )
        return
    log.info(
        "configuration reloaded" if answer.applied else "configuration read again: nothing has changed",
        difference="; ".join(answer.lines[:MOST_TOLD]),
        differences=len(answer.lines),
        needs_restart=", ".join(answer.needs_restart) or "nothing",
        version=answer.version,
        flows=answer.flows or "none",
    )
