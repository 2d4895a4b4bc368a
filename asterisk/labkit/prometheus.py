"""Where is a Prometheus for the tests of what it reads from us? $CTI_PROMETHEUS, an installed one, or Debian's.

The one script runs both of its programs: `prometheus ...`, and `prometheus promtool ...`.
"""

import os
import shutil
from pathlib import Path

from labkit.errors import CannotBeHad
from labkit.packages import Program, fetch_program

PROMETHEUS = Program(
    name="prometheus",
    packages=("prometheus",),
    wrapper="""#!/bin/sh
R=$(dirname "$(readlink -f "$0")")/root/usr
L=$R/lib/{machine}-linux-gnu
P=prometheus
if [ "$1" = promtool ]; then P=promtool; shift; fi
exec "$L/{loader}" --library-path "$L" "$R/bin/$P" "$@"
""",
    instead="set CTI_PROMETHEUS to the folder with prometheus and promtool",
    needed_mb=900,
    download_mb=43,
)


def find_prometheus() -> tuple[list[str], list[str]]:
    """The words that start prometheus, and promtool; fetched if there is none. Raises CannotBeHad with the reason."""
    given = os.environ.get("CTI_PROMETHEUS", "")
    if given == "none":
        raise CannotBeHad("CTI_PROMETHEUS=none: asked to behave as if none could be had")
    folder = Path(given) if given else None
    if folder is None and (installed := shutil.which("prometheus")) and shutil.which("promtool"):
        folder = Path(installed).parent
    if folder is not None:
        return [str(folder / "prometheus")], [str(folder / "promtool")]
    script = str(fetch_program(PROMETHEUS))
    return [script], [script, "promtool"]
