"""Which tables hold what was counted by quarter hours? Sums, so that a month of many contacts is a small report.

No personal data: names of queues, agents, flows, surveys, and numbers of ours. A contact counts in the interval in
which it entered its queue, work in those in which it was done.
"""

from __future__ import annotations

from sqlalchemy import Column, Float, Index, Integer, String, Table

from cti.figures.counting import TALKS, VISITS, WORK
from cti.figures.flow_walks import COUNTS as FLOW_COUNTS
from cti.figures.staffing import STATES
from cti.store.tables import metadata

INTERVAL_S = 900
"""All time zones differ from UTC by whole quarters of an hour."""

ASKED = "asked"
"""In place of a scale, with the score 0: how often the question was put, of a survey's first question."""

AGENT_COUNTS = (*STATES, *WORK, "handled", "transferred", "missed")
NUMBER_COUNTS = ("calls", "answered", "abandoned", "self_service", "hung_up", "other")
GREATEST = ("wait_max_s",)  # not added up: the greatest counts


def _sums(*names: str) -> list[Column[float]]:
    return [Column(name, Float, nullable=False, server_default="0") for name in names]


def _start() -> Column[int]:
    return Column("start", Integer, primary_key=True, autoincrement=False)  # epoch seconds, as a multiple of INTERVAL_S


queue_interval = Table(
    "queue_interval",
    metadata,
    _start(),
    Column("queue", String(40), primary_key=True),
    *_sums(*VISITS, *TALKS, *WORK, "known", "repeated", *GREATEST),
    sqlite_with_rowid=False,
)

wait_interval = (
    Table(  # how many of the contacts that entered then waited how long, until they were answered or gave up
        "wait_interval",
        metadata,
        _start(),
        Column("queue", String(40), primary_key=True),
        Column("outcome", String(16), primary_key=True),  # answered, abandoned
        Column("step", Integer, primary_key=True, autoincrement=False),  # number of the step of the wait, wait_steps.py
        *_sums("contacts"),
        sqlite_with_rowid=False,
    )
)

agent_interval = Table(
    "agent_interval",
    metadata,
    _start(),
    Column("agent", String(40), primary_key=True),
    Column("queue", String(40), primary_key=True),  # whose contacts he talked with; "": his time in no talk
    *_sums(*AGENT_COUNTS),
    sqlite_with_rowid=False,
)

flow_interval = Table(
    "flow_interval",
    metadata,
    _start(),
    Column("flow", String(40), primary_key=True),
    *_sums(*FLOW_COUNTS),
    sqlite_with_rowid=False,
)

number_interval = Table(
    "number_interval",
    metadata,
    _start(),
    Column("number", String(40), primary_key=True),  # one of ours, that was dialled
    *_sums(*NUMBER_COUNTS),
    sqlite_with_rowid=False,
)

survey_interval = Table(
    "survey_interval",
    metadata,
    _start(),
    Column("survey", String(40), primary_key=True),
    Column("question", String(40), primary_key=True),
    Column("queue", String(40), primary_key=True),  # in which he had talked, and with whom; "": not known
    Column("agent", String(40), primary_key=True),
    Column("scale", String(16), primary_key=True),  # or ASKED
    Column("score", Integer, primary_key=True, autoincrement=False),
    *_sums("answers"),
    Index("survey_interval_queue", "queue", "start"),
    sqlite_with_rowid=False,
)

INTERVALS = (queue_interval, wait_interval, agent_interval, flow_interval, number_interval, survey_interval)
