"""Who is connected, and is there room for one more? Counts as somebody comes, in all and from one address.

A sweep would be too late: a burst takes the descriptors that calls need. Knows connections; no route, no time.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from typing import Any

from aiohttp import web

from cti.people.throttle import network_of

Peer = web.RequestHandler


class Door:
    """At most `most` connections, of them `per_address` from one address that is no proxy of ours.

    Above that whoever has his answer and has been silent longest goes; where nobody has, the one who comes.
    """

    def __init__(self, most: int, per_address: int, is_proxy: Callable[[str], bool]) -> None:
        self._most, self._per_address, self._is_proxy = most, per_address, is_proxy
        self._busy: set[Peer] = set()
        self._answered: dict[Peer, None] = {}
        self._at: Counter[str] = Counter()
        self._peers: dict[Peer, str] = {}  # where each counts; "": only in all

    def watch(self, server: Any) -> None:
        """Learn from an aiohttp web.Server who comes and goes: it has no other way to ask."""
        made, lost = server.connection_made, server.connection_lost

        def come(peer: Peer, transport: asyncio.Transport) -> None:
            made(peer, transport)
            self._come(peer, transport)

        def gone(peer: Peer, error: BaseException | None = None) -> None:
            lost(peer, error)
            self._gone(peer)

        server.connection_made, server.connection_lost = come, gone

    def idle(self) -> list[Peer]:
        """Who waits for nothing from us."""
        return [peer for peer in self._peers if peer not in self._busy]

    def asks(self, peer: Peer) -> None:
        """His request has begun."""
        self._busy.add(peer)
        self._answered.pop(peer, None)

    def has_answer(self, peer: Peer) -> None:
        """His request is over."""
        self._busy.discard(peer)
        if peer in self._peers:
            self._answered[peer] = None

    def stays(self, peer: Peer) -> None:
        """He may be here as long as he likes: from now on he counts in all, and at no address."""
        self._leave_address(peer)
        if peer in self._peers:
            self._peers[peer] = ""

    def _come(self, peer: Peer, transport: asyncio.Transport) -> None:
        said = transport.get_extra_info("peername")
        here = network_of(said[0]) if isinstance(said, tuple) and not self._is_proxy(said[0]) else ""
        self._peers[peer] = here
        if here:
            self._at[here] += 1
        if here and self._at[here] > self._per_address:
            self._make_room([other for other in self._answered if self._peers[other] == here], peer)
        elif len(self._peers) > self._most:
            self._make_room(list(self._answered), peer)

    def _make_room(self, silent: list[Peer], newest: Peer) -> None:
        peer = silent[0] if silent else newest
        self._gone(peer)  # counts no more, whenever its end is told
        # Not at once: the task of a new connection fails where its end comes before its first step (aiohttp 3.14.5).
        asyncio.get_running_loop().call_soon(cut, peer)

    def _gone(self, peer: Peer) -> None:
        self._leave_address(peer)
        self._peers.pop(peer, None)
        self._answered.pop(peer, None)

    def _leave_address(self, peer: Peer) -> None:
        here = self._peers.get(peer, "")
        if here:
            self._at[here] -= 1
            if not self._at[here]:
                del self._at[here]


def cut(peer: Peer) -> None:
    """End a connection at once."""
    peer.force_close()
    if peer.transport is not None:
        peer.transport.abort()
