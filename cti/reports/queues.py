"""What happened in the queues? A row for each queue, or for each interval over all of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, func, select

from cti.figures import derived
from cti.figures.counting import OUTCOMES, Counts, add, waiting
from cti.figures.staffing import STATES
from cti.figures.wait_steps import percentile_s
from cti.model.dialling import CallbackState
from cti.reports.query import Query, Span
from cti.reports.report import Report, Value
from cti.reports.sums import read_sums
from cti.store.interval_tables import agent_interval, queue_interval, survey_interval, wait_interval
from cti.store.tables import callback

LEVELS = ("sl_answered", "sl_offered", "sl_strict", "sl_lenient")
FIGURES = (
    *("offered", "waiting", *OUTCOMES, "short_abandoned", "called"),
    *(*LEVELS, "abandon_rate", "asa_s", "wait_p50_s", "wait_p90_s", "wait_max_s", "ewt_kept_share"),
    *("handled", "transferred", "talk_s", "hold_s", "wrapup_s", "aht_s", "staffed_s", "busy_s", "occupancy"),
    *("callbacks", "callbacks_kept", "csat", "csat_low", "csat_high", "nps", "survey_answers", "resolved_first"),
)
SETTLED_S = 7 * 86_400.0  # only then it is known who has come again

Key = tuple[float, str]  # begin of the step, queue; "" where all queues are one row


def queues(connection: Connection, query: Query, now: float) -> Report:
    """A row for each queue, step by step, and the total of all."""
    report = Report("queues", query, ("start", "queue", *FIGURES) if query.step != "all" else ("queue", *FIGURES))
    _fill(report, connection, query, now, each_queue=True)
    if query.step == "all" and report.rows:
        _fill(report, connection, query, now, each_queue=False)
    return report


def intervals(connection: Connection, query: Query, now: float) -> Report:
    """A row for each interval, all queues (or those that were asked for) together."""
    report = Report("intervals", query, ("start", *FIGURES))
    _fill(report, connection, query, now, each_queue=False)
    return report


def _fill(report: Report, connection: Connection, query: Query, now: float, *, each_queue: bool) -> None:
    by = ("queue",) if each_queue else ()
    steps: dict[Key, list[dict[int, float]]] = defaultdict(lambda: [{}])
    for waits in read_sums(connection, wait_interval, query, (*by, "step"), [wait_interval.c.outcome == "answered"]):
        name = waits.names[0] if each_queue else ""
        steps[waits.span.begin, name][0][int(waits.names[-1])] = waits.counts["contacts"]
    answers = _answers(connection, query, by)
    work = {} if each_queue else _work(connection, query)
    for found in read_sums(connection, queue_interval, query, by):
        name = found.names[0] if each_queue else ""
        key = (found.span.begin, name)
        counts = found.counts | work.get(found.span.begin, {})
        figures = of_queue(counts, steps[key][0])
        figures |= {"start": found.span.begin, "queue": name, **_callbacks(connection, query, found.span, name)}
        scores, weak = of_answers(answers.get(key, {}))
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


def of_answers(answers: Mapping[str, Mapping[str, float]]) -> tuple[dict[str, Value], tuple[str, ...]]:
    """Scores out of the answers by scale, and which of them are weak."""
    satisfied, promoters = derived.csat(answers.get("csat", {}), (1, 5)), derived.nps(answers.get("nps", {}))
    found: dict[str, Value] = {
        "csat": satisfied.value,
        "csat_low": satisfied.low,
        "csat_high": satisfied.high,
        "nps": promoters.value,
        "survey_answers": int(sum(sum(scores.values()) for scores in answers.values())),
    }
    weak = [name for name, score in (("csat", satisfied), ("nps", promoters.promoters)) if score.answers and score.weak]
    return found, tuple(weak)


def _answers(connection: Connection, query: Query, by: tuple[str, ...]) -> dict[Key, dict[str, dict[str, float]]]:
    found: dict[Key, dict[str, dict[str, float]]] = {}
    for each in read_sums(connection, survey_interval, query, (*by, "scale", "score")):
        *names, scale, score = each.names
        scores = found.setdefault((each.span.begin, names[0] if names else ""), {}).setdefault(scale, {})
        scores[str(score)] = each.counts["answers"]
    return found


def _work(connection: Connection, query: Query) -> dict[float, dict[str, float]]:
    """What agents did in each step: in the total, an agent in two queues counts once."""
    if query.only.get("queue"):
        return {}
    found: dict[float, dict[str, float]] = {}
    for each in read_sums(connection, agent_interval, query):
        counts = {name: each.counts[name] for name in ("staffed_s", "busy_s", *STATES)}
        found[each.span.begin] = {name: counts[name] for name in ("staffed_s", "busy_s")}
    return found


def _callbacks(connection: Connection, query: Query, span: Span, queue: str) -> dict[str, Value]:
    asked = select(callback.c.state, func.count()).where(
        callback.c.promised_at >= span.begin, callback.c.promised_at < span.end
    )
    names = (queue,) if queue else query.only.get("queue", ())
    if names:
        asked = asked.where(callback.c.queue.in_(names))
    states: dict[str, Any] = {}
    for state, count in connection.execute(asked.group_by(callback.c.state)):
        add(states, {state: count})
    return {"callbacks": int(sum(states.values())), "callbacks_kept": int(states.get(CallbackState.KEPT, 0))}
