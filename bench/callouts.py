"""How fast is a call-out on a real Asterisk? Until the customer's INVITE, until the agent hears who has answered, and
until it is known whether a person or a machine has.

Our own switch and nothing behind it; customers and agents are sockets with the kernel's receive times. `--trials` each.
"""

from __future__ import annotations

import argparse
import asyncio
import ipaddress
import json
import statistics
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bench.assign_sip import Message, parse, response
from bench.assign_wire import Wire
from bench.asterisk_lab import asterisks
from bench.ivr_rtp import port_of, sdp
from bench.percentiles import quantile
from bench.saying import say
from bench.waiting import must
from cti.demo.rtp import CLOCK_HZ, HEADER, PCMU, VERSION
from cti.model import commands, events
from cti.model.callout import Listening
from cti.model.changes import Refused
from cti.model.ticket import Ticket
from cti.model.words import AttemptId, ContactId, DialResult, NodeId, OfferId, QueueName
from cti.switch.asterisk import AsteriskSwitch, NodeAddress
from cti.switch.trunks import Trunk

NODE, NUMBER = NodeId("node1"), "+4930123456"
VOICE, QUIET = b"\x30" * 160, b"\xff" * 160  # 20 ms that are loud, and 20 ms of silence
PATIENCE_S, LOOK_S = 15.0, 0.005
HELLO_S, GREETING_S, TALK_S = 0.5, 6.0, 0.6


class Phone:
    """Answers every call at once and says `voice_s` of loudness. What it saw, by name: epoch seconds."""

    def __init__(self, here: tuple[str, int], asterisk: tuple[str, int]) -> None:
        self.voice_s = 0.0
        self.seen: dict[str, float] = {}
        self._host = here[0]
        self._sip = Wire(here, asterisk, self._on_sip)
        self._rtp: Wire | None = None
        self._rtp_port = here[1] + 1000
        self._talking: asyncio.Task[None] | None = None

    def _on_sip(self, data: bytes, stamp_s: float) -> None:
        request = parse(data)
        if request is None or not request.method:
            return
        if request.method == "INVITE" and "tag=" not in request.headers.get("to", "").partition(">")[2]:
            self.seen.setdefault("invite", stamp_s)
            self._answer(request, port_of(data))
        elif request.method != "ACK":
            self._sip.send(response(request, "200 OK"))
            if request.method == "BYE":
                self.hush()

    def _answer(self, invite: Message, asterisk_port: int) -> None:
        self.hush()
        there = (self._sip._socket.getpeername()[0], asterisk_port)
        self._rtp_port += 2
        self._rtp = Wire((self._host, self._rtp_port), there, self._on_rtp)
        to = f"{invite.headers.get('to', '')};tag=t{self._rtp_port}"
        contact = f"sip:x@{self._sip.here}"
        body = sdp(self._host, self._rtp_port)
        self.seen["answer"] = time.time()
        self._sip.send(response(invite, "200 OK", to=to, contact=contact, body=body))
        self._talking = asyncio.create_task(self._talk(self._rtp))

    async def _talk(self, wire: Wire) -> None:
        began, sequence = time.monotonic(), 0
        while True:
            loud = time.monotonic() - began < self.voice_s
            sequence += 1
            header = HEADER.pack(VERSION, PCMU, sequence & 0xFFFF, sequence * 160, self._rtp_port)
            wire.send(header + (VOICE if loud else QUIET))
            await asyncio.sleep(max(0.0, began + sequence * 160 / CLOCK_HZ - time.monotonic()))

    def _on_rtp(self, packet: bytes, stamp_s: float) -> None:
        if packet[HEADER.size :].count(VOICE[:1]) > len(VOICE) // 2:
            self.seen.setdefault("heard", stamp_s)

    def hush(self) -> None:
        """The call is over."""
        if self._talking is not None:
            self._talking.cancel()
        if self._rtp is not None:
            self._rtp.close()
        self._talking = self._rtp = None


class Ledger:
    """Takes everything in at once: what the disk takes is measured with the store."""

    async def intend(self, call: commands.PlaceCall) -> bool:
        return True

    def sent(self, attempt: AttemptId) -> None: ...

    def not_sent(self, attempt: AttemptId, result: DialResult) -> None: ...


class Desk:
    """The core of this benchmark: joins who arrives with whoever waits."""

    def __init__(self) -> None:
        self.switch: AsteriskSwitch
        self.waits: OfferId | None = None
        self.seen: dict[type, tuple[float, Any]] = {}

    def post(self, event: events.AnyEvent) -> None:
        self.seen[type(event)] = (time.time(), event)
        if isinstance(event, events.CallArrived) and self.waits is not None:
            self.switch.execute(commands.Join(event.call, self.waits))

    def ask(self, event: events.AnyEvent) -> Refused | None:
        return None


class Trials:
    """One Asterisk, one agent, one customer, one call after the other."""

    def __init__(self, lab: Mapping[str, Any]) -> None:
        node = lab["nodes"][0]
        asterisk = (node["host"], node["sip_port"])
        self.agent, self.customer = (
            Phone((f"{lab['base']}.200", 5080), asterisk),
            Phone((f"{lab['base']}.151", 5060), asterisk),
        )
        self.desk = Desk()
        host, _, port = lab["engines"][0].rpartition(":")
        self.desk.switch = self.switch = AsteriskSwitch(
            {NODE: NodeAddress(node["host"], node["ami_port"], node["ami_user"], node["ami_secret"])},
            {"PJSIP/1001": "anna"},  # type: ignore[dict-item]
            listen=(host, int(port)),
            allow=[ipaddress.ip_network("127.0.0.0/8")],
            token=node["agi_token"],
            trunks={"out": Trunk("PJSIP/{number}@trunk1", ("+",))},
            ledger=Ledger(),
        )
        self._number = 0

    async def place(self, voice_s: float, listen: Listening | None = None) -> float:
        """Call the customer, who says so much; when the order was given."""
        self._number += 1
        self.customer.voice_s, self.customer.seen = voice_s, {}
        self.desk.seen.clear()
        ticket = Ticket(ContactId("c"), QueueName("q"), 1.0, 1.0)
        attempt = AttemptId(f"b{self._number}")
        ordered = time.time()
        self.switch.execute(commands.PlaceCall(attempt, NODE, NUMBER, 20.0, ticket, listen=listen))
        await must(lambda: events.CallArrived in self.desk.seen, PATIENCE_S, LOOK_S)
        return ordered

    async def end(self) -> None:
        call = self.desk.seen[events.CallArrived][1].call
        self.switch.execute(commands.HangupLeg(NODE, self.desk.seen[events.CallArrived][1].channel))
        await must(lambda: events.CallGone in self.desk.seen and call, PATIENCE_S, LOOK_S)
        await asyncio.sleep(0.05)

    async def joined(self) -> dict[str, float]:
        """The agent waits; the customer is called, answers, speaks."""
        self.agent.seen, self.desk.waits = {}, OfferId(f"o{self._number}")
        self.desk.seen.clear()
        self.switch.execute(commands.RingAgent(NODE, commands.RingLeg(self.desk.waits, "PJSIP/1001"), 20.0))
        await must(lambda: events.OfferAnswered in self.desk.seen, PATIENCE_S, LOOK_S)
        await asyncio.sleep(0.1)
        ordered = await self.place(TALK_S)
        await must(lambda: "heard" in self.agent.seen, PATIENCE_S, LOOK_S)
        self.desk.waits = None
        await self.end()
        seen = self.customer.seen
        return {
            "order_to_invite_ms": (seen["invite"] - ordered) * 1000,
            "answer_to_agent_hears_ms": (self.agent.seen["heard"] - seen["answer"]) * 1000,
        }

    async def listened(self, voice_s: float) -> float:
        """From the answer until it is told what was heard."""
        await self.place(voice_s, Listening())
        arrived_at, _ = self.desk.seen[events.CallArrived]
        await self.end()
        return (arrived_at - self.customer.seen["answer"]) * 1000


async def measure(lab: Mapping[str, Any], trials: int, listens: int) -> dict[str, dict[str, float]]:
    """Every figure as p50, p99 and how many."""
    run = Trials(lab)
    await run.switch.start(run.desk)
    found: dict[str, list[float]] = {}
    try:
        for _ in range(trials):
            for name, value in (await run.joined()).items():
                found.setdefault(name, []).append(value)
        for name, voice_s in (("amd_human_ms", HELLO_S), ("amd_machine_ms", GREETING_S)):
            found[name] = [await run.listened(voice_s) for _ in range(listens)]
    finally:
        run.agent.hush()
        run.customer.hush()
        await run.switch.close()
    return {name: _figures(values) for name, values in found.items()}


def _figures(values: list[float]) -> dict[str, float]:
    return {"p50": round(statistics.median(values), 1), "p99": round(quantile(values, 0.99), 1), "n": len(values)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--trials", type=int, default=300, help="joined calls (default %(default)s)")
    parser.add_argument("--listens", type=int, default=10, help="calls listened to, of each kind (default %(default)s)")
    given = parser.parse_args()
    words = ["--agents", "1", "--agent-contact", "{base}.200:5080", "--trunks", "1", "--trunk-contact", "{trunk}:5060"]
    with tempfile.TemporaryDirectory(prefix="cti-bench-") as folder, asterisks(Path(folder), 1, *words) as lab:
        figures = asyncio.run(measure(lab, given.trials, given.listens))
    for name, figure in figures.items():
        say(f"{name:28} p50 {figure['p50']:8.1f}   p99 {figure['p99']:8.1f}   n {figure['n']:g}")
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
