"""What do webhooks need in a running engine? An outbox that reads, and lanes that send. For the composition root."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping

from cti.background import Background
from cti.closing import Closing
from cti.hooks.delivering import Deliveries
from cti.hooks.outbox import Outbox
from cti.model.hooks import Hook
from cti.ports import Clock
from cti.store.database import Store


class HookRoom:
    """Opened with the store, in the running loop; raises ConfigError. `outbox` is to be told facts and orders."""

    def __init__(
        self,
        store: Store,
        hooks: Mapping[str, Hook],
        clock: Clock,
        stack: contextlib.AsyncExitStack,
        closing: Closing,
    ) -> None:
        self.deliveries = Deliveries(store, hooks, clock)
        loop = asyncio.get_running_loop()

        def wake() -> None:
            with contextlib.suppress(RuntimeError):  # the loop has ended meanwhile
                loop.call_soon_threadsafe(self.deliveries.wake)

        self.outbox = Outbox(store, hooks, wake)
        closing.add("hooks", self.outbox.close)
        self._background = Background(stack)
        self._background.keep(self.deliveries.run)

    @property
    def errors(self) -> int:
        """Tries of the store that failed, and messages that found no room."""
        return self.outbox.errors + self.outbox.lost + self.deliveries.errors + self._background.errors
