"""The hub: who gets which bytes, and when."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from cti.api import live_hub
from cti.api.live_hub import CATCH_UP_TICK_S, TICK_S, LiveHub
from cti.api.live_sight import Sight
from cti.api.live_viewer import FROZEN_S, ROOM_BYTES, Viewer
from cti.api.scoping import WHOLE, Scope
from cti.differences import Difference, Row, Step
from tests.api.test_live_viewer import Line

pytestmark = pytest.mark.unit

QUEUES = Sight(("queues",), WHOLE, sees_numbers=True)
SALES = Sight(("queues",), Scope(frozenset({"sales"}), None, None), sees_numbers=True)


class FakeBoards:
    def __init__(self) -> None:
        self.rows: dict[str, dict[str, Row]] = {"queues": {}}
        self._found: Difference = {}
        self.looks = self.waits = 0
        self.is_behind = False

    def put(self, key: str, **fields: object) -> None:
        before = self.rows["queues"].get(key)
        after = {"name": key, **fields}
        self.rows["queues"][key] = after
        self._found.setdefault("queues", {})[key] = Step(before, after)

    def look(self, now: float) -> Difference:
        self.looks += 1
        found, self._found = self._found, {}
        return found

    def wait_for_a_look(self) -> None:
        self.waits += 1

    def nodes(self) -> dict[str, str]:
        return {"node1": "down"}

    def down_since(self) -> dict[str, float | None]:
        return {"node1": 7.0}


class Scene:
    def __init__(self) -> None:
        self.now = 1000.0
        self.boards = FakeBoards()
        self.hub = LiveHub(self.boards, lambda: self.now, build="pages-1")
        self.hub._plan = lambda: None  # type: ignore[method-assign]  # time passes only by `tick`
        self.boards.put("sales", waiting=1)
        self.boards.put("support", waiting=0)
        self.hub.tick()

    def viewer(self, sight: Sight = QUEUES, boot: str = "", seq: int = -1) -> Line:
        line = Line()
        line.viewer = Viewer(line)  # type: ignore[attr-defined]
        self.hub.join(line.viewer, sight, boot, seq)  # type: ignore[attr-defined]
        return line

    def tick(self, seconds: float = 0.1) -> None:
        self.now += seconds
        self.hub.tick()


def read(line: Line) -> list[dict[str, Any]]:
    """Take what was written, as a browser would."""
    messages = []
    for frame in line.written:
        begin = {126: 4, 127: 10}.get(frame[1], 2)
        size = frame[1] if begin == 2 else int.from_bytes(frame[2:begin])
        assert len(frame) - begin == size
        messages.append(msgspec.json.decode(frame[begin:]))
    line.written, line.unsent = [], 0
    return messages


@pytest.fixture
def scene() -> Scene:
    return Scene()


@pytest.mark.parametrize(("lag_s", "tick_s"), [(0.0, 0.1), (0.02, 0.1), (0.5, 2.0), (60.0, 2.0)])
def test_while_the_loop_is_late_looks_are_rarer(scene: Scene, lag_s: float, tick_s: float) -> None:
    scene.hub._lag_s = lambda: lag_s
    scene.viewer()
    assert scene.hub._tick_s() == pytest.approx(tick_s)


def test_who_comes_gets_everything_and_then_only_what_changes(scene: Scene) -> None:
    line = scene.viewer()
    (snapshot,) = read(line)
    assert (snapshot["type"], snapshot["boot"], snapshot["build"]) == ("snapshot", scene.hub.life(QUEUES), "pages-1")
    assert snapshot["topics"] == {
        "queues": {"sales": {"name": "sales", "waiting": 1}, "support": {"name": "support", "waiting": 0}}
    }
    scene.boards.put("sales", waiting=2)
    scene.tick()
    (change,) = read(line)
    assert change == {
        "type": "change",
        "seq": snapshot["seq"] + 1,
        "at": scene.now,
        "topics": {"queues": {"set": {"sales": {"waiting": 2}}}},
    }


def test_changes_between_two_ticks_are_one_message_with_the_newest_values(scene: Scene) -> None:
    line = scene.viewer()
    read(line)
    for waiting in range(50):
        scene.boards.put("sales", waiting=waiting)
    scene.tick()
    assert [message["topics"]["queues"]["set"]["sales"] for message in read(line)] == [{"waiting": 49}]


def test_those_who_see_alike_get_the_same_bytes(scene: Scene) -> None:
    lines = [scene.viewer() for _ in range(3)]
    scene.boards.put("sales", waiting=2)
    scene.tick()
    assert all(line.written == lines[0].written for line in lines)
    assert lines[0].written[-1] is not None and len({id(line.viewer) for line in lines}) == 3  # type: ignore[attr-defined]


def test_nothing_is_told_to_whom_it_does_not_concern_but_his_pulse_counts_on(scene: Scene) -> None:
    line = scene.viewer(SALES)
    assert list(read(line)[0]["topics"]["queues"]) == ["sales"]
    scene.tick(1.0)
    read(line)
    scene.boards.put("support", waiting=9)
    scene.tick()
    assert read(line) == []
    scene.tick(1.0)
    assert [(message["type"], message["seq"]) for message in read(line)] == [("pulse", scene.hub.seq)]


def test_a_pulse_comes_each_second_in_which_nothing_else_does(scene: Scene) -> None:
    line = scene.viewer()
    scene.tick()
    read(line)
    for _ in range(30):
        scene.tick()
    messages = read(line)
    assert [message["type"] for message in messages] == ["pulse"] * 3
    assert (messages[0]["nodes"], messages[0]["since"]) == ({"node1": "down"}, {"node1": 7.0})


def test_who_comes_back_gets_what_he_missed_as_one_change(scene: Scene) -> None:
    seq = read(scene.viewer())[0]["seq"]
    for waiting in (2, 3):
        scene.boards.put("sales", waiting=waiting)
        scene.tick()
    (change,) = read(scene.viewer(QUEUES, scene.hub.life(QUEUES), seq))
    assert (change["type"], change["seq"]) == ("change", scene.hub.seq)
    assert change["topics"] == {"queues": {"set": {"sales": {"waiting": 3}}}}


@pytest.mark.parametrize(("boot", "behind"), [("another", 0), ("", 1000), ("", -5)])
def test_who_comes_back_from_another_life_or_too_late_gets_a_snapshot(scene: Scene, boot: str, behind: int) -> None:
    scene.viewer()
    line = scene.viewer(QUEUES, boot or scene.hub.life(QUEUES), scene.hub.seq - behind)
    assert [message["type"] for message in read(line)] == ["snapshot"]


def test_who_comes_back_with_other_rights_gets_a_snapshot_and_not_a_change_on_top_of_what_he_saw(scene: Scene) -> None:
    (before,) = read(scene.viewer(QUEUES))
    (after,) = read(scene.viewer(SALES, before["boot"], before["seq"]))
    assert after["type"] == "snapshot" and list(after["topics"]["queues"]) == ["sales"]
    assert after["boot"] != before["boot"]


def test_what_is_kept_is_bounded(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_hub, "KEPT_STEPS", 5)
    first = scene.hub.seq
    for waiting in range(10):
        scene.boards.put("sales", waiting=waiting)
        scene.tick()
    assert scene.hub._missed(first) is None
    assert scene.hub._missed(scene.hub.seq - 5) is not None


def test_a_slow_viewer_costs_the_others_nothing_and_gets_one_snapshot_when_he_reads(scene: Scene) -> None:
    slow, other = scene.viewer(), scene.viewer()
    read(slow)
    read(other)
    slow.unsent = 10 * ROOM_BYTES
    for waiting in range(5):
        scene.boards.put("sales", waiting=waiting)
        scene.tick()
    assert slow.written == []
    assert len(read(other)) == 5
    slow.unsent = 0
    scene.tick()
    assert [message["type"] for message in read(slow)] == ["snapshot"]
    assert scene.hub.dropped == 1


def test_who_does_not_read_for_ten_seconds_is_sent_away(scene: Scene) -> None:
    frozen, other = scene.viewer(), scene.viewer()
    frozen.unsent = 10 * ROOM_BYTES
    scene.boards.put("sales", waiting=5)
    scene.tick()
    scene.tick(FROZEN_S)
    assert frozen.closed and not other.closed
    assert (scene.hub.viewers, scene.hub.frozen) == (1, 1)


def test_other_rights_show_something_else_at_once(scene: Scene) -> None:
    line = scene.viewer()
    read(line)
    scene.hub.move(line.viewer, QUEUES)  # type: ignore[attr-defined]
    assert read(line) == []
    scene.hub.move(line.viewer, SALES)  # type: ignore[attr-defined]
    (snapshot,) = read(line)
    assert list(snapshot["topics"]["queues"]) == ["sales"]


def test_who_leaves_is_forgotten(scene: Scene) -> None:
    line = scene.viewer()
    scene.hub.leave(line.viewer)  # type: ignore[attr-defined]
    scene.hub.leave(line.viewer)  # type: ignore[attr-defined]
    assert (scene.hub.viewers, scene.hub._groups, scene.hub._group_of) == (0, {}, {})


def test_nothing_is_worked_out_for_nobody(scene: Scene) -> None:
    looks = scene.boards.looks
    scene.hub._due()
    assert (scene.boards.looks, scene.boards.waits) == (looks, 1)
    viewer = scene.viewer()
    scene.hub._due()
    assert scene.boards.looks > looks + 1 and scene.boards.waits == 2
    scene.hub.leave(viewer.viewer)  # type: ignore[attr-defined]
    scene.hub._due()
    assert scene.boards.waits == 3


def test_who_comes_first_waits_for_boards_that_are_brought_up_to_date_by_portions(scene: Scene) -> None:
    seq, life = scene.hub.seq, scene.hub.life(QUEUES)
    scene.boards.is_behind = True
    first, back = scene.viewer(), scene.viewer(QUEUES, life, seq)
    assert scene.hub._tick_s() == CATCH_UP_TICK_S
    for waiting in range(2):
        scene.boards.put("sales", waiting=waiting)
        scene.tick(FROZEN_S)
    assert read(first) == read(back) == [] and not first.closed
    scene.boards.is_behind = False
    scene.tick()
    for line in (first, back):
        assert [message["topics"]["queues"]["sales"] for message in read(line)] == [{"name": "sales", "waiting": 1}]
    scene.boards.put("sales", waiting=7)
    scene.tick()
    assert read(first)[0]["topics"]["queues"]["set"] == {"sales": {"waiting": 7}}
    assert (scene.hub.dropped, scene.hub._tick_s()) == (0, TICK_S)


def test_who_cannot_be_shown_something_costs_the_others_nothing(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    whole_changes, whole_rows = Sight.changes, Sight.rows
    broken = {"changes", "rows"}

    def changes(sight: Sight, difference: Difference) -> Any:
        if sight == SALES and "changes" in broken:
            raise ValueError("+493012345")
        return whole_changes(sight, difference)

    def rows(sight: Sight, found: Any) -> Any:
        if sight == SALES and "rows" in broken:
            raise ValueError("+493012345")
        return whole_rows(sight, found)

    broken.clear()
    monkeypatch.setattr(Sight, "changes", changes)
    monkeypatch.setattr(Sight, "rows", rows)
    first, other, gone = scene.viewer(SALES), scene.viewer(QUEUES), scene.viewer(SALES)
    for line in (first, other, gone):
        read(line)
    broken.add("changes")
    gone.unsent = 1
    scene.boards.put("sales", waiting=7)
    scene.tick()
    assert read(other)[0]["topics"]["queues"]["set"] == {"sales": {"waiting": 7}}
    assert [message["type"] for message in read(first)] == ["snapshot"], "what he has missed is in it"
    broken.add("rows")
    gone.unsent = 0
    scene.boards.put("sales", waiting=8)
    scene.tick()
    assert first.closed and gone.closed and not other.closed and read(other)
    late = scene.viewer(SALES)
    assert late.closed and scene.hub.viewers == 1
    said = [line for line in capsys.readouterr().out.splitlines() if "cannot be shown" in line]
    assert len(said) <= 1 and "4930" not in "".join(said)
