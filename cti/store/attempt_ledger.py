"""Who writes an attempt down before a phone rings? The switch's ledger, kept in the store's table of attempts.

Everything that blocks for the disk runs in threads of its own; what must be tried until it works is the writer's.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future

import msgspec
import structlog
from sqlalchemy import select

from cti.model.commands import PlaceCall
from cti.model.dialling import attempt_parts
from cti.model.words import AttemptId, DialResult
from cti.store.attempts import Attempt, Intent, NotNow, intend, sent
from cti.store.database import Store
from cti.store.outbound_writer import OutboundWriter
from cti.store.owner import gravity
from cti.store.tables import lead_number
from cti.store.threads import StoreThreads

THREADS = 4  # commits wait for one another anyway

_log = structlog.get_logger(__name__)


class AttemptLedger:
    """The ledger of ports.py. `writer` keeps what did not go out.

    `refused` hears, in the loop, why an attempt must not be made.
    """

    def __init__(
        self,
        store: Store,
        clock: Callable[[], float],
        writer: OutboundWriter,
        refused: Callable[[AttemptId, NotNow], None] = lambda attempt, why: None,
    ) -> None:
        self.errors = 0
        self._store, self._clock, self._writer, self._refused = store, clock, writer, refused
        self._threads = StoreThreads(THREADS, "cti-attempts")
        self._owed: set[Future[None]] = set()  # what went out, and is not written yet

    async def intend(self, call: PlaceCall) -> bool:
        """Commit the attempt; False: it must not be dialled. Raises SQLAlchemyError."""
        named = attempt_parts(call.attempt)
        if named is None:
            _log.error("an attempt is not named campaign-lead-number: it is not dialled", attempt=call.attempt)
            return False
        wanted = Attempt(
            named.campaign,
            named.lead,
            named.attempt_no,
            0,
            call.number,
            contact=call.ticket.contact,
            rule=f"{call.rule} {named.attempt_no}".strip(),
            by=call.by,
        )
        loop = asyncio.get_running_loop()
        try:
            intent = await loop.run_in_executor(self._threads, self._intend, wanted)
        except Exception:  # its commit may have been heard all the same, and only the answer was lost
            self.not_sent(call.attempt, DialResult.NOT_DIALLED)
            raise
        if intent.why_not is not None:
            self._refused(call.attempt, intent.why_not)
        return intent.why_not is None

    def sent(self, attempt: AttemptId) -> None:
        """It has gone out to the switch. Returns at once, never raises."""
        try:
            owed = self._threads.submit(self._sent, attempt)
        except RuntimeError:  # closed: the attempt stays intended, which says no more than is true
            self.errors += 1
            return
        self._owed.add(owed)
        owed.add_done_callback(self._owed.discard)

    def not_sent(self, attempt: AttemptId, result: DialResult) -> None:
        """It was intended, and has not gone out: nobody was called. Returns at once, never raises.

        The core may have given it up before its row was there (a store that is slow): then nobody else ends the row,
        and its number could not be called any more. So it is tried until it works.
        """
        self._writer.not_sent(attempt, result, self._clock())

    def close(self, timeout_s: float = 5.0) -> int:
        """Write what is left, at most `timeout_s`; how much was not written. Blocks."""
        self._threads.end(timeout_s)
        return len(self._owed)

    def _intend(self, wanted: Attempt) -> Intent:
        place = lead_number.c.number_index
        query = select(place).where(lead_number.c.lead == wanted.lead, lead_number.c.number == wanted.number)
        with self._store.engine.connect() as connection:
            number_index = connection.execute(query).scalar()
        placed = msgspec.structs.replace(wanted, number_index=number_index or 0)
        return intend(self._store, placed, self._clock())

    def _sent(self, attempt: AttemptId) -> None:
        try:
            sent(self._store, attempt, self._clock())
        except Exception as error:  # whatever it is: a thread that dies of it tells nobody
            self.errors += 1
            _log.log(gravity(error), "an attempt that went out is still kept as intended", error=type(error).__name__)
