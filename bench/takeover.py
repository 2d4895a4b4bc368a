"""How long is the centre without an owner when the owner is killed? Two engines, a Valkey, one Asterisk, real calls.

    .venv/bin/python -m bench.takeover [--kills 5] [--waiting 5] [--asterisk-too] [--redis-too]

Each kill is `kill -9` of whoever owns the centre while callers wait; it is started again and stands by for the next.
Told are the seconds from the kill until the other one owns it (its log; two of them are the lease), until it serves
(`/readyz` 200), and until everybody is back in line. The last line of stdout is one JSON object.

`--asterisk-too`: a second Asterisk, where nobody waits, dies with each owner, as where both are on one machine.
`--redis-too`: one kill, and the primary of a Redis with three sentinels dies with the owner, as where both are on one
machine; the sentinels take it for dead after half a second (`down-after-milliseconds 500`).
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
import re
import signal
import tempfile
import time
from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path

from bench.percentiles import quantile
from bench.saying import say
from tests import valkey, valkey_kinds
from tests.acceptance.centre import Lab, agent
from tests.acceptance.crowd import Crowd, crowd
from tests.acceptance.engine_process import EngineProcess
from tests.acceptance.pair import ENGINES, OWN_S, Pair
from tests.acceptance.waiting import until


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--kills", type=int, default=5, help="so often is the owner killed (%(default)s)")
    words.add_argument("--waiting", type=int, default=5, help="callers in the line (%(default)s)")
    words.add_argument("--asterisk-too", action="store_true", help="an Asterisk dies with each owner")
    words.add_argument("--redis-too", action="store_true", help="one kill, and Redis' primary with it")
    asked = words.parse_args()
    kills = 1 if asked.redis_too else asked.kills
    with tempfile.TemporaryDirectory(prefix="cti-takeover-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        nodes = "2" if asked.asterisk_too else "1"
        lab = Lab(
            folder / "lab", nodes, "--engine", ",".join(ENGINES), "--agents", "1", "--trunks", "1", "--silent-moh",
            "--retry", "60", "--agent-contact", "{base}.200:5080",
        )  # fmt: skip
        try:
            with servers(asked.redis_too) as redis, crowd(f"{lab.base}.151", 5060) as callers:
                pair = Pair(lab, folder, redis, {"sales": {}}, {"anna": agent("1001", "sales", starts="logged_out")})
                answer: dict[str, float] = {}
                try:
                    answer = _measure(lab, pair, callers, kills, asked.waiting)
                finally:
                    pair.close(tell=not answer)
        finally:
            lab.down()
    print(json.dumps(answer))


def servers(watched: bool) -> AbstractContextManager[valkey.Valkey | valkey_kinds.Watched]:
    """One Redis, or two that are watched by sentinels."""
    return valkey_kinds.watched() if watched else valkey.server()


def _measure(lab: Lab, pair: Pair, callers: Crowd, kills: int, waiting: int) -> dict[str, float]:
    pair.start()
    exchange = (lab.nodes[0]["host"], lab.nodes[0]["sip_port"])
    for number in range(waiting):
        callers.call(*exchange, "6001", f"4930000{number:03d}")
        until(lambda n=number: len(pair.engines[0].waiting("sales")) == n + 1, "a caller in the line", OWN_S)  # type: ignore[misc]
    line = pair.engines[0].waiting("sales")
    owned, serves, back = list[float](), list[float](), list[float]()
    for kill in range(kills):
        owner, other = pair.engines[kill % 2], pair.engines[1 - kill % 2]
        until(lambda o=owner: pair.metric(o, "cti_standbys") == 1, "the standby counted", OWN_S)  # type: ignore[misc]
        began, began_at = time.monotonic(), time.time()
        owner.kill()
        for node in lab.nodes[1:]:
            os.kill(node["pid"], signal.SIGKILL)
        if isinstance(pair.redis, valkey_kinds.Watched):
            pair.redis.kill_primary()
        pair.until_owner(other)
        serves.append(time.monotonic() - began)
        owned.append(_owned_at(other) - began_at)
        until(lambda o=other: o.waiting("sales") == line, "everybody back, in order", OWN_S)  # type: ignore[misc]
        back.append(time.monotonic() - began)
        say(
            f"kill {kill + 1}: owned after {owned[-1]:.2f} s, serves after {serves[-1]:.2f} s, "
            f"{waiting} callers back in order after {back[-1]:.2f} s"
        )
        owner.start(wait=False)
        pair.until_standby(owner)
        for node in lab.nodes[1:]:
            lab.start(node["name"])
    return figures(owned, serves, back)


def figures(owned: Sequence[float], served: Sequence[float], back: Sequence[float]) -> dict[str, float]:
    """Seconds of each kill, as they are told: of so few the worst one says more than a percentile."""
    answer: dict[str, float] = {"kills": len(owned)}
    for what, found in (("owned", owned), ("served", served), ("back", back)):
        answer |= {f"{what}_p50_s": round(quantile(found, 0.5), 2), f"{what}_worst_s": round(max(found), 2)}
    return answer


def _owned_at(engine: EngineProcess) -> float:
    """When it came to own the centre the last time, epoch seconds, as its log says."""
    said = re.findall(r'timestamp=(\S+) .*event="owns the centre"', engine.log.read_text())
    return datetime.datetime.fromisoformat(said[-1]).timestamp()


if __name__ == "__main__":
    main()
