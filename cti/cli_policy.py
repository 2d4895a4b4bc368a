"""What can be typed to change what holds, while the engine runs? Queues' keys, who serves them, the file, and who did.

Exit codes: those of cli.py; a broken file or a value that cannot be is 2.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote, urlencode

import typer

from cti import cli_ask, cli_control, cli_show
from cti.cli_ask import BAD_CONFIG, REFUSED, AgentName, AsJson, Control
from cti.cli_control import EngineRefused
from cti.suggest import did_you_mean
from cti.typed import typed

RELOAD_TIMEOUT_S = 60.0

QueueArgument = Annotated[str, typer.Argument(metavar="QUEUE")]


def _when(row: cli_show.Row) -> str:
    at = row.get("at")
    return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(at)) if isinstance(at, int | float) else cli_show.DASH


def _said(key: str) -> Any:
    return lambda row: cli_show.clean(_words(row.get(key)))


def _words(value: Any) -> str:
    from cti.config_difference import in_words

    return in_words(value)


def _result(row: cli_show.Row) -> str:
    return cli_show.clean(" ".join((row.get("result", ""), row.get("reason", ""))).strip())


def _detail(row: cli_show.Row) -> str:
    return _words(row["detail"]) if row.get("detail") else ""


def _who(row: cli_show.Row) -> str:
    """Whom the request names, and the machine's user where that is somebody else."""
    by, user = str(row.get("by") or ""), row.get("user")
    return cli_show.clean(f"{by} ({user})" if user and by != f"cli.{user}" else by)


def _whole(row: cli_show.Row) -> str:
    return cli_show.clean(" ".join(filter(None, (str(row.get("what") or ""), row.get("on"), _detail(row)))))


LIVE = (
    cli_show.Column("what", lambda row: cli_show.clean(row.get("path"))),
    cli_show.Column("holds now", _said("value")),
    cli_show.Column("in the file", _said("file"), 1),
    cli_show.Column("by", lambda row: cli_show.clean(row.get("by")), 2),
    cli_show.Column("since", _when, 3),
)
AUDIT = (
    cli_show.Column("at", _when),
    cli_show.Column("user", lambda row: cli_show.clean(row.get("user"))),
    cli_show.Column("by", lambda row: cli_show.clean(row.get("by")), 2),
    cli_show.Column("what", lambda row: cli_show.clean(row.get("what"))),
    cli_show.Column("on", lambda row: cli_show.clean(row.get("on"))),
    cli_show.Column("result", _result),
    cli_show.Column("asked for", lambda row: cli_show.clean(_detail(row)), 3),
)
# What was refused must look so on any terminal: what, on which and asked for share one column.
AUDIT_NARROW = (
    cli_show.Column("at", lambda row: cli_show.clock(row.get("at")), folds_at=10),
    cli_show.Column("result", _result, folds_at=17),
    cli_show.Column("by", _who, 1, folds_at=14),
    cli_show.Column("what, on, asked for", _whole, folds_at=20),
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
    found = _send("PUT", path, control, as_json, {**body, "by": cli_ask.who()})
    _tell(found, as_json, f"{agent} serves {queue} like that already")


def agent_leave(agent: AgentName, queue: QueueArgument, as_json: AsJson = False, control: Control = None) -> None:
    """Let an agent serve a queue no longer; a call he has goes on. Holds after a restart too, until `join`.

    Example: cti agent leave anna support
    """
    path = f"/api/v1/agents/{quote(agent, safe='')}/queues/{quote(queue, safe='')}?{urlencode({'by': cli_ask.who()})}"
    _tell(_send("DELETE", path, control, as_json), as_json, f"{agent} does not serve {queue}")


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
    found = _send("PATCH", path, control, as_json, {**body, "by": cli_ask.who()})
    _tell(found, as_json, "nothing has changed: that holds already")
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
    query = urlencode([("by", cli_ask.who()), *(("field", key) for key in keys or ())])
    path = f"/api/v1/queues/{quote(queue, safe='')}/live?{query}"
    _tell(_send("DELETE", path, control, as_json), as_json, f"nothing has changed: {queue} is as in the file")


def live(as_json: AsJson = False, control: Control = None) -> None:
    """List what differs from the file because somebody changed it while the engine ran.

    Example: cti live
    """
    answer = _send("GET", "/api/v1/live-changes", control, as_json)
    found = cli_control.rows(answer, "live_changes")
    cli_ask.show(LIVE, found, as_json, "no live changes: everything is as in the file")
    if not as_json:
        typer.echo(f"version {cli_show.clean(answer.get('version'))}")


def reload(
    check: Annotated[bool, typer.Option("--check", help="only say what would change")] = False,
    drop_live: Annotated[
        bool, typer.Option("--drop-live", help="forget all live changes: the file alone holds")
    ] = False,
    as_json: AsJson = False,
    control: Control = None,
) -> None:
    """Let the engine read its configuration file again. Calls go on, and those who wait wait under the new rules.

    A file with errors changes nothing. Addresses, nodes and the like need a restart; they are named.

    Example: cti reload --check && cti reload
    """
    body = {"check": check, "drop_live": drop_live, "by": cli_ask.who()}
    found = _send("POST", "/api/v1/reload", control, as_json, body, RELOAD_TIMEOUT_S)
    if as_json:
        cli_ask.print_json(found)
        return
    _tell_rest(found)
    lines = found.get("difference") or []
    for line in lines:
        typer.echo(cli_show.clean(line))
    count = f"{len(lines)} difference{'' if len(lines) == 1 else 's'}"
    done = f"reloaded: {count}, version {cli_show.clean(found.get('version'))}"
    typer.echo("nothing has changed" if not lines else f"{count}; nothing was changed (--check)" if check else done)


def audit(
    last: Annotated[int, typer.Option("--last", min=1, max=1000, metavar="N", help="so many")] = 50,
    as_json: AsJson = False,
    control: Control = None,
) -> None:
    """List who asked the engine to change something, and what came of it; the newest first.

    `user` is the user of the machine, `by` whom the request names.

    Example: cti audit --last 20
    """
    found = cli_control.rows(_send("GET", f"/api/v1/audit?limit={last}", control, as_json), "audit")
    cli_ask.show(AUDIT, found, as_json, "nobody has asked for anything", AUDIT_NARROW)


def _key_and_value(text: str, as_json: bool) -> tuple[str, Any]:
    from cti import config_yaml

    key, found, value = text.partition("=")
    if not found or not key:
        cli_ask.fail(BAD_CONFIG, f'"{cli_show.clean(text)}" is not KEY=VALUE, such as target_s=30', as_json)
    try:
        node, problems = config_yaml.parse(value)
    except config_yaml.Unreadable as error:
        cli_ask.fail(BAD_CONFIG, f"{cli_show.clean(key)}: {error.text}", as_json)
    if problems:
        cli_ask.fail(BAD_CONFIG, f"{cli_show.clean(key)}: {problems[0].text}", as_json)
    return key, config_yaml.plain(node) if value.strip() else None


def _send(
    method: str,
    path: str,
    control: Path | None,
    as_json: bool,
    body: dict[str, Any] | None = None,
    timeout_s: float | None = None,
) -> Any:
    try:
        return cli_ask.ask(control, method, path, as_json, body, timeout_s)
    except EngineRefused as error:
        _refuse(error, as_json)


def _refuse(error: EngineRefused, as_json: bool) -> None:
    reason, detail = str(error.body.get("refused") or ""), cli_show.clean(error.body.get("detail"))
    if reason == "bad_configuration":
        errors = [cli_show.clean(line) for line in error.body.get("errors") or [detail]]
        if not as_json:
            for line in errors[:-1]:
                typer.echo(f"error: {line}", err=True)
        cli_ask.fail(BAD_CONFIG, f"error: {errors[-1]}" if not as_json else "; ".join(errors), as_json, error.body)
    if error.status == 400:
        text = f"the engine does not take this: {cli_show.clean(error.body.get('error'))}"
        cli_ask.fail(REFUSED, text, as_json)
    known = [str(name) for name in error.body.get("exists") or ()]
    words = {
        "unknown_agent": f"there is no such agent{_near(detail, known)}",
        "unknown_queue": f"there is no such queue{_near(detail, known)}",
        "unknown_field": f"no such key was set{_near(detail, known)}",
        "in_use": f"live calls use what would be gone: {detail}; nothing was changed. {_emptied(detail)}",
        "no_file": f"{detail}: start it with {typed('run FILE')}",
    }
    cli_ask.fail(REFUSED, words.get(reason, f"refused: {reason or error} {detail}".strip()), as_json, error.body)


def _emptied(detail: str) -> str:
    """What to do first about what is in use, as the engine names it (acd/reload.py)."""
    moved = f"move who waits there ({typed('contact list')}, {typed('contact move ID QUEUE')}), or "
    return f"First {moved if 'queue ' in detail else ''}let the calls end; then once more"


def _near(detail: str, known: list[str]) -> str:
    return f"; {detail}" if detail != cli_show.DASH else did_you_mean("", known)


def _tell(found: Any, as_json: bool, unchanged: str) -> None:
    if as_json:
        cli_ask.print_json(found)
        return
    _tell_rest(found)
    lines = found.get("difference") or []
    for line in lines:
        typer.echo(cli_show.clean(line))
    if not lines:
        typer.echo(unchanged)


def _tell_rest(found: dict[str, Any]) -> None:
    """What else there is to know, on stderr."""
    for line in found.get("warnings") or ():
        typer.echo(f"warning: {cli_show.clean(line)}", err=True)
    for line in found.get("dropped") or ():
        typer.echo(f"dropped: a live change no longer fits the file: {cli_show.clean(line)}", err=True)
    restart = ", ".join(cli_show.clean(key) for key in found.get("needs_restart") or ())
    if restart:
        typer.echo(f"needs a restart: {restart}", err=True)
