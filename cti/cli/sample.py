"""What does `cti sample-backend` read and say? The words of the command line around cti/sample/."""

from __future__ import annotations

import asyncio
import os
import signal
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from cti.model.errors import ConfigError
from cti.sample.backend import make_app, serve
from cti.sample.shop import DATA, Shop, load

WRONG, BAD_INPUT = 1, 2
TOKEN = "CTI_SAMPLE_TOKEN"


def sample_backend_command(
    port: Annotated[int, typer.Option(min=0, max=65535, help="where it listens; 0: any free port")] = 8490,
    host: Annotated[str, typer.Option(help="the address it listens on")] = "127.0.0.1",
    data: Annotated[Path, typer.Option("--data", metavar="FILE", help="its orders, customers and articles")] = DATA,
    today: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="the day it believes in; default: today")
    ] = None,
    delay_s: Annotated[float, typer.Option(min=0, max=60, help="answer so late, to see what flows do then")] = 0.0,
    broken: Annotated[bool, typer.Option("--broken", help="answer 503 to everything")] = False,
) -> None:
    """Serve the sample shop that the example flows ask: orders, delivery, returns, price protection, articles.

    Try: curl http://127.0.0.1:8490/api/orders/10000001. With CTI_SAMPLE_TOKEN set it asks for that bearer token.
    """
    try:
        shop = Shop(load(data), today.date() if today else date.today())
    except ConfigError as error:
        for line in error.problems:
            typer.echo(f"error: {line}", err=True)
        if not data.exists():
            typer.echo("give one by --data; the sources have config/sample-backend/shop.yaml", err=True)
        raise typer.Exit(BAD_INPUT) from None
    app = make_app(shop, token=os.environ.get(TOKEN, ""), delay_s=delay_s, broken=broken)

    async def run() -> None:
        task = asyncio.current_task()
        assert task is not None
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, task.cancel)
        await serve(app, host, port, lambda real: typer.echo(f"the sample shop is at http://{host}:{real}/api"))

    try:
        asyncio.run(run())
    except OSError as error:
        typer.echo(f"error: cannot listen on {host}:{port}: {error.strerror}; give another --port", err=True)
        raise typer.Exit(WRONG) from None
