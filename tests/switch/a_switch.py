"""The whole switch over two nodes, neither of which exists, and a FastAGI door without a socket."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from cti.model.words import AgentId, NodeId
from cti.switch.ami import LinkState
from cti.switch.asterisk import AsteriskSwitch, NodeAddress
from cti.switch.trunks import Trunk
from tests.switch.in_memory import Caller, Desk, Ledger, Link, Log, settle

A, B = NodeId("a"), NodeId("b")
ANNA = AgentId("anna")


class Door:
    """fastagi.FastAgiServer without a socket: the test sends sessions in."""

    def __init__(self, on_session: Callable[..., Any], *, admit_path: Callable[[str], bool], **address: object) -> None:
        self.on_session, self.admit_path, self.address = on_session, admit_path, address
        self.open = False

    async def start(self) -> None:
        self.open = True

    async def close(self) -> None:
        self.open = False


class Bench:
    """A switch over the nodes a and b, neither of which exists."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, token: str = "secret", here: str = "") -> None:
        self.desk = Desk()
        self.links: dict[str, Link] = {}
        self.tasks: list[asyncio.Task[None]] = []
        self.log = Log()
        self.now = 1000.0
        monkeypatch.setattr("cti.switch.asterisk.log", self.log)
        monkeypatch.setattr("cti.switch.node.AmiLink", self._link)
        monkeypatch.setattr("cti.switch.asterisk.FastAgiServer", Door)
        self.ledger = Ledger()
        trunks = {"out": Trunk("PJSIP/{number}@trunk1", ("+49",), ("+49900",))}
        nodes = {name: NodeAddress(f"host-{name}", 5038, "cti", "secret") for name in (A, B)}
        phones = {"PJSIP/1001": ANNA, "PJSIP/front-desk": AgentId("ben")}
        self.switch = AsteriskSwitch(
            nodes,
            phones,
            listen=("0.0.0.0", 4573),
            allow=[],
            token=token,
            clock=lambda: self.now,
            trunks=trunks,
            ledger=self.ledger,
            here=here,
        )

    def _link(self, name: str, host: str, *rest: object, **callbacks: Callable[..., Any]) -> Link:
        assert host == f"host-{name}"
        self.links[name] = Link(**callbacks)
        return self.links[name]

    @property
    def door(self) -> Door:
        door: Any = self.switch.agi
        assert isinstance(door, Door)
        return door

    async def begin(self) -> None:
        """Start, with both nodes live and empty."""
        starting = asyncio.create_task(self.switch.start(self.desk))
        await settle()
        for link in self.links.values():
            await link.becomes(LinkState.UP)
            await link.lists_channels()
        await starting
        self.desk.told()
        self.greeted = {name: link.fired() for name, link in self.links.items()}

    async def comes(self, *args: str, node: str = "a", **caller: str) -> Caller:
        """A session begins."""
        visitor = Caller(*args, f"node={node}", **caller)
        self.tasks.append(asyncio.create_task(self.door.on_session(visitor.session)))
        await settle()
        return visitor

    async def end(self) -> None:
        """Close, and leave no task behind."""
        await self.switch.close()
        for task in self.tasks:
            task.cancel()

    async def a_call(self, uniqueid: str = "17.1") -> Caller:
        """A session of which the core has heard."""
        caller = await self.comes(uniqueid=uniqueid)
        self.desk.told()
        return caller
