"""Which demo is wanted? Words of the command line and variables of the environment, read once; starts nothing."""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent.parent
MAX_SECONDS = 86_400.0

EPILOG = """
environment:
  CTI_AMI=HOST:PORT     use your own Asterisk: starts no Asterisk and no phones, touches nothing of yours. With it
                        CTI_AMI_USER (cti), CTI_AMI_SECRET, CTI_AGI_TOKEN, CTI_AGI=HOST:PORT (where callers come in)
  CTI_CONFIG=FILE       your contact centre instead of config/center.yaml
  CTI_ASTERISK=none     behave as if no Asterisk could be had: the demo on the simulator
  CTI_CACHE, CTI_ASTERISK_ROOT, CTI_DEBIAN_MIRROR: see asterisk/lab --help

exit codes: 0 done, 1 a call was lost or something failed, 2 wrong words or a bad configuration
"""


@dataclass(frozen=True)
class OwnAsterisk:
    """An operator's Asterisk. `agi` is where the engine listens for callers; None: as the configuration says."""

    host: str
    port: int
    user: str
    secret: str
    agi_token: str
    agi: str | None


@dataclass(frozen=True)
class Wishes:
    """What was asked for. `seconds` is None for "until Ctrl-C"."""

    seconds: float | None
    folder: Path
    plain: bool
    seed: int
    config: Path
    own: OwnAsterisk | None


def read_wishes(arguments: Sequence[str], environ: Mapping[str, str] | None = None) -> Wishes:
    """Return what the words and the environment ask for; exits with 2 where they make no sense."""
    environ = os.environ if environ is None else environ
    parser = _parser()
    words = parser.parse_args(arguments)
    if not 0 <= words.seconds <= MAX_SECONDS:
        parser.error(f"--seconds must be 0 (until Ctrl-C) to {MAX_SECONDS:.0f}")
    try:
        own = _own_asterisk(environ)
    except ValueError as error:
        parser.error(str(error))
    return Wishes(
        seconds=words.seconds or None,
        folder=words.folder.expanduser().resolve(),
        plain=words.plain,
        seed=words.seed,
        config=Path(environ.get("CTI_CONFIG") or CHECKOUT / "config" / "center.yaml"),
        own=own,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="cti demo",
        description="A small contact centre on a real Asterisk, live in this terminal.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--seconds", type=float, default=0.0, metavar="S", help="end by itself (0: at Ctrl-C)")
    parser.add_argument("--plain", action="store_true", help="one line every 5 s, also in a terminal")
    parser.add_argument("--seed", type=int, default=7, metavar="N", help="of the callers (7)")
    default = CHECKOUT / ".lab" / "demo"
    parser.add_argument("--folder", type=Path, default=default, metavar="DIR", help="logs and state (.lab/demo)")
    return parser


def _own_asterisk(environ: Mapping[str, str]) -> OwnAsterisk | None:
    address = environ.get("CTI_AMI")
    if not address:
        return None
    host, _, port = address.rpartition(":")
    if not host or not port.isdecimal() or not 0 < int(port) < 65536:
        raise ValueError("CTI_AMI must be HOST:PORT, such as 127.0.0.1:5038")
    secret = environ.get("CTI_AMI_SECRET", "")
    if not secret:
        raise ValueError("CTI_AMI needs CTI_AMI_SECRET too: the secret of that user in manager.conf")
    token = environ.get("CTI_AGI_TOKEN", "")
    if not token:
        raise ValueError("CTI_AMI needs CTI_AGI_TOKEN too: CTI_TOKEN of your extensions_cti.conf")
    user = environ.get("CTI_AMI_USER") or "cti"
    return OwnAsterisk(host.strip("[]"), int(port), user, secret, token, environ.get("CTI_AGI") or None)
