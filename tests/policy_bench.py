"""A policy in force with a file, a store, and a core that may refuse, for its tests."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from cti.config import settings as config
from cti.model.audit import AuditEntry
from cti.model.changes import Refused
from cti.model.policy import Center
from cti.policy_in_force import PolicyInForce
from cti.store.database import Store
from cti.store.live_changes import load_live_changes


class Bench:
    """A policy with a file, a store and a core that may refuse."""

    def __init__(self, folder: Path, store: Store) -> None:
        self.file, self.store = folder / "center.yaml", store
        self.refusal: Refused | None = None
        self.adopted: list[tuple[Center, str, str]] = []
        self.told: list[AuditEntry] = []
        self.now = 100.0
        self.more_nodes: dict[str, Any] = {}
        self.connected: list[dict[str, str]] = []
        self.write(target_s=20)
        self.policy = self.opened()

    def write(self, **sales: object) -> None:
        nodes = {"node1": {"host": "127.32.0.9", "secret": "x"}, **self.more_nodes}
        agents = {"anna": {"phone": "PJSIP/1", "queues": ["sales"]}}
        whole = {"nodes": nodes, "fastagi": {"token": "t"}, "queues": {"sales": sales}, "agents": agents}
        self.file.write_text(yaml.safe_dump(whole))

    def opened(self) -> PolicyInForce:
        hands = (self.adopt, self.told.append, None, None, self.connect)
        return PolicyInForce(self.file, config.load(self.file), self.store, lambda: self.now, *hands)

    def connect(self, nodes: dict[str, config.AsteriskNode]) -> None:
        self.connected.append({name: node.host for name, node in nodes.items()})

    def adopt(self, policy: Center, version: str, by: str) -> Refused | None:
        if self.refusal is None:
            self.adopted.append((policy, version, by))
        return self.refusal

    def stored(self) -> list[str]:
        return [change.path for change in load_live_changes(self.store)]
