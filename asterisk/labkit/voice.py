"""Where is a text-to-speech program for this machine? Debian's espeak-ng, in the cache, fetched if it is not there yet.

espeak-ng is GPL-3: a program that is started, never linked and never part of what we ship.
"""

from pathlib import Path

from labkit.packages import Program, fetch_program

ESPEAK = Program(
    name="espeak-ng",
    packages=("espeak-ng",),
    wrapper="""#!/bin/sh
R=$(dirname "$(readlink -f "$0")")/root/usr
L=$R/lib/{machine}-linux-gnu
exec "$L/{loader}" --library-path "$L:$L/pulseaudio" "$R/bin/espeak-ng" --path="$L" "$@"
""",
    instead="set CTI_ESPEAK to the program",
    needed_mb=150,
    download_mb=22,
)


def fetch_voice() -> Path:
    """The program espeak-ng, fetched now if it is not there yet. Raises CannotBeHad with the reason."""
    return fetch_program(ESPEAK)
