"""What do calls that we begin need in a running engine? A ledger before the dial, books behind it, promises kept.

Puts the parts together for the composition root, as flows/room.py does for flows.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from pathlib import Path

from cti.background import Background, in_thread_of_its_own
from cti.closing import Closing
from cti.keepers.callback_desk import CallbackDesk
from cti.keepers.callback_keeper import CallbackKeeper
from cti.keepers.campaign_board import CampaignBoard
from cti.keepers.campaign_desk import CampaignDesk
from cti.keepers.campaign_keeper import CampaignKeeper
from cti.keepers.list_desk import ListDesk
from cti.keepers.visit_keeper import VisitKeeper
from cti.model.books import AnyBookOrder, WantLeads
from cti.model.events import AnyEvent, AttemptForbidden
from cti.model.lead import CampaignNow
from cti.model.policy import Center
from cti.model.words import AttemptId
from cti.ports import Clock
from cti.store.abandoned_callers import AbandonedCallers
from cti.store.amd_verdicts import AmdVerdicts
from cti.store.attempt_ledger import AttemptLedger
from cti.store.attempts import NotNow
from cti.store.database import Store
from cti.store.outbound_writer import OutboundWriter
from cti.switch.trunks import Trunk

PORTION = 500  # events of a start, and then the loop's turn


class OutboundRoom:
    """Opened with the store; `begin` once there is an engine."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        policy: Callable[[], Center],
        stack: contextlib.AsyncExitStack,
        closing: Closing,
    ) -> None:
        self._store, self._clock, self._policy = store, clock, policy
        self.writer = OutboundWriter(store)
        closing.add("outbound", self.writer.close)
        self.keeper = CallbackKeeper(store, clock, policy)
        watched = self.keeper.unanswered.watched
        self.list = CallbackDesk(store, self.writer, clock, policy, watched)
        self._post: Callable[[AnyEvent], None] = lambda event: None
        self.ledger = AttemptLedger(store, clock, self.writer, self._refused)
        closing.add("attempts", self.ledger.close)
        self.abandoned = AbandonedCallers(store, policy)
        closing.add("abandoned_callers", self.abandoned.close)
        self.amd = AmdVerdicts(store)
        closing.add("amd_verdicts", self.amd.close)
        self.campaigns = CampaignKeeper(store, clock, policy)
        self.visits = VisitKeeper(store, clock, policy, watched)
        self.board = CampaignBoard(store, self.writer)
        self._background = Background(stack)

    @property
    def errors(self) -> int:
        """What the store could not keep, or tell, in time."""
        failed = (self.writer, self.ledger, self.keeper, self.campaigns, self.abandoned, self.amd, self.visits)
        return sum(part.errors for part in (*failed, self.board, self._background))

    async def begin(self, post: Callable[[AnyEvent], None]) -> None:
        """Go on with what was promised, and take what is asked for from now on. Raises SQLAlchemyError."""
        self._post = post
        for number, left in enumerate(await in_thread_of_its_own(self._left)):
            post(left)
            if number % PORTION == PORTION - 1:
                await asyncio.sleep(0)
        for keeper in (self.keeper, self.campaigns, self.visits):
            self._background.keep(keeper.run, post)
        self._background.keep(self.board.run)

    def _left(self) -> list[AnyEvent]:
        """What an earlier process has promised, and was dialling. Blocks."""
        found: list[AnyEvent] = []
        self.keeper.resume(found.append)
        self.campaigns.resume(found.append)
        return found

    def desk(self, now: Callable[[], list[CampaignNow]]) -> CampaignDesk:
        """What people may ask of campaigns; `now`: of the core."""
        self.board.begin(now)
        return CampaignDesk(self._store, self.writer, self._clock, self._policy, now)

    def lists(self, folder: Path) -> ListDesk:
        """Where people upload lists, kept in `folder` for a while."""
        desk = ListDesk(self._store, self._policy, folder, self._clock, self.board.moved)
        self._background.keep(desk.tidy)
        return desk

    def order(self, order: AnyBookOrder) -> None:
        """Take in what the core asks of the store; returns at once. Never raises."""
        if isinstance(order, WantLeads):
            self.campaigns.wanted(order)
        else:
            self.writer.order(order)

    def _refused(self, attempt: AttemptId, why: NotNow) -> None:
        """Whom the lists forbid to call is not tried again and again."""
        if why is NotNow.DO_NOT_CALL:
            self._post(AttemptForbidden(attempt))


def trunks_of(policy: Center) -> dict[str, Trunk]:
    """The ways out, as the switch knows them."""
    return {
        name: Trunk(trunk.dial, trunk.numbers, trunk.except_numbers) for name, trunk in policy.outbound.trunks.items()
    }
