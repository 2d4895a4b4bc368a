"""What does queueing theory say? Closed formulas, each written down from its definition.

Rates are per unit of time: `arrivals` (lambda), `service` (mu), `giving_up` (theta); `agents` is the number of servers.
Knows nothing of the engine.

Sources: A. K. Erlang 1917 (B and C); C. Palm 1957, Garnett, Mandelbaum and Reiman 2002 (A); L. Kleinrock 1964,
Stanford, Taylor and Ziedins 2014 (accumulating priority); A. Cobham 1954, Kella and Yechiali 1985 (strict priority).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple


def erlang_b(agents: int, load: float) -> float:
    """The share of calls that find all `agents` busy where nobody waits; `load` in erlangs. By the recursion in n."""
    blocked = 1.0
    for n in range(1, agents + 1):
        blocked = load * blocked / (n + load * blocked)
    return blocked


class Wait(NamedTuple):
    """`p_wait` of all callers wait; `asa` is the mean wait of all; `level` of all wait no longer than the target."""

    p_wait: float
    asa: float
    level: float


def erlang_c(agents: int, arrivals: float, service: float, target: float = 0.0) -> Wait:
    """M/M/n: everybody waits until he is served. Needs arrivals < agents * service."""
    load = arrivals / service
    blocked = erlang_b(agents, load)
    p_wait = blocked / (1.0 - load / agents * (1.0 - blocked))
    spare = agents * service - arrivals
    return Wait(p_wait, p_wait / spare, 1.0 - p_wait * math.exp(-spare * target))


class Impatient(NamedTuple):
    """`p_wait` of all callers are not served at once; `p_abandon` of all give up; `wait` is the mean over all."""

    p_wait: float
    p_abandon: float
    wait: float


def erlang_a(agents: int, arrivals: float, service: float, giving_up: float) -> Impatient:
    """M/M/n+M: everybody waits at most an exponential time of mean 1/giving_up."""
    x, y = agents * service / giving_up, arrivals / giving_up
    palm = term = 1.0  # (x e^y / y^x) gamma(x, y) = sum over j of y^j / ((x+1) ... (x+j))
    j = 0
    while term > 1e-16 * palm:
        j += 1
        term *= y / (x + j)
        palm += term
    blocked = erlang_b(agents, arrivals / service)
    p_wait = palm * blocked / (1.0 + (palm - 1.0) * blocked)
    rho = arrivals / (agents * service)
    p_abandon = (1.0 / (rho * palm) + 1.0 - 1.0 / rho) * p_wait
    return Impatient(p_wait, p_abandon, p_abandon / giving_up)


def accumulating_priority(
    agents: int, arrivals: Sequence[float], slopes: Sequence[float], service: float
) -> list[float]:
    """The mean wait of each class where a caller's urgency grows by his class's slope; slopes ascending."""
    assert list(slopes) == sorted(slopes)
    rho = [rate / (agents * service) for rate in arrivals]
    fifo = erlang_c(agents, sum(arrivals), service).asa
    waits: list[float] = []
    for p, slope in enumerate(slopes):
        slower = sum(rho[i] * waits[i] * (1.0 - slopes[i] / slope) for i in range(p))
        faster = sum(rho[i] * (1.0 - slope / slopes[i]) for i in range(p + 1, len(slopes)))
        waits.append((fifo - slower) / (1.0 - faster))
    return waits


def strict_priority(agents: int, arrivals: Sequence[float], service: float) -> list[float]:
    """The mean wait of each class, the first class first, where nobody is interrupted."""
    all_busy_for = erlang_c(agents, sum(arrivals), service).p_wait / (agents * service)
    waits, above = [], 0.0
    for rate in arrivals:
        upto = above + rate / (agents * service)
        waits.append(all_busy_for / ((1.0 - above) * (1.0 - upto)))
        above = upto
    return waits
