"""What can an operator type about the Asterisk nodes? How they stand, drain one, use it again, weigh it.

Exit codes: those of cli/main.py.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

import typer

from cti.cli import ask, change, show
from cti.cli.ask import REFUSED, AsJson, Control
from cti.typed import typed

LOOK_S = 1.0
EMPTY = "empty"

node_app = typer.Typer(name="node", help="One Asterisk: drain it, use it again, weigh it.", no_args_is_help=True)

NodeName = Annotated[str, typer.Argument(metavar="NODE", help='as in the file; "cti nodes" has them')]

NODES = (
    show.Column("node", lambda row: show.clean(row.get("name"))),
    show.Column("is", lambda row: show.clean(row.get("state"))),
    show.Column("since", lambda row: show.clock(row.get("since")), 2),
    show.Column("calls", lambda row: show.clean(row.get("calls")), right=True),
    show.Column("weight", lambda row: show.clean(row.get("weight")), 1, right=True),
    show.Column("drained", lambda row: show.clean(_drained(row)), folds_at=16),
)


def _drained(row: show.Row) -> str:
    return f"{row['drain']}: {row.get('reason')}" if row.get("drain") else ""


def nodes_command(as_json: AsJson = False, control: Control = None) -> None:
    """List the Asterisk nodes: connected or not, drained or not, and how many calls of ours each has.

    Example: cti nodes
    """
    ask.show(NODES, ask.get(control, "nodes", as_json), as_json, "no nodes")


@node_app.command("drain")
def node_drain(
    node: NodeName,
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="why, for whoever looks")] = "",
    wait: Annotated[bool, typer.Option("--wait", help="return when no call of ours is on it any more")] = False,
    as_json: AsJson = False,
    control: Control = None,
) -> None:
    """Let nothing new begin on a node: new callers are sent elsewhere, nobody is called from it, those inside finish.

    Holds after a restart too, until `resume`. When it is empty, it may be stopped, or taken out of the file.

    Example: cti node drain node2 --reason "new kernel" --wait
    """
    _wish(node, "drain", {"reason": reason}, as_json, control, f"{node} is drained already", quiet=wait)
    if wait:
        _until_empty(node, as_json, control)


@node_app.command("resume")
def node_resume(node: NodeName, as_json: AsJson = False, control: Control = None) -> None:
    """Use a node again that was drained.

    Example: cti node resume node2
    """
    _wish(node, "resume", {}, as_json, control, f"{node} is not drained")


@node_app.command("weight")
def node_weight(
    node: NodeName,
    weight: Annotated[int, typer.Argument(min=0, max=1000, help="its part of the calls that we begin; 0: none")],
    as_json: AsJson = False,
    control: Control = None,
) -> None:
    """Let a node have more or fewer of the calls that the engine begins; also after a restart.

    Example: cti node weight node2 3
    """
    _wish(node, "weight", {"weight": weight}, as_json, control, f"{node} has that weight already")


def _wish(
    node: str, action: str, body: dict[str, Any], as_json: bool, control: Path | None, same: str, *, quiet: bool = False
) -> None:
    path = f"/api/v1/nodes/{quote(node, safe='')}/{action}"
    found = change.send("POST", path, control, as_json, {**body, "by": ask.who()})
    if not (quiet and as_json):
        change.tell(found, as_json, same)


def _until_empty(node: str, as_json: bool, control: Path | None) -> None:
    told = None
    while True:
        row = ask.only(ask.get(control, "nodes", as_json), "name", node, "node", as_json)[0]
        if row.get("drain") == EMPTY:
            break
        if not row.get("drain"):
            ask.fail(REFUSED, f"{node} was resumed meanwhile; see: {typed('nodes')}", as_json)
        if row.get("calls") != told and not as_json:
            typer.echo(f"{row.get('calls')} calls on it")
        told = row.get("calls")
        time.sleep(LOOK_S)
    if as_json:
        ask.print_json(row)
    else:
        typer.echo(f"{node} is empty")
