"""What can an operator type? One function per command: read the words, ask, print, exit.

Exit codes: 0 done, 1 refused or unknown (check --strict: warnings), 2 wrong words or a bad configuration, 3 no engine
answers. Everything that shows, renders in show.py; everything that asks the engine does so through cli/control.py.
What only some commands need is imported there: a start of `cti` is to take as long as typing its name.
"""

from __future__ import annotations

import importlib
from collections.abc import Coroutine, Sequence
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from cti.cli import ask, contacts, drain, policy, previews, show
from cti.cli import control as cli_control
from cti.cli.ask import BAD_CONFIG, REFUSED, AgentName, AsJson, ConfigFile, Control
from cti.cli.rooms import Rooms
from cti.model.errors import ConfigError

app = typer.Typer(
    name="cti",
    cls=Rooms,
    help="A contact-center engine beside your own Asterisk.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
queue_app = typer.Typer(name="queue", help="The waiting lines of the running engine.", no_args_is_help=True)
agent_app = typer.Typer(name="agent", help="The agents of the running engine.", no_args_is_help=True)
call_app = typer.Typer(name="call", help="The calls in the running engine's hands.", no_args_is_help=True)
for sub in (queue_app, agent_app, call_app, contacts.contact_app):
    app.add_typer(sub)
policy.add_commands(app, queue_app, agent_app)
previews.add_commands(agent_app)
drain.add_commands(app)


def _tell_version(wanted: bool) -> None:
    if wanted:
        version()


@app.callback()
def main(
    _version: Annotated[
        bool, typer.Option("--version", callback=_tell_version, is_eager=True, help="print the version")
    ] = False,
) -> None:
    """A contact-center engine beside your own Asterisk."""


# --- the engine itself --------------------------------------------------------------------------------------------


@app.command()
def run(file: ConfigFile = None) -> None:
    """Run the engine until it is told to stop (SIGTERM, Ctrl-C)."""
    from cti.config import flows
    from cti.config import settings as config

    try:
        path = cli_control.config_file(file)
        reading = config.read(path)
        errors = reading.lines(reading.errors) or flows.fit(reading).errors
        if reading.settings is None or errors:
            raise ConfigError(errors)
        code = importlib.import_module("cti.running").run_engine(reading.settings, path.absolute())
    except ConfigError as error:
        _refuse_config(error.problems)
    _finish(code)


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []})
def demo(context: typer.Context) -> None:
    """Run the demo centre; `cti demo --help` tells more."""
    _finish(importlib.import_module("cti.demo").main(list(context.args)))


@app.command()
def doctor(
    file: ConfigFile = None,
    config_file: Annotated[
        Path | None, typer.Option("--config", "-c", metavar="FILE", help="the same, as an option")
    ] = None,
    etc: Annotated[
        Path, typer.Option("--etc", metavar="DIR", help="the configuration folder of an Asterisk on this machine")
    ] = Path("/etc/asterisk"),
    as_json: AsJson = False,
) -> None:
    """Look at your Asterisk and this machine: everything the engine relies on, and what to do about the rest."""
    import asyncio

    from cti.config import settings as config
    from cti.doctor import examination as the_doctor

    try:
        path = cli_control.config_file(config_file or file)
        settings = config.load(path)
        sounds = _sounds_beside(path)
    except ConfigError as error:
        _refuse_config(error.problems)
    findings = asyncio.run(the_doctor.examine(settings, etc, sounds))
    if as_json:
        ask.print_json([finding._asdict() for finding in findings])
    else:
        show.show_findings(findings, show.console())
    raise typer.Exit(REFUSED if any(finding.level == "fail" for finding in findings) else 0)


def _sounds_beside(path: Path) -> list[Any]:
    from cti.doctor.sounds import WantedSound
    from cti.prompt_sources import FILE, FLOWS, prompts_in

    if not any((path.parent / name).exists() for name in (FILE, FLOWS)):
        return []
    return [WantedSound(prompt.name, prompt.language) for prompt in prompts_in(path.parent)]


@app.command()
def version(as_json: AsJson = False) -> None:
    """Print the version."""
    from importlib import metadata

    try:
        found = metadata.version("cti")
    except metadata.PackageNotFoundError:  # run from a checkout that was not installed
        found = "unknown (not installed)"
    if as_json:
        ask.print_json({"version": found})
    else:
        typer.echo(f"cti {found}")
    raise typer.Exit


# --- asking the running engine ------------------------------------------------------------------------------------


@queue_app.command("show")
def queue_show(
    name: Annotated[str | None, typer.Argument(metavar="[QUEUE]")] = None,
    as_json: AsJson = False,
    control: Control = None,
) -> None:
    """Show all queues, or one with everybody who waits in it and everybody who serves it."""
    queues = ask.get(control, "queues", as_json)
    if name is not None:
        queues = ask.only(queues, "name", name, "queue", as_json)
    if as_json:
        ask.print_json(queues)
        return
    ask.warn_of_nodes(control)
    show.print_table(show.QUEUES, queues, "no queues")
    if name is not None:
        show.print_table(show.WAITING, cli_control.rows(queues[0].get("position", []), ""), "nobody waits\n")
        staff = [agent for agent in ask.get(control, "agents", as_json) if name in (agent.get("queues") or ())]
        show.print_table(show.AGENTS, staff, "nobody serves this queue")


@agent_app.command("show")
def agent_show(
    name: Annotated[str | None, typer.Argument(metavar="[AGENT]")] = None,
    as_json: AsJson = False,
    control: Control = None,
) -> None:
    """Show all agents, or one."""
    agents = ask.get(control, "agents", as_json)
    if name:
        agents = ask.only(agents, "id", name, "agent", as_json)
    if not as_json:
        ask.warn_of_nodes(control)
    ask.show(show.AGENTS, agents, as_json, "no agents")


@call_app.command("show")
def call_show(
    call: Annotated[str | None, typer.Argument(metavar="[CALL]")] = None,
    as_json: AsJson = False,
    control: Control = None,
) -> None:
    """Show all calls, or one (its id, as this list prints it, or the Uniqueid Asterisk shows)."""
    calls = ask.get(control, "calls", as_json)
    if call is not None:
        calls = [row for row in calls if call in (row.get("call"), str(row.get("call")).partition("/")[2])]
        if not calls:
            ask.fail(REFUSED, "there is no such call now", as_json)
    if not as_json:
        ask.warn_of_nodes(control)
    ask.show(show.CALLS, calls, as_json, "no calls")


@agent_app.command("login")
def agent_login(agent: AgentName, as_json: AsJson = False, control: Control = None) -> None:
    """Log an agent in."""
    ask.act(agent, "login", "", control, as_json, "logged in")


@agent_app.command("logout")
def agent_logout(agent: AgentName, as_json: AsJson = False, control: Control = None) -> None:
    """Log an agent out; a call he has goes on."""
    ask.act(agent, "logout", "", control, as_json, "logged out")


@agent_app.command("pause")
def agent_pause(
    agent: AgentName,
    reason: Annotated[str, typer.Argument(help="a break of the configuration, or its digit")] = "",
    as_json: AsJson = False,
    control: Control = None,
) -> None:
    """Send an agent on a break; during a call it begins after the wrap-up."""
    ask.act(agent, "pause", reason, control, as_json, f"on a break{f' ({reason})' if reason else ''}")


@agent_app.command("unpause")
def agent_unpause(agent: AgentName, as_json: AsJson = False, control: Control = None) -> None:
    """End an agent's break."""
    ask.act(agent, "unpause", "", control, as_json, "available")


@agent_app.command("extend")
def agent_extend(agent: AgentName, as_json: AsJson = False, control: Control = None) -> None:
    """Give the wrap-up its whole length once more, from now on."""
    ask.act(agent, "extend", "", control, as_json, "in wrap-up as long again")


@agent_app.command("disposition")
def agent_disposition(
    agent: AgentName,
    disposition: Annotated[str, typer.Argument(help="what came of the talk: one of the queue's dispositions")],
    as_json: AsJson = False,
    control: Control = None,
) -> None:
    """Say what came of an agent's talk: while he talks, or in his wrap-up, which ends by it."""
    ask.act(agent, "disposition", disposition, control, as_json, disposition)


@agent_app.command("ready")
def agent_ready(agent: AgentName, as_json: AsJson = False, control: Control = None) -> None:
    """End an agent's wrap-up at once."""
    ask.act(agent, "ready", "", control, as_json, "ready for the next call")


# --- what they share ----------------------------------------------------------------------------------------------


def _refuse_config(problems: Sequence[str]) -> NoReturn:
    for line in problems:
        typer.echo(f"error: {line}", err=True)
    raise typer.Exit(BAD_CONFIG)


def _finish(result: Any) -> NoReturn:
    """Await what a lazily imported room gave back, and exit with its number."""
    if isinstance(result, Coroutine):
        import asyncio

        result = asyncio.run(result)
    raise typer.Exit(result if isinstance(result, int) else 0)
