"""Whom does a frozen engine still hold, and how do they come to the one that has taken over? One node's strays.

A caller in the AGI of an engine that is dead comes back by himself. One whose engine is stopped, or cut off, does not:
the connection stays open, and AGI() waits. He is taken out of it by AMI, and his dialplan enters us, with his ticket.
So is an agent who waits for his customer, and hears the ringing tone: his asks us, and we know nothing of him.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable

import structlog

from cti.model.words import NodeId
from cti.switch.ami import AmiDisconnected, AmiLink, AmiRefused, AmiTimeout
from cti.switch.ami_events import Fields, leg_id
from cti.switch.originate import AGENT_CONTEXT

CONTEXT = "cti-inbound"
BACK = ("T", "1")  # where cti-inbound takes a call out of a deaf engine's hands; see extensions_cti.conf
ENGINE_AT = "CTI_ENGINE_AT"
FIRST_LOOK_S, LONGEST_PAUSE_S = 1.5, 15.0  # who comes back by himself has done so within half a second
TIMEOUT_S = 20.0

log = structlog.get_logger(__name__)


class Strays:
    """`held`: whether a leg speaks with us, even if we turn it away. `here`: host:port at which callers reach us."""

    def __init__(self, node: NodeId, link: AmiLink, held: Callable[[str], bool], here: str) -> None:
        self._node, self._link, self._held, self._here = node, link, held, here
        self._work: asyncio.Task[None] | None = None

    def begin(self) -> None:
        """Tell this node who owns the centre from now on, and look after those who are held by nobody."""
        self.close()
        self._fire({"Action": "Setvar", "Variable": ENGINE_AT, "Value": self._here})
        self._work = asyncio.get_running_loop().create_task(self._run(), name=f"strays-{self._node}")

    def close(self) -> None:
        if self._work is not None:
            self._work.cancel()
        self._work = None

    async def _run(self) -> None:
        """Until nobody is left who was there before us; somebody who talks may become a stray when he has talked."""
        pause_s, before = FIRST_LOOK_S, frozenset[str]()
        while True:
            await asyncio.sleep(pause_s)
            try:
                items = await self._link.list_action({"Action": "Status"}, "StatusComplete", timeout_s=TIMEOUT_S)
            except (AmiDisconnected, AmiRefused, AmiTimeout):
                continue
            without = [item for item in items if self._is_without_us(item)]
            if not without:
                return
            strays = {item["Uniqueid"]: item for item in without if _waits(item)}
            self._fetch(item for uniqueid, item in strays.items() if uniqueid in before)
            before = frozenset(strays)
            pause_s = FIRST_LOOK_S if strays else min(LONGEST_PAUSE_S, pause_s * 2)

    def _is_without_us(self, item: Fields) -> bool:
        """An agent only while he waits: who talks to his customer needs no session, and does not come back to one."""
        context = item.get("Context")
        is_ours = context == CONTEXT or (context == AGENT_CONTEXT and item.get("Exten") and _waits(item))
        is_named = item.get("Channel") and item.get("Uniqueid")
        return bool(is_ours and is_named) and not self._held(leg_id(self._node, item["Uniqueid"]))

    def _fetch(self, strays: Iterable[Fields]) -> None:
        for stray in strays:
            channel, context = stray["Channel"], stray["Context"]
            place, priority = BACK if context == CONTEXT else (stray["Exten"], "1")
            if context == CONTEXT:
                self._fire({"Action": "Setvar", "Channel": channel, "Variable": "CTI_OWNER", "Value": self._here})
            where = {"Context": context, "Exten": place, "Priority": priority}
            self._fire({"Action": "Redirect", "Channel": channel, **where})

    def _fire(self, fields: Fields) -> None:
        try:
            self._link.fire(fields)
        except AmiDisconnected:
            log.info("not told: the node is not connected", node=self._node)


def _waits(item: Fields) -> bool:
    """In an AGI that does nothing. A Dial that rings or talks goes on, and comes back here when it is over."""
    return item.get("Application") == "AGI" and not item.get("BridgeID")
