"""Does the result of `cti simulate` fit a terminal, and does it judge the expected waits?"""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from cti.cli.simulate_show import show
from cti.sim.whatif import FIGURES, Outcome, Row
from cti.sim.whatif_stats import UNKNOWN, Interval

pytestmark = pytest.mark.unit


def row(queue: str, start_s: float | None, kept: float | None = 0.9) -> Row:
    figures = {name: Interval(0.4567, 0.3, 0.56) for name in FIGURES} | {"asa_s": Interval(-31.25, -41.1, -20.0)}
    figures |= {"offered": Interval(1234.5, 1200.0, 1300.0), "ewt_announced": Interval(12.0)}
    return Row(queue, start_s, figures | {"ewt_kept": UNKNOWN if kept is None else Interval(kept)})


def shown(outcome: Outcome, *names: str) -> str:
    text = io.StringIO()
    show(outcome, names, 3, Console(file=text, width=80, no_color=True))
    return text.getvalue()


def test_two_configurations_and_every_figure_fit_into_80_columns() -> None:
    rows = [row(queue, start_s) for queue in ("sales", "") for start_s in (32_400.0, None)]
    lines = shown(Outcome([rows, rows], rows, 10, [0, 1]), "center.yaml", "idea.yaml").splitlines()
    assert (
        max(map(len, lines)) <= 105 and max(len(line) for line in lines if "±" in line and "interval" not in line) <= 80
    )
    assert "A = center.yaml" in lines and "B = idea.yaml" in lines
    (first, *_) = [line for line in lines if line.startswith("09:00")]
    assert first.split()[1:4] == ["A", "1234.5", "45.7"]  # a line is one line: nothing is folded
    (change, *_) = [line for line in lines if "B-A" in line]
    assert "+45.7 ±15.7*" in change and "-31.2 ±11.2*" in change
    assert "idea.yaml: 1 caller never served: is somebody on the roster for them?" in lines


@pytest.mark.parametrize(
    ("kept", "words"),
    [
        (0.9, "kept for 90.0 %"),
        (0.7, "kept for 70.0 %; too hopeful"),
        (0.99, "kept for 99.0 %; longer than needed"),
        (None, "not yet known to anybody"),
    ],
)
def test_a_promise_is_judged(kept: float | None, words: str) -> None:
    (line,) = (x for x in shown(Outcome([[row("sales", None, kept)]], [], 1, [0]), "c").splitlines() if "sales: " in x)
    assert line.endswith(words)
