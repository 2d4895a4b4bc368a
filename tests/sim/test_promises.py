"""Is a wish asked for until somebody was reached, always as one who has waited since it was made?"""

from __future__ import annotations

import pytest

from cti.model import events as ev
from cti.model.changes import Changed, Kind
from cti.model.words import ContactId
from cti.sim.agenda import VirtualAgenda
from cti.sim.plan import Called, Wish
from cti.sim.promises import Promises

pytestmark = pytest.mark.unit


class Desk:
    """An engine that only listens."""

    def __init__(self, *wishes: Wish) -> None:
        self.agenda, self.asked, self.up = VirtualAgenda(), [], True
        self.promises = Promises(self.agenda, self.asked.append, lambda: 1000.0 + self.agenda.now, lambda: self.up)
        self.asked: list[ev.CalloutDue] = self.asked
        self.promises.start(list(wishes))
        self.wait(1.0)

    def wait(self, seconds: float) -> None:
        end = self.agenda.now + seconds
        while (at := self.agenda.next_at()) is not None and at <= end:
            self.agenda.step()
        self.agenda.pass_to(end)

    def tell(self, kind: Kind, new: str) -> None:
        contact = ContactId(self.asked[-1].contact)
        self.promises.told(Changed(kind, contact, "", new, 0.0, "", contact=contact))

    def names(self) -> list[tuple[str, str]]:
        return [(str(each.contact), str(each.callout.attempt)) for each in self.asked]


def wish(**more: object) -> Wish:
    return Wish(0.0, "sales", "+4955500001", waited_s=60.0, called=[Called(), Called()], **more)  # type: ignore[arg-type]


def test_who_was_not_reached_is_called_again_with_his_since() -> None:
    desk = Desk(wish())
    desk.tell(Kind.VISIT, "not_reached")
    desk.tell(Kind.CONTACT, "ended")
    desk.wait(10.0)
    assert desk.names() == [("wish1.1", "1-1"), ("wish1.2", "1-2")]
    assert [each.since for each in desk.asked] == [940.0, 940.0]


@pytest.mark.parametrize("outcome", ["answered", "abandoned", "merged", "withdrawn"])
def test_who_was_reached_is_left_in_peace(outcome: str) -> None:
    desk = Desk(wish())
    desk.tell(Kind.VISIT, outcome)
    desk.tell(Kind.CONTACT, "ended")
    desk.wait(60.0)
    assert desk.names() == [("wish1.1", "1-1")]


def test_what_an_engine_has_lost_is_asked_for_under_the_same_name() -> None:
    desk = Desk(wish())
    desk.promises.engine_starts()
    desk.wait(5.0)
    assert desk.names() == [("wish1.1", "1-1"), ("wish1.1", "1-2")]


def test_nothing_is_asked_of_nobody() -> None:
    desk = Desk()
    desk.up = False
    desk.promises.start([wish()])
    desk.wait(5.0)
    assert not desk.asked
