"""A standby without Redis, without a store and without doors: what its looks show is told to it."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, cast

import pytest

from cti import machine
from cti.config import settings as config
from cti.config.joined import Joined
from cti.config.settings import Settings
from cti.joined import taking
from cti.joined.door import Door, Seen, Whereabouts
from cti.joined.own_file import OwnFile
from cti.joined.standby import Standby
from cti.joined.term import Term
from cti.joined.whereabouts import whereabouts
from cti.switch.agi_session import AgiSession

SETTINGS = config.loads(
    b"nodes: {n: {host: 127.0.0.1, secret: x}}\nfastagi: {token: t}\nqueues: {sales: {}}\nredis: {}\nstore: postgresql://cti@localhost/cti\n",
    environ={},
)
OTHER = Whereabouts("other-1", "10.0.0.6:4573", "10.0.0.6:8470", "https://two.example.org")


class Scene:
    """A standby and what a look showed it last."""

    def __init__(self, settings: Settings = SETTINGS) -> None:
        self.rules = SETTINGS.redis or Joined()
        self.seen = Seen(None, given_back=False)
        self.left = 0  # how often it said that it stands by no more
        self.took = list[object]()  # the stores by which the lease was taken
        door = SimpleNamespace(me=whereabouts(settings), stand_by=self.stands_by, no_longer_by=self.leaves)
        self.term = SimpleNamespace(take=self.takes)
        self.standby = Standby(OwnFile(settings), self.rules, cast(Door, door), cast(Term, self.term))

    def stands_by(self, *, would_take: bool) -> Seen:
        self.would_take = would_take
        return self.seen

    def leaves(self) -> None:
        self.left += 1

    def takes(self, store: object, newest: int) -> bool:
        self.took.append(store)
        return True

    async def look(self, owner: Whereabouts | None) -> None:
        self.seen = Seen(owner, given_back=False, ends_in_s=0.0 if owner is None else 1.0)
        assert not await self.standby._look()

    async def sends_to(self) -> str | None:
        said: list[tuple[Any, ...]] = []

        async def command(*words: Any, timeout_s: float) -> None:
            said.append(words)

        await self.standby._send_on(cast(AgiSession, SimpleNamespace(path="inbound/t", command=command)))
        return said[0][3] if said else None


def opens(monkeypatch: pytest.MonkeyPatch, newest: Callable[[], int]) -> None:
    """The store opens, and says that it knows an owner by the token `newest`."""
    monkeypatch.setattr(machine, "make_directory", lambda _: None)
    monkeypatch.setattr(taking, "open_store", lambda url, *, idle_s: SimpleNamespace(close=lambda: None))
    monkeypatch.setattr(taking, "newest_token", lambda store, domain: newest())
