"""Does the lab end quietly where nobody reads on (`asterisk/lab status | head`)?"""

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.unit

ASTERISK = Path(__file__).resolve().parent.parent.parent / "asterisk"


def test_who_has_read_enough_is_no_error() -> None:
    printing = "from labkit.cli import _print; _print('x' * 100_000)"
    with subprocess.Popen(
        [sys.executable, "-c", printing], cwd=ASTERISK, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as child:
        assert child.stdout is not None and child.stderr is not None
        child.stdout.close()
        said = child.stderr.read()
    assert (child.returncode, said) == (0, b"")
