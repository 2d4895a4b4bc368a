"""Does the core queue as theory says? Simulated figures beside closed formulas. `.venv/bin/python -m bench.theory`.

Erlang C, Erlang A, accumulating priority (targets) and strict priority (tiers). The table goes to stderr; the last line
of stdout is one JSON object: how many points, and the largest deviation in standard errors of the simulation. Of about
180 honest figures the largest is expected between 2 and 3.5.
"""

from __future__ import annotations

import argparse
import json
import sys
import time

from bench.saying import say
from tests.theory.points import HEAVY, POINTS, Figure, everywhere

ROW = "{:<36} {:<12} {:>10} {:>10} {:>9} {:>7} {:>7}"


def main(argv: list[str] | None = None) -> int:
    """Exit code 1 if a figure is more than 4.5 standard errors off: that is no chance any more."""
    parser = argparse.ArgumentParser(prog="bench.theory", description="The core against queueing theory.")
    parser.add_argument("--scale", type=float, default=3.0, help="times the calls of the tests (default %(default)s)")
    options = parser.parse_args(argv)
    started = time.perf_counter()
    points = POINTS + HEAVY
    calls = int(sum(point.calls for point in points) * options.scale)
    say(f"{len(points)} points, {calls:,} calls")
    say(ROW.format("point", "figure", "theory", "simulated", "+- 95 %", "cycles", "sigma"))
    worst: Figure | None = None
    for figure in everywhere(points, options.scale):
        say(
            ROW.format(
                figure.point.name[:36],
                figure.name,
                f"{figure.theory:.5g}",
                f"{figure.simulated:.5g}",
                f"{1.96 * figure.error:.3g}",
                figure.cycles,
                f"{figure.sigma:+.2f}",
            )
        )
        if worst is None or abs(figure.sigma) > abs(worst.sigma):
            worst = figure
    assert worst is not None
    say(f"{time.perf_counter() - started:.1f} s; worst: {worst.name} of {worst.point.name}, {worst.sigma:+.2f} sigma")
    print(json.dumps({"points": len(points), "worst_sigma": round(abs(worst.sigma), 2)}))
    return 1 if abs(worst.sigma) > 4.5 else 0


if __name__ == "__main__":
    sys.exit(main())
