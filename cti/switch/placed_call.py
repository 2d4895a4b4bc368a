"""What becomes of the customers whom we call, until one answers? The attempts in the air on one node.

Nothing is sent before the ledger has it, and nothing twice. While AMI is away nothing is assumed: what a lost
connection leaves open is told by the next snapshot. Numbers stay inside the commands; log lines name attempts.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import structlog

from cti.model import events
from cti.model.commands import PlaceCall
from cti.model.events import SnapshotLeg
from cti.model.words import AttemptId, DialResult, NodeId
from cti.ports import Ledger
from cti.switch import originate
from cti.switch.ami import AmiLink
from cti.switch.ami_events import Fields
from cti.switch.begun_legs import BegunLeg, BegunLegs
from cti.switch.trunks import Trunk, way_out

log = structlog.get_logger(__name__)


@dataclass(eq=False)
class Placed(BegunLeg):
    """One attempt."""

    sent: bool = False


class PlacedCalls(BegunLegs[AttemptId, Placed]):
    """Everybody whom we call on one node. Each attempt ends with AttemptEnded, or was answered (AttemptAnswered)."""

    mark, context = originate.CALL_MARK, originate.CALL_CONTEXT

    def __init__(
        self,
        node: NodeId,
        link: AmiLink,
        hangup: Callable[[str], None],
        post: Callable[[events.AnyEvent], None],
        trunks: Mapping[str, Trunk],
        ledger: Ledger | None,
    ) -> None:
        super().__init__(node, link, hangup, post)
        self._trunks, self._ledger = trunks, ledger
        self._tasks: set[asyncio.Task[None]] = set()

    def close(self) -> None:
        """Nothing more is sent."""
        for task in self._tasks:
            task.cancel()

    # --- commands ---------------------------------------------------------------------------------------------------

    def place(self, call: PlaceCall) -> None:
        """Commit the intent, then dial."""
        if call.attempt in self._legs:
            log.error("an attempt is under way already: it is not dialled again", attempt=call.attempt)
            return
        self._legs[call.attempt] = placed = Placed(trunk=call.trunk)
        task = asyncio.get_running_loop().create_task(self._place(call, placed))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def cancel(self, attempt: AttemptId) -> None:
        """Take it back, unless somebody has answered: then he is a caller, and nobody hangs up on him.

        Who answers within the millisecond that our Hangup travels is lost: AMI knows no "only if it still rings".
        """
        placed = self._legs.get(attempt)
        if placed is not None and not placed.answered:
            self._take_back(placed)

    async def _place(self, call: PlaceCall, placed: Placed) -> None:
        fields = self._fields(call, placed)
        if isinstance(fields, DialResult):
            self._over(call.attempt, fields)
        elif not await self._intended(call):
            self._over(call.attempt, DialResult.NOT_DIALLED)
        elif placed.taken_back:
            self._not_sent(call.attempt, DialResult.CANCELLED)
            self._over(call.attempt, DialResult.CANCELLED)
        elif self._send(call.attempt, fields):
            placed.sent = True
            if self._ledger is not None:
                self._ledger.sent(call.attempt)
        else:
            self._not_sent(call.attempt, DialResult.NOT_DIALLED)

    def _not_sent(self, attempt: AttemptId, result: DialResult) -> None:
        if self._ledger is not None:
            self._ledger.not_sent(attempt, result)

    def _fields(self, call: PlaceCall, placed: Placed) -> originate.Pairs | DialResult:
        try:
            way = way_out(self._trunks, call.number, call.trunk)
        except ValueError:
            return DialResult.INVALID
        if way is None:
            log.error("no trunk may be used for that number", trunk=call.trunk or "any", attempt=call.attempt)
            return DialResult.NOT_DIALLED
        if not originate.is_placeable(call):
            log.error("a call cannot be placed: its attempt or its caller id is not well formed", node=self._node)
            return DialResult.NOT_DIALLED
        placed.trunk, dial = way
        return originate.place(call, dial)

    async def _intended(self, call: PlaceCall) -> bool:
        if self._ledger is None:
            log.error("nobody keeps a ledger of attempts: nothing is dialled", node=self._node)
            return False
        try:
            return await self._ledger.intend(call)
        except Exception as error:  # whatever it is: what is not in the store is not dialled
            log.error("an attempt could not be stored: it is not dialled", error=type(error).__name__)
            return False

    def _not_begun(self, name: AttemptId) -> None:
        self._over(name, DialResult.NOT_DIALLED)

    def _over(self, attempt: AttemptId, result: DialResult) -> None:
        if self._legs.pop(attempt, None) is not None:
            self._post(events.AttemptEnded(attempt, result))

    # --- events -----------------------------------------------------------------------------------------------------

    def _picked_up(self, name: AttemptId, leg: Placed, fields: Fields) -> None:
        self.answered(name)

    def answered(self, attempt: AttemptId) -> None:
        """By AMI, or because his session has begun: whichever is first. Told once."""
        placed = self._legs.get(attempt)
        if placed is not None and not placed.answered:
            placed.answered = True
            self._post(events.AttemptAnswered(attempt))

    def _gone(self, name: AttemptId, leg: Placed, cause: str) -> bool:
        if leg.answered:  # he is a caller
            del self._legs[name]
            return False
        self._over(name, DialResult.CANCELLED if leg.taken_back else originate.dial_result(cause))
        return True

    def reconcile(self, legs: Iterable[SnapshotLeg]) -> None:
        """AMI was away: what the snapshot does not show is gone; what an earlier process began is ours too."""
        present = {attempt: leg for leg in legs if (attempt := originate.attempt_of(leg.leg.partition("/")[2]))}
        for attempt in [attempt for attempt, placed in self._legs.items() if placed.sent and attempt not in present]:
            del self._legs[attempt]
        for attempt, leg in present.items():
            placed = self._legs.setdefault(attempt, Placed(sent=True))
            placed.channel = leg.channel
            placed.answered = placed.answered or leg.ours
            if placed.taken_back and not placed.answered:
                self._hangup(leg.channel)
