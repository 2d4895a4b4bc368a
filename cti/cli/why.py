"""How do explanations look in a terminal? A timeline, and a table for each look for an agent. Knows no engine."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
from rich.console import Console
from rich.table import Table
from rich.text import Text

from cti.cli.show import DASH, Column, clean, clock
from cti.metrics.reasons import fact_phrase, obstacle_phrase, seconds, standing_phrase, who
from cti.model.changes import Changed
from cti.model.explanation import AgentNow, ContactNow, Look, Passed, QueueNow, Reason, Standing
from cti.typed import typed

AGENTS_SHOWN = 12
LOOKS_SHOWN = 10
PASSED_SHOWN = 8
STYLES = {Reason.FREE: "green", Reason.SKILL: "dim", Reason.PENALTY: "dim", Reason.LATER: "dim"}


def _of(key: str) -> Any:
    return lambda row: clean(row.get(key))


CONTACTS = (
    Column("contact", _of("contact")),
    Column("when", _of("when"), 1),
    Column("caller", _of("caller"), 4),
    Column("queue", _of("queue"), 2),
    Column("state", _of("state")),
    Column("outcome", _of("outcome")),
    Column("agent", _of("agent"), 1),
    Column("result", _of("disposition"), 3),
)


def contact_row(row: Mapping[str, Any]) -> dict[str, Any]:
    """A contact of the history for a table of CONTACTS."""
    return {**row, "when": clock(row.get("seen_at"))}


# --- a contact --------------------------------------------------------------------------------------------------------


def print_contact(told: Mapping[str, Any], *, everything: bool, out: Console) -> None:
    """Print the story of a contact (`told`: the answers of /timeline and /decisions)."""
    row = told["contact"]
    facts = msgspec.convert(told["facts"], list[Changed])
    now = msgspec.convert(told["now"], ContactNow | None)
    out.print(_headline(row), soft_wrap=True)
    _print_behind(told, out)
    began = facts[0].at if facts else told["at"]
    out.print(_timeline(facts, began))
    _print_passed(msgspec.convert(told["passed"], list[Passed]), out, everything)
    known = msgspec.convert(told["looks"], list[Look])
    shown = known if everything else known[-LOOKS_SHOWN:]
    if len(shown) < len(known):
        out.print(f"{len(known) - len(shown)} earlier looks for an agent are left out (--all)", style="dim")
    for look in shown:
        _print_look(look, began, out, everything)
    if now is not None and now.look is not None:
        _print_look(now.look, began, out, everything, now=True)
    if now is not None and now.settling:
        out.print("The engine has just started: nothing is offered until those who waited are back.", style="yellow")


def _headline(row: Mapping[str, Any]) -> Text:
    line = Text(clean(row.get("contact")), style="bold")
    caller = f"  {clean(row['caller'])}" if row.get("caller") else ""
    state = str(row.get("outcome") or row.get("state") or "")
    agent = f", agent {clean(row['agent'])}" if row.get("agent") else ""
    queue = clean(row["queue"]) if row.get("queue") else "in no queue"
    result = f", {clean(row['disposition'])}" if row.get("disposition") else ""
    line.append(f"{caller}  {queue}: {clean(state.replace('_', ' '))}{agent}{result}", style="not bold")
    return line


def _timeline(facts: Iterable[Changed], began: float) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_edge=False)
    table.add_column("when", no_wrap=True)
    table.add_column("after", justify="right", no_wrap=True)
    table.add_column("what", overflow="fold")
    table.add_column("by", no_wrap=True, style="dim", max_width=16, overflow="ellipsis")
    for fact in facts:
        phrase = fact_phrase(fact)
        if phrase is not None:
            table.add_row(clock(fact.at), seconds(fact.at - began), clean(phrase), clean(who(fact)))
    return table


def _print_passed(passed: Sequence[Passed], out: Console, everything: bool) -> None:
    """Whom agents took instead while it waited."""
    if not passed:
        return
    out.print()
    title = Text(f"{len(passed)} more urgent", style="bold")
    title.append("  taken meanwhile by agents who may take this contact too", style="not bold")
    out.print(title, soft_wrap=True)
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=False)
    for each in passed if everything else passed[-PASSED_SHOWN:]:
        tier = "" if each.tier == each.own_tier else f" (tier {each.tier} before {each.own_tier})"
        order = f"urgency {each.urgency:.2f}, this one {each.own_urgency:.2f}{tier}"
        table.add_row(clock(each.at), clean(each.agent), order, Text(clean(each.contact), style="dim"))
    out.print(table)
    if not everything and len(passed) > PASSED_SHOWN:
        out.print(f"{len(passed) - PASSED_SHOWN} earlier ones are left out (--all)", style="dim")


def _print_look(look: Look, began: float, out: Console, everything: bool, *, now: bool = False) -> None:
    out.print()
    when = "now" if now else clock(look.at)
    title = Text(f"{when}  after {seconds(look.at - began)}  ", style="bold")
    title.append(_look_title(look), style="not bold")
    out.print(title, soft_wrap=True)
    best = next((each for each in look.standings if each.chosen), None)
    limit = len(look.standings) if everything else AGENTS_SHOWN
    out.print(_agents(look.standings[:limit], best))
    left_out = sum(look.counts.values()) - min(limit, len(look.standings))
    if left_out > 0 and left_out == look.counts.get(Reason.ELSEWHERE.value):
        out.print(f"    {left_out} others serve no queue or group that is asked", style="dim", soft_wrap=True)
    elif left_out > 0:
        counts = ", ".join(f"{count} {reason.replace('_', ' ')}" for reason, count in look.counts.items())
        out.print(f"    {left_out} more; all together: {counts}", style="dim", soft_wrap=True)


def _look_title(look: Look) -> str:
    in_vain = "held back: the queue is blended" if look.held else "nobody is free"
    parts = [f"{look.rule.replace('_', ' ')}" if look.rule else in_vain]
    if look.next_urgency is not None:
        other = f" of {clean(look.next_contact)}" if look.next_contact else ""
        sign = ">" if look.urgency > look.next_urgency else "=" if look.urgency == look.next_urgency else "<"
        tier = ", in a later tier" if sign == "<" else ""
        parts.append(f"urgency {look.urgency:.2f} {sign} {look.next_urgency:.2f}{other}{tier}")
    else:
        parts.append(f"urgency {look.urgency:.2f}")
    if look.ring:
        parts.append(f"ring {look.ring}")
    if look.requires:
        parts.append("needs " + ", ".join(f"{skill} {level}" for skill, level in look.requires))
    if look.widens_in_s is not None and not look.rule:
        parts.append(f"next ring in {seconds(look.widens_in_s)}")
    if look.version:
        parts.append(f"policy {look.version}")
    return "; ".join(parts)


def _agents(standings: Iterable[Standing], best: Standing | None) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=False)
    table.add_column("", width=3, no_wrap=True, justify="right")
    table.add_column("agent", no_wrap=True, max_width=24, overflow="ellipsis")
    table.add_column("why", overflow="fold")
    for each in standings:
        mark = Text("-->" if each.chosen else "", style="bold green")
        style = "bold" if each.chosen else STYLES.get(each.reason, "")
        table.add_row(mark, Text(clean(each.agent), style=style), Text(standing_phrase(each, best), style=style))
    return table


# --- an agent ---------------------------------------------------------------------------------------------------------


def print_agent(told: Mapping[str, Any], out: Console) -> None:
    """Print why an agent gets no calls (`told`: the answer of /explain)."""
    now = msgspec.convert(told["now"], AgentNow)
    line = Text(clean(now.agent), style="bold")
    line.append(f"  {_state(now.standing)}", style="not bold")
    out.print(line, soft_wrap=True)
    _print_behind(told, out)
    if now.settling:
        out.print("The engine has just started: nothing is offered until those who waited are back.", style="yellow")
    if not now.queues:
        out.print("He serves no queue, and nobody waits whom he might get: give him a queue or a group.")
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for title, right in (
        ("queue", False),
        ("waiting", True),
        ("for him", True),
        ("why not, and who goes first", False),
    ):
        table.add_column(title, justify="right" if right else "left", no_wrap=right, overflow="fold")
    for queue in now.queues:
        name = clean(queue.queue) + ("" if queue.serves else " (by its rings)")
        table.add_row(name, str(queue.waiting), str(queue.for_him), _queue(queue, now.standing))
    if now.queues:
        out.print(table)
    _print_lost(told["lost"], out)


def _state(standing: Standing) -> str:
    if standing.reason is Reason.FREE:
        return "is free" + ("" if standing.idle_s is None else f", idle {seconds(standing.idle_s)}")
    return standing_phrase(standing)


def _queue(queue: QueueNow, standing: Standing) -> str:
    parts = [obstacle_phrase(each) for each in queue.obstacles]
    if not queue.waiting:
        parts.append("nobody waits")
    elif queue.for_him and standing.reason is not Reason.FREE:
        parts.append(f"{queue.for_him} could be his if he were free")
    if queue.asked_before:
        parts.append(f"{queue.asked_before} of {queue.free_agents} free agents are asked before him")
    elif queue.asked_before == 0:
        parts.append("he is the next to be asked")
    elif queue.free_agents:
        parts.append("1 agent is free" if queue.free_agents == 1 else f"{queue.free_agents} agents are free")
    if queue.level is not None and (queue.level > 1 or queue.penalty):
        parts.append(f"his level {queue.level}, penalty {queue.penalty or 0}")
    return "; ".join(parts)


def _print_behind(told: Mapping[str, Any], out: Console) -> None:
    if not told.get("stored", True):
        out.print("the engine is behind with its history: what happened last is missing. Ask again.", style="yellow")


def _print_lost(lost: Sequence[Mapping[str, Any]], out: Console) -> None:
    out.print()
    if not lost:
        out.print(f"He lost no decision that is kept. A contact's own story: {typed('explain contact')}", style="dim")
        return
    out.print("decisions in which he was free, and another one was chosen (the newest first)", style="bold")
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for title in ("when", "contact", "queue", "chosen", "he"):
        table.add_column(title, no_wrap=title in ("when", "contact"), overflow="fold")
    for each in lost:
        his, winner = (msgspec.convert(each[key], Standing | None) for key in ("his", "winner"))
        phrase = standing_phrase(his, winner) if his is not None else DASH
        chosen = clean(winner.agent) if winner is not None else DASH
        table.add_row(clock(each["at"]), clean(each["contact"]), clean(each["queue"]), chosen, phrase)
    out.print(table)
