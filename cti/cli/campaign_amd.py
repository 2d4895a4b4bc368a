"""`cti campaign amd NAME`: how well were answering machines told from people, and what would do better?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

import typer

from cti.cli import ask, show
from cti.cli.ask import AsJson, Control
from cti.cli.change import send


def add_commands(campaigns: typer.Typer) -> None:
    """Under `cti campaign`."""
    campaigns.command("amd")(campaign_amd)


def campaign_amd(
    name: Annotated[str, typer.Argument(metavar="NAME", help='as "cti campaign list" has it')],
    as_json: AsJson = False,
    control: Control = None,
) -> None:
    """Say how AMD judged those who answered, how often agents said otherwise, and what would be better.

    Agents say that it was a machine by a disposition (`machines.said`). Of whom AMD takes for a machine nobody hears:
    with `machines.trial: true` everybody is put through, and agents tell of these, too.

    Example: cti campaign amd spring
    """
    if not name.isascii() or not name.replace("_", "").replace("-", "").isalnum():
        ask.fail(ask.REFUSED, f'"{show.clean(name)}" cannot be a campaign: names have A-Z a-z 0-9 _ -', as_json)
    found = send("GET", f"/api/v1/campaigns/{name}/amd", control, as_json)["amd"]
    if as_json:
        ask.print_json(found)
        return
    for line in _lines(found):
        typer.echo(show.clean(line))


def _lines(found: dict[str, Any]) -> Iterator[str]:
    if not found["verdicts"]:
        yield "nobody was listened to; campaigns do with machines: {detect: true}"
        return
    yield f"{found['verdicts']} were listened to, half of them for {found['listened_p50_s']:.1f} s at most"
    yield f"nine of ten for {found['listened_p90_s']:.1f} s at most"
    for heard, count in found["heard"].items():
        noted, wrong = found["noted"].get(heard, 0), found["wrong"].get(heard, 0)
        yield f"{count:>8}  {heard}" + (f"; agents noted something of {noted}, and said otherwise of {wrong}")
    for sign, count in found["signs"].items():
        yield f"{count:>8}  by sign: {sign}"
    for advice in found["advice"]:
        yield f"machines.amd.{advice['key']}: {advice['better']:g} instead of {advice['now']:g}: {advice['why']}"
    if not found["advice"]:
        yield "no other value is advised"
