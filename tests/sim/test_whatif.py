"""Does what-if read, draw, count and compare rightly?"""

from __future__ import annotations

import random
import statistics
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from cti.metrics.queue_counts import QueueCounts
from cti.model.errors import ConfigError
from cti.model.policy import Center
from cti.model.words import QueueName
from cti.sim import queueing, whatif_day, whatif_input, whatif_stats
from cti.sim.whatif import FIGURES, Outcome, Row, Scene, simulate
from cti.sim.whatif_chart import chart
from cti.sim.whatif_input import Day
from cti.sim.whatif_stats import Interval, Ratio
from tests.theory.formulas import erlang_a

pytestmark = pytest.mark.simulation

DEMAND = "start,queue,offered,aht_s,patience_s\n09:00,sales,60,180,120\n09:30,sales,60,180,120\n"
CENTER = Center.model_validate(
    {
        "queues": {"sales": {"wrap_up_s": 30.0}, "care": {"target_s": 60.0, "requires": {"care": 2}}},
        "agents": {
            "anna": {"phone": "PJSIP/1", "queues": {"sales": {}}},
            "ben": {"phone": "PJSIP/2", "queues": {"sales": {}, "care": {}}, "skills": {"care": 3}},
        },
        "entries": {"600": {"queue": "care"}},
    }
)


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    return tmp_path / "demand.csv", tmp_path / "roster.csv"


def read(files: tuple[Path, Path], demand: str = DEMAND, roster: str = "agent,from,to,breaks\n8,09:00,12:00,\n") -> Day:
    files[0].write_text(demand, encoding="utf-8")
    files[1].write_text(roster, encoding="utf-8")
    return whatif_input.read(*files)


def scene(day: Day, *centers: Center, days: int = 5, seed: int = 1, ring_s: float = 0.0) -> Scene:
    return Scene(centers or (CENTER,), day, days, seed, ring_s)


def row_of(rows: list[Row], queue: str, start_s: float | None = None) -> Row:
    return next(row for row in rows if row.queue == queue and row.start_s == start_s)


# --- reading --------------------------------------------------------------------------------------------------------


def test_both_files_are_read(files: tuple[Path, Path]) -> None:
    roster = "agent,from,to,breaks\n# early\nanna,08:00,16:00,12:00-12:30 15:00-15:10\n"
    roster += "ben*3,22:00,06:00,01:00-01:30\n12,9:00,24:00\n"
    day = read(files, DEMAND + "10:15,600,2.5,300,\n", roster)
    assert day.interval_s == 1800.0
    assert [(row.wants, row.start_s, row.offered) for row in day.demand][2] == ("600", 36_900.0, 2.5)
    assert day.demand[2].patience_s == float("inf")
    anna, night, pool = day.shifts
    assert anna.breaks == ((43_200.0, 45_000.0), (54_000.0, 54_600.0)) and anna.line == 3
    assert (night.agent, night.count, night.to_s) == ("ben", 3, 30 * 3600.0)
    assert night.breaks == ((25 * 3600.0, 25.5 * 3600.0),)
    assert (pool.agent, pool.count, pool.to_s) == (None, 12, 86_400.0)


def test_an_interval_of_a_queue_stands_in_one_line(files: tuple[Path, Path]) -> None:
    with pytest.raises(ConfigError) as error:
        read(files, DEMAND + "9:30,sales,5,180,\n")
    assert error.value.problems == [f"{files[0]}:4: sales begins at this time already (line 3); add the two up"]


def test_the_smallest_step_is_the_interval(files: tuple[Path, Path]) -> None:
    assert read(files, DEMAND + "09:45,sales,1,60,\n").interval_s == 900.0


WRONG = {
    ("demand", "9.00,sales,1,60,60"): 'start: must be a time like "09:30"',
    ("demand", "24:00,sales,1,60,60"): "before 24:00",
    ("demand", "09:00,,1,60,60"): "queue: a queue or a dialled number is missing",
    ("demand", "09:00,sales,many,60,60"): "offered: must be a number from 0 to 100000",
    ("demand", "09:00,sales,nan,60,60"): "offered: must be a number",
    ("demand", "09:00,sales,1,0,60"): "aht_s: must be a number from 1 to 86400",
    ("demand", "09:00,sales,1,60,0"): "patience_s: must be a number",
    ("demand", "09:00,sales,1,60,60,7"): "6 values for 5 columns",
    ("demand", '09:00,"sales,1,60,60'): "not CSV",
    ("roster", "anna*0,09:00,10:00,"): "agent: nobody",
    ("roster", "an na,09:00,10:00,"): "agent: must be a name",
    ("roster", "anna,9,10:00,"): 'from: must be a time like "09:30"',
    ("roster", "anna,09:00,10:00,09:30"): "breaks: must be times like",
    ("roster", "anna,09:00,10:00,10:30-10:40"): "not within the shift",
    ("roster", "anna,09:00,12:00,10:00-10:30 10:20-10:40"): "must follow one another",
}


@pytest.mark.parametrize(("where", "line"), WRONG)
def test_a_wrong_line_is_named(files: tuple[Path, Path], where: str, line: str) -> None:
    demand = DEMAND + line + "\n" if where == "demand" else DEMAND
    roster = "agent,from,to,breaks\n" + (line if where == "roster" else "8,09:00,12:00,") + "\n"
    with pytest.raises(ConfigError) as refused:
        read(files, demand, roster)
    number = 4 if where == "demand" else 2
    (problem,) = refused.value.problems
    assert problem.startswith(f"{files[where == 'roster']}:{number}: ") and WRONG[where, line] in problem


def test_every_problem_at_once(files: tuple[Path, Path]) -> None:
    with pytest.raises(ConfigError) as refused:
        read(files, "start,queue,offered\n", "agent,from,to,breaks\n")
    assert len(refused.value.problems) == 2
    assert "missing: aht_s, patience_s" in refused.value.problems[0]
    with pytest.raises(ConfigError, match="cannot be read: No such file"):
        whatif_input.read(Path("nowhere.csv"), files[1])


def test_nobody_works_twice_at_a_time(files: tuple[Path, Path]) -> None:
    with pytest.raises(ConfigError, match=r"roster.csv:3: anna works already \(line 2\)"):
        read(files, DEMAND, "agent,from,to,breaks\nanna,09:00,12:00,\nanna,11:00,13:00,\n")


def test_names_are_held_against_the_configuration(files: tuple[Path, Path]) -> None:
    day = read(files, DEMAND + "10:00,slaes,1,60,\n10:00,sales,1,30,\n", "agent,from,to,breaks\ncarl,09:00,10:00,\n")
    with pytest.raises(ConfigError) as refused:
        whatif_input.check(day, CENTER, "c.yaml")
    unknown, too_short, nobody = refused.value.problems
    assert unknown == f"{files[0]}:4: c.yaml has no queue and no entry 'slaes' (queues: care, sales)"
    assert too_short.startswith(f"{files[0]}:5: aht_s 30 is talk and wrap-up together")
    assert nobody == f"{files[1]}:2: c.yaml has no agent 'carl'"


# --- drawing and playing --------------------------------------------------------------------------------------------


def test_the_callers_do_not_depend_on_the_other_rows(files: tuple[Path, Path]) -> None:
    less = {"sales": 30.0, "600": 0.0}
    alone = whatif_day.draw(read(files), less, "1/0")
    more = whatif_day.draw(read(files, DEMAND + "09:00,600,50,300,\n"), less, "1/0")
    assert [caller for caller in more if caller.dialled == "sales"] == alone
    assert whatif_day.draw(read(files), less, "1/1") != alone


def test_demand_is_what_the_file_says(files: tuple[Path, Path]) -> None:
    day = read(files)
    drawn = [whatif_day.draw(day, {"sales": 30.0}, f"x/{number}") for number in range(200)]
    people = [caller for each in drawn for caller in each]
    assert statistics.mean(map(len, drawn)) == pytest.approx(120.0, rel=0.02)
    assert statistics.variance(map(len, drawn)) == pytest.approx(120.0, rel=0.35)  # Poisson: as large as the mean
    assert statistics.mean(caller.talk_s for caller in people) == pytest.approx(150.0, rel=0.03)
    assert statistics.mean(caller.patience_s for caller in people) == pytest.approx(120.0, rel=0.03)


def test_only_the_roster_works(files: tuple[Path, Path]) -> None:
    day = read(files, DEMAND, "agent,from,to,breaks\nanna*2,09:00,10:00,\n2,09:00,10:00,\n")
    played = whatif_day.cast(CENTER, day)
    logged_in = {duty.agent for duty in played.duties}
    assert logged_in == {"anna~2.1", "anna~2.2", "staff~3.1", "staff~3.2"}
    assert played.center.agents["anna~2.1"].queues == CENTER.agents["anna"].queues
    assert set(played.center.agents["staff~3.1"].queues) == {"sales", "care"}
    assert played.center.agents["staff~3.1"].skills["care"] >= 2
    assert len({agent.phone for agent in played.center.agents.values()}) == len(played.center.agents)


def test_figures_are_those_of_the_metric_contract(files: tuple[Path, Path]) -> None:
    """The same waits, counted by cti.metrics, give the same service level and mean wait."""
    rng = random.Random(5)
    cell, counts = whatif_day.Cell(), QueueCounts(20.0)
    for _ in range(500):
        wait_s, outcome = rng.expovariate(1 / 20), rng.choice(["answered", "answered", "abandoned", "timed_out"])
        counts.entered(resumed=False)
        counts.left(outcome, wait_s)
        cell.offered += 1
        cell.answered += outcome == "answered"
        cell.abandoned += outcome == "abandoned"
        cell.short_abandoned += outcome == "abandoned" and wait_s <= whatif_day.SHORT_ABANDON_S
        cell.in_target += outcome == "answered" and wait_s <= 20.0
        cell.wait_s += wait_s if outcome == "answered" else 0.0
    above, below = FIGURES["service_level"](cell)
    assert above / below == counts.levels()["offered"]
    above, below = FIGURES["asa_s"](cell)
    assert above / below == pytest.approx(counts.waits.mean_s())


def test_every_caller_has_one_outcome_and_occupancy_is_work_over_presence(files: tuple[Path, Path]) -> None:
    day = read(files, DEMAND, "agent,from,to,breaks\n4,09:00,10:00,09:10-09:20\n")
    played = whatif_day.cast(CENTER, day)
    callers = whatif_day.draw(day, {"sales": 30.0}, "1/0")
    count = whatif_day.play(played, day, callers, ring_s=2.0)
    cells = [cell for (queue, _), cell in count.cells.items() if queue == "sales"]
    assert sum(cell.offered for cell in cells) == count.callers == len(callers)
    assert sum(cell.answered + cell.abandoned + cell.elsewhere for cell in cells) + count.unserved == count.callers
    first = count.cells["sales", 18]
    assert 4 * 1200.0 <= first.staffed_s <= 4 * 1800.0  # breaks begin when a talk is over
    assert 0.0 < first.busy_s <= first.staffed_s
    assert count.cells["", 18].staffed_s == first.staffed_s  # four people, however many queues they serve


def test_kept_promises_are_those_that_the_core_counts(
    files: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    played: list[queueing.VirtualCenter] = []

    class Kept(queueing.VirtualCenter):
        def run(self, until: float | None = None) -> None:
            played.append(self)
            super().run(until)

    monkeypatch.setattr(whatif_day, "VirtualCenter", Kept)
    day = read(files, DEMAND, "agent,from,to,breaks\n6,09:00,12:00,\n")
    callers = whatif_day.draw(day, {"sales": 30.0}, "1/0")
    count = whatif_day.play(whatif_day.cast(CENTER, day), day, callers, ring_s=2.0)
    cells = [cell for (queue, _), cell in count.cells.items() if queue == "sales"]
    told, kept = sum(cell.ewt_announced for cell in cells), sum(cell.ewt_kept for cell in cells)
    assert (told, kept) == played[0].core._floor.estimate.calibration(QueueName("sales"))
    assert 0 < kept < told


def test_a_long_steady_day_is_erlang_a(files: tuple[Path, Path]) -> None:
    rows = [f"{hour:02d}:{minute:02d},sales,100,180,150\n" for hour in range(24) for minute in (0, 30)]
    day = read(
        files, "start,queue,offered,aht_s,patience_s\n" + "".join(rows), "agent,from,to,breaks\n10,00:00,24:00,\n"
    )
    center = Center.model_validate({"queues": {"sales": {}}})
    outcome = simulate(scene(day, center, days=3))
    found = row_of(outcome.rows[0], "sales").figures["abandoned"]
    theory = erlang_a(10, 100 / 1800, 1 / 180, 1 / 150).p_abandon
    assert found.value == pytest.approx(theory, abs=0.02)


# --- comparing ------------------------------------------------------------------------------------------------------


def test_same_seed_same_result(files: tuple[Path, Path]) -> None:
    day = read(files)
    assert simulate(scene(day)) == simulate(scene(day))
    assert simulate(scene(day, seed=2)).rows != simulate(scene(day)).rows


def test_on_several_processes_it_is_the_same(files: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    day = read(files)
    alone = simulate(scene(day, days=2))
    monkeypatch.setattr("cti.sim.whatif.WORTH_A_PROCESS", 0)
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    done: list[int] = []
    assert simulate(scene(day, days=2), progress=done.append) == alone
    assert done == [1, 2]


def test_a_configuration_does_not_differ_from_itself(files: tuple[Path, Path]) -> None:
    outcome = simulate(scene(read(files), CENTER, CENTER))
    assert outcome.rows[0] == outcome.rows[1]
    assert all(each.value in (0.0, None) for row in outcome.differences for each in row.figures.values())


def test_a_difference_is_surer_than_its_parts(files: tuple[Path, Path]) -> None:
    """Less wrap-up: the same callers meet it, so the day's luck cancels out."""
    sales = CENTER.queues["sales"].model_copy(update={"wrap_up_s": 20.0})
    quicker = CENTER.model_copy(update={"queues": {**CENTER.queues, "sales": sales}})
    day = read(files, DEMAND, "agent,from,to,breaks\n7,09:00,12:00,\n")
    outcome = simulate(scene(day, CENTER, quicker, days=8))
    one, two = (row_of(rows, "sales").figures["asa_s"] for rows in outcome.rows)
    between = row_of(outcome.differences, "sales").figures["asa_s"]
    assert between.value == pytest.approx((two.value or 0) - (one.value or 0)) and (between.value or 0) < 0
    assert width(between) < 0.7 * (width(one) ** 2 + width(two) ** 2) ** 0.5


def width(each: Interval) -> float:
    assert each.low is not None and each.high is not None
    return each.high - each.low


def test_an_interval_holds_the_truth_as_often_as_it_says() -> None:
    """A ratio of sums over 10 days, 2,000 times: the truth lies within about 95 % of the intervals."""
    rng, held = random.Random(3), 0
    for _ in range(2000):
        below = [rng.gauss(100, 20) for _ in range(10)]
        above = [0.8 * each + rng.gauss(0, 4) for each in below]
        found = Ratio(above, below).interval()
        assert found.low is not None and found.high is not None
        held += found.low <= 0.8 <= found.high
    assert 0.93 <= held / 2000 <= 0.97


def test_unknown_is_none() -> None:
    assert Ratio([0, 0], [0, 0]).interval() == Interval(None, None, None)
    assert Ratio([3], [4]).interval() == Interval(0.75, None, None)
    assert Ratio([3, 4], [4, 4]).interval(1.0).high == 1.0
    assert whatif_stats.difference(Ratio([0], [0]), Ratio([1], [1])).value is None
    assert whatif_stats.t_975(1) == 12.706 and whatif_stats.t_975(40) == pytest.approx(2.021, abs=5e-4)


def test_the_chart_is_xml_with_a_panel_per_queue(files: tuple[Path, Path]) -> None:
    outcome: Outcome = simulate(scene(read(files, DEMAND + "09:00,600,9,300,\n"), CENTER, CENTER, days=2))
    svg = ET.fromstring(chart(outcome.rows, ["a & b.yaml", "<c>.yaml"], "2 days"))
    texts = ["".join(element.itertext()) for element in svg.iter("{http://www.w3.org/2000/svg}text")]
    assert {"sales", "care", "all queues", "a & b.yaml"} <= set(texts)
    assert len(list(svg.iter("{http://www.w3.org/2000/svg}polyline"))) == 6
