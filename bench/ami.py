"""How many AMI events per second come through our codec and link, and how many through plain panoramisk?

Both are real clients on a real loopback socket: they connect, log in, and then a peer process sends the same bytes as
fast as they are read; an event counts when the plain callback has it. The two run alternately, the medians count.
The last line of stdout is one JSON object. Run: `.venv/bin/python -m bench.ami [--events N] [--rounds N]`.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import multiprocessing
import socket
import statistics
import time
from collections.abc import Mapping
from typing import Any

import panoramisk

from bench.saying import say
from cti.switch.ami import AmiLink

HOST = "127.0.21.9"
CHUNK_BYTES = 65536
ROUND_TIMEOUT_S = 60.0


def call_events(number: int) -> str:
    """The events of one call as Asterisk 22 writes them, about 380 bytes each."""
    caller, agent = f"PJSIP/trunk-{number:08x}", f"PJSIP/1{number % 1000:03}-{number:08x}"
    uniqueid, agent_id = f"1760000000.{number * 2}", f"1760000000.{number * 2 + 1}"
    party = f"+86139{number % 10**8:08}"

    def channel(prefix: str, name: str, own: str, state: str) -> str:
        return (
            f"{prefix}Channel: {name}\r\n{prefix}ChannelState: 6\r\n{prefix}ChannelStateDesc: {state}\r\n"
            f"{prefix}CallerIDNum: {party}\r\n{prefix}CallerIDName: Caller {number}\r\n"
            f"{prefix}ConnectedLineNum: <unknown>\r\n{prefix}ConnectedLineName: <unknown>\r\n{prefix}Language: en\r\n"
            f"{prefix}AccountCode: \r\n{prefix}Context: cti-inbound\r\n{prefix}Exten: 4000\r\n{prefix}Priority: 3\r\n"
            f"{prefix}Uniqueid: {own}\r\n{prefix}Linkedid: {uniqueid}\r\n"
        )

    inbound = channel("", caller, uniqueid, "Up")
    outbound = channel("", agent, agent_id, "Ringing")
    head = "Event: {}\r\nPrivilege: call,all\r\n"
    return "\r\n".join(
        [
            head.format("Newchannel") + inbound,
            head.format("Newchannel") + outbound,
            head.format("DialBegin") + f"DestChannel: {agent}\r\nDestUniqueid: {agent_id}\r\n" + inbound,
            head.format("DialEnd") + f"DestChannel: {agent}\r\nDialStatus: ANSWER\r\nForward: \r\n" + inbound,
            head.format("Hangup") + outbound + "Cause: 16\r\nCause-txt: Normal Clearing\r\nTechCause: 16\r\n",
            head.format("Hangup") + inbound + "Cause: 16\r\nCause-txt: Normal Clearing\r\nTechCause: 16\r\n",
            "",
        ]
    )


def peer(listener: socket.socket, events: int) -> None:
    """Serve one login a connection, then send the events. Runs in a process of its own; ends when it is terminated."""
    calls = 1000
    block = "".join(call_events(number) for number in range(calls)).encode()
    rounds = events // (calls * 6)
    while True:
        connection, _ = listener.accept()
        with connection:
            connection.settimeout(ROUND_TIMEOUT_S)
            connection.sendall(b"Asterisk Call Manager/11.0.0\r\n")
            login = b""
            while b"\r\n\r\n" not in login:
                login += connection.recv(4096)
            action_id = login.split(b"ActionID: ")[1].split(b"\r\n")[0]
            connection.sendall(
                b"Response: Success\r\nActionID: " + action_id + b"\r\nMessage: Authentication accepted\r\n\r\n"
                b"Event: FullyBooted\r\nPrivilege: system,all\r\nStatus: Fully Booted\r\n\r\n"
            )
            try:
                for _ in range(rounds):
                    for start in range(0, len(block), CHUNK_BYTES):
                        connection.sendall(block[start : start + CHUNK_BYTES])
                while connection.recv(4096):
                    pass
            except OSError:
                continue


class Count:
    """Counts events and knows when the first and the last came."""

    def __init__(self, wanted: int) -> None:
        self.seen = 0
        self.wanted = wanted
        self.started_at = 0.0
        self.done: asyncio.Future[float] = asyncio.get_running_loop().create_future()

    def take(self, event: Mapping[str, str]) -> None:
        """One event; the clock starts with the first."""
        if event["Event"] == "FullyBooted":
            return
        if not self.seen:
            self.started_at = time.perf_counter()
        self.seen += 1
        if self.seen == self.wanted:
            self.done.set_result(time.perf_counter() - self.started_at)


async def ours(port: int, events: int) -> float:
    """Events per second through AmiLink."""
    count = Count(events)
    link = AmiLink("bench", HOST, port, "cti", "secret", on_event=count.take)
    await link.start()
    try:
        return events / await asyncio.wait_for(count.done, ROUND_TIMEOUT_S)
    finally:
        await link.close()


async def plain_panoramisk(port: int, events: int) -> float:
    """Events per second through panoramisk as it is, with a plain callback for every event."""
    count = Count(events)
    manager = panoramisk.Manager(
        host=HOST, port=port, username="cti", secret="secret", loop=asyncio.get_running_loop(), reconnect_timeout=3600
    )

    def callback(_: Any, event: Any) -> None:
        count.take(event)

    manager.register_event("*", callback)
    await manager.connect()
    try:
        return events / await asyncio.wait_for(count.done, ROUND_TIMEOUT_S)
    finally:
        manager.close()


def main() -> None:
    """Run the rounds, print the medians."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--events", type=int, default=60_000, help="a multiple of 6,000")
    options.add_argument("--rounds", type=int, default=5, help="of each codec, in turn (%(default)s)")
    chosen = options.parse_args()
    logging.disable(logging.ERROR)
    listener = socket.create_server((HOST, 0), backlog=8)
    port = int(listener.getsockname()[1])
    process = multiprocessing.get_context("fork").Process(target=peer, args=(listener, chosen.events), daemon=True)
    process.start()
    events = chosen.events // 6000 * 6000
    size = len(call_events(1).encode()) / 6
    say(f"{chosen.rounds} rounds of {events} events of {size:.0f} bytes")
    figures: dict[str, list[float]] = {"ours": [], "panoramisk": []}
    try:
        for number in range(chosen.rounds):
            for name, run in (("ours", ours), ("panoramisk", plain_panoramisk)):
                figures[name].append(asyncio.run(run(port, events)))
                say(f"round {number + 1}: {name} {figures[name][-1]:,.0f} events/s")
    finally:
        process.terminate()
        process.join(5)
    mine, theirs = statistics.median(figures["ours"]), statistics.median(figures["panoramisk"])
    answer = {
        "ours_events_per_s": round(mine),
        "panoramisk_events_per_s": round(theirs),
        "ratio": round(mine / theirs, 2),
    }
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
