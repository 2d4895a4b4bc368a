"""Which commands are loaded only when somebody types them? All of them together are most of the time of a start.

Knows where a command is and nothing of what it does.
"""

from __future__ import annotations

import importlib
from typing import Any

import typer
import typer.core
import typer.main

# name -> module, and what it has: a group of commands, or the function of one
ROOMS = {
    "callback": ("cti.cli.callbacks", "callback_app"),
    "campaign": ("cti.cli.campaigns", "campaign_app"),
    "check": ("cti.cli.check", "check_command"),
    "simulate": ("cti.cli.simulate", "simulate_command"),
    "status": ("cti.cli.status", "status_command"),
    "token": ("cti.cli.people", "token_app"),
    "user": ("cti.cli.people", "user_app"),
    "sample-backend": ("cti.cli.sample", "sample_backend_command"),
    "explain": ("cti.cli.explain", "explain_app"),
    "flow": ("cti.cli.flows", "flow_app"),
    "follow-up": ("cti.cli.follow_up", "follow_up_app"),
    "hook": ("cti.cli.hooks", "hook_app"),
    "import": ("cti.cli.imports", "import_app"),
    "list": ("cti.cli.lists", "list_app"),
    "dnc": ("cti.cli.numbers", "dnc_app"),
    "number": ("cti.cli.numbers", "number_app"),
    "report": ("cti.cli.reports", "report_command"),
    "prompts": ("cti.cli.prompts", "prompts_app"),
}


class Rooms(typer.core.TyperGroup):
    """The commands of `cti`, those of ROOMS among them: known by name, loaded when asked for."""

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        self._unread = set(ROOMS)
        for name in ROOMS:
            self.commands[name] = typer.core.TyperCommand(name)  # holds its place in lists and suggestions

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Return the command called so; None where there is none."""
        if cmd_name in self._unread:
            self._unread.remove(cmd_name)
            self.commands[cmd_name] = load(cmd_name)
        return super().get_command(ctx, cmd_name)


def load(name: str) -> Any:
    """Return the command `name` of ROOMS, ready to be called."""
    module, attribute = ROOMS[name]
    found = getattr(importlib.import_module(module), attribute)
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
