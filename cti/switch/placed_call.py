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
from cti.switch.ami import AmiDisconnected, AmiLink, AmiRefused
from cti.switch.ami_codec import AmiEncodeError
from cti.switch.ami_events import Fields
from cti.switch.trunks import Trunk, dial_string

log = structlog.get_logger(__name__)

NO_CHANNEL_S = 1.0  # a refusal by Asterisk may overtake the events of its channel: so long they are waited for


@dataclass(eq=False)
class Placed:
    """One attempt."""

    channel: str = ""
    sent: bool = False
    answered: bool = False
    cancelled: bool = False


class PlacedCalls:
    """Everybody whom we call on one node. Each attempt ends with AttemptEnded, or was answered (AttemptAnswered)."""

    def __init__(
        self,
        node: NodeId,
        link: AmiLink,
        hangup: Callable[[str], None],
        post: Callable[[events.AnyEvent], None],
        trunks: Mapping[str, Trunk],
        ledger: Ledger | None,
    ) -> None:
        self._node, self._link, self._hangup, self._post = node, link, hangup, post
        self._trunks, self._ledger = trunks, ledger
        self._placed: dict[AttemptId, Placed] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def close(self) -> None:
        """Nothing more is sent."""
        for task in self._tasks:
            task.cancel()

    # --- commands ---------------------------------------------------------------------------------------------------

    def place(self, call: PlaceCall) -> None:
        """Commit the intent, then dial."""
        if call.attempt in self._placed:
            log.error("an attempt is under way already: it is not dialled again", attempt=call.attempt)
            return
        self._placed[call.attempt] = placed = Placed()
        task = asyncio.get_running_loop().create_task(self._place(call, placed))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def cancel(self, attempt: AttemptId) -> None:
        """Take it back, unless somebody has answered: then he is a caller, and nobody hangs up on him.

        Who answers within the millisecond that our Hangup travels is lost: AMI knows no "only if it still rings".
        """
        placed = self._placed.get(attempt)
        if placed is None or placed.answered:
            return
        placed.cancelled = True
        if placed.channel:
            self._hangup(placed.channel)

    async def _place(self, call: PlaceCall, placed: Placed) -> None:
        fields = self._fields(call)
        if isinstance(fields, DialResult):
            self._over(call.attempt, fields)
        elif not await self._intended(call):
            self._over(call.attempt, DialResult.NOT_DIALLED)
        elif placed.cancelled:
            self._over(call.attempt, DialResult.CANCELLED)
        else:
            self._send(call, placed, fields)

    def _fields(self, call: PlaceCall) -> originate.Pairs | DialResult:
        try:
            dial = dial_string(self._trunks, call.number, call.trunk)
        except ValueError:
            return DialResult.INVALID
        if dial is None:
            log.error("no trunk may be used for that number", trunk=call.trunk or "any", attempt=call.attempt)
            return DialResult.NOT_DIALLED
        if not originate.is_placeable(call):
            log.error("a call cannot be placed: its attempt or its caller id is not well formed", node=self._node)
            return DialResult.NOT_DIALLED
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

    def _send(self, call: PlaceCall, placed: Placed, fields: originate.Pairs) -> None:
        try:
            answer = self._link.send(fields)
        except (AmiDisconnected, AmiEncodeError) as error:
            log.warning("a call was not placed", node=self._node, attempt=call.attempt, error=type(error).__name__)
            self._over(call.attempt, DialResult.NOT_DIALLED)
            return
        placed.sent = True
        answer.add_done_callback(lambda future: self._acknowledged(call.attempt, future))
        if self._ledger is not None:
            self._ledger.sent(call.attempt)

    def _acknowledged(self, attempt: AttemptId, future: asyncio.Future[list[dict[str, str]]]) -> None:
        """Only a refusal is an end. A connection that broke tells nothing."""
        if not future.cancelled() and isinstance(future.exception(), AmiRefused):
            log.error("Asterisk refuses to place calls: does its dialplan have cti-outbound?", node=self._node)
            self._over(attempt, DialResult.NOT_DIALLED)

    def _over(self, attempt: AttemptId, result: DialResult) -> None:
        if self._placed.pop(attempt, None) is not None:
            self._post(events.AttemptEnded(attempt, result))

    # --- events -----------------------------------------------------------------------------------------------------

    def came(self, attempt: AttemptId, fields: Fields) -> None:
        """Newchannel."""
        placed = self._placed.get(attempt)
        if placed is not None:
            placed.channel = fields["Channel"]
            if placed.cancelled:
                self._hangup(placed.channel)

    def dialled(self, attempt: AttemptId, fields: Fields) -> None:
        """DialEnd. What is no answer is told by its Hangup."""
        if fields.get("DialStatus") == "ANSWER":
            self.answered(attempt)

    def answered(self, attempt: AttemptId) -> None:
        """By AMI, or because his session has begun: whichever is first. Told once."""
        placed = self._placed.get(attempt)
        if placed is not None and not placed.answered:
            placed.answered = True
            self._post(events.AttemptAnswered(attempt))

    def went(self, attempt: AttemptId, fields: Fields) -> bool:
        """Hangup; whether it was the end of an attempt that nobody had answered."""
        placed = self._placed.get(attempt)
        if placed is None or placed.answered:
            self._placed.pop(attempt, None)
            return False
        cause = fields.get("Cause", "")
        self._over(attempt, DialResult.CANCELLED if placed.cancelled else originate.dial_result(cause))
        return True

    def responded(self, attempt: AttemptId, fields: Fields) -> None:
        """OriginateResponse. Where there is a channel its Hangup says more; where there was none nothing has rung."""
        placed = self._placed.get(attempt)
        if placed is not None and fields.get("Response") == "Failure" and not placed.channel:
            asyncio.get_running_loop().call_later(NO_CHANNEL_S, self._no_channel, attempt, placed)

    def _no_channel(self, attempt: AttemptId, placed: Placed) -> None:
        if self._placed.get(attempt) is placed and not placed.channel:
            log.warning("a call could not be placed: is the trunk there?", node=self._node, attempt=attempt)
            self._over(attempt, DialResult.NOT_DIALLED)

    def reconcile(self, legs: Iterable[SnapshotLeg]) -> None:
        """AMI was away: what the snapshot does not show is gone; what an earlier process began is ours too."""
        present = {attempt: leg for leg in legs if (attempt := originate.attempt_of(leg.leg.partition("/")[2]))}
        for attempt in [attempt for attempt, placed in self._placed.items() if placed.sent and attempt not in present]:
            del self._placed[attempt]
        for attempt, leg in present.items():
            placed = self._placed.setdefault(attempt, Placed(sent=True))
            placed.channel = leg.channel
            placed.answered = placed.answered or leg.ours
            if placed.cancelled and not placed.answered:
                self._hangup(leg.channel)
