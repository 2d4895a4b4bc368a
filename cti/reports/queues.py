"""What happened in the queues? A row for each queue, or for each interval over all of them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import NamedTuple

from sqlalchemy import Connection, select

from cti.figures import derived
from cti.figures.counting import OUTCOMES, Counts, waiting
from cti.figures.wait_steps import percentile_s
from cti.model.dialling import CallbackState
from cti.reports import surveys
from cti.reports.moments import count_by_step
from cti.reports.query import Query
from cti.reports.report import Report, Value
from cti.reports.sums import Summed, read_sums, total
from cti.reports.surveys import Key
from cti.store.interval_tables import agent_interval, queue_interval, wait_interval
from cti.store.tables import callback

LEVELS = ("sl_answered", "sl_offered", "sl_strict", "sl_lenient")
FIGURES = (
    *("offered", "waiting", *OUTCOMES, "short_abandoned", "called"),
    *(*LEVELS, "abandon_rate", "asa_s", "wait_p50_s", "wait_p90_s", "wait_max_s", "ewt_kept_share"),
    *("handled", "transferred", "talk_s", "hold_s", "wrapup_s", "aht_s", "staffed_s", "busy_s", "occupancy"),
    *("callbacks", "callbacks_kept", *surveys.FIGURES, "resolved_first"),
)
SETTLED_S = 7 * 86_400.0  # only then it is known who has come again


def queues(connection: Connection, query: Query, now: float) -> Report:
    """A row for each queue, step by step, and the total of all."""
    report = Report("queues", query, ("start", "queue", *FIGURES) if query.step != "all" else ("queue", *FIGURES))
    found = _read(connection, query, ("queue",))
    _fill(report, found, now)
    if query.step == "all" and report.rows:
        _fill(report, _total(connection, query, found), now)
    return report


def intervals(connection: Connection, query: Query, now: float) -> Report:
    """A row for each interval, all queues (or those that were asked for) together."""
    report = Report("intervals", query, ("start", *FIGURES))
    found = _read(connection, query, ())
    _fill(report, found._replace(work=_work(connection, query)), now)
    return report


class _Read(NamedTuple):
    """What the rows are made of; each Summed is of one queue, where the report is by queues."""

    counts: list[Summed]
    waits: list[Summed]  # last name: the step
    answers: list[Summed]
    promises: dict[Key, Counter[str]]  # callbacks by their state
    work: dict[float, dict[str, float]]  # of all agents in each step, where that is not the sum of the queues


def _read(connection: Connection, query: Query, by: tuple[str, ...]) -> _Read:
    return _Read(
        read_sums(connection, queue_interval, query, by),
        read_sums(connection, wait_interval, query, (*by, "step"), lambda table: [table.c.outcome == "answered"]),
        surveys.read_answers(connection, query, by),
        _promises(connection, query, each_queue=bool(by)),
        {},
    )


def _total(connection: Connection, query: Query, found: _Read) -> _Read:
    """All queues as one row."""
    promises: dict[Key, Counter[str]] = defaultdict(Counter)
    for (begin, _queue), states in found.promises.items():
        promises[begin, ""].update(states)
    sums = (total(found.counts), total(found.waits), total(found.answers))
    return _Read(*sums, promises, _work(connection, query))


def _fill(report: Report, read: _Read, now: float) -> None:
    steps: dict[Key, dict[int, float]] = defaultdict(dict)
    for waits in read.waits:
        *names, step = waits.names
        steps[waits.span.begin, names[0] if names else ""][int(step)] = waits.counts["contacts"]
    answers = surveys.by_row(read.answers)
    for found in read.counts:
        key = (found.span.begin, found.names[0] if found.names else "")
        states = read.promises.get(key, Counter())
        figures = of_queue(found.counts | read.work.get(found.span.begin, {}), steps.get(key, {}))
        figures |= {"start": key[0], "queue": key[1], "callbacks": states.total()}
        figures["callbacks_kept"] = states[CallbackState.KEPT]
        scores, weak = surveys.of_answers(answers.get(key, {}))
        if now - found.span.end < SETTLED_S:
            weak = (*weak, "resolved_first")
        report.add(figures | scores, weak)


def of_queue(counts: Counts, steps: Mapping[int, float]) -> dict[str, Value]:
    """Every figure that follows from a queue's counts, and from the steps in which its waits are."""
    levels = derived.levels(counts)
    whole = ("offered", *OUTCOMES, "short_abandoned", "called", "handled", "transferred")
    known = counts.get("known", 0)
    return {
        **{name: int(counts.get(name, 0)) for name in whole},
        "waiting": int(waiting(counts)),
        **{f"sl_{name}": share for name, share in levels.items()},
        "abandon_rate": derived.abandon_rate(counts),
        "asa_s": derived.asa_s(counts),
        "wait_p50_s": percentile_s(steps, 0.5),
        "wait_p90_s": percentile_s(steps, 0.9),
        "wait_max_s": counts.get("wait_max_s") if counts.get("answered") else None,
        "ewt_kept_share": derived.share(counts.get("ewt_kept", 0), counts.get("ewt_announced", 0)),
        **{name: counts.get(name, 0.0) for name in ("talk_s", "hold_s", "wrapup_s", "staffed_s", "busy_s")},
        "aht_s": derived.aht_s(counts),
        "occupancy": derived.occupancy(counts),
        "resolved_first": derived.share(known - min(known, counts.get("repeated", 0)), known),
    }


def _work(connection: Connection, query: Query) -> dict[float, dict[str, float]]:
    """What agents did in each step: in the total, an agent in two queues counts once."""
    if query.only.get("queue"):
        return {}
    found = read_sums(connection, agent_interval, query)
    return {each.span.begin: {name: each.counts[name] for name in ("staffed_s", "busy_s")} for each in found}


def _promises(connection: Connection, query: Query, *, each_queue: bool) -> dict[Key, Counter[str]]:
    columns = callback.c
    asked = select(columns.id)
    if query.only.get("queue"):
        asked = asked.where(columns.queue.in_(query.only["queue"]))
    by = (columns.queue, columns.state) if each_queue else (columns.state,)
    found: dict[Key, Counter[str]] = defaultdict(Counter)
    for span, counts in count_by_step(connection, asked, columns.promised_at, query, by).items():
        for names, count in counts.items():
            found[span.begin, names[0] if each_queue else ""][names[-1]] += count
    return found
