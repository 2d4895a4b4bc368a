"""What do all viewers of the live boards get, and when? One look a tick, one message for all who see alike.

Knows boards, sights and viewers; no route and no person. Messages: docs/live-socket.md.
"""

from __future__ import annotations

import asyncio
import secrets
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any, Protocol

import msgspec
import structlog

from cti.api.live_sight import Sight
from cti.api.live_viewer import Viewer, text_frame
from cti.differences import Difference, Row, joined

TICK_S = 0.1
MANY_VIEWERS, MANY_TICK_S = 50, 0.2  # what they cost is the writes: so many see it a tenth of a second later
CATCH_UP_TICK_S = 0.02  # while boards are brought up to date, portion by portion, for whoever has just come
ALONE_TICK_S = 10.0  # while nobody looks: what there is to be seen is worked out for whoever comes, not for nobody
PULSE_S = 1.0
LAG_FACTOR = 4.0  # while the loop is late, looks are rarer: callers go before screens
SLOWEST_TICK_S = 2.0  # a page that hears nothing for 3 s says that it is old
KEPT_STEPS = 50_000
KEPT_LOOKS = 1_200
MOST_RESUMED = 5_000  # rows: beyond, a snapshot is the shorter answer

log = structlog.get_logger(__name__)


class Boards(Protocol):
    """Rows by topic, as of the last look (metrics/boards.py)."""

    rows: dict[str, dict[str, Row]]

    @property
    def is_behind(self) -> bool: ...
    def look(self, now: float) -> Difference: ...
    def wait_for_a_look(self) -> None: ...
    def nodes(self) -> Mapping[str, str]: ...
    def down_since(self) -> Mapping[str, float | None]: ...


class _Group:
    """All viewers with the same sight."""

    def __init__(self, sight: Sight) -> None:
        self.sight = sight
        self.viewers: set[Viewer] = set()
        self.told_at = float("-inf")
        self.snapshot: tuple[int, bytes] | None = None  # of which seq; asked for by many at once after a restart


class LiveHub:
    """The one source of live messages. `build` names the pages that this engine serves, `clock` gives epoch seconds,
    `lag_s` how late the event loop is.

    `seq` counts looks that have found something; `life` is another one in each engine's life, and for whoever sees
    something else: nobody resumes on top of what he may not see any more.
    """

    def __init__(
        self,
        boards: Boards,
        clock: Callable[[], float],
        *,
        build: str = "",
        lag_s: Callable[[], float] = lambda: 0.0,
    ) -> None:
        self._lag_s = lag_s
        self._boards, self._clock, self._build = boards, clock, build
        self._boot, self.seq = secrets.token_hex(4), 0
        self.dropped = self.frozen = 0  # viewers that were behind; of these, closed
        self._groups: dict[Sight, _Group] = {}
        self._group_of: dict[Viewer, _Group] = {}
        self._behind: set[Viewer] = set()
        self._kept: deque[tuple[int, int, Difference]] = deque()
        self._kept_steps = 0
        self._timer: asyncio.TimerHandle | None = None
        self._said: set[type[Exception]] = set()

    def start(self) -> None:
        """Look at the boards from now on."""
        self._plan()

    def stop(self) -> None:
        """No more looks."""
        if self._timer is not None:
            self._timer.cancel()
        self._timer = None

    @property
    def viewers(self) -> int:
        return len(self._group_of)

    def life(self, sight: Sight) -> str:
        """Return what a viewer with this sight is told as `boot`."""
        return f"{self._boot}{hash(sight) & 0xFFFFFFFF:08x}"

    # --- viewers ------------------------------------------------------------------------------------------------------

    def join(self, viewer: Viewer, sight: Sight, boot: str = "", seq: int = -1) -> None:
        """Show `viewer` everything, or what he has missed since `seq` of this life; and what happens from now on."""
        is_first = not self._group_of
        if is_first:  # while nobody looked, there were no looks
            self._boards.wait_for_a_look()
            self.tick()
        missed = self._missed(seq) if boot == self.life(sight) and not self._boards.is_behind else None
        self._enter(viewer, sight)
        if is_first:
            self._plan()
        if missed is None:
            self._show(viewer)
            return
        viewer.tell(self._change(sight.changes(missed)), self._clock())

    def move(self, viewer: Viewer, sight: Sight) -> None:
        """Show `viewer` something else from now on: his rights, or the policy, have changed."""
        group = self._group_of.get(viewer)
        if group is not None and group.sight != sight:
            self.leave(viewer)
            self._enter(viewer, sight)
            self._show(viewer)

    def leave(self, viewer: Viewer) -> None:
        """Forget `viewer`."""
        group = self._group_of.pop(viewer, None)
        self._behind.discard(viewer)
        if group is not None:
            group.viewers.discard(viewer)
            if not group.viewers:
                del self._groups[group.sight]

    def _enter(self, viewer: Viewer, sight: Sight) -> None:
        group = self._groups.setdefault(sight, _Group(sight))
        group.viewers.add(viewer)
        self._group_of[viewer] = group

    def _show(self, viewer: Viewer) -> None:
        """A snapshot, once the boards are up to date."""
        if self._boards.is_behind:
            viewer.wait(self._clock())
            self._behind.add(viewer)
        else:
            self._show_what_is_owed(viewer)

    # --- messages -----------------------------------------------------------------------------------------------------

    def tick(self) -> None:
        """Look once, and tell everybody what they see of it."""
        now = self._clock()
        difference = self._boards.look(now)
        if difference:
            self.seq += 1
            self._keep(difference)
        pulse: bytes | None = None
        for group in self._groups.values():
            try:
                topics = group.sight.changes(difference) if difference else {}
                change = self._change(topics) if topics else None
            except Exception as error:  # of rows that others brought: those who see something else go on
                self._owe_snapshots(group, error, now)
                continue
            if change is not None:
                self._tell(group, change, now)
            elif now - group.told_at >= PULSE_S or now < group.told_at:
                pulse = pulse or self._pulse()
                self._tell(group, pulse, now)
        self._look_after_those_behind(now)

    def _tell(self, group: _Group, frame: bytes, now: float) -> None:
        group.told_at = now
        for viewer in group.viewers:
            if not viewer.tell(frame, now) and viewer.behind_since is not None and viewer not in self._behind:
                self._behind.add(viewer)
                self.dropped += 1

    def _owe_snapshots(self, group: _Group, error: Exception, now: float) -> None:
        self._say_once(error)
        for viewer in group.viewers:
            viewer.wait(now)
        self._behind |= group.viewers

    def _say_once(self, error: Exception) -> None:
        """Its class only: its words may hold a number."""
        if type(error) not in self._said:
            self._said.add(type(error))
            log.error("boards cannot be shown to some of those who look", error=type(error).__name__)

    def _look_after_those_behind(self, now: float) -> None:
        for viewer in list(self._behind):
            if viewer.is_gone:
                self._behind.discard(viewer)
            elif self._boards.is_behind:
                continue
            elif viewer.has_caught_up():
                self._show_what_is_owed(viewer)
            elif viewer.is_frozen(now):
                self.frozen += 1
                self.leave(viewer)
                viewer.abort()

    def _show_what_is_owed(self, viewer: Viewer) -> None:
        self._behind.discard(viewer)
        try:
            viewer.show(self._snapshot(self._group_of[viewer]))
        except Exception as error:  # no snapshot either: he is sent away, and comes back by himself
            self._say_once(error)
            self.leave(viewer)
            viewer.abort()

    def _snapshot(self, group: _Group) -> bytes:
        if group.snapshot is None or group.snapshot[0] != self.seq:
            topics = group.sight.rows(self._boards.rows)
            group.snapshot = (
                self.seq,
                self._frame("snapshot", boot=self.life(group.sight), build=self._build, topics=topics),
            )
        return group.snapshot[1]

    def _change(self, topics: Mapping[str, Any]) -> bytes:
        return self._frame("change", topics=topics)

    def _pulse(self) -> bytes:
        return self._frame("pulse", nodes=self._boards.nodes(), since=self._boards.down_since())

    def _frame(self, kind: str, **more: Any) -> bytes:
        return text_frame(msgspec.json.encode({"type": kind, "seq": self.seq, "at": self._clock(), **more}))

    # --- what is kept for those who come back -------------------------------------------------------------------------

    def _keep(self, difference: Difference) -> None:
        steps = sum(map(len, difference.values()))
        self._kept.append((self.seq, steps, difference))
        self._kept_steps += steps
        while self._kept and (self._kept_steps > KEPT_STEPS or len(self._kept) > KEPT_LOOKS):
            self._kept_steps -= self._kept.popleft()[1]

    def _missed(self, seq: int) -> Difference | None:
        """All that happened after `seq`, as one; None where a snapshot has to be shown."""
        if seq == self.seq:
            return {}
        if not 0 <= seq < self.seq or not self._kept or self._kept[0][0] > seq + 1:
            return None
        missed = [each for each in self._kept if each[0] > seq]
        if sum(steps for _, steps, _ in missed) > MOST_RESUMED:
            return None
        return joined(*(difference for _, _, difference in missed))

    # --- time ---------------------------------------------------------------------------------------------------------

    def _plan(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(self._tick_s(), self._due)

    def _tick_s(self) -> float:
        """The interval grows with the loop's lag; but who has just come is shown something soon."""
        if self._behind and self._boards.is_behind:
            return CATCH_UP_TICK_S
        usual_s = TICK_S if self.viewers <= MANY_VIEWERS else MANY_TICK_S
        usual_s = usual_s if self._group_of else ALONE_TICK_S
        return max(usual_s, min(SLOWEST_TICK_S, LAG_FACTOR * self._lag_s()))

    def _due(self) -> None:
        self._plan()
        if self._group_of:
            self.tick()
        else:
            self._boards.wait_for_a_look()
