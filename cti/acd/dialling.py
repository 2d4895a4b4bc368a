"""Which customers are being called now, and which numbers may not be called? Books only; what follows is callouts.py's.

Numbers (personal data) are compared by their digits and live in memory only. Which numbers campaigns and promises have
taken for their plans is another book: outbound/air.py, which says how the two go together.
"""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass

from cti.acd.contact import Contact
from cti.acd.placing import place
from cti.model.words import AgentId, AttemptId, CallId, ContactId, NodeId, QueueName

LEAST_DIGITS = 3  # "anonymous" and the like are nobody's number
_GONE, _GIVEN_UP = "gone", "given_up"
REMEMBERED = 10_000  # attempts that are over: their channels may outlive them for a moment
PREFIX = "cti-"  # of the Uniqueid of the channels on which we call: ChannelId of the Originate


def key(number: str) -> str:
    """What two ways to write a number have in common; "" where it is none: +49 30 1234 is 0049301234."""
    digits = "".join(filter(str.isdecimal, number))
    return digits.removeprefix("00") if len(digits) >= LEAST_DIGITS else ""


def attempt_of(leg: str) -> AttemptId | None:
    """The attempt whose channel has this id ("<node>/<Uniqueid>"), if it is one of ours."""
    uniqueid = leg.partition("/")[2]
    return AttemptId(uniqueid.removeprefix(PREFIX)) if uniqueid.startswith(PREFIX) else None


@dataclass(slots=True, eq=False)
class Attempt:
    """A customer's phone that we have asked a node to ring, until it is known what came of it."""

    id: AttemptId
    contact: ContactId
    node: NodeId
    placed_at: float  # epoch seconds
    trunk: str = ""  # as in Callout
    number: str = ""  # its key; personal data; "" where another process has placed it
    queue: QueueName | None = None
    agent: AgentId | None = None
    answered: bool = False
    answered_at: float | None = None
    heard: str = ""  # what listening has told, and by which sign, for those who keep the books
    cancelled: bool = False  # we have asked to take it back
    given_up: bool = False  # nothing was heard of it for too long
    found: bool = False  # by a snapshot: another process has placed it
    place: Contact | None = None  # of one that was found ringing, for whom an agent had been kept: how he waits
    shares: frozenset[QueueName] = frozenset()  # whose call-outs might take the agents that he needs

    @property
    def call(self) -> CallId:
        return CallId(f"{self.node}/{PREFIX}{self.id}")


Way = tuple[NodeId, str]
"""A node and one of its trunks: where that is missing the others work all the same."""
REFUSALS = 3  # dials in a row that a way did not get out
REST_S = 30.0  # so long others are asked then, where there are others: one dial finds out whether it is over


class Dials:
    """Attempts in the air, call-outs that wait for theirs, and everybody who is on the phone with us, by number.

    A number is *taken* by a call-out from the choice of its agent (or its dialling) until nothing rings for it.
    `changed`: numbers of which that may have changed since it was last acted upon, in order.
    """

    def __init__(self) -> None:
        self.air: dict[AttemptId, Attempt] = {}
        self.wishes: dict[str, dict[ContactId, None]] = {}
        self.changed: dict[str, None] = {}
        self._callers: dict[str, dict[ContactId, None]] = {}
        self._taken: dict[str, ContactId] = {}
        self._found: dict[ContactId, AttemptId] = {}
        self._ahead: dict[AttemptId, Attempt] = {}  # those found that have a place
        self._at: dict[ContactId, NodeId] = {}  # on which node who is on the phone with us
        self._on: Counter[NodeId] = Counter()  # of each node: these, and attempts in the air
        self._refusals: Counter[Way] = Counter()  # in a row
        self._rests: dict[Way, float] = {}  # until when it is not asked
        self._over: OrderedDict[AttemptId, str] = OrderedDict()  # and what is known of its call
        self._stopped: OrderedDict[ContactId, None] = OrderedDict()  # call-outs that somebody has taken back

    # --- contacts ------------------------------------------------------------------------------------------------

    def came(self, contact: Contact) -> None:
        """A contact that is new to us, or a call-out that has got its call."""
        book = self._callers if contact.call else self.wishes
        if contact.call:
            self._at[contact.id] = contact.node
            self._on[contact.node] += 1
        for number in numbers_of(contact):
            book.setdefault(number, {})[contact.id] = None
            if self.wishes:
                self.changed[number] = None

    def left(self, contact: Contact) -> None:
        """It is over, or about to get its call."""
        book = self._callers if contact.call else self.wishes
        if contact.id in self._at:
            self._on[self._at.pop(contact.id)] -= 1
        for number in numbers_of(contact):
            known = book.get(number, {})
            known.pop(contact.id, None)
            if not known:
                book.pop(number, None)
        self.loosen(contact)

    def callers(self, number: str) -> list[ContactId]:
        """Who is on the phone with us with this number (its key)."""
        return list(self._callers.get(number, ()))

    # --- numbers -------------------------------------------------------------------------------------------------

    def take(self, contact: Contact) -> list[ContactId]:
        """Nobody else may be called there from now on; the other call-outs to that number."""
        number = number_of(contact)
        self._taken[number] = contact.id
        return [other for other in self.wishes.get(number, ()) if other != contact.id]

    def loosen(self, contact: Contact) -> None:
        """Nothing rings for it any more, unless an attempt is still in the air."""
        for number in numbers_of(contact):
            if contact.attempt is None and self._taken.get(number) == contact.id:
                del self._taken[number]
            if number in self.wishes:
                self.changed[number] = None

    def engaged(self, contact: Contact) -> bool:
        """Whether its number must not be called: it is just being called, or its owner is on the phone with us."""
        if contact.id in self._found or self._taken.get(number_of(contact), contact.id) != contact.id:
            return True
        callers = (caller for number in numbers_of(contact) for caller in self._callers.get(number, ()))
        return any(caller != contact.id for caller in callers)

    def keeps_back(self, contact: Contact, weights: Mapping[NodeId, int]) -> bool:
        """Whether a call-out that waits for its call may not be offered to anybody now. `weights`: see best_node."""
        if contact.callout is None or contact.call:
            return False
        if contact.attempt is not None or not weights:
            return True
        return self.engaged(contact) or (bool(self._ahead) and self._behind(contact))

    def _behind(self, contact: Contact) -> bool:
        """Whether a phone rings for somebody whose turn is before this one's, and for whom no agent is kept.

        By how urgent both were when that was found: two queues' urgencies may overtake each other later.
        """
        return any(
            each.place is not None
            and contact.queue in each.shares
            and each.place.rank(each.placed_at) < contact.rank(each.placed_at)
            for each in self._ahead.values()
        )

    def moved(self, contact: Contact) -> None:
        """It is in another queue now: perhaps in the one where a call-out to its number waits."""
        for number in numbers_of(contact) if self.wishes else ():
            if number in self.wishes:
                self.changed[number] = None

    def all_changed(self) -> None:
        self.changed.update(dict.fromkeys(self.wishes))

    # --- attempts ------------------------------------------------------------------------------------------------

    def stop(self, contact: ContactId) -> AttemptId | None:
        """Nobody wants its customer called any more; the attempt for it that another process has placed, if any."""
        self._stopped[contact] = None
        if len(self._stopped) > REMEMBERED:
            self._stopped.popitem(last=False)
        return self._found.get(contact)

    def is_stopped(self, contact: ContactId) -> bool:
        """Whether somebody has taken this call-out back since it was last asked for."""
        return contact in self._stopped

    def wanted(self, contact: ContactId) -> None:
        """It is asked for (again)."""
        self._stopped.pop(contact, None)

    def best_node(self, weights: Mapping[NodeId, int], now: float, trunk: str) -> NodeId | None:
        """Of the nodes on which calls may be begun, by their weights, the one for the next; None: there is none.

        A node whose dials by `trunk` fail at once always has the fewest: without its rests it would get nearly all.
        """
        fit = {node: weight for node, weight in weights.items() if self._rests.get((node, trunk), 0.0) <= now}
        return place(fit or weights, self._on)

    def refused(self, way: Way, now: float) -> bool:
        """`way` did not get a dial out. True: so often in a row that it rests from now on."""
        self._refusals[way] += 1
        if self._refusals[way] < REFUSALS:
            return False
        was, self._rests[way] = self._rests.get(way, 0.0), now + REST_S
        return was <= now

    def got_out(self, way: Way) -> None:
        """A phone has rung, or was busy: it works."""
        self._refusals.pop(way, None)
        self._rests.pop(way, None)

    def on(self, node: NodeId) -> int:
        """How many calls it has: callers in our hands, and customers who are being called."""
        return self._on[node]

    def knows(self, attempt: AttemptId) -> bool:
        """Whether it is in the air, or was not long ago."""
        return attempt in self.air or attempt in self._over

    def begin(self, attempt: Attempt) -> None:
        self.air[attempt.id] = attempt
        self._on[attempt.node] += 1
        if attempt.found and attempt.contact:
            self._found[attempt.contact] = attempt.id

    def go_ahead(self, attempt: Attempt, place: Contact, shares: frozenset[QueueName]) -> None:
        """Whoever answers it waits at `place`: no call-out of a later one is begun in `shares` meanwhile."""
        attempt.place, attempt.shares = place, shares
        self._ahead[attempt.id] = attempt
        self.all_changed()

    def fall_back(self, attempt: AttemptId) -> None:
        """Nobody waits any more for what comes of it."""
        found = self._ahead.pop(attempt, None)
        if found is not None:
            found.place = None
            self.all_changed()

    def places_changed(self) -> None:
        """Others may be before or behind those who were found ringing."""
        if self._ahead:
            self.all_changed()

    def is_gone(self, attempt: AttemptId) -> bool:
        """Whether it was answered, and whoever did is known to have hung up."""
        return self._over.get(attempt) == _GONE

    def is_given_up(self, attempt: AttemptId) -> bool:
        """Whether nobody could tell what became of it, and its contact was ended for that."""
        return self._over.get(attempt) == _GIVEN_UP

    def end(self, attempt: Attempt, *, gone: bool = False) -> None:
        """It is over. `gone`: so is the call that came of it."""
        del self.air[attempt.id]
        self._over[attempt.id] = _GONE if gone else _GIVEN_UP if attempt.given_up else ""
        if len(self._over) > REMEMBERED:
            self._over.popitem(last=False)
        self._on[attempt.node] -= 1
        self.fall_back(attempt.id)
        if self._found.get(attempt.contact) == attempt.id:
            del self._found[attempt.contact]
            self.all_changed()
        if attempt.number and self._taken.get(attempt.number) == attempt.contact:
            del self._taken[attempt.number]
        self.changed.update({attempt.number: None} if attempt.number in self.wishes else {})


def number_of(contact: Contact) -> str:
    """The key of the number that a call-out is to call; of a caller's own, "" where he has none."""
    callout = contact.callout
    return key(contact.caller) if callout is None else key(callout.number) or callout.number


def numbers_of(contact: Contact) -> tuple[str, ...]:
    """The keys under which its customer is known: a trunk may write a number in another way than we call it."""
    own = key(contact.caller)
    if contact.callout is None:
        return (own,) if own else ()
    return tuple(dict.fromkeys(each for each in (number_of(contact), own) if each))
