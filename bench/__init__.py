"""Measurements, one command each; the last line of stdout is one JSON object."""

from __future__ import annotations

import sys
from importlib.util import find_spec

if find_spec("msgspec") is None:  # a Python that is not the checkout's: a traceback would name no way out
    module = next((word for word in sys.orig_argv if word.startswith("bench.")), "bench.load")
    raise SystemExit(f"this Python lacks what benchmarks need: .venv/bin/python -m {module} (`make setup` makes .venv)")
