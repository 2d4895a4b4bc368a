"""Who lives behind the trunk that campaigns dial? Many at once, without sound, each with a habit that his number names.

A fair witness, too: it counts the calls that reached each number, whatever the engine believes.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from typing import NamedTuple

from .crowd import Crowd, Dialog

RINGS = 180


class Habit(NamedTuple):
    """What somebody does who is called. `status`: 200 picks up after `after_s`, others refuse; 180 lets it ring.

    `stays_s`: how long he stays on the phone; `key`: he presses it a second after he has picked up.
    """

    status: int = 200
    after_s: float = 0.0
    stays_s: float = 2.0
    key: str = ""


PICKS_UP, BUSY, NO_ANSWER, CONGESTION = Habit(), Habit(486), Habit(RINGS), Habit(503)
KEY_AFTER_S = 1.0


class Town:
    """Everybody who is called; `turn` lets them do what they do, and has to be called often."""

    def __init__(self, people: Crowd) -> None:
        self._people = people
        self._habit: Callable[[str], Habit] = lambda number: NO_ANSWER
        self._pressed: set[str] = set()
        self._from = self.most_at_once = 0
        people.on_call = self._called

    def lives_by(self, habit: Callable[[str], Habit], *, forget: bool = True) -> None:
        """Everybody has other habits from now on; what was counted is forgotten, unless those who ring stay."""
        self._habit = habit
        if forget:
            self._from, self.most_at_once = len(self._people.order), 0

    def forget(self, call: Dialog) -> None:
        """The exchange has lost this call without a word."""
        self._people.give_up(call)

    def _called(self, dialog: Dialog) -> int:
        habit = self._habit(dialog.user)
        return RINGS if habit.status == 200 or habit.after_s else habit.status

    @property
    def calls(self) -> list[Dialog]:
        """Every call since then."""
        return self._people.order[self._from :]

    def times_called(self) -> Counter[str]:
        """How often each number was called."""
        return Counter(call.user for call in self.calls)

    @property
    def open(self) -> list[Dialog]:
        """Those that ring or go on."""
        return [call for call in self.calls if call.over_at is None]

    def turn(self) -> None:
        now = time.monotonic()
        for call in self.open:
            habit = self._habit(call.user)
            if call.answered_at is None:
                if habit.status != RINGS and now - call.began >= habit.after_s:
                    self._decide(call, habit.status)
            elif now - call.answered_at >= habit.stays_s:
                self._people.hang_up(call)
            elif habit.key and call.call_id not in self._pressed and now - call.answered_at >= KEY_AFTER_S:
                self._pressed.add(call.call_id)
                self._people.press(call, habit.key)
        self.most_at_once = max(self.most_at_once, len(self.open))

    def _decide(self, call: Dialog, status: int) -> None:
        if status == 200:
            self._people.answer(call)
        else:
            self._people.refuse(call, status)
