"""What can be typed about people and tokens? `cti user ...`, `cti token ...`: on the store itself, engine or not.

A password or token is printed once and kept as a hash. What is changed holds at the next request of whom it concerns.
Exit codes: 0 done, 1 refused, 2 wrong words, or a configuration or store that cannot be used.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from cti.cli import ask as cli_ask
from cti.cli import show as cli_show
from cti.cli.ask import REFUSED, AsJson
from cti.cli.show import Column
from cti.cli.store import ConfigOption, opened
from cti.config.settings import Settings
from cti.model.audit import AuditEntry
from cti.people.passwords import Passwords
from cti.people.register import Register, Wrong, token_row, user_row
from cti.people.rights import SIGNS_IN, Role
from cti.store.audit import write_entry
from cti.store.people import PeopleRecords

user_app = typer.Typer(name="user", help="Who may sign in on the web (docs/api.md).", no_args_is_help=True)
token_app = typer.Typer(name="token", help="Which programs and walls may ask (docs/api.md).", no_args_is_help=True)


def _role(of: Sequence[Role], help_text: str = "what he is here for") -> Any:
    """The option --role; a role that is not one of `of` is refused by the register, who says where it belongs."""

    def read(word: str) -> Role:
        if word not in list(Role):
            raise typer.BadParameter(f"there is no role {word[:40]}; one of {', '.join(of)}")
        return Role(word)

    return typer.Option("--role", parser=read, metavar=f"[{'|'.join(of)}]", help=help_text)


Name = Annotated[str, typer.Argument(metavar="NAME")]
PersonsRole = Annotated[Role, _role(SIGNS_IN)]
TokensRole = Annotated[Role, _role([role for role in Role if role is not Role.AGENT], "what it is here for")]
Queues = Annotated[
    list[str] | None, typer.Option("--queue", metavar="QUEUE", help="only this one; may be given several times")
]
Teams = Annotated[
    list[str] | None, typer.Option("--team", metavar="GROUP", help="only agents of this group; several times, too")
]
AgentOption = Annotated[str | None, typer.Option("--agent", metavar="AGENT", help="who he is among the agents")]
Phone = Annotated[str | None, typer.Option("--phone", metavar="PHONE", help="his own, to listen with: PJSIP/1009")]
Days = Annotated[float | None, typer.Option("--days", min=0.01, max=3650, help="for so many; default: for ever")]

USERS = (
    Column("name", lambda row: cli_show.clean(row["name"])),
    Column("role", lambda row: row["role"]),
    Column("queues", lambda row: cli_show.clean(", ".join(row["queues"]) or "all")),
    Column("teams", lambda row: cli_show.clean(", ".join(row["teams"]) or "all")),
    Column("agent", lambda row: cli_show.clean(row["agent"] or "")),
    Column("codes", lambda row: "yes" if row["totp"] else ""),
    Column("locked", lambda row: "yes" if row["locked"] else ""),
)
TOKENS = (
    Column("id", lambda row: str(row["id"])),
    Column("name", lambda row: cli_show.clean(row["name"])),
    Column("role", lambda row: row["role"]),
    Column("queues", lambda row: cli_show.clean(", ".join(row["queues"]) or "all")),
    Column("ends", lambda row: cli_show.clock(row["ends_at"]) if row["ends_at"] else "never"),
    Column("by", lambda row: cli_show.clean(row["by"])),
)


@user_app.command("list")
def user_list(config: ConfigOption = None, as_json: AsJson = False) -> None:
    """Show everybody who may sign in."""
    with _register(config, as_json) as (register, _, _noted):
        rows = [user_row(user) for user in register.users()]
    cli_ask.show(USERS, rows, as_json, "nobody yet: the engine makes an administrator when it starts with `web:`")


@user_app.command("add")
def user_add(
    name: Name,
    role: PersonsRole,
    queues: Queues = None,
    teams: Teams = None,
    agent: AgentOption = None,
    phone: Phone = None,
    config: ConfigOption = None,
    as_json: AsJson = False,
) -> None:
    """Add somebody; prints his password, once.

    Example: cti user add eva --role supervisor --queue sales
    """
    with _register(config, as_json) as (register, settings, noted):
        more = {"queues": queues or [], "teams": teams or [], "agent": agent, "phone": phone}
        user, password = register.add_user(name, role, time.time(), settings.center, **more)
        noted("user.add", name, {"role": role.value})
    _tell(as_json, {"user": user_row(user), "password": password}, f"{name} ({role}) may sign in; password: {password}")


@user_app.command("change")
def user_change(
    name: Name,
    role: Annotated[Role | None, _role(SIGNS_IN)] = None,
    queues: Queues = None,
    teams: Teams = None,
    everything: Annotated[bool, typer.Option("--all", help="no limit to queues and teams any more")] = False,
    agent: AgentOption = None,
    phone: Phone = None,
    config: ConfigOption = None,
    as_json: AsJson = False,
) -> None:
    """Give somebody another role, other queues or teams, an agent or a phone.

    Example: cti user change eva --queue sales --queue support
    """
    given = {"role": role, "queues": queues, "teams": teams, "agent": agent, "phone": phone}
    fields: dict[str, Any] = {"queues": [], "teams": []} if everything else {}
    fields |= {key: value for key, value in given.items() if value is not None}
    if not fields:
        cli_ask.fail(2, "say what is to be different; cti user change --help", as_json)
    with _register(config, as_json) as (register, settings, noted):
        user = register.change_user(name, settings.center, **fields)
        noted("user.change", name, {key: str(value) for key, value in fields.items() if key != "phone"})
    _tell(as_json, {"user": user_row(user)}, f"{name}: {user.role}, queues {', '.join(user.queues) or 'all'}")


@user_app.command("password")
def user_password(name: Name, config: ConfigOption = None, as_json: AsJson = False) -> None:
    """Give somebody a new password: one typed twice, or, where nothing is typed, a generated one. Ends his sessions.

    Example: cti user password eva </dev/null
    """
    typed = (
        ""
        if as_json or not sys.stdin.isatty()
        else typer.prompt(
            "new password (nothing: generate one)",
            default="",
            show_default=False,
            hide_input=True,
            confirmation_prompt=True,
        )
    )
    with _register(config, as_json) as (register, _, noted):
        password = register.set_password(name, typed)
        noted("user.password", name, {})
    body = {"name": name} if typed else {"name": name, "password": password}
    _tell(as_json, body, f"{name} has a new password" + ("" if typed else f": {password}"))


@user_app.command("lock")
def user_lock(name: Name, config: ConfigOption = None, as_json: AsJson = False) -> None:
    """Keep somebody out from now on; his sessions end at once."""
    with _register(config, as_json) as (register, _, noted):
        user = register.lock(name, locked=True)
        noted("user.lock", name, {})
    _tell(as_json, {"user": user_row(user)}, f"{name} is locked out")


@user_app.command("unlock")
def user_unlock(name: Name, config: ConfigOption = None, as_json: AsJson = False) -> None:
    """Let somebody in again."""
    with _register(config, as_json) as (register, _, noted):
        user = register.lock(name, locked=False)
        noted("user.unlock", name, {})
    _tell(as_json, {"user": user_row(user)}, f"{name} may sign in again")


@user_app.command("without-totp")
def user_without_totp(name: Name, config: ConfigOption = None, as_json: AsJson = False) -> None:
    """Let somebody who has lost his authenticator sign in with his password alone."""
    with _register(config, as_json) as (register, _, noted):
        user = register.without_codes(name)
        noted("user.without-totp", name, {})
    _tell(as_json, {"user": user_row(user)}, f"{name} needs no code any more")


@user_app.command("remove")
def user_remove(name: Name, config: ConfigOption = None, as_json: AsJson = False) -> None:
    """Remove somebody, with his sessions. What he did stays in the audit trail."""
    with _register(config, as_json) as (register, _, noted):
        register.remove_user(name)
        noted("user.remove", name, {})
    _tell(as_json, {"ok": True}, f"{name} is removed")


@token_app.command("list")
def token_list(config: ConfigOption = None, as_json: AsJson = False) -> None:
    """Show which programs may ask."""
    with _register(config, as_json) as (register, _, _noted):
        rows = [token_row(token) for token in register.tokens()]
    cli_ask.show(TOKENS, rows, as_json, "no tokens")


@token_app.command("add")
def token_add(
    name: Name,
    role: TokensRole = Role.API,
    queues: Queues = None,
    teams: Teams = None,
    days: Days = None,
    config: ConfigOption = None,
    as_json: AsJson = False,
) -> None:
    """Add a program, or a screen on a wall; prints its token, once.

    Example: cti token add lobby --role wall --queue sales
    """
    with _register(config, as_json) as (register, settings, noted):
        more: dict[str, Any] = {"queues": queues or [], "teams": teams or [], "days": days}
        token, secret = register.add_token(name, role, cli_ask.who(), time.time(), settings.center, **more)
        noted("token.add", name, {"role": role.value})
    _tell(as_json, {"token": secret, **token_row(token)}, f"token {token.id} {name} ({role}): {secret}")


@token_app.command("remove")
def token_remove(
    number: Annotated[int, typer.Argument(metavar="ID", help="as cti token list shows it")],
    config: ConfigOption = None,
    as_json: AsJson = False,
) -> None:
    """Let a token be worth nothing from now on."""
    with _register(config, as_json) as (register, _, noted):
        register.remove_token(number)
        noted("token.remove", "", {"id": number})
    _tell(as_json, {"ok": True}, f"token {number} is worth nothing any more")


@contextmanager
def _register(
    file: Path | None, as_json: bool
) -> Iterator[tuple[Register, Settings, Callable[[str, str, dict[str, Any]], None]]]:
    """The register of the configured store, and how what was done is written into the audit trail."""
    with opened(file, as_json) as (store, settings):

        def noted(what: str, on: str, detail: dict[str, Any]) -> None:
            write_entry(store, AuditEntry(time.time(), os.getuid(), cli_ask.who(), what, on, detail, "done"))

        try:
            yield Register(PeopleRecords(store), Passwords()), settings, noted
        except Wrong as wrong:
            _refuse(wrong, as_json)


def _refuse(wrong: Wrong, as_json: bool) -> NoReturn:
    cli_ask.fail(REFUSED, str(wrong), as_json, {"refused": wrong.reason, "field": wrong.field})


def _tell(as_json: bool, body: dict[str, Any], text: str) -> None:
    if as_json:
        cli_ask.print_json(body)
    else:
        typer.echo(text)
