"""Which attempts to call somebody, and which recordings of no row, are too old? Nothing that a rule still counts.

Of the rows of callbacks and messages: callback_erasure.py. Blocks for the disk: callers run it in a thread.
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterator
from itertools import islice
from pathlib import Path

from sqlalchemy import delete, exists, or_, select

from cti.model.dialling import CALLBACKS, OPEN_CALLBACKS
from cti.model.policy import Center
from cti.store.amd_tables import amd_verdict
from cti.store.attempts import AttemptState
from cti.store.bulk import in_portions
from cti.store.callbacks import open_promises
from cti.store.database import Store
from cti.store.leads import DUE, HELD
from cti.store.tables import attempt, callback, callback_request, follow_up, lead

DAY_S = 86_400.0
OURS = re.compile(r"[\w-]+-[0-9]+\.wav")  # as ivr/doing.py `recording` names them; others' files are not ours to delete


def recordings_kept_s(center: Center) -> float:
    """Return how long every recording is kept at least: as the strictest of campaigns and callbacks asks for."""
    written = (*center.campaigns.values(), center.outbound.callbacks)
    return max(each.limits.recordings_keep_days for each in written) * DAY_S


def counts_for_ever(center: Center) -> bool:
    """Whether a cap counts the attempts at a number however old they are: then none may go."""
    caps = [cap for each in (*center.campaigns.values(), center.outbound.callbacks) for cap in each.limits.caps]
    return any(cap.within == "ever" and cap.per == "number" for cap in (*caps, *center.outbound.caps))


def counted_for_ever(center: Center) -> list[str]:
    """Return the campaigns whose quotas are counted from all their attempts."""
    return [name for name, each in center.campaigns.items() if any(quota.per == "ever" for quota in each.quotas)]


def sweep_attempts(store: Store, before: float, counted: Collection[str], portion: int) -> int:
    """Delete up to `portion` attempts that were made `before` (epoch s), with what AMD said; how many of the most.

    Those stay that have no end yet, of campaigns in `counted`, and of whoever is still to be called: what was tried at
    him decides what follows. Raises SQLAlchemyError.
    """
    row = attempt.c
    open_lead = exists().where(lead.c.id == row.lead, lead.c.state.in_((DUE, HELD)))
    open_promise = exists().where(callback.c.id == row.lead, callback.c.state.in_(OPEN_CALLBACKS))
    over = or_((row.campaign != CALLBACKS) & ~open_lead, (row.campaign == CALLBACKS) & ~open_promise)
    ended = row.state.in_((AttemptState.ENDED, AttemptState.UNKNOWN))
    old = select(row.id).where(ended, row.intended_at < before, over, row.campaign.not_in(sorted(counted)))
    old = old.limit(portion)
    heard = select(amd_verdict.c.attempt).where(amd_verdict.c.at < before).order_by(amd_verdict.c.at).limit(portion)
    deleted = 0
    for table, key, which in ((attempt, row.id, old), (amd_verdict, amd_verdict.c.attempt, heard)):
        with store.engine.connect() as connection:
            names = connection.execute(which).scalars().all()
        with store.engine.begin() as connection:
            for some in in_portions(names):
                connection.execute(delete(table).where(key.in_(some)))
        deleted = max(deleted, len(names))
    return deleted


def sweep_recordings(store: Store, folder: Path, before: float, portion: int) -> int:
    """Delete recordings of flows that are older than `before` (epoch s) and in no row, a portion at least; how many.

    It ends with the portion in which as many are gone. A message's goes with its row. A folder that is not on this
    machine has none. Raises SQLAlchemyError.
    """
    gone, old = 0, _older(folder, before)
    while gone < portion and (some := list(islice(old, portion))):
        known = _known(store, [str(path.with_suffix("")) for path in some])
        for path in some:
            if str(path.with_suffix("")) not in known:
                try:
                    path.unlink()
                    gone += 1
                except OSError:
                    continue  # somebody else has, or may
    return gone


def _older(folder: Path, before: float) -> Iterator[Path]:
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                ours = OURS.fullmatch(entry.name) and entry.is_file(follow_symlinks=False)
                if ours and entry.stat(follow_symlinks=False).st_mtime < before:
                    yield folder / entry.name
    except OSError:
        return


def _known(store: Store, names: Collection[str]) -> set[str]:
    found = {name for promise in open_promises(store) for name in promise.recordings}
    with store.engine.connect() as connection:
        for some in in_portions(sorted(names)):
            for table in (callback_request, follow_up):
                query = select(table.c.recording).where(table.c.recording.in_(some))
                found.update(connection.execute(query).scalars())
    return found
