"""Where is a Valkey that speaks TLS, for the tests of joined engines? $CTI_VALKEY, an installed one, or Debian's.

The server of the wheel that the other tests use is built without TLS.
"""

import shutil
import subprocess
from pathlib import Path

from labkit.packages import Program, fetch_program, given_program

INSTALLED = ("valkey-server", "redis-server")
START_S = 30.0
VALKEY = Program(
    name="valkey",
    packages=("valkey-server",),
    wrapper="""#!/bin/sh
R=$(dirname "$(readlink -f "$0")")/root/usr
L=$R/lib/{machine}-linux-gnu
exec "$L/{loader}" --library-path "$L" "$R/bin/valkey-server" "$@"
""",
    instead="set CTI_VALKEY to the server's program",
    needed_mb=200,
    download_mb=17,
)


def find_valkey() -> Path:
    """A server (Valkey or Redis) that speaks TLS, fetched now if there is none. Raises CannotBeHad with the reason."""
    given = given_program("CTI_VALKEY", "server with TLS", "server that speaks TLS", speaks_tls)
    if given is not None:
        return given
    for name in INSTALLED:
        if (found := shutil.which(name)) and speaks_tls(Path(found)):
            return Path(found)
    return fetch_program(VALKEY)


def speaks_tls(program: Path) -> bool:
    """Whether it is built with TLS: then it wants a certificate before it opens a port for it, and ends here."""
    try:
        done = subprocess.run([program, "--port", "0", "--tls-port", "1"], capture_output=True, timeout=START_S)
    except (OSError, subprocess.SubprocessError):
        return False
    return b"tls-cert-file" in done.stdout + done.stderr
