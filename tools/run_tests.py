"""All tests, in all processes; a few that failed there are tried once more, alone on the machine, and told as such.

A test with a real Asterisk or browser beside two processes full of others may miss its patience without anything being
wrong. What fails alone, too, has failed. What holds alone is named loudly: it is a race in the test or in the product,
to be looked at, and no reason to stop. Where many failed nothing is tried again.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

FEW = 12
SOME_FAILED = 1  # pytest's exit code; others (interrupted, internal error, nothing collected) are final
ROOT = Path(__file__).parents[1]
MEMORY = ROOT / ".pytest_cache/v/cache/lastfailed"  # where pytest keeps what failed


def pytest(*words: str) -> int:
    """Run it; its exit code."""
    return subprocess.run([sys.executable, "-m", "pytest", *words], cwd=ROOT, check=False).returncode


def failed() -> list[str]:
    """Return the tests that the last run of pytest left failing."""
    return sorted(json.loads(MEMORY.read_text())) if MEMORY.exists() else []


def main(words: list[str]) -> int:
    """Run them with `words`; 0 where every test has held at least alone."""
    MEMORY.unlink(missing_ok=True)
    code = pytest("-n", "auto", *words)
    beside = failed()
    if code != SOME_FAILED or not 0 < len(beside) <= FEW:
        return code
    print(f"make test: {len(beside)} failed beside others, and are tried again, alone", flush=True)
    code = pytest(*beside)
    alone = set(failed())
    for test in beside:
        print(f"make test: {'FAILED TWICE' if test in alone else 'FAILED BESIDE OTHERS, HELD ALONE'}: {test}")
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
