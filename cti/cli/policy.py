"""What can be typed to change what holds, while the engine runs? Queues' keys, who serves them, the file, and who did.

Exit codes: those of cli/main.py; a broken file or a value that cannot be is 2.
"""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import quote, urlencode

import typer

from cti.cli import ask, change, show
from cti.cli import control as cli_control
from cti.cli.ask import BAD_CONFIG, AgentName, AsJson, Control
from cti.cli.change import RELOAD_TIMEOUT_S, when
from cti.typed import typed

QueueArgument = Annotated[str, typer.Argument(metavar="QUEUE")]


def _when(row: show.Row) -> str:
    return when(row.get("at"))


def _said(key: str) -> Any:
    return lambda row: show.clean(_words(row.get(key)))


def _result(row: show.Row) -> str:
    return show.clean(" ".join((row.get("result", ""), row.get("reason", ""))).strip())


def _detail(row: show.Row) -> str:
    return _words(row["detail"]) if row.get("detail") else ""


def _words(value: Any) -> str:
    from cti.config.difference import in_words

    return in_words(value)


def _who(row: show.Row) -> str:
    """Whom the request names, and the machine's user where that is somebody else."""
    by, user = str(row.get("by") or ""), row.get("user")
    return show.clean(f"{by} ({user})" if user and by != f"cli.{user}" else by)


def _whole(row: show.Row) -> str:
    return show.clean(" ".join(filter(None, (str(row.get("what") or ""), row.get("on"), _detail(row)))))


LIVE = (
    show.Column("what", lambda row: show.clean(row.get("path"))),
    show.Column(
        "set to", lambda row: _said("value")(row) + (" (rests: it does not fit)" if row.get("resting") else "")
    ),
    show.Column("in the file", _said("file"), 1),
    show.Column("by", lambda row: show.clean(row.get("by")), 2),
    show.Column("since", lambda row: _when(row) + ("" if row.get("stored", True) else " (not stored yet)"), 3),
)
AUDIT = (
    show.Column("at", _when),
    show.Column("user", lambda row: show.clean(row.get("user"))),
    show.Column("by", lambda row: show.clean(row.get("by")), 2),
    show.Column("what", lambda row: show.clean(row.get("what"))),
    show.Column("on", lambda row: show.clean(row.get("on"))),
    show.Column("result", _result),
    show.Column("asked for", lambda row: show.clean(_detail(row)), 3),
)
# What was refused must look so on any terminal: what, on which and asked for share one column.
AUDIT_NARROW = (
    show.Column("at", lambda row: show.clock(row.get("at")), folds_at=10),
    show.Column("result", _result, folds_at=17),
    show.Column("by", _who, 1, folds_at=14),
    show.Column("what, on, asked for", _whole, folds_at=20),
)


def add_commands(app: typer.Typer, queue_app: typer.Typer, agent_app: typer.Typer) -> None:
    """Hang the commands where people look for them."""
    agent_app.command("join")(agent_join)
    agent_app.command("leave")(agent_leave)
    queue_app.command("set")(queue_set)
    queue_app.command("reset")(queue_reset)
    app.command("live")(live)
    app.command("reload")(reload)
    app.command("audit")(audit)


def agent_join(
    agent: AgentName,
    queue: QueueArgument,
    level: Annotated[int | None, typer.Option(help="1 is asked before 2 (default 1)")] = None,
    penalty: Annotated[int | None, typer.Option(help="lower is asked first within a level (default 0)")] = None,
    weight: Annotated[float | None, typer.Option(help="of the strategy weighted_random (default 1)")] = None,
    as_json: AsJson = False,
    control: Control = None,
) -> None:
    """Let an agent serve a queue from now on, or with another level; also after a restart, until `leave`.

    Example: cti agent join anna support --level 2
    """
    given = {"level": level, "penalty": penalty, "weight": weight}
    body = {key: value for key, value in given.items() if value is not None}
    path = f"/api/v1/agents/{quote(agent, safe='')}/queues/{quote(queue, safe='')}"
    found = change.send("PUT", path, control, as_json, {**body, "by": ask.who()})
    change.tell(found, as_json, f"{agent} serves {queue} like that already")


def agent_leave(agent: AgentName, queue: QueueArgument, as_json: AsJson = False, control: Control = None) -> None:
    """Let an agent serve a queue no longer; a call he has goes on. Holds after a restart too, until `join`.

    Example: cti agent leave anna support
    """
    path = f"/api/v1/agents/{quote(agent, safe='')}/queues/{quote(queue, safe='')}?{_by()}"
    change.tell(change.send("DELETE", path, control, as_json), as_json, f"{agent} does not serve {queue}")


def queue_set(
    queue: QueueArgument,
    values: Annotated[
        list[str], typer.Argument(metavar="KEY=VALUE...", help="as in the file; null takes a value away")
    ],
    as_json: AsJson = False,
    control: Control = None,
) -> None:
    r"""Change keys of a queue, for those who wait too; also after a restart, until `reset`. All of them or none.

    Example: cti queue set sales target_s=30 'rings=[{after_s: 20, queues: \[support]}]'
    """
    body = dict(_key_and_value(value, as_json) for value in values)
    path = f"/api/v1/queues/{quote(queue, safe='')}"
    found = change.send("PATCH", path, control, as_json, {**body, "by": ask.who()})
    change.tell(found, as_json, "nothing has changed: that holds already")
    if not as_json and found.get("difference"):
        back = " ".join(("queue reset", queue, *body))
        typer.echo(f"until: {typed(back)}")


def queue_reset(
    queue: QueueArgument,
    keys: Annotated[
        list[str] | None, typer.Argument(metavar="[KEY]...", help="all that were set, unless named")
    ] = None,
    as_json: AsJson = False,
    control: Control = None,
) -> None:
    """Forget what was set for a queue: the file holds again.

    Example: cti queue reset sales target_s
    """
    query = urlencode([("field", key) for key in keys or ()])
    path = f"/api/v1/queues/{quote(queue, safe='')}/live?{_by()}{'&' if query else ''}{query}"
    found = change.send("DELETE", path, control, as_json)
    change.tell(found, as_json, f"nothing has changed: {queue} is as in the file")


def live(as_json: AsJson = False, control: Control = None) -> None:
    """List what differs from the file because somebody changed it while the engine ran.

    What rests does not hold: it did not fit the file at the start, and comes into force at a reload in which it does.
    `cti queue reset` takes a queue's back, `cti reload --drop-live` all of them.

    Example: cti live
    """
    answer = change.send("GET", "/api/v1/live-changes", control, as_json)
    found = cli_control.rows(answer, "live_changes")
    ask.show(LIVE, found, as_json, "no live changes: everything is as in the file")
    if not as_json:
        typer.echo(f"version {show.clean(answer.get('version'))}")
        if not answer.get("stored", True):
            typer.echo(
                "warning: the store does not answer: an engine that ends now forgets the newest changes", err=True
            )


def reload(
    check: Annotated[bool, typer.Option("--check", help="only say what would change")] = False,
    drop_live: Annotated[
        bool, typer.Option("--drop-live", help="forget all live changes: the file alone holds")
    ] = False,
    as_json: AsJson = False,
    control: Control = None,
) -> None:
    """Let the engine read its file and its flows again. Calls go on, and those who wait wait under the new rules.

    A file or a flow with errors changes nothing. Addresses of our own and the like need a restart; they are named.

    A node that is new in the file is connected; one that is gone must be empty, drained or away.

    Example: cti reload --check && cti reload
    """
    body = {"check": check, "drop_live": drop_live, "by": ask.who()}
    found = change.send("POST", "/api/v1/reload", control, as_json, body, RELOAD_TIMEOUT_S)
    change.tell_reload(found, as_json, check=check)


def audit(
    last: Annotated[int, typer.Option("--last", min=1, max=1000, metavar="N", help="so many")] = 50,
    as_json: AsJson = False,
    control: Control = None,
) -> None:
    """List who asked the engine to change something, and what came of it; the newest first.

    `user` is the user of the machine, `by` whom the request names.

    Example: cti audit --last 20
    """
    found = cli_control.rows(change.send("GET", f"/api/v1/audit?limit={last}", control, as_json), "audit")
    ask.show(AUDIT, found, as_json, "nobody has asked for anything", AUDIT_NARROW)


def _by() -> str:
    return urlencode({"by": ask.who()})


def _key_and_value(text: str, as_json: bool) -> tuple[str, Any]:
    from cti.config import yaml_file

    key, found, value = text.partition("=")
    if not found or not key:
        ask.fail(BAD_CONFIG, f'"{show.clean(text)}" is not KEY=VALUE, such as target_s=30', as_json)
    try:
        node, problems = yaml_file.parse(value)
    except yaml_file.Unreadable as error:
        ask.fail(BAD_CONFIG, f"{show.clean(key)}: {error.text}", as_json)
    if problems:
        ask.fail(BAD_CONFIG, f"{show.clean(key)}: {problems[0].text}", as_json)
    return key, yaml_file.plain(node) if value.strip() else None
