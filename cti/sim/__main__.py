"""Can the engine be tried without Asterisk? `python -m cti.sim --ami 127.0.0.1:5038 --agi 127.0.0.1:4573`.

Callers and agents of the simulator, in real time, over real AMI and FastAGI bytes. Stops by itself with --seconds, or
with Ctrl-C; the last line of stdout is one JSON object.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import random
import signal
import sys

from cti.sim.street import Presses, Street
from cti.sim.tcp import Address, TcpSwitch

REPORT_EVERY_S = 10.0


def main(argv: list[str] | None = None) -> int:
    """Exit code 0, or 2 if an address is taken."""
    options = _options(argv)
    try:
        asyncio.run(_run(options))
    except OSError as error:
        print(f"cannot listen on {options.ami}: {error.strerror}; is something running there?", file=sys.stderr)
        return 2
    return 0


def _options(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="cti.sim", description="A simulated Asterisk with callers and agents.")
    parser.add_argument("--ami", action="append", help="where to listen for AMI; again for a second node (host:port)")
    parser.add_argument("--agi", default="127.0.0.1:4573", help="the engine's FastAGI (default %(default)s)")
    parser.add_argument("--username", default="cti", help="AMI user (default %(default)s)")
    parser.add_argument("--secret", default="cti", help="AMI secret (default %(default)s)")
    parser.add_argument("--token", default="cti", help="the secret in the FastAGI path (default %(default)s)")
    parser.add_argument("--agents", type=int, default=10, help="number of phones (default %(default)s)")
    parser.add_argument("--first-phone", type=int, default=1001, help="their numbers begin here (default %(default)s)")
    parser.add_argument("--numbers", default="6001,6002,6003", help="what callers dial (default %(default)s)")
    parser.add_argument(
        "--press",
        action="append",
        type=presses,
        metavar="NUMBER=SECONDS:KEY,...",
        default=[],
        help="what callers of a number press, and when; again: one of these each time",
    )
    parser.add_argument("--calls-per-minute", type=float, default=30.0, help="default %(default)s")
    parser.add_argument("--talk-s", type=float, default=15.0, help="mean length of a talk (default %(default)s)")
    parser.add_argument(
        "--patience-s", type=float, default=60.0, help="mean patience of a caller (default %(default)s)"
    )
    parser.add_argument(
        "--miss", type=float, default=0.05, help="share of rings that nobody answers (default %(default)s)"
    )
    parser.add_argument("--seconds", type=float, help="stop by itself after so long (default: on Ctrl-C)")
    parser.add_argument("--seed", type=int, default=0, help="same seed, same people (default %(default)s)")
    options = parser.parse_args(argv)
    options.ami = options.ami or ["127.0.0.1:5038"]
    return options


def presses(text: str) -> Presses:
    """`6000=3.5:1,6:3`: callers of 6000 press 1 after 3.5 s, and 3 after 6 s. Raises ValueError."""
    number, _, keys = text.partition("=")
    found = [key.split(":") for key in keys.split(",")]
    return number, [(float(at_s), digit) for at_s, digit in found]


async def _run(options: argparse.Namespace) -> None:
    phones = [f"PJSIP/{options.first_phone + n}" for n in range(options.agents)]
    nodes = {f"node{n}": Address.parse(text) for n, text in enumerate(options.ami, 1)}
    switch = TcpSwitch(
        nodes,
        Address.parse(options.agi),
        phones,
        username=options.username,
        secret=options.secret,
        token=options.token,
    )
    await switch.start()
    street = Street(
        switch,
        random.Random(options.seed),
        numbers=options.numbers.split(","),
        calls_per_minute=options.calls_per_minute,
        talk_s=options.talk_s,
        patience_s=options.patience_s,
        miss=options.miss,
        presses=options.press,
    )
    street.open()
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stop.set)
    if options.seconds is not None:
        loop.call_later(options.seconds, stop.set)
    while not stop.is_set():
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), REPORT_EVERY_S)
        print(json.dumps(street.counts()), file=sys.stderr, flush=True)
    street.close()
    await switch.close()
    print(json.dumps(street.counts()), flush=True)


if __name__ == "__main__":
    sys.exit(main())
