"""Who stands in for the engine and the live view while the API is tested?"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

from cti.model.audit import AuditEntry
from cti.model.changes import Refused
from cti.model.dialling import CallbackKind, LeadId
from cti.model.events import AnyEvent
from cti.model.explanation import AgentNow, ContactNow
from cti.model.policy import Center
from cti.model.promise import Number, Promise, Wanted
from cti.model.words import AgentId, ContactId, RefusedReason
from cti.ports import Asked, Part, PolicyAnswer


class FakeDesk:
    def __init__(self) -> None:
        self.asked: list[AnyEvent] = []
        self.refusal: Refused | None = None

    def post(self, event: AnyEvent) -> None:
        raise AssertionError("the API asks, it posts no facts")

    def ask(self, event: AnyEvent) -> Refused | None:
        self.asked.append(event)
        return self.refusal


class FakeView:
    queues: ClassVar[list[str]] = ["sales"]
    agents: ClassVar[list[str]] = ["anna", "ben"]
    contacts: ClassVar[list[str]] = []

    def contact(self, contact: str, now: float) -> dict[str, Any] | None:
        return None

    def agent(self, agent: str, now: float) -> dict[str, Any] | None:
        return {"id": agent} if agent in self.agents else None

    def snapshot(self, now: float, *parts: str) -> dict[str, Any]:
        picture = {
            "queues": [{"name": "sales", "waiting": 1, "longest_wait_s": None, "position": [{"contact": "node1/1.1"}]}],
            "agents": [{"id": "anna"}, {"id": "ben"}],
            "calls": [{"call": "node1/1.1", "caller": "+4930123"}],
            "decisions": [],
            "nodes": [{"name": "node1", "state": "up"}],
            "status": {"nodes": {"node1": "up"}, "waiting": 1},
        }
        return {"at": now, **{part: picture[part] for part in parts}}


class FakePolicy:
    """A ports.PolicyDesk that grants everything, unless `answer` says otherwise."""

    def __init__(self) -> None:
        self.asked: list[tuple[Any, ...]] = []
        self.version = "v1"
        self.is_stored = True
        self.answer = PolicyAnswer(applied=True, version="v2", lines=["queue sales: target_s 20 -> 30"])
        self.live = [{"path": "queues.sales.target_s", "value": 30, "file": 20, "by": "eva", "at": 1.0}]
        self.center = Center.model_validate(
            {"queues": {"sales": {}, "support": {}}, "agents": {"anna": {"phone": "PJSIP/1"}}, "nodes": {"node1": {}}}
        )

    async def reload(
        self, *, by: str, check: bool = False, drop_live: bool = False, asked: Asked | None = None
    ) -> PolicyAnswer:
        self.asked.append(("reload", by, check, drop_live))
        return self.answer

    async def change(self, changes: Mapping[str, Any], *, by: str, asked: Asked | None = None) -> PolicyAnswer:
        self.asked.append(("change", dict(changes), by))
        return self.answer

    async def reset(self, paths: Sequence[str], *, by: str, asked: Asked | None = None) -> PolicyAnswer:
        self.asked.append(("reset", list(paths), by))
        return self.answer

    def live_changes(self) -> list[dict[str, Any]]:
        return self.live


class FakeFlows:
    """A ports.FlowVersions that grants everything, unless `answer` says otherwise."""

    def __init__(self) -> None:
        self.asked: list[tuple[Any, ...]] = []
        self.answer = PolicyAnswer(applied=True, flows=7, lines=["flow main: node a changed"])

    async def reload(self, *, by: str, check: bool = False) -> PolicyAnswer:
        self.asked.append(("reload", by, check))
        return self.answer

    async def roll_back(self, *, by: str, to: int | None = None) -> PolicyAnswer:
        self.asked.append(("roll_back", by, to))
        return self.answer

    async def versions(self) -> dict[str, Any]:
        return {"version": 7, "versions": [{"version": 7}], "flows": [{"name": "main"}]}

    async def drawing(
        self, name: str, version: int | None = None, language: str = "", *, dark: bool = False
    ) -> str | None:
        self.asked.append(("drawing", name, version, language, dark))
        return "<svg/>" if name == "main" else None


class FakeAudit:
    def __init__(self) -> None:
        self.entries: list[AuditEntry] = []

    def add(self, entry: AuditEntry) -> None:
        self.entries.append(entry)

    def newest(self, limit: int, before: int | None = None) -> list[dict[str, Any]]:
        rows = [{"id": n, "what": entry.what, "on": entry.on} for n, entry in enumerate(self.entries, start=1)]
        return [row for row in rows if before is None or row["id"] < before][-limit:][::-1]


class FakeFollowUps:
    """Three of them: number 1 is open, 2 is done, and there is no other."""

    def __init__(self) -> None:
        self.asked: list[tuple[Any, ...]] = []
        self.parts: list[Part | None] = []

    def load(
        self, *, owner: str, done: bool, limit: int, after: Any = None, part: Part | None = None
    ) -> list[dict[str, Any]]:
        self.asked.append((owner, done, limit))
        self.parts.append(part)
        return [{"id": 1, "owner": "anna"}]

    def one(self, number: int) -> dict[str, Any] | None:
        return {1: {"id": 1, "owner": "anna"}, 2: {"id": 2, "owner": "anna"}}.get(number)

    def finish(self, number: int, outcome: str, by: str, now: float) -> bool | None:
        self.asked.append((number, outcome, by, now))
        return {1: True, 2: False}.get(number)


PROMISE = Promise(LeadId(1), CallbackKind.SCHEDULED, Number("+493012345"), "sales", 0.0, 0.0)


class FakeCallbacks:
    """Two of them: number 1 is open, 2 is kept, and there is no other."""

    def __init__(self) -> None:
        self.asked: list[tuple[Any, ...]] = []
        self.parts: list[Part | None] = []

    def load(
        self, *, all_of_them: bool, limit: int, after: Any = None, part: Part | None = None
    ) -> list[dict[str, Any]]:
        self.asked.append((all_of_them, limit))
        self.parts.append(part)
        return [{"id": 1, "state": "in_line"}]

    def one(self, number: int, part: Part | None = None) -> dict[str, Any] | None:
        return {1: {"id": 1, "state": "in_line"}, 2: {"id": 2, "state": "kept"}}.get(number)

    def promise(self, wanted: Wanted, part: Part | None = None) -> tuple[Promise, str] | Refused:
        self.parts.append(part)
        self.asked.append((wanted,))
        if wanted.queue == "nowhere":
            return Refused(RefusedReason.UNKNOWN_QUEUE, "there is none of this name")
        return PROMISE, "moved"

    def for_follow_up(self, number: int, at: str, part: Part | None = None) -> tuple[Promise, str] | Refused:
        self.asked.append((number, at))
        return PROMISE, ""

    def of_follow_up(self, number: int) -> LeadId | None:
        return LeadId(1) if number == 1 else None


class FakeCampaigns:
    """One campaign, winter."""

    def load(self) -> Callable[[], list[dict[str, Any]]]:
        return lambda: [{"name": "winter", "state": "running"}]

    def plan(self, name: str, ahead_s: float) -> dict[str, Any] | None:
        return {"campaign": name, "ahead_s": ahead_s} if name == "winter" else None

    def amd(self, name: str) -> dict[str, Any] | None:
        return {"campaign": name} if name == "winter" else None


class FakePast:
    """One contact, and a core that explains nothing."""

    ROW: ClassVar[dict[str, Any]] = {"contact": "node1/1.1", "queue": "sales", "agent": "", "caller": "+493012345678"}

    def __init__(self) -> None:
        self.parts: list[Part | None] = []

    def catch_up(self) -> bool:
        return True

    def contacts(self, limit: int = 20, after: Any = None, part: Part | None = None) -> list[dict[str, Any]]:
        self.parts.append(part)
        return [self.ROW]

    def find(self, asked: str) -> list[dict[str, Any]]:
        return [self.ROW] if asked in ("node1/1.1", "1.1") else []

    def facts(self, contact: str) -> list[Any]:
        return []

    looks = passed = facts

    def lost(self, agent: AgentId, limit: int = 20) -> list[Any]:
        return []

    def explain_contact(self, contact: ContactId) -> ContactNow | None:
        return None

    def explain_agent(self, agent: AgentId) -> AgentNow | None:
        return None


class FakeHooks:
    """One receiver, "crm", that takes nothing; two of its messages were given up."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []

    async def load(self) -> list[dict[str, Any]]:
        return [{"hook": "crm", "waiting": 3}]

    async def test(self, name: str) -> dict[str, Any] | None:
        self.asked.append(("test", name))
        return {"hook": name, "taken": False, "answer": "timeout"} if name == "crm" else None

    async def retry(self, name: str) -> int | None:
        self.asked.append(("retry", name))
        return 2 if name == "crm" else None
