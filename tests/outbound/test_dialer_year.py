"""A year of two campaigns and callbacks that share numbers, in virtual time: is every promise of the rules kept?

The world here is the smallest that can break them: a store that hands leads out, agents who come and go, results by
lot. Everything is checked on the log of what was dialled, by code that knows nothing of the rules' own.
"""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict
from datetime import datetime, timedelta
from itertools import pairwise
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest

from cti.model.campaign import Callbacks
from cti.model.dialling import AttemptResult, CallbackKind, CallbackState, CampaignName, LeadId, LeadOutcome
from cti.outbound.air import Air
from cti.outbound.callbacks import CallbackBook, Promise
from cti.outbound.dialer import Dialer
from cti.outbound.history import History
from cti.outbound.lead import Lead, Number, Tried
from cti.outbound.orders import LeadSettled, LeadsWanted, Order, Planned
from tests.outbound.rules_kit import BERLIN, NEW_YORK, SHANGHAI, at, campaign, outbound

pytestmark = pytest.mark.simulation

ZONES = (BERLIN, NEW_YORK, SHANGHAI, "America/Sao_Paulo", "Australia/Lord_Howe")
BEGIN, DAYS, LEADS, STEP_S = at("2026-01-05 00:00"), 365, 15, 3600.0
CAPS = [{"at_most": 3, "within": "day"}, {"at_most": 7, "within": "week"}]
GAP_S = 1200.0
DISPOSITIONS = {
    "sale": {"means": "reached"},
    "later": {"means": "again", "after_s": 86_400, "at_most": 2},
    "opt_out": {"means": "do_not_call"},
}
RESULTS = [each for each in AttemptResult if each is not AttemptResult.INVALID] * 3 + [AttemptResult.INVALID]


class Year:
    """Store, agents and callees of one year."""

    def __init__(self, seed: int) -> None:
        self.lot = Random(seed)
        common: dict[str, Any] = {"start": "at_once", "dispositions": DISPOSITIONS, "gap_s": 600, "max_attempts": 12}
        self.rules = {
            "visits": campaign(every_days=45, regulation="us", **common),
            "sales": campaign(mode="predictive", regulation="uk", expires_after_days=300, **common),
        }
        self.outbound = outbound(caps=CAPS, gap_s=GAP_S)
        self.air, self.history = Air(), History()
        self.dialer = Dialer(self.rules, self.outbound, {}, self, self.air, self.history)
        self.book = CallbackBook(Callbacks(), self.outbound, self.air, self.history)
        self.leads: dict[tuple[str, int], Lead] = {}
        self.held: set[tuple[str, int]] = set()
        self.outcomes: dict[tuple[str, int], LeadOutcome] = {}
        self.log: list[tuple[Tried, Number, str]] = []
        self.flying: list[tuple[float, int, str, Any]] = []
        self.in_the_air: set[str] = set()
        self.promised = 0
        self.places: dict[str, list[int]] = defaultdict(list)
        self.kept: Counter[str] = Counter()
        people = [Number(f"+99{n:07}", tuple(self.lot.sample(ZONES, self.lot.choice((1, 1, 1, 2))))) for n in range(20)]
        for name in ("visits", "sales"):
            for n in range(LEADS):
                numbers = tuple(self.lot.sample(people, self.lot.choice((1, 2, 3))))
                self.leads[name, n] = Lead(LeadId(n), CampaignName(name), numbers, listed_at=BEGIN)
        self.people = people

    def room(self, campaign: CampaignName, ready: int, now: float) -> int:
        return self.lot.randrange(4)

    def run(self) -> None:
        now, end = BEGIN, BEGIN + DAYS * 86_400.0
        while now < end:
            while self.flying and self.flying[0][0] <= now:
                self.landed(*heapq.heappop(self.flying))
            self.callbacks(now)
            self.do(self.dialer.tick(now), now)
            asked = self.dialer.next_deadline(now)
            until = min(asked if asked is not None and self.lot.random() < 0.2 else end, now + STEP_S)
            now = max(now + 1.0, min(until, self.flying[0][0] if self.flying else end))

    def do(self, orders: list[Order], now: float) -> None:
        for order in orders:
            if isinstance(order, Planned):
                self.dialled(order, now)
            elif isinstance(order, LeadSettled):
                self.settled(order)
            elif isinstance(order, LeadsWanted):
                due = [
                    lead
                    for key, lead in self.leads.items()
                    if key[0] == order.campaign and key not in self.held | self.outcomes.keys() and lead.due_at <= now
                ][: self.lot.randrange(1, 30)]
                self.held |= {(lead.campaign, lead.id) for lead in due}
                numbers = {number.number for lead in due for number in lead.numbers}
                known = {number: self.tries_of(number, now) for number in numbers}
                self.do(self.dialer.offered(order.campaign, due, known, now), now)

    def tries_of(self, number: str, now: float) -> list[Tried]:
        recent = (self.log[place][0] for place in self.places[number][-300:])
        return [tried for tried in recent if tried.at > now - 31 * 86_400]

    def begun(self, tried: Tried, number: Number, mode: str, lasts_s: float, attempt: str, promise: Any) -> None:
        assert number.number not in self.in_the_air
        self.in_the_air.add(number.number)
        self.places[number.number].append(len(self.log))
        heapq.heappush(self.flying, (tried.at + lasts_s, len(self.log), attempt, promise))
        self.log.append((tried, number, mode))

    def dialled(self, order: Planned, now: float) -> None:
        lead, attempt = self.leads[order.campaign, order.lead], order.callout.attempt
        number = lead.numbers[order.number_index]
        assert number.number == order.callout.number
        tried = Tried(now, order.campaign, order.lead, number.number, order.attempt_no)
        self.dialer.connected(attempt, now)
        self.begun(tried, number, order.mode, self.lot.uniform(5, 900), attempt, None)

    def landed(self, now: float, place: int, attempt: str, promise: LeadId | None) -> None:
        result = self.lot.choice(RESULTS)
        noted = self.lot.choice(["sale", "later", "opt_out", ""]) if result is AttemptResult.ANSWERED else ""
        tried, number, mode = self.log[place]
        noted = "" if promise is not None else noted
        self.log[place] = msgspec.structs.replace(tried, result=result, disposition=noted), number, mode
        self.in_the_air.remove(number.number)
        if promise is not None:
            self.count(self.book.ended(promise, result, now))
            return
        key = tried.campaign, tried.lead
        lead = self.leads[key]
        self.leads[key] = msgspec.structs.replace(
            lead, attempts=tried.attempt_no, tries=(*lead.tries, self.log[place][0])
        )
        self.do(self.dialer.ended(attempt, result, now, noted), now)

    def settled(self, order: LeadSettled) -> None:
        key = order.campaign, order.lead
        assert key in self.held and key not in self.outcomes, "settled once for each time it was handed out"
        self.held.remove(key)
        if order.outcome is not None:
            self.outcomes[key] = order.outcome
        self.leads[key] = msgspec.structs.replace(self.leads[key], due_at=order.due_at, number_index=order.number_index)

    def callbacks(self, now: float) -> None:
        if self.lot.random() < 0.05:
            self.promised += 1
            due_at = now + self.lot.choice((0.0, 3600.0, 200_000.0))
            person, name = self.lot.choice(self.people), LeadId(self.promised)
            asked = Promise(name, CallbackKind.SCHEDULED, person, "sales", now, due_at)
            self.count(self.book.promise(asked, now, self.tries_of(person.number, now)))
        for known in self.book.due(now):
            self.count([known])
        for waiting in [each for each in self.book.open() if each.state is CallbackState.IN_LINE]:
            if self.lot.random() < 0.5:
                reason = self.book.may_dial(waiting.id, now)
                if reason is not None:
                    self.count(self.book.put_off(waiting.id, reason))
                else:
                    attempt, _ = self.book.dialling(waiting.id, now)
                    number, attempt_no = waiting.number, len(waiting.tries) + 1
                    tried = Tried(now, CampaignName("callbacks"), waiting.id, number.number, attempt_no)
                    self.begun(tried, number, "callback", 60.0, attempt, waiting.id)

    def count(self, found: list[Promise]) -> None:
        self.kept.update(each.state for each in found if each.state not in ("promised", "due", "in_line", "dialling"))


@pytest.fixture(scope="module", params=range(2))
def year(request: pytest.FixtureRequest) -> Year:
    one = Year(request.param)
    one.run()
    return one


def test_something_happened(year: Year) -> None:
    modes = Counter(mode for _, _, mode in year.log)
    assert len(year.log) > 300 and min(modes[mode] for mode in ("progressive", "predictive", "callback")) > 50


def test_nobody_was_dialled_outside_his_hours(year: Year) -> None:
    for tried, number, mode in year.log:
        for zone in number.zones:
            shown = datetime.fromtimestamp(tried.at, ZoneInfo(zone))
            begin = 9 if mode == "predictive" and shown.weekday() >= 5 else 8
            end = 20 if mode == "predictive" and shown.weekday() >= 5 else 21
            assert begin <= shown.hour < end, (mode, zone, shown)


def counting(year: Year) -> dict[str, list[tuple[Tried, Number, str]]]:
    found = defaultdict(list)
    for each in year.log:
        if each[0].result is not AttemptResult.NOT_DIALLED:
            found[each[0].number].append(each)
    return found


def test_no_cap_was_passed(year: Year) -> None:
    for log in counting(year).values():
        for _, number, _ in log:
            for zone in number.zones:
                days = Counter(datetime.fromtimestamp(tried.at, ZoneInfo(zone)).date() for tried, _, _ in log)
                assert max(days.values()) <= 3
                weeks = [sum(days[day + timedelta(days=n)] for n in range(7)) for day in days]
                assert max(weeks) <= 7


def test_the_gap_was_kept(year: Year) -> None:
    for log in counting(year).values():
        moments = sorted(tried.at for tried, _, _ in log)
        assert all(later - earlier >= GAP_S for earlier, later in pairwise(moments))


def test_after_an_abandoned_call_or_a_machine_an_agent_was_at_hand(year: Year) -> None:
    for log in counting(year).values():
        for tried, _, mode in log:
            if mode == "predictive":
                for other, _, _ in log:
                    hours = {AttemptResult.ABANDONED: 72, AttemptResult.MACHINE: 24}.get(other.result, 0)
                    assert not other.at < tried.at < other.at + hours * 3600


def test_every_lead_has_one_outcome_or_is_still_due(year: Year) -> None:
    assert len(year.outcomes) + len(year.leads.keys() - year.outcomes.keys()) == 2 * LEADS
    sales = [year.outcomes.get(("sales", n)) for n in range(LEADS)]
    assert None not in sales, "300 days are over"
    assert {LeadOutcome.REACHED, LeadOutcome.EXHAUSTED} & set(sales)
    for key, lead in year.leads.items():
        since = [tried for tried in lead.tries if tried.result is not AttemptResult.NOT_DIALLED]
        assert key[0] == "visits" or len(since) <= 12


def test_who_asked_not_to_be_called_was_not_called_again(year: Year) -> None:
    for log in counting(year).values():
        wishes = [(tried.at, mode) for tried, _, mode in log if tried.disposition == "opt_out"]
        for wished_at, _ in wishes:
            assert not [tried for tried, _, mode in log if tried.at > wished_at + 900 and mode != "callback"]


def test_every_promise_was_kept_or_it_is_said_why_not(year: Year) -> None:
    assert sum(year.kept.values()) + len(year.book) == year.promised
    assert year.kept["kept"] > 10 and len(year.book) < 30


def test_nothing_is_left_over(year: Year) -> None:
    assert len(year.air) == len(year.in_the_air) == len(year.flying)
    assert year.dialer.floor.late == 0
