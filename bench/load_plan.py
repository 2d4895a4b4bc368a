"""Who calls where, how fast, and until when? The plan of one run of bench.load. PURE.

Knows numbers of calls and seconds, nothing of processes, addresses or SIP.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

FIRST_QUEUE, QUEUES, TRUNKS = 6001, 4, 4
OVER = 1.02  # so many callers are kept there: what Asterisk counts a moment later shall still be enough
PATIENCE_S = (15.0, 45.0)  # of those who give up
IMPATIENT_PERCENT, TRANSFER_PERCENT = 3.0, 2.0
LEAVE_PER_S = 150.0  # when it is over
SETTLE_S = 15.0
MOST_AGENTS, CALLS_PER_AGENT = 500, 20  # where no number of agents is given
RAMP_RESERVE = 1.25  # a machine that others use, too


def agents_for(calls: int, engines: int) -> int:
    """So few that callers wait all the time: what agents who wait themselves do says nothing of the engine."""
    wanted = min(MOST_AGENTS, calls // CALLS_PER_AGENT)
    return max(QUEUES, wanted // engines) * engines


@dataclass(frozen=True)
class Stream:
    """The callers of one trunk of one node: a SIPp of its own. `prefix` begins the numbers of its callers."""

    node: int  # from 0
    trunk: int  # from 0
    dialled: int
    prefix: str
    at_once: int
    per_s: float


@dataclass(frozen=True)
class Plan:
    """What is asked for. `rate_per_s`: how fast callers come at first; later one comes for each who goes."""

    calls: int = 10_000
    nodes: int = 4
    agents: int = 500
    hold_s: float = 60.0
    rate_per_s: float = 100.0
    ring_s: float = 2.0
    talk_s: float = 20.0
    engines: int = 1  # each a centre of its own, with its share of nodes, agents and callers
    number: int = 0  # which of them this is the plan of, if it is a share

    def shares(self) -> list[Plan]:
        """The plan of each engine. Raises ValueError where nodes or agents do not divide."""
        if self.nodes % self.engines or self.agents % self.engines:
            raise ValueError(
                f"{self.nodes} nodes and {self.agents} agents cannot be divided between {self.engines} engines:"
                " give multiples (--nodes, --agents)"
            )
        whole = self.engines
        share = replace(
            self,
            calls=math.ceil(self.calls / whole),
            nodes=self.nodes // whole,
            agents=self.agents // whole,
            rate_per_s=self.rate_per_s / whole,
            engines=1,
        )
        return [replace(share, number=number) for number in range(whole)]

    @property
    def served_per_s(self) -> float:
        """By agents who are never idle."""
        return self.agents / (self.ring_s + self.talk_s)

    @property
    def at_once(self) -> int:
        """Callers who are kept there."""
        return sum(stream.at_once for stream in self.streams())

    @property
    def ramp_s(self) -> float:
        """Until that many are there: those who are served or give up meanwhile are replaced."""
        gain = self.rate_per_s * (1.0 - IMPATIENT_PERCENT / 100.0) - self.served_per_s
        if gain <= 0.0:
            raise ValueError(
                f"{self.rate_per_s:g} callers a second come and {self.served_per_s:.1f} are served:"
                " give a higher --rate, fewer --agents, or longer talks (--talk-s)"
            )
        return max(OVER * self.calls / gain, PATIENCE_S[0])

    @property
    def last_comes_s(self) -> float:
        """From the first call until nobody comes any more."""
        return self.ramp_s * RAMP_RESERVE + self.hold_s

    @property
    def end_after_s(self) -> float:
        """From the first call until those who wait begin to leave, when the last have come to their places."""
        return self.last_comes_s + SETTLE_S

    @property
    def drain_s(self) -> float:
        return max(self.at_once / LEAVE_PER_S, 5.0)

    @property
    def longest_s(self) -> float:
        """From the first call until every call is over, with talks that had begun."""
        return self.end_after_s + self.drain_s + 2.0 * self.talk_s + 40.0

    @property
    def offered_most(self) -> int:
        """So many may come in all."""
        steady = (self.served_per_s + self.calls * IMPATIENT_PERCENT / 100.0 / PATIENCE_S[0]) * self.end_after_s
        return round(self.at_once + steady)

    def streams(self) -> Iterator[Stream]:
        """Every trunk of every node; neighbours dial different queues, so that each node has callers of each."""
        number, among = 0, self.nodes * TRUNKS
        for node in range(self.nodes):
            for trunk in range(TRUNKS):
                share = math.ceil(self.calls * OVER / among) + 1
                dialled = FIRST_QUEUE + (node + trunk) % QUEUES
                yield Stream(node, trunk, dialled, f"49{30 + self.number}{number:03}", share, self.rate_per_s / among)
                number += 1

    def queues_of(self, agent: int) -> tuple[int, ...]:
        """Numbers (from 0) of an agent's two queues: a chain of all, so that none can be looked at alone."""
        return (agent % QUEUES, (agent + 1) % QUEUES)
