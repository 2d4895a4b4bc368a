"""What happened in a failing seed? `python -m cti.sim.replay --seed N` prints every step up to the failure.

Also: `--scenario FILE` replays a named case, `--shrink FILE` writes the smallest world that still fails as a scenario.
"""

from __future__ import annotations

import argparse
import shlex
import sys
from pathlib import Path

import msgspec

from cti.model.changes import Changed
from cti.sim import scenario
from cti.sim.plan import FaultKind, Plan
from cti.sim.plans import KINDS, QUICK_TALKS_S, random_plan
from cti.sim.shrink import shrink
from cti.sim.world import EPOCH, Result, Step, run


def main(argv: list[str] | None = None) -> int:
    """Exit code 1 if the world fails."""
    options = _options(argv)
    plan = _plan(options)
    result = run(plan, keep=None)
    if not options.quiet:
        for step in result.trace[-options.last :] if options.last else result.trace:
            if text := render(step, only=options.only):
                print(text)
    print(summary(result))
    if result.violation is None:
        return 0
    print(f"replay: .venv/bin/python -m cti.sim.replay {shlex.join(argv if argv is not None else sys.argv[1:])}")
    if options.shrink:
        small = shrink(plan, result.violation.rule)
        Path(options.shrink).write_text(scenario.dump(small, f"fails with {result.violation.rule}"), encoding="utf-8")
        print(f"the smallest world that still fails: {options.shrink}")
    return 1


def _options(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="cti.sim.replay", description="Replay one simulated world, step by step.")
    parser.add_argument("--seed", type=int, help="the seed that a failing run has printed")
    parser.add_argument("--scenario", help="a scenario file instead of a seed")
    parser.add_argument("--calls", type=int, help="number of callers (as the failing run used it)")
    parser.add_argument("--hours", type=float, help="length (as the failing run used it)")
    parser.add_argument("--talks", help="mean lengths of a talk in seconds (as the failing run used them): 60,120")
    parser.add_argument(
        "--faults", help=f"comma-separated, of {','.join(KINDS)}; 'none' for none; default: by the seed"
    )
    parser.add_argument("--only", default="", help="print only steps that contain this text, e.g. an agent or a call")
    parser.add_argument("--last", type=int, default=0, help="print only the last so many steps")
    parser.add_argument("--quiet", action="store_true", help="print only how it ended")
    parser.add_argument("--shrink", metavar="FILE", help="write the smallest failing world to this scenario file")
    options = parser.parse_args(argv)
    if (options.seed is None) == (options.scenario is None):
        parser.error("give --seed N or --scenario FILE")
    return options


def _plan(options: argparse.Namespace) -> Plan:
    if options.scenario:
        return scenario.load(Path(options.scenario)).plan
    faults: tuple[FaultKind, ...] | None = None
    if options.faults is not None:
        names = [] if options.faults == "none" else options.faults.split(",")
        faults = tuple(msgspec.convert(names, list[FaultKind]))
    talks_s = tuple(map(float, options.talks.split(","))) if options.talks else QUICK_TALKS_S
    return random_plan(options.seed, calls=options.calls, hours=options.hours, faults=faults, talks_s=talks_s)


def render(step: Step, only: str = "") -> str:
    """One step as text: the event, then what came of it; "" if it does not contain `only`.

    Simulated people have no personal data to hide.
    """
    now, event, outputs = step
    lines = [f"{now - EPOCH:10.4f} {event}"]
    for output in outputs:
        if isinstance(output, Changed):
            extra = {
                name: value
                for name in ("cause", "agent", "queue", "contact", "until", "reason", "key", "since", "why")
                if (value := getattr(output, name)) is not None
            }
            lines.append(f"             * {output.kind} {output.id}: {output.old or '-'} -> {output.new} {extra}")
        else:
            lines.append(f"             > {output}")
    text = "\n".join(lines)
    return text if only in text else ""


def summary(result: Result) -> str:
    counts = ", ".join(f"{count} {outcome.split('.')[-1]}" for outcome, count in sorted(result.outcomes.items()))
    text = f"{result.calls} calls, {result.events} events: {counts}; {result.agreements} times core and switch agreed"
    if result.violation is None:
        return f"holds: {text}"
    return f"FAILS: {result.violation}\n({text})"


if __name__ == "__main__":
    sys.exit(main())
