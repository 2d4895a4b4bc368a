"""What can an operator type? One function per command: read the words, ask, print, exit.

Exit codes: 0 done, 1 refused or unknown (check --strict: warnings), 2 wrong words or a bad configuration, 3 no engine
answers. Everything that shows, renders in cli_show.py; everything that asks the engine does so through cli_control.py.
"""

from __future__ import annotations

import asyncio
import getpass
import importlib
import importlib.metadata
import inspect
import json
import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from cti import cli_control, cli_show, config
from cti.cli_control import EngineRefused, NotRunning
from cti.model.errors import ConfigError
from cti.suggest import did_you_mean

REFUSED, BAD_CONFIG, NOT_RUNNING = 1, 2, 3
CONFIG_PLACES = ("center.yaml", "config/center.yaml", "/etc/cti/center.yaml")

app = typer.Typer(
    name="cti",
    help="A contact-center engine beside your own Asterisk.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
queue_app = typer.Typer(name="queue", help="The waiting lines of the running engine.", no_args_is_help=True)
agent_app = typer.Typer(name="agent", help="The agents of the running engine.", no_args_is_help=True)
call_app = typer.Typer(name="call", help="The calls in the running engine's hands.", no_args_is_help=True)
for sub in (queue_app, agent_app, call_app):
    app.add_typer(sub)

ConfigFile = Annotated[
    Path | None,
    typer.Argument(envvar="CTI_CONFIG", metavar="[FILE]", help=f"default: the first of {', '.join(CONFIG_PLACES)}"),
]
AsJson = Annotated[bool, typer.Option("--json", help="print JSON for programs")]
Control = Annotated[
    Path | None,
    typer.Option(
        "--control",
        "-s",
        envvar="CTI_CONTROL",
        metavar="SOCKET",
        help="the engine's control socket; default ${CTI_STATE:-./var}/cti.ctl",
    ),
]
AgentName = Annotated[str, typer.Argument(metavar="AGENT")]


# --- the engine itself --------------------------------------------------------------------------------------------


@app.command()
def run(file: ConfigFile = None) -> None:
    """Run the engine until it is told to stop (SIGTERM, Ctrl-C)."""
    try:
        settings = config.load(_config_file(file))
        code = importlib.import_module("cti.app").run_engine(settings)
    except ConfigError as error:
        _refuse_config(error.problems)
    _finish(code)


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []})
def demo(context: typer.Context) -> None:
    """Run the demo centre; `cti demo --help` tells more."""
    _finish(importlib.import_module("cti.demo").main(list(context.args)))


@app.command()
def check(
    file: ConfigFile = None,
    strict: Annotated[bool, typer.Option("--strict", help="exit with 1 where there are warnings")] = False,
    as_json: AsJson = False,
) -> None:
    """Check a configuration, like nginx -t: every problem at once, as file:line:column."""
    path = _config_file(file)
    reading = config.read(path, lenient=True)
    errors, warnings, settings = reading.lines(reading.errors), reading.lines(reading.warnings), reading.settings
    verdict = f"configuration file {path} "
    if settings is None:
        verdict += f"has {_count(len(errors), 'error')}"
    else:
        sizes = ((settings.queues, "queue"), (settings.agents, "agent"), (settings.entries, "entry"))
        verdict += (
            f"is ok: {', '.join(_count(len(things), word) for things, word in (*sizes, (settings.nodes, 'node')))}"
        )
    verdict += f", {_count(len(warnings), 'warning')}" if warnings else ""
    code = BAD_CONFIG if settings is None else REFUSED if strict and warnings else 0
    if as_json:
        _print_json({"ok": code == 0, "file": os.fspath(path), "errors": errors, "warnings": warnings})
    else:
        for line in errors:
            typer.echo(f"error: {line}", err=True)
        for line in warnings:
            typer.echo(f"warning: {line}", err=True)
        typer.echo(verdict, err=settings is None)
    raise typer.Exit(code)


@app.command()
def doctor(
    file: Annotated[
        Path | None, typer.Option("--config", "-c", envvar="CTI_CONFIG", metavar="FILE", help="the configuration")
    ] = None,
    etc: Annotated[
        Path, typer.Option("--etc", metavar="DIR", help="the configuration folder of an Asterisk on this machine")
    ] = Path("/etc/asterisk"),
    as_json: AsJson = False,
) -> None:
    """Look at your Asterisk and this machine: everything the engine relies on, and what to do about the rest."""
    from cti import doctor as the_doctor

    try:
        settings = config.load(_config_file(file))
    except ConfigError as error:
        _refuse_config(error.problems)
    findings = asyncio.run(the_doctor.examine(settings, etc))
    if as_json:
        _print_json([finding._asdict() for finding in findings])
    else:
        the_doctor.show(findings, cli_show.console())
    raise typer.Exit(REFUSED if any(finding.level == "fail" for finding in findings) else 0)


@app.command()
def version(as_json: AsJson = False) -> None:
    """Print the version."""
    try:
        found = importlib.metadata.version("cti")
    except importlib.metadata.PackageNotFoundError:  # run from a checkout that was not installed
        found = "unknown (not installed)"
    if as_json:
        _print_json({"version": found})
    else:
        typer.echo(f"cti {found}")


# --- asking the running engine ------------------------------------------------------------------------------------


@queue_app.command("show")
def queue_show(
    name: Annotated[str | None, typer.Argument(metavar="[QUEUE]")] = None,
    as_json: AsJson = False,
    control: Control = None,
) -> None:
    """Show all queues, or one with everybody who waits in it and everybody who serves it."""
    queues = _get(control, "queues", as_json)
    if name is not None:
        queues = _only(queues, "name", name, "queue", as_json)
    if as_json:
        _print_json(queues)
        return
    console = cli_show.console()
    console.print(cli_show.table(cli_show.QUEUES, queues, console.width))
    if name is not None:
        waiting = cli_control.rows(queues[0].get("position", []), "")
        console.print(cli_show.table(cli_show.WAITING, waiting, console.width) if waiting else "nobody waits\n")
        staff = [agent for agent in _get(control, "agents", as_json) if name in (agent.get("queues") or ())]
        console.print(cli_show.table(cli_show.AGENTS, staff, console.width) if staff else "nobody serves this queue")


@agent_app.command("show")
def agent_show(
    name: Annotated[str | None, typer.Argument(metavar="[AGENT]")] = None,
    as_json: AsJson = False,
    control: Control = None,
) -> None:
    """Show all agents, or one."""
    agents = _get(control, "agents", as_json)
    _show(cli_show.AGENTS, _only(agents, "id", name, "agent", as_json) if name else agents, as_json, "no agents")


@call_app.command("show")
def call_show(
    call: Annotated[str | None, typer.Argument(metavar="[CALL]")] = None,
    as_json: AsJson = False,
    control: Control = None,
) -> None:
    """Show all calls, or one (its id, as this list prints it, or the Uniqueid Asterisk shows)."""
    calls = _get(control, "calls", as_json)
    if call is not None:
        calls = [row for row in calls if call in (row.get("call"), str(row.get("call")).partition("/")[2])]
        if not calls:
            _fail(REFUSED, "there is no such call now", as_json)
    _show(cli_show.CALLS, calls, as_json, "no calls")


@agent_app.command("login")
def agent_login(agent: AgentName, as_json: AsJson = False, control: Control = None) -> None:
    """Log an agent in."""
    _act(agent, "login", "", control, as_json, "logged in")


@agent_app.command("logout")
def agent_logout(agent: AgentName, as_json: AsJson = False, control: Control = None) -> None:
    """Log an agent out; a call he has goes on."""
    _act(agent, "logout", "", control, as_json, "logged out")


@agent_app.command("pause")
def agent_pause(
    agent: AgentName,
    reason: Annotated[str, typer.Argument(help="a break of the configuration, or its digit")] = "",
    as_json: AsJson = False,
    control: Control = None,
) -> None:
    """Send an agent on a break; during a call it begins after the wrap-up."""
    _act(agent, "pause", reason, control, as_json, f"on a break{f' ({reason})' if reason else ''}")


@agent_app.command("unpause")
def agent_unpause(agent: AgentName, as_json: AsJson = False, control: Control = None) -> None:
    """End an agent's break."""
    _act(agent, "unpause", "", control, as_json, "available")


@agent_app.command("ready")
def agent_ready(agent: AgentName, as_json: AsJson = False, control: Control = None) -> None:
    """End an agent's wrap-up at once."""
    _act(agent, "ready", "", control, as_json, "ready for the next call")


# --- what they share ----------------------------------------------------------------------------------------------


def _config_file(given: Path | None) -> Path:
    if given is not None:
        return given
    return next((Path(place) for place in CONFIG_PLACES if Path(place).exists()), Path(CONFIG_PLACES[0]))


def _refuse_config(problems: Sequence[str]) -> NoReturn:
    for line in problems:
        typer.echo(f"error: {line}", err=True)
    raise typer.Exit(BAD_CONFIG)


def _finish(result: Any) -> NoReturn:
    """Await what a lazily imported room gave back, and exit with its number."""
    if inspect.iscoroutine(result):
        result = asyncio.run(result)
    raise typer.Exit(result if isinstance(result, int) else 0)


def _ask(control: Path | None, method: str, path: str, as_json: bool, body: dict[str, Any] | None = None) -> Any:
    try:
        return cli_control.ask(control or cli_control.default_socket(), method, path, body)
    except NotRunning as error:
        _fail(NOT_RUNNING, str(error), as_json)


def _get(control: Path | None, what: str, as_json: bool) -> list[dict[str, Any]]:
    try:
        return cli_control.rows(_ask(control, "GET", f"/v1/{what}", as_json), what)
    except EngineRefused as error:
        _fail(REFUSED, str(error), as_json)


def _only(rows: list[dict[str, Any]], key: str, name: str, what: str, as_json: bool) -> list[dict[str, Any]]:
    found = [row for row in rows if row.get(key) == name]
    if not found:
        known = [str(row.get(key)) for row in rows]
        _fail(REFUSED, f'there is no {what} "{cli_show.clean(name)}"{did_you_mean(name, known)}', as_json)
    return found


def _show(columns: Sequence[cli_show.Column], rows: list[dict[str, Any]], as_json: bool, nothing: str) -> None:
    if as_json:
        _print_json(rows)
        return
    console = cli_show.console()
    console.print(cli_show.table(columns, rows, console.width) if rows else nothing)


def _act(agent: str, action: str, reason: str, control: Path | None, as_json: bool, done: str) -> None:
    if not agent.isascii() or not agent.replace("_", "").replace("-", "").isalnum():
        _fail(REFUSED, f'"{cli_show.clean(agent)}" cannot be an agent: names have A-Z a-z 0-9 _ -', as_json)
    try:
        answer = _ask(control, "POST", f"/v1/agents/{agent}/{action}", as_json, {"reason": reason, "by": _who()})
    except EngineRefused as error:
        _fail(REFUSED, _why_refused(error, agent, control, as_json), as_json, error.body)
    if as_json:
        _print_json(answer)
    else:
        typer.echo(f"{agent}: {done}")


def _why_refused(error: EngineRefused, agent: str, control: Path | None, as_json: bool) -> str:
    reason = str(error.body.get("refused") or ("unknown_agent" if error.status == 404 else ""))
    detail = cli_show.clean(error.body.get("detail") or "")
    if reason == "unknown_agent":
        known = error.body.get("exists") or [str(row.get("id")) for row in _get(control, "agents", as_json)]
        return f'there is no agent "{agent}"{did_you_mean(agent, known)}'
    if error.status == 400:
        return f"the engine does not take this: {cli_show.clean(error.body.get('error'))}"
    words = {
        "unknown_reason": f"there is no such break; {detail}",
        "unknown_queue": f"there is no such queue; {detail}",
        "not_logged_in": f"{agent} is not logged in; first: cti agent login {agent}",
        "already": f"{agent} already is {detail}" if detail != cli_show.DASH else f"{agent} already is",
        "not_in_wrapup": f"{agent} is not in wrap-up",
    }
    return words.get(reason, f"refused: {reason or error} {detail if detail != cli_show.DASH else ''}".strip())


def _who() -> str:
    try:
        user = getpass.getuser()
    except (OSError, KeyError):  # a uid without a name, as in containers
        user = str(os.getuid())
    return f"cli.{re.sub(r'[^A-Za-z0-9._-]', '_', user)[:40]}"


def _fail(code: int, text: str, as_json: bool, body: dict[str, Any] | None = None) -> NoReturn:
    if as_json:
        _print_json({**(body or {}), "ok": False, "error": text})
    else:
        typer.echo(text, err=True)
    raise typer.Exit(code)


def _print_json(value: Any) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False, default=str))


def _count(number: int, word: str) -> str:
    plural = f"{word[:-1]}ies" if word.endswith("y") else f"{word}s"
    return f"{number} {word if number == 1 else plural}"
