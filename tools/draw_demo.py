"""What does `make run` look like? Runs the demo for a while and draws what a terminal shows as docs/img/demo.svg."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import Any
from unittest import mock

from rich.console import Console

from cti.demo import main, run
from cti.demo.facts import Facts
from cti.demo.picture import picture

FILE = Path(__file__).resolve().parents[1] / "docs" / "img" / "demo.svg"
WIDTH, HEIGHT = 120, 36
RUN_S, LAST_S = 90, 3.0


class Drawing:
    """A screen that keeps the last picture before the callers are stopped."""

    def __init__(self) -> None:
        self._shown: tuple[Mapping[str, Any], Facts] | None = None

    def show(self, snapshot: Mapping[str, Any], facts: Facts) -> bool:
        if facts.left_s is None or facts.left_s > LAST_S:
            self._shown = snapshot, facts
        return True

    def write(self) -> None:
        assert self._shown is not None, "the demo has shown nothing"
        nowhere = TextIOWrapper(BytesIO(), encoding="utf-8")
        console = Console(record=True, width=WIDTH, height=HEIGHT, file=nowhere, force_terminal=True)
        console.print(picture(*self._shown, WIDTH, HEIGHT))
        drawn = re.sub(r"@font-face \{.*?\}\s*", "", console.export_svg(title="make run"), flags=re.DOTALL)
        FILE.write_text(drawn.replace("Fira Code, monospace", "monospace"), encoding="utf-8")  # nothing is fetched


@contextmanager
def _drawn(*, plain: bool) -> Iterator[Drawing]:
    drawing = Drawing()
    yield drawing
    drawing.write()


if __name__ == "__main__":
    with mock.patch.object(run, "open_screen", _drawn):
        sys.exit(main(["--seconds", str(RUN_S), *sys.argv[1:]]))
