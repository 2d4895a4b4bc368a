"""Which promises may be on the disk although their commit failed? One whose answer was lost is done all the same.

A network may end, or a server hang, between the commit and its answer: the request is then taken, and nobody is told of
what became of it. Whoever makes promises notes here whose commit failed; whoever brings them to the core looks again.
Knows names of requests, and nothing of what they say.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Sequence

from sqlalchemy.exc import IntegrityError

from cti.model.promise import Promise
from cti.store.callbacks import promises_for
from cti.store.database import Store

WATCHED_S = 3600.0  # a server that hangs may commit long after it was given up


class Unanswered:
    """Requests whose commit failed, each for an hour. Threads may ask at the same time."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._until: dict[str, float] = {}

    @contextlib.contextmanager
    def watched(self, requests: Sequence[str]) -> Iterator[None]:
        """Around a transaction: where it fails, these are looked for. Read at its end."""
        try:
            yield
        except IntegrityError:  # the database has answered: nothing of this was done
            raise
        except Exception:
            self._until |= dict.fromkeys(requests, self._clock() + WATCHED_S)
            raise
        self.told(requests)

    def done(self, store: Store) -> dict[str, Promise]:
        """Return what was promised all the same, by request, until it is `told`. Blocks. Raises SQLAlchemyError."""
        now = self._clock()
        self.told(request for request, until in list(self._until.items()) if until < now)
        return promises_for(store, list(self._until)) if self._until else {}

    def told(self, requests: Iterable[str]) -> None:
        """The core has heard of these."""
        for request in requests:
            self._until.pop(request, None)
