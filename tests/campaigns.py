"""How does a test tell the story of a campaign? A CallingScene with one campaign, its leads, and a store for them."""

from __future__ import annotations

from typing import Any

from cti.acd.dialling import PREFIX
from cti.model import events as ev
from cti.model.books import SettleLead, WantLeads
from cti.model.changes import Kind
from cti.model.dialling import CampaignAction, CampaignName, LeadId
from cti.model.lead import Lead
from cti.model.policy import Center
from cti.model.promise import Number, Tried
from cti.outbound.lead import from_one_word
from tests.calling_scene import WAY_OUT, CallingScene, office
from tests.kit import NODE

SPRING = CampaignName("spring")
BERLIN = ("Europe/Berlin",)
ALWAYS = {"weekly": {"mon-sun": "00:00-24:00"}}


def number(lead: int) -> str:
    return f"+4930{lead:07d}"


class Campaigning(CallingScene):
    """One campaign, "spring", of queue "sales"; attempts are "spring-<lead>-<attempt>". The store is `leads`."""

    def __init__(
        self,
        *agents: str,
        mode: str = "progressive",
        leads: int = 0,
        queues: Any = None,
        outbound: Any = None,
        **written: Any,
    ) -> None:
        policy = office(*(agents or ("anna",)), **(queues or {}))
        more = {} if mode == "agentless" else {"queue": "sales"}
        campaign = {"mode": mode, "window": ALWAYS} | more | written.pop("campaign", {}) | written
        calling = {"campaigns": {"spring": campaign}, "outbound": {"trunks": WAY_OUT} | (outbound or {})}
        words = policy.model_dump(exclude_unset=True) | calling
        self.stored: dict[int, Lead] = {}
        self.done: dict[int, str] = {}
        self.held: set[int] = set()
        self.hungry = True
        super().__init__(Center.model_validate(words))
        for name in range(1, leads + 1):
            self.stored[name] = Lead(LeadId(name), SPRING, (Number(number(name), BERLIN),), data={"name": f"N{name}"})

    def post(self, event: ev.AnyEvent) -> list[Any]:
        told = super().post(event)
        for order in told:
            if isinstance(order, SettleLead):
                self._settle(order)
        if self.hungry and any(isinstance(order, WantLeads) for order in told):
            self.feed()
        return told

    def _settle(self, order: SettleLead) -> None:
        name = int(order.lead)
        assert name in self.held, "only what was handed out comes back, and once"
        self.held.discard(name)
        made = sum(told.new == "placed" for told in self.changes(Kind.ATTEMPT) if told.id.startswith(f"spring-{name}-"))
        if order.outcome is not None:
            assert name not in self.done, "a lead ends once"
            self.done[name] = order.outcome
            del self.stored[name]
        else:
            lead = self.stored[name]
            tries = lead.tries
            if order.result:
                result, said = from_one_word(order.result)
                tries += (Tried(self.now, SPRING, lead.id, number(name), made, result, said),)
            self.stored[name] = Lead(
                lead.id,
                SPRING,
                lead.numbers,
                order.number_index,
                made,
                due_at=order.due_at,
                data=lead.data,
                tries=tries,
            )

    def feed(self) -> None:
        due = [lead for lead in self.stored.values() if lead.due_at <= self.now and int(lead.id) not in self.held]
        self.held.update(int(lead.id) for lead in due)
        super().post(ev.LeadsOffered(SPRING, tuple(due), {}, bool(self.stored)))

    def ask(self, action: str, by: str = "eva") -> Any:
        refused = self._asked(ev.CampaignRequest(SPRING, CampaignAction(action), by))
        self.wait(0.0)
        return refused

    def start(self) -> None:
        assert self.ask("start") is None
        self.wait(0.01)

    def settled(self, lead: int = 1) -> list[SettleLead]:
        return [order for order in self.told if isinstance(order, SettleLead) and order.lead == lead]

    def moves(self) -> list[str]:
        return [told.new for told in self.changes(Kind.CAMPAIGN)]

    def caller_of(self, attempt: str) -> str:
        return f"{NODE}/{PREFIX}{attempt}"

    def now_(self) -> Any:
        return self.center.campaigns_now(self.now)[0]
