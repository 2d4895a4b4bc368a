"""How does a test have two engines that are one centre? Two processes, one Valkey, one store, one Asterisk."""

from __future__ import annotations

import json
import os
import re
import signal
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.valkey import Valkey
from tests.valkey_kinds import Watched

from .centre import Lab, settings
from .engine_process import EngineProcess
from .waiting import until

ENGINES = ("{base}.100:4573", "{base}.101:4573")  # what the lab's dialplan is told
OWN_S = 40.0  # a busy machine starts a Python process in ten seconds


class Pair:
    """Two engines with the same policy; `owner` and `other` say who is who."""

    def __init__(
        self, lab: Lab, folder: Path, redis: Valkey | Watched, queues: Mapping[str, Any], agents: Mapping[str, Any]
    ) -> None:
        self.redis = redis
        common = settings(lab, queues, agents, len(lab.nodes), settle_s=2.0)
        common |= {
            "store": f"sqlite:///{folder}/shared.db",
            "queue_log": str(folder / "queue_log"),
            "redis": redis.rules,
        }
        self.engines: list[EngineProcess] = []
        self.addresses: list[str] = lab.descriptor["engines"]
        for at, address in enumerate(self.addresses):
            mine = {"fastagi": {**common["fastagi"], "listen": address}}
            mine["http"] = {"listen": f"{address.rpartition(':')[0]}:8470"}
            place = folder / f"engine-{at + 1}"
            place.mkdir()
            self.engines.append(EngineProcess(place, {**common, **mine}))
            self.engines[-1].queue_log_file = folder / "queue_log"

    def start(self) -> None:
        """The first one owns the centre, the second one stands by."""
        self.engines[0].start(wait=False)
        self.until_owner(self.engines[0])
        self.engines[1].start(wait=False)
        self.until_standby(self.engines[1])

    def close(self, tell: bool = True) -> None:
        """End both; `tell` prints the ends of their logs, which pytest shows of what fails."""
        for engine in self.engines:
            if engine.is_alive():
                os.kill(engine.pid, signal.SIGCONT)
                engine.kill()
            if tell:
                print(engine.tail())

    # --- who is who ---------------------------------------------------------------------------------------------------

    def readiness(self, engine: EngineProcess) -> dict[str, Any]:
        """What /readyz says, {} where nobody answers."""
        try:
            return dict(json.loads(engine.http("/readyz", timeout_s=2.0)[1]))
        except (OSError, ValueError):
            return {}

    def owns(self, engine: EngineProcess) -> bool:
        return self.readiness(engine).get("ready") is True

    def stands_by(self, engine: EngineProcess) -> bool:
        return any(reason.startswith("standby") for reason in self.readiness(engine).get("reasons", ()))

    def until_owner(self, engine: EngineProcess) -> None:
        until(lambda: self.owns(engine), f"{engine.folder.name} to own the centre", OWN_S)

    def until_standby(self, engine: EngineProcess) -> None:
        until(lambda: self.stands_by(engine), f"{engine.folder.name} to stand by", OWN_S)

    def metric(self, engine: EngineProcess, name: str) -> float:
        found = re.search(rf"^{name} (\S+)$", engine.http("/metrics")[1], re.MULTILINE)
        assert found is not None, name
        return float(found[1])
