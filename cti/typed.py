"""How would the reader of our message type that command here? `cti` may not be on his PATH."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path


def typed(words: str) -> str:
    """Return `cti WORDS` as it can be typed in this folder: cti, .venv/bin/cti, a full path, or by this Python."""
    ours = Path(sys.prefix) / "bin" / "cti"
    if not ours.exists():
        return f"{sys.executable} -m cti {words}"
    found = shutil.which("cti")
    if found is not None and os.path.realpath(found) == os.path.realpath(ours):
        return f"cti {words}"
    here = Path.cwd()
    near = here != Path(here.anchor) and ours.is_relative_to(here)  # a service stands in /
    return f"{ours.relative_to(here) if near else ours} {words}"
