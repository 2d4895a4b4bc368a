"""Do the checks find bugs? Each bug is planted into the core on purpose, and some seed must break."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from cti.acd import agents, attempts, callouts, calls, dispositions, offers, reconcile, visits
from cti.acd.agent import Agent
from cti.acd.contact import Contact
from cti.acd.dialling import Dials
from cti.acd.free import FreeAgents
from cti.acd.line import WaitingClass
from cti.model.commands import SaveTicket, StopRing
from cti.sim.plans import random_plan
from cti.sim.world import run

pytestmark = pytest.mark.simulation

MAX_SEEDS = 250
FIRST_SEED = 50_000  # other worlds than those of test_seeds
Patch = Callable[[pytest.MonkeyPatch], None]


def keeps_ringing(patch: pytest.MonkeyPatch) -> None:
    """A withdrawn offer's phone is not told to stop."""
    original = offers.withdraw

    def withdraw(floor: Any, offer: Any) -> None:
        original(floor, offer)
        floor.out[:] = [output for output in floor.out if not isinstance(output, StopRing)]

    patch.setattr(offers, "withdraw", withdraw)


def forgets_since(patch: pytest.MonkeyPatch) -> None:
    """A missed offer costs the caller his place."""
    original = visits.back_in_line

    def back_in_line(floor: Any, contact: Contact) -> None:
        contact.since = floor.now
        original(floor, contact)

    patch.setattr(visits, "back_in_line", back_in_line)


def frees_twice(patch: pytest.MonkeyPatch) -> None:
    """An agent who gets an offer stays in the list of the free."""
    patch.setattr(FreeAgents, "remove", lambda self, agent: None)


def ignores_wrap_up(patch: pytest.MonkeyPatch) -> None:
    def begin_wrapup(floor: Any, agent: Agent, offer: Any) -> None:
        agents.return_to_idle(floor, agent, offer)

    patch.setattr(agents, "begin_wrapup", begin_wrapup)
    patch.setattr(offers, "begin_wrapup", begin_wrapup)


def no_match_after_miss(patch: pytest.MonkeyPatch) -> None:
    """A contact whose offer failed is not looked at again."""
    original = visits.back_in_line

    def back_in_line(floor: Any, contact: Contact) -> None:
        original(floor, contact)
        floor.arrived.discard(contact.id)

    patch.setattr(visits, "back_in_line", back_in_line)


def last_come_first_served(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Contact, "order", lambda self: (-self.since, self.since, self.id))


def forgets_the_agent(patch: pytest.MonkeyPatch) -> None:
    """The caller hangs up while it rings, and the agent stays "ringing"."""
    patch.setattr(offers, "fail_all", lambda floor, contact, how: None)


def deaf_to_lost_sessions(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(calls, "session_lost", lambda floor, contact: None)


def two_outcomes(patch: pytest.MonkeyPatch) -> None:
    original = visits.close

    def close(floor: Any, contact: Contact, *args: Any, **kwargs: Any) -> None:
        original(floor, contact, *args, **kwargs)
        contact.visit_open = True

    patch.setattr(visits, "close", close)


def ignores_skills(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(WaitingClass, "open_to", lambda self, agent, pool: agent.id not in self.reach.excluded)


def deaf_to_other_calls(patch: pytest.MonkeyPatch) -> None:
    """A phone that is engaged by something else is taken for free."""
    patch.setattr(agents, "leg_up", lambda floor, agent, leg: None)


def blind_to_snapshots(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(reconcile, "compare", lambda *args, **kwargs: None)


def loses_the_ticket(patch: pytest.MonkeyPatch) -> None:
    """The ticket that is written says that the wait began just now."""
    original = Contact.ticket

    def ticket(self: Contact) -> Any:
        right = original(self)
        return type(right)(
            right.contact, right.queue, self.arrived_at + 1.0, right.entered_at, right.entry, right.visit
        )

    patch.setattr(Contact, "ticket", ticket)
    assert SaveTicket


def talks_for_ever(patch: pytest.MonkeyPatch) -> None:
    """Who hung up stays unknown for ever."""
    patch.setattr(offers, "_close_talk", lambda floor, contact, offer, ended_by: None)


def forgets_what_was_not_said(patch: pytest.MonkeyPatch) -> None:
    """The disposition that holds where nobody says one is told of nobody."""
    patch.setattr(dispositions, "over", lambda floor, agent: None)


def calls_a_number_twice(patch: pytest.MonkeyPatch) -> None:
    """Two wishes of one customer know nothing of each other."""
    patch.setattr(Dials, "take", lambda self, contact: [])
    patch.setattr(Dials, "engaged", lambda self, contact: False)


def forgets_who_waits_for_the_customer(patch: pytest.MonkeyPatch) -> None:
    """Nobody was reached, and the agent who was kept for him hears nothing of it."""
    patch.setattr(callouts, "drop", lambda floor, contact, offer, how: None)


def ends_an_attempt_twice(patch: pytest.MonkeyPatch) -> None:
    original = attempts.end

    def end(floor: Any, attempt: Any, result: Any, *, gone: bool = False) -> Any:
        attempts._tell(floor, attempt, "answered" if attempt.answered else "placed", result)
        return original(floor, attempt, result, gone=gone)

    patch.setattr(attempts, "end", end)


def lets_the_phone_ring_on(patch: pytest.MonkeyPatch) -> None:
    """The agent has left, and his customer's phone goes on ringing; another one is called for him at once."""
    patch.setattr(attempts, "cancel", lambda floor, contact: setattr(contact, "attempt", None))


BUGS: list[tuple[Patch, set[str]]] = [
    (keeps_ringing, {"still_rings", "ring"}),
    (forgets_since, {"since"}),
    (frees_twice, {"two_offers", "rings_busy", "exception"}),
    (ignores_wrap_up, {"wrap_up"}),
    (no_match_after_miss, {"waits_beside_free_agent"}),
    (last_come_first_served, {"order"}),
    (forgets_the_agent, {"stuck_agent", "talk", "ring", "exception", "stuck_offer"}),
    (deaf_to_lost_sessions, {"session", "call_state"}),
    (two_outcomes, {"outcomes"}),
    (ignores_skills, {"not_eligible"}),
    (deaf_to_other_calls, {"rings_engaged"}),
    (blind_to_snapshots, {"stuck_contact", "stuck_agent", "call_state", "legs", "ghost_call", "talk"}),
    (loses_the_ticket, {"since"}),
    (forgets_what_was_not_said, {"undisposed"}),
    (talks_for_ever, {"stuck_offer", "exception"}),
    (calls_a_number_twice, {"two_dials"}),
    (forgets_who_waits_for_the_customer, {"stuck_agent", "stuck_offer", "exception", "talk"}),
    (ends_an_attempt_twice, {"attempt_twice"}),
    (lets_the_phone_ring_on, {"two_dials"}),
]


@pytest.mark.parametrize(("plant", "rules"), BUGS, ids=[plant.__name__ for plant, _ in BUGS])
def test_a_planted_bug_is_found(plant: Patch, rules: set[str], monkeypatch: pytest.MonkeyPatch) -> None:
    plant(monkeypatch)
    for seed in range(FIRST_SEED, FIRST_SEED + MAX_SEEDS):
        violation = run(random_plan(seed), keep=1).violation
        if violation is not None and violation.rule in rules:
            monkeypatch.undo()
            assert run(random_plan(seed), keep=1).violation is None, "the seed fails without the bug, too"
            return
    pytest.fail(f"{MAX_SEEDS} seeds have not found it")
