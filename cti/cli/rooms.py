"""Which commands are loaded only when somebody types them? All of them together are most of the time of a start.

Knows where a command is and nothing of what it does.
"""

from __future__ import annotations

import importlib
from typing import Any, NamedTuple

import typer
import typer.core
import typer.main


class Room(NamedTuple):
    """Where a command is: its module, what that has (a group of commands, or the function of one), and its help in a
    line, so that `cti --help` loads none of them."""

    module: str
    has: str
    help: str


ROOMS = {
    "callback": Room(
        "cti.cli.callbacks", "callback_app", "Callbacks that were promised: list, schedule, show, withdraw, now."
    ),
    "campaign": Room(
        "cti.cli.campaigns",
        "campaign_app",
        "Campaigns: list, status, plan, results, amd, start, pause, resume, drain, stop.",
    ),
    "check": Room(
        "cti.cli.check",
        "check_command",
        "Check a configuration and its flows, like nginx -t: what is wrong, as file:line:column, by kinds.",
    ),
    "simulate": Room(
        "cti.cli.simulate",
        "simulate_command",
        "Play a day's callers and agents through the engine's own core, in virtual time: what would happen?",
    ),
    "status": Room(
        "cti.cli.status",
        "status_command",
        "Say how the engine stands: its Asterisks, its calls, whether it takes new ones, who could take over.",
    ),
    "token": Room("cti.cli.people", "token_app", "Which programs and walls may ask (docs/api.md)."),
    "user": Room("cti.cli.people", "user_app", "Who may sign in on the web (docs/api.md)."),
    "sample-backend": Room(
        "cti.cli.sample",
        "sample_backend_command",
        "Serve the sample shop that the example flows ask: orders, delivery, returns, price protection, articles.",
    ),
    "explain": Room(
        "cti.cli.explain", "explain_app", "Why contacts went where they went, and why an agent gets no calls."
    ),
    "flow": Room("cti.cli.flows", "flow_app", "What callers hear before anybody answers: flows."),
    "follow-up": Room(
        "cti.cli.follow_up", "follow_up_app", "What low answers and messages have opened: list, call, done."
    ),
    "hook": Room(
        "cti.cli.hooks", "hook_app", "Your own systems that are told what happens: list, test, retry, secret."
    ),
    "import": Room("cti.cli.imports", "import_app", "Move here from another system."),
    "list": Room("cti.cli.lists", "list_app", "Lists of leads: look at, import, show."),
    "dnc": Room("cti.cli.numbers", "dnc_app", "Who must not be called: add, remove, check, import."),
    "node": Room("cti.cli.nodes", "node_app", "One Asterisk: drain it, use it again, weigh it."),
    "nodes": Room(
        "cti.cli.nodes",
        "nodes_command",
        "List the Asterisk nodes: connected or not, drained or not, and how many calls of ours each has.",
    ),
    "number": Room("cti.cli.numbers", "number_app", "What is known of one number."),
    "report": Room(
        "cti.cli.reports",
        "report_command",
        "Say what was, by the definitions of docs/metrics.md. Reads the store; needs no running engine.",
    ),
    "prompts": Room("cti.cli.prompts", "prompts_app", "What callers hear: texts, recordings, sound files."),
}


class Rooms(typer.core.TyperGroup):
    """The commands of `cti`, those of ROOMS among them: known by name, loaded when asked for."""

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        self._unread = set(ROOMS)
        for name, room in ROOMS.items():  # they hold their places in help, lists and suggestions
            self.commands[name] = typer.core.TyperCommand(name, help=room.help)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Return the command that was typed, loaded, its name and the words behind it."""
        if args and args[0] in self._unread:
            self._unread.remove(args[0])
            self.commands[args[0]] = load(args[0])
        return super().resolve_command(ctx, args)


def load(name: str) -> Any:
    """Return the command `name` of ROOMS, ready to be called."""
    room = ROOMS[name]
    found = getattr(importlib.import_module(room.module), room.has)
    parent = typer.Typer(add_completion=False)
    parent.callback()(_nothing)  # without one, Typer makes the only command the whole
    if isinstance(found, typer.Typer):
        parent.add_typer(found)
    else:
        parent.command(name)(found)
    group = typer.main.get_group(parent)
    return group.commands[name]


def _nothing() -> None:
    """Before a command that stands for itself there is nothing to do."""
