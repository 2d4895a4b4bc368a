"""How long do callers wait until they give up? The curve of patience, out of the steps in which all waits are.

Kaplan and Meier, "Nonparametric estimation from incomplete observations", J. Amer. Statist. Assoc. 53 (1958), 457-481:
who was answered has shown that he would wait at least so long, and no more.
"""

from __future__ import annotations

from sqlalchemy import Connection

from cti.figures import derived
from cti.figures.wait_steps import BOUNDS_S
from cti.reports.query import Query
from cti.reports.report import Report
from cti.reports.sums import read_sums
from cti.store.interval_tables import wait_interval

FIGURES = ("wait_s", "reached_wait", "left_here", "answered", "hazard", "patience")


def abandonment(connection: Connection, query: Query, now: float) -> Report:
    """A row for each step of the wait in which somebody was answered or gave up; over the whole time."""
    whole = Query(query.span, "all", query.zone, query.only)
    report = Report("abandonment", whole, FIGURES)
    gone: dict[int, float] = {}
    answered: dict[int, float] = {}
    for found in read_sums(connection, wait_interval, whole, ("outcome", "step")):
        outcome, step = found.names
        (gone if outcome == "abandoned" else answered)[int(step)] = found.counts["contacts"]
    at_risk = sum(gone.values()) + sum(answered.values())
    patience = 1.0
    for step in sorted(gone.keys() | answered.keys()):
        left, taken = gone.get(step, 0.0), answered.get(step, 0.0)
        hazard = derived.share(left, at_risk) or 0.0
        row = {"wait_s": BOUNDS_S[step], "reached_wait": int(at_risk), "left_here": int(left), "answered": int(taken)}
        report.add({**row, "hazard": hazard, "patience": patience}, ("hazard",) if at_risk < derived.WEAK_BELOW else ())
        patience *= 1 - hazard
        at_risk -= left + taken
    return report
