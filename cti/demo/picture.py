"""How does the demo centre look in a terminal, from 80x24 on? A snapshot and its facts in, a rich picture out.

Knows no engine and no terminal. Never colour alone: each state is a word. Unknown is a dash, never 0.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from cti.cli.show import COLOURS, DASH, clean, duration
from cti.demo.facts import Facts
from cti.demo.summary import OUTCOMES, overall_level

WIDE = 100  # columns from which an agent's name is shown
STALE_S = 3.0
CLOSE = 0.75  # of the target: the wallboard's convention for amber
FRAME_LINES = 3  # the header, and the rules above the agents and the decisions
# What a narrow terminal leaves out of a decision, so that its end, the reason, is still there.
SHORTER = (("caller waited", "waited"), (", nobody else to serve", ""), ("longest idle", "idle"))
FEWEST_DECISIONS = 6  # with room for so many, each agent gets a line of his own

Row = Mapping[str, Any]


def picture(snapshot: Row, facts: Facts, width: int, height: int) -> RenderableType:
    """The whole screen of `width` x `height` characters."""
    agents = agent_rows(snapshot)
    join: list[RenderableType] = [Text(line, style="dim", no_wrap=True, overflow="ellipsis") for line in facts.join]
    out = [Text(facts.called, no_wrap=True, overflow="ellipsis")] if facts.called else []
    free_lines = height - FRAME_LINES - len(out) - len(join) - bool(join) - len(snapshot.get("queues", ())) - 2
    tall = free_lines >= len(agents) + 1 + FEWEST_DECISIONS
    in_agents = len(agents) + 1 if tall else (len(agents) + 1) // 2
    return Group(
        header(snapshot, facts),
        queue_table(snapshot, expand=width < WIDE),
        *out,
        _rule("agents"),
        tall_agents(agents, width) if tall else short_agents(agents),
        _rule("newest decisions"),
        decisions(snapshot, max(2, free_lines - in_agents), width),
        *([_rule("join in"), *join] if join else []),
    )


def header(snapshot: Row, facts: Facts) -> Text:
    """What it runs on, whether that is well, and for how long."""
    text = Text(no_wrap=True, overflow="ellipsis")
    text.append(f" {facts.title} ", style="bold reverse")
    for node, state in snapshot.get("status", {}).get("nodes", {}).items():
        text.append(f" {clean(node)} {clean(state)}", style="green" if state == "up" else "bold red")
    if in_flow := snapshot.get("status", {}).get("in_flow"):
        text.append(f"  in flow {in_flow}")
    text.append(f"  running {duration(facts.up_s)}")
    if facts.left_s is not None:
        text.append(f", {duration(facts.left_s)} to go")
    if facts.age_s is None:
        text.append("  the engine has not answered yet", style="yellow")
    elif facts.age_s > STALE_S:
        text.append(f"  ENGINE SILENT FOR {duration(facts.age_s)}", style="bold red")
    elif facts.note:
        text.append(f"  {facts.note}", style="yellow")
    text.append("  Ctrl-C ends it", style="dim")
    return text


def queue_table(snapshot: Row, *, expand: bool = True) -> Table:
    """Each queue against its target, and all together."""
    padding = (0, 1 if expand else 3, 0, 0)
    table = Table(box=None, pad_edge=False, padding=padding, expand=expand, header_style="dim")
    table.add_column("queue", no_wrap=True)
    titles = ("waiting", "longest", "target", "verdict", "offered", "answered", "abandoned", "in time")
    for title in titles:
        table.add_column(
            title,
            justify="left" if title == "verdict" else "right",
            no_wrap=True,
            min_width=8 if title == "verdict" else None,
        )
    queues = snapshot.get("queues", [])
    for row in queues:
        word, style = wait_word(row.get("longest_wait_s"), row.get("target_s"))
        table.add_row(
            clean(row.get("name")),
            Text(str(row.get("waiting", DASH)), style="bold" if row.get("waiting") else ""),
            duration(row.get("longest_wait_s")),
            duration(row.get("target_s")),
            Text(word, style=style),
            *(str(row.get(key, DASH)) for key in ("offered", "answered", "abandoned")),
            share(row.get("service_level")),
        )
    total = {key: str(sum(row.get(key, 0) for row in queues)) for key in ("waiting", "offered", *OUTCOMES)}
    table.add_row(
        "together", total["waiting"], "", "", "", total["offered"], total["answered"], total["abandoned"],
        share(overall_level(queues)), style="dim",
    )  # fmt: skip
    return table


def share(level: float | None) -> str:
    """A service level in whole percent."""
    return DASH if level is None else f"{level:.0%}"


def wait_word(longest_s: float | None, target_s: float | None) -> tuple[str, str]:
    """Say how the longest wait stands against the target, and in which colour."""
    if longest_s is None:
        return "empty", "dim"
    if target_s is None:
        return DASH, ""
    if longest_s > target_s:
        return "TOO LONG", "bold red"
    return ("close", "yellow") if longest_s > CLOSE * target_s else ("on time", "green")


def agent_rows(snapshot: Row) -> list[dict[str, Any]]:
    """The agents, each with the word for his state and the queue he works for right now."""
    serves = {call["agent"]: call for call in snapshot.get("calls", ()) if call.get("agent")}
    rows = []
    for agent in snapshot.get("agents", ()):
        call = serves.get(agent.get("id")) if agent.get("activity") in ("ringing", "talking", "hold") else None
        rows.append({**agent, "word": agent_word(agent), "for": clean(call.get("queue")) if call else ""})
    return rows


def agent_word(agent: Row) -> str:
    """One word: what work does with him; while it does nothing, what he chose; while that is nothing, his phone."""
    activity, status = agent.get("activity"), agent.get("status")
    if activity not in (None, "", "idle"):
        return {"wrapup": "wrap-up"}.get(str(activity), clean(activity))
    if status == "on_break":
        return f"at {clean(agent['reason'])}" if agent.get("reason") not in (None, "", "break") else "on break"
    if status != "available":
        return "logged out"
    return "on phone" if agent.get("engaged") else "free"


def _style(agent: Row) -> str:
    if agent["word"] in ("free", "on phone"):
        return "green" if agent["word"] == "free" else "yellow"
    activity = agent.get("activity")
    return COLOURS.get(str(activity if activity not in (None, "", "idle") else agent.get("status")), "")


def short_agents(rows: Sequence[Row]) -> Table:
    """Two agents a line."""
    table = Table.grid(padding=(0, 1), expand=True)
    for _ in range(2):
        table.add_column(width=7, no_wrap=True)
        table.add_column(width=12, no_wrap=True)
        table.add_column(width=5, justify="right", no_wrap=True)
        table.add_column(ratio=1, no_wrap=True, style="dim")
    half = (len(rows) + 1) // 2
    for left, right in zip(rows[:half], [*rows[half:], None], strict=False):
        table.add_row(*_short(left), *(_short(right) if right else ()))
    return table


def _short(agent: Row) -> tuple[RenderableType, ...]:
    return (
        clean(agent.get("id")),
        Text(agent["word"], style=_style(agent)),
        duration(agent.get("since_s")),
        agent["for"],
    )


def tall_agents(rows: Sequence[Row], width: int) -> Table:
    """One agent a line, with what he serves and what he has done."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    columns: list[tuple[str, Callable[[Row], RenderableType]]] = [
        ("agent", lambda row: clean(row.get("id"))),
        ("name", lambda row: clean(row.get("name"))),
        ("state", lambda row: Text(row["word"], style=_style(row))),
        ("since", lambda row: duration(row.get("since_s"))),
        ("for", lambda row: str(row["for"])),
        ("answered", lambda row: str(row.get("answered", DASH))),
        ("missed", lambda row: str(row.get("missed", DASH))),
        ("serves", lambda row: Text(", ".join(clean(name) for name in row.get("queues", ())), style="dim")),
    ]
    shown = [column for column in columns if width >= WIDE or column[0] != "name"]
    for title, _ in shown:
        right = title in ("since", "answered", "missed")
        least = {"state": 13, "since": 6, "for": 11}.get(title)
        table.add_column(
            title, justify="right" if right else "left", no_wrap=True, min_width=least, overflow="ellipsis"
        )
    for row in rows:
        table.add_row(*(cell(row) for _, cell in shown))
    return table


def decisions(snapshot: Row, lines: int, width: int) -> Table:
    """The newest first: how long ago, to whom, and why. Always exactly `lines` lines, so that nothing below jumps."""
    table = Table.grid(padding=(0, 1))
    table.add_column(width=5, justify="right", style="dim", no_wrap=True)
    table.add_column(width=6, style="bold", no_wrap=True)
    table.add_column(width=width - 13, no_wrap=True, overflow="ellipsis")
    newest = list(snapshot.get("decisions", ()))[-lines:][::-1]
    for decision in newest:
        text = str(decision.get("text", "")).removesuffix(f" -> {decision.get('agent')}")
        if width < WIDE:
            for long, short in SHORTER:
                text = text.replace(long, short)
        table.add_row(duration(snapshot["at"] - decision["at"]), clean(decision.get("agent")), clean(text))
    for _ in range(lines - len(newest)):
        table.add_row("", "", "")
    return table


def _rule(title: str) -> Rule:
    return Rule(Text(title, style="dim"), align="left", characters="-", style="dim")
