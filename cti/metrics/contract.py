"""What does every figure mean? The one table of the metric contract: name, unit, definition, version.

Boards show a definition on hover, `GET /api/v1/definitions` serves them, reports carry those of their columns, and the
table in docs/metrics.md is made of them. How a figure is computed: figures/counting.py and figures/derived.py.
T is the queue's `target_s`, S is 5 s (short abandon).
"""

from __future__ import annotations

from typing import Any, NamedTuple

VERSION = 3
"""Of the contract as a whole: goes up with the definition of any figure."""


class Figure(NamedTuple):
    """One figure. `unit`: count, s (seconds), share (a fraction of 1), score (-1 to 1), name, time or state.

    `version`: that of the contract since which it means this.
    """

    name: str
    unit: str
    definition: str
    version: int = 1


_OUTCOMES = (
    ("answered", "an agent has answered"),
    ("abandoned", "the caller gave up"),
    ("timed_out", "the queue's maximum wait was over"),
    ("key_exit", "the caller left by a digit, or into what a flow beside the line offered"),
    ("overflowed", "turned away at the door, or sent on: line full, closed, nobody there, too long a wait"),
    (
        "merged",
        "another contact took the place over: an attended transfer, or the customer whom we were to call called",
    ),
    ("not_reached", "we called the customer, and nobody (or a machine) answered"),
    ("withdrawn", "a supervisor ended the wait"),
    ("moved", "a supervisor put the contact into another queue"),
    ("lost", "ended by us without anybody's wish; must stay 0"),
)
_ATTEMPTS = (
    ("human", "a person answered, or nobody listened for a machine"),
    ("machine", "an answering machine answered"),
    ("no_answer", "nobody answered"),
    ("busy", "the number was engaged"),
    ("rejected", "the call was refused"),
    ("congestion", "the network had no way there"),
    ("invalid", "there is no such number"),
    ("cancelled", "we took it back before anybody answered"),
    ("not_dialled", "the switch or the store could not take it on: no phone has rung"),
    ("unknown", "the engine died over it, and nobody can tell"),
)

QUEUES = (
    Figure("queue", "name", "the queue"),
    Figure(
        "offered",
        "count",
        "contacts that entered the queue. One that is put back after a missed offer, or comes back after an engine's "
        "death, is the same one. It counts in the interval in which it entered, with whatever became of it later: "
        "offered = all outcomes + waiting, always",
    ),
    Figure(
        "waiting",
        "count",
        "who still wait, or are being rung for. Of a queue now: all in its line, with the customers whom we call. "
        "Of an interval or a window: only callers, of those offered in it, so that offered = all outcomes + waiting",
    ),
    *(Figure(name, "count", f"outcome of a visit: {meaning}") for name, meaning in _OUTCOMES),
    Figure(
        "short_abandoned", "count", "abandoned after a wait of at most S: misdialled, in no service level but lenient"
    ),
    Figure("answered_in_target", "count", "answered after a wait of at most T"),
    Figure("abandoned_in_target", "count", "abandoned after a wait of at most T"),
    Figure("resumed", "count", "part of offered: callers who came back with their ticket after an engine's death"),
    Figure("called", "count", "customers whom we were to call from this queue; in no other figure of it but waiting"),
    Figure("service_level", "share", "the default level: sl_offered"),
    Figure("sl_answered", "share", "answered within T / answered"),
    Figure("sl_offered", "share", "answered within T / (answered + abandoned - short abandoned)"),
    Figure("sl_strict", "share", "answered within T / offered"),
    Figure("sl_lenient", "share", "(answered within T + abandoned within T) / (answered + abandoned)"),
    Figure("abandon_rate", "share", "(abandoned - short abandoned) / (answered + abandoned - short abandoned)"),
    Figure("asa_s", "s", "mean wait of the answered, from entering this queue to the agent's answer"),
    Figure("wait_p50_s", "s", "half of the answered waited at most so long. Live: exactly, of the newest 1000"),
    Figure("wait_p90_s", "s", "nine of ten of the answered waited at most so long. In reports: by steps of the wait"),
    Figure("wait_max_s", "s", "the longest wait of an answered contact"),
    Figure("longest_wait_s", "s", "how long the one has waited who waits longest now"),
    Figure("ewt_announced", "count", "answered contacts for which an expected wait (P90) was known at the door"),
    Figure("ewt_kept", "count", "of these, answered within it: nine of ten is right"),
    Figure("ewt_kept_share", "share", "ewt_kept / ewt_announced; is to be 0.9"),
    Figure("agents_available", "count", "members of the queue whose status is available"),
    Figure("agents_free", "count", "of these: idle, and the phone does nothing else"),
    Figure("target_s", "s", "T, the queue's service target"),
    Figure("service_level_percent", "percent", "what the queue's service level is to reach"),
)
WORK = (
    Figure("agent", "name", "the agent"),
    Figure(
        "handled",
        "count",
        "talks that began: offers that an agent answered. A transferred call is one contact and two of these",
    ),
    Figure("transferred", "count", "talks that an agent ended by a transfer, blind or attended"),
    Figure("missed", "count", "offers that rang at the agent until the ring time-out"),
    Figure("talk_s", "s", "connected with a contact"),
    Figure("hold_s", "s", "the contact is on hold"),
    Figure("wrapup_s", "s", "after a talk, before the next contact"),
    Figure("idle_s", "s", "available, and nothing to do"),
    Figure("ringing_s", "s", "his phone rings, or a customer is being called for him"),
    Figure("taken_ring_s", "s", "of ringing_s: what became a talk"),
    Figure("break_s", "s", "on a break, after the work that he was on"),
    Figure("staffed_s", "s", "idle + ringing + talk + hold + wrap-up: logged in and not on a break, or still at work"),
    Figure("busy_s", "s", "taken ring + talk + hold + wrap-up"),
    Figure(
        "occupancy",
        "share",
        "busy_s / staffed_s. An agent in two queues counts in both of their rows, and once in the total",
    ),
    Figure("utilisation", "share", "busy_s / (staffed_s + break_s): of all the time that the agent was signed in", 3),
    Figure("shrinkage", "share", "break_s / (staffed_s + break_s). What is lost beside breaks is not known", 3),
    Figure(
        "aht_s",
        "s",
        "(talk_s + hold_s + wrapup_s) / handled; seconds count when they end, in the sliding windows too. Unknown "
        "while there are none",
    ),
    Figure("agents", "count", "members of the team, or agents who were there"),
    Figure("free", "count", "members of the team who are idle and available, with a phone that does nothing else"),
)
CAMPAIGNS = (
    Figure("campaign", "name", "the campaign; `callbacks` are promised calls, which are of none"),
    Figure("placed", "count", "attempts at a number; each has one result: placed = all results + in_the_air, always"),
    Figure("in_the_air", "count", "attempts that are not over"),
    *(Figure(name, "count", f"result of an attempt: {meaning}") for name, meaning in _ATTEMPTS),
    Figure("reach_rate", "share", "human / (all results but not_dialled, cancelled and unknown)", 2),
    Figure("answers", "count", "attempts that a person answered, as far as it is known what became of them", 2),
    Figure(
        "dial_abandoned",
        "count",
        "answered by a person, and no agent within the campaign's connect time (2 s unless it says otherwise)",
        2,
    ),
    Figure("dial_abandon_rate", "share", "dial_abandoned / answers, with its Wilson interval of 95 %", 2),
    Figure("with_agent", "count", "of answers: an agent, or the flow, had the customer", 2),
    Figure("left_early", "count", "of answers: hung up before an agent had him", 2),
    Figure("leads_reached", "count", "leads that ended as reached in the interval", 2),
)
FLOWS = (
    Figure("flow", "name", "the flow that received the caller"),
    Figure("came", "count", "callers whom a flow received; came = the three ways out + inside, always"),
    Figure("inside", "count", "of these: still in it"),
    Figure("to_queue", "count", "first way out: into a line"),
    Figure("self_service", "count", "first way out: the flow said good-bye"),
    Figure("hung_up", "count", "first way out: the caller hung up"),
    Figure("self_service_rate", "share", "self_service / came", 2),
)
CUSTOMERS = (
    Figure("number", "name", "the number that was called: one of ours", 2),
    Figure("calls", "count", "callers who dialled this number", 2),
    Figure("callbacks", "count", "promised callbacks, by when they were promised", 2),
    Figure("callbacks_kept", "count", "of these: the customer was reached and had his agent", 2),
    Figure("csat", "share", "answers in the upper quarter of their scale (4 and 5 of 1 to 5) / answers", 2),
    Figure("nps", "score", "(answers of 9 and 10 - answers of 0 to 6) / answers, on a scale from 0 to 10", 2),
    Figure("surveys_asked", "count", "callers to whom a survey's first question was put", 3),
    Figure("response_rate", "share", "callers who answered a survey's first question / surveys_asked", 3),
    Figure("response_low", "share", "lower end of the Wilson interval of 95 % of response_rate", 3),
    Figure("response_high", "share", "upper end of the Wilson interval of 95 % of response_rate", 3),
    Figure("survey_answers", "count", "answers to all questions; a score from fewer than 30 is marked weak", 3),
    Figure(
        "resolved_first",
        "share",
        "FCR: answered contacts whose customer did not come to the same queue again within 7 days / answered contacts "
        "of known customers. Weak until 7 days have passed",
        2,
    ),
    Figure("csat_low", "share", "lower end of the Wilson interval of 95 % of csat", 2),
    Figure("csat_high", "share", "upper end of the Wilson interval of 95 % of csat", 2),
    Figure("other", "count", "callers who left in another way: turned away, maximum wait, a digit, a supervisor", 2),
    Figure("low", "share", "lower end of the Wilson interval of 95 %", 2),
    Figure("high", "share", "upper end of the Wilson interval of 95 %", 2),
)
OTHER = (
    Figure("start", "time", "begin of the interval, in the centre's zone", 2),
    Figure("wait_s", "s", "how long somebody has waited: at least this, and less than the next row's", 2),
    Figure("reached_wait", "count", "contacts that were still waiting after so long", 2),
    Figure("left_here", "count", "of these: gave up before the next row", 2),
    Figure("hazard", "share", "left_here / reached_wait: who gives up at this point", 2),
    Figure("patience", "share", "who would still wait after so long if nobody were answered (Kaplan-Meier)", 2),
    Figure("free_to_ring", "s", "agent free (and no rest after a busy phone) to his phone's leg, where one waited"),
)

FIGURES = {figure.name: figure for figure in (*QUEUES, *WORK, *CAMPAIGNS, *FLOWS, *CUSTOMERS, *OTHER)}
_GROUPS = (("Queues", QUEUES), ("Agents and teams", WORK), ("Campaigns", CAMPAIGNS), ("Flows", FLOWS))
_MORE = (("Customers", CUSTOMERS), ("Other", OTHER))


def definitions() -> dict[str, Any]:
    """The contract as the API serves it: its version, and every figure by its name."""
    return {
        "version": VERSION,
        "figures": {
            figure.name: {"unit": figure.unit, "definition": figure.definition, "version": figure.version}
            for figure in FIGURES.values()
        },
    }


def table() -> str:
    """The contract as the Markdown of docs/metrics.md."""
    parts = []
    for title, figures in (*_GROUPS, *_MORE):
        rows = [f"| {figure.name} | {figure.unit} | {figure.definition} |" for figure in figures]
        parts.append("\n".join([f"**{title}**", "", "| figure | unit | definition |", "|---|---|---|", *rows]))
    return "\n\n".join(parts) + "\n"
