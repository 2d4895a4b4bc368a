"""10,000 real SIP calls at once, on several real Asterisks, with one engine or more: is any lost, passed over, or late?

SIPp plays the callers (some give up, the rest leave at the end) and 500 agents' phones, which answer after two seconds,
talk, hang up, and send a few callers on. Nothing is converted and no sound is sent. The last line of stdout is one JSON
object; README.md says what it means. Run: `make bench-load` (CALLS=, NODES=, ENGINES=, AGENTS=, HOLD_S=), 7 minutes.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import load_books as books
from bench import load_needs as needs
from bench.load_gauges import Gauges, Sample, together
from bench.load_lab import RunningEngine, engine, nodes, staff
from bench.load_people import People
from bench.load_plan import Plan, agents_for
from bench.load_records import last_words, phones
from bench.load_report import Report, whole
from bench.processes import end_on_sigterm, told_if_ended
from bench.saying import say
from bench.waiting import until
from cti.machine import raise_file_limit

LOOK_S = 5.0  # a look at /metrics costs the engine some 30 ms


class Centre:
    """One engine, its Asterisks and everybody who calls it. `folder`: of its own."""

    def __init__(self, plan: Plan, lab: Mapping[str, Any], folder: Path) -> None:
        self._plan, self._lab, self._folder = plan, lab, folder
        self.people = People(plan, lab, folder)
        self._running: RunningEngine
        self._gauges: Gauges

    @asynccontextmanager
    async def up(self) -> AsyncIterator[Centre]:
        """Ready for callers, its phones open; ended with the block."""
        with engine(self._plan, self._lab, self._folder) as self._running:
            async with Gauges(self._lab["nodes"], self._running.pid, self._running.http) as self._gauges:
                try:
                    await self.people.open_phones()
                    yield self
                finally:
                    await self.people.close()
            if not await self._running.until_written():
                say("  the history does not tell every contact's end")
            for line in [line for line in self._running.log_lines() if "level=info" not in line][:20]:
                say(f"  engine: {line[:200]}")

    async def look(self) -> Sample:
        return await self._gauges.look()

    def report(self, first: Sample, last: Sample, samples: list[Sample]) -> Report:
        """What its books say, when it has ended."""
        seen = phones(self.people.phones_said())
        facts = list(self._running.facts())
        told = last_words(self.people.callers_said())
        account = books.settle(told, seen.served, seen.sent_on, self._running.contacts(), facts)
        differs = books.log_differs(self._running.queue_log(), facts)
        violations = books.passed_over(facts, staff(self._plan))
        return Report(self._plan, first, last, samples, seen, account, violations, differs)


async def look(centres: Sequence[Centre]) -> Sample:
    """At all of them, at once. Raises OSError where an engine does not answer."""
    return together(await asyncio.gather(*(centre.look() for centre in centres)))


async def watch(plan: Plan, centres: Sequence[Centre], began: float) -> list[Sample]:
    """Look until the last caller is gone, or it has lasted too long."""

    def still_calling() -> int:
        return sum(centre.people.still_calling for centre in centres)

    samples: list[Sample] = []
    coming = True
    while still_calling() and time.time() < began + plan.longest_s:
        try:
            sample = await look(centres)
        except OSError as problem:
            say(f"  {time.time() - began:4.0f} s: an engine does not answer ({type(problem).__name__})")
        else:
            samples.append(sample)
            counted = "" if sample.asterisk is None else f" ({sample.asterisk} in Asterisk)"
            say(
                f"  {sample.at - began:4.0f} s {'coming' if coming else 'leaving'}: {sample.engine} calls{counted},"
                f" {sample.waiting} wait; engine {sample.engine_kib >> 10} MiB; load average {os.getloadavg()[0]:.0f}"
            )
        if coming and time.time() > began + plan.last_comes_s:
            coming = False
            for centre in centres:
                centre.people.stop_coming()
        await until(lambda: not still_calling(), LOOK_S)
    if still_calling():
        say(f"  {still_calling()} of the callers' SIPps still have calls; they are ended")
    return samples


async def measure(plan: Plan, centres: Sequence[Centre]) -> Report:
    """One run."""
    end_on_sigterm()
    async with AsyncExitStack() as stack:
        for centre in centres:
            await stack.enter_async_context(centre.up())
        await asyncio.sleep(2.0)
        trouble = [said for centre in centres if (said := centre.people.trouble())]
        if trouble:
            raise SystemExit(f"SIPp did not start: {', '.join(trouble)}")
        first, began = await look(centres), time.time()
        await asyncio.gather(*(centre.people.begin(began + plan.end_after_s) for centre in centres))
        samples = await watch(plan, centres, began)
        await asyncio.sleep(3.0)
        try:
            last = await look(centres)
        except OSError:
            last = samples[-1]
    return whole(plan, [centre.report(first, last, samples) for centre in centres])


@dataclass
class Records:
    """The folder of everything that one run writes; `is_needed`: somebody has a reason to read it afterwards."""

    folder: Path
    is_needed: bool = True


@contextmanager
def records(keep: bool) -> Iterator[Records]:
    """A folder that stays unless it is said not to be needed: why a run was not good its records alone can tell.

    Nobody needs them whose run somebody ended (Ctrl-C, SIGTERM). `keep`: it stays in any case.
    """
    found = Records(Path(tempfile.mkdtemp(prefix="cti-load-")))
    try:
        yield found
    except (KeyboardInterrupt, asyncio.CancelledError):
        found.is_needed = False
        raise
    finally:
        if keep or found.is_needed:
            say(f"kept: {found.folder} (records hold made-up numbers only)")
        else:
            shutil.rmtree(found.folder, ignore_errors=True)


def run(plan: Plan, folder: Path) -> Report:
    """One run with everything that it takes, which has ended when it returns."""
    with ExitStack() as stack:
        centres = []
        for share in plan.shares():
            own = folder / str(share.number)
            own.mkdir()
            centres.append(Centre(share, stack.enter_context(nodes(share, own)), own))
        say(
            f"{plan.nodes} Asterisks, {plan.engines} engine(s); {plan.calls} calls, {plan.agents} agents:"
            f" {plan.ramp_s:.0f} s until all are there, {plan.hold_s:.0f} s of peak, at most"
            f" {plan.longest_s / 60:.0f} minutes in all; load average {os.getloadavg()[0]:.1f}"
        )
        return asyncio.run(measure(plan, centres))


def main() -> int:
    """Run the benchmark; the exit code: 0 only where nobody was lost or passed over."""
    options = _options()
    plan = Plan(
        options.calls,
        options.nodes,
        options.agents or agents_for(options.calls, options.engines),
        options.hold_s,
        options.rate,
        talk_s=options.talk_s,
        engines=options.engines,
    )
    raise_file_limit()
    with told_if_ended(ValueError), records(options.keep) as written:
        lacking = needs.missing(plan, needs.look(written.folder))
        if lacking:
            say("this machine cannot bear that:\n" + "\n".join(f"  {line}" for line in lacking))
            written.is_needed = False
            return 2
        report = run(plan, written.folder)
        words, figures = list(report.words()), json.dumps(report.figures())
        written.is_needed = not report.is_good
    for line in words:
        say(line)
    print(figures, flush=True)
    return 0 if report.is_good else 1


def _options() -> argparse.Namespace:
    default = Plan()
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--calls", type=int, default=default.calls, help="calls at once (10000)")
    parser.add_argument("--nodes", type=int, default=default.nodes, help="Asterisks; 2,600 calls each at most (4)")
    parser.add_argument("--engines", type=int, default=default.engines, help="centres that share all that (1)")
    parser.add_argument("--agents", type=int, help="with phones; at most 900 (one for 20 calls, at most 500)")
    parser.add_argument("--hold-s", type=float, default=default.hold_s, help="seconds at the peak (60)")
    parser.add_argument("--rate", type=float, default=default.rate_per_s, help="callers a second at first (100)")
    parser.add_argument("--talk-s", type=float, default=default.talk_s, help="how long people talk, on average (20)")
    parser.add_argument(
        "--keep", action="store_true", help="keep the folder with every record and log, also of a run that was good"
    )
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
