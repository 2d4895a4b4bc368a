"""Who calls, answers and is called while everything breaks? Callers, agents' phones and customers, and what each saw.

Bare SIP user agents of the tests, without sound. They live on whatever happens to the engine; of a node that died they
are told (`node_died`), as a phone would find out. Knows nothing of the engine.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterable
from dataclasses import dataclass

from bench.chaos_books import Called, Story
from tests.acceptance.crowd import Crowd, Dialog

RINGING, BUSY = 180, 486
QUEUES = {"6001": "sales", "6002": "support"}
SUPPORT_SHARE = 0.12  # of the callers; those give up soon, and are called back
PATIENCE_S = {"sales": (90.0, 400.0), "support": (6.0, 40.0)}
TALK_S, AGENT_RINGS_S = (6.0, 16.0), (0.3, 1.2)
CUSTOMER_RINGS_S, CUSTOMER_TALKS_S = (0.5, 2.0), (3.0, 8.0)
DIALS_PER_S = 12.0
NO_ANSWER_S = 45.0  # nothing came of the INVITE: longer than anything is frozen
HEARD_S = 0.2  # who is connected for so long has met somebody: a frozen Asterisk takes an answer late, and hangs up
NO_ACK_S = 32.0  # RFC 3261, 13.3.1.4: 64 * T1 without an ACK, and a phone that was answered hangs up
SETTLED_S = 4.0  # so long after something happened on the phones the engine may not know of it
FORGET_S = 60.0  # after its end no message of a call comes any more


@dataclass(eq=False)
class _Talk:
    """An agent's or a customer's call from the ring on."""

    dialog: Dialog
    answers_at: float
    talks_s: float
    counted: bool = False


class People:
    """Everybody; `turn` lets them do what they do, and has to be called some times a second."""

    def __init__(
        self,
        callers: list[Crowd],
        phones: Crowd,
        town: Crowd,
        nodes: list[tuple[str, int]],
        agents: list[str],
        seed: int,
    ) -> None:
        self._callers, self._phones, self._town, self._nodes = callers, phones, town, nodes
        self._lot = random.Random(seed)
        self.wanted = 0  # so many callers at the same time
        self.closing = False  # nobody new, and nobody gives up any more
        self.stories: dict[str, Story] = {}
        self.live: dict[str, tuple[Story, Dialog, float]] = {}  # with his patience
        self.agents = agents
        self._talks: dict[str, _Talk] = {}
        self._customers: list[_Talk] = []
        self._called: list[tuple[float, Dialog]] = []  # since when each of their phones rang
        self._cut: set[Dialog] = set()  # died with their Asterisk
        self._number = 0
        self._dial_at = time.monotonic()
        self.rung_while_busy = 0
        self.agent_changed_at: dict[str, float] = {}
        phones.on_call, town.on_call = self._agent_rung, self._customer_rung

    # --- what happens -----------------------------------------------------------------------------------------------

    def turn(self) -> None:
        now = time.monotonic()
        while not self.closing and self._dial_at <= now and len(self.live) < self.wanted:
            self._dial_at = max(self._dial_at, now - 0.2) + 1 / DIALS_PER_S
            self._dial(now)
        for number, (story, dialog, patience_s) in list(self.live.items()):
            self._live_on(number, story, dialog, patience_s, now)
        for agent, talk in list(self._talks.items()):
            self._agent_lives_on(agent, talk, now)
        for talk in list(self._customers):
            self._customer_lives_on(talk, now)

    def node_died(self, host: str) -> int:
        """Every call by that node is over, without a word; how many callers had one."""
        callers = 0
        for number, (story, dialog, _) in list(self.live.items()):
            if dialog.peer[0] == host:
                self._crowd_of(story).give_up(dialog)
                story.ended_by, story.over_at = "node", time.monotonic()
                callers += 1
                del self.live[number]
        for crowd in (self._phones, self._town):
            for dialog in list(crowd.dialogs.values()):
                if dialog.peer[0] == host and dialog.over_at is None:
                    crowd.give_up(dialog)
                    self._cut.add(dialog)
        return callers

    def forget(self) -> None:
        """Calls that were over long ago need no answer any more."""
        before = time.monotonic() - FORGET_S
        for crowd in (*self._callers, self._phones, self._town):
            crowd.forget(before)

    # --- what they saw ----------------------------------------------------------------------------------------------

    def there(self, now: float) -> set[str]:
        """Callers who have been connected for a moment, and are."""
        return {
            story.number
            for story, _, _ in list(self.live.values())
            if story.answered_at is not None and now - story.answered_at > SETTLED_S
        }

    def gone(self, now: float) -> set[str]:
        """Callers whose call has been over for a moment."""
        return {s.number for s in self.stories.values() if s.over_at is not None and now - s.over_at > SETTLED_S}

    def dropped(self) -> int:
        return sum(story.dropped for story in self.stories.values())

    def node_deaths(self) -> int:
        return sum(story.ended_by == "node" for story in self.stories.values())

    @property
    def is_quiet(self) -> bool:
        """Nobody is on the phone."""
        return not (self.live or self._talks or self._customers)

    @property
    def services(self) -> int:
        return sum(story.served_times for story in self.stories.values())

    def settled_phones(self, now: float) -> dict[str, bool]:
        """Whether an agent's phone has a call; of those to whom nothing has happened for a moment."""
        return {
            agent: agent in self._talks
            for agent in self.agents
            if now - self.agent_changed_at.get(agent, 0.0) > SETTLED_S
        }

    def calls_to(self) -> dict[str, list[Called]]:
        """Each customer's calls, in order."""
        found: dict[str, list[Called]] = {}
        for rang_at, dialog in self._called:
            over_at = dialog.over_at if dialog.over_at is not None else float("inf")
            taken_back = dialog.answered_at is None and dialog.ended_by == "them"
            call = Called(rang_at, over_at, dialog in self._cut, taken_back)
            found.setdefault(dialog.user.lstrip("+"), []).append(call)
        return found

    def gave_up(self, queue: str, least_s: float) -> Iterable[Story]:
        for story in self.stories.values():
            if story.queue == queue and story.ended_by == "us" and story.served_at is None:
                assert story.answered_at is not None and story.over_at is not None
                if story.over_at - story.answered_at >= least_s:
                    yield story

    # --- callers ----------------------------------------------------------------------------------------------------

    def _dial(self, now: float) -> None:
        self._number += 1
        number = f"49302{self._number:06}"
        dialled = "6002" if self._lot.random() < SUPPORT_SHARE else "6001"
        node = self._lot.randrange(len(self._nodes))
        story = Story(number, node + 1, QUEUES[dialled], now)
        dialog = self._crowd_of(story).call(*self._nodes[node], dialled, number)
        self.stories[number] = story
        self.live[number] = story, dialog, self._lot.uniform(*PATIENCE_S[story.queue])

    def _crowd_of(self, story: Story) -> Crowd:
        return self._callers[int(story.number) % len(self._callers)]

    def _live_on(self, number: str, story: Story, dialog: Dialog, patience_s: float, now: float) -> None:
        if story.answered_at is None:
            story.answered_at = dialog.answered_at
        if dialog.over_at is not None:
            story.over_at, story.ended_by = dialog.over_at, dialog.ended_by
            del self.live[number]
        elif story.answered_at is None:
            if now - story.dialled_at > NO_ANSWER_S:
                self._crowd_of(story).give_up(dialog)
                story.over_at, story.ended_by = now, "unanswered"
                del self.live[number]
        elif story.served_at is None and now - story.answered_at > patience_s and not self.closing:
            self._crowd_of(story).hang_up(dialog)

    # --- agents -----------------------------------------------------------------------------------------------------

    def _agent_rung(self, dialog: Dialog) -> int:
        """On the phones' thread."""
        agent = dialog.user
        current = self._talks.get(agent)
        if current is not None and current.dialog.over_at is None:
            self.rung_while_busy += 1
            return BUSY
        now = time.monotonic()
        self._talks[agent] = _Talk(dialog, now + self._lot.uniform(*AGENT_RINGS_S), self._lot.uniform(*TALK_S))
        self.agent_changed_at[agent] = now
        return RINGING

    def _agent_lives_on(self, agent: str, talk: _Talk, now: float) -> None:
        dialog = talk.dialog
        if dialog.over_at is not None:
            if self._talks.get(agent) is talk:
                del self._talks[agent]
                self.agent_changed_at[agent] = now
        elif dialog.answered_at is None:
            if now >= talk.answers_at:
                self._phones.answer(dialog)
        else:
            self._talk(talk, now)

    def _talk(self, talk: _Talk, now: float) -> None:
        dialog = talk.dialog
        if dialog.connected_at is None:  # his Asterisk is frozen: he says hello to nobody
            if dialog.answered_at is not None and now - dialog.answered_at > NO_ACK_S:
                self._phones.hang_up(dialog)
            return
        if now - dialog.connected_at < HEARD_S:
            return
        live = self.live.get(dialog.other)
        if not talk.counted and live is not None:
            talk.counted = True
            live[0].served_at = dialog.connected_at
            live[0].served_times += 1
        if now - dialog.connected_at < talk.talks_s:
            return
        if live is not None and int(dialog.other) % 4 == 0:
            self._crowd_of(live[0]).hang_up(live[1])
        else:
            self._phones.hang_up(dialog)

    # --- customers whom we call -------------------------------------------------------------------------------------

    def _customer_rung(self, dialog: Dialog) -> int:
        """On the phones' thread. Everybody picks up: who is called again was called twice."""
        now = time.monotonic()
        self._called.append((now, dialog))
        answers_at = now + self._lot.uniform(*CUSTOMER_RINGS_S)
        self._customers.append(_Talk(dialog, answers_at, self._lot.uniform(*CUSTOMER_TALKS_S)))
        return RINGING

    def _customer_lives_on(self, talk: _Talk, now: float) -> None:
        dialog = talk.dialog
        if dialog.over_at is not None:
            self._customers.remove(talk)
        elif dialog.answered_at is None:
            if now >= talk.answers_at:
                self._town.answer(dialog)
        elif now - dialog.answered_at > talk.talks_s:
            self._town.hang_up(dialog)
