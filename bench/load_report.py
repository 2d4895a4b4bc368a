"""What does a run of bench.load amount to? Its samples and books as figures and words. PURE."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from operator import add

from bench.load_books import Account
from bench.load_gauges import Sample, peak
from bench.load_plan import Plan
from bench.load_records import Phones
from bench.percentiles import percentile
from bench.scraping import quantile_ms, total

HISTOGRAMS = (
    ("cti_assign_seconds", "from free to the leg of the phone, as the engine sees it"),
    ("cti_loop_lag_seconds", "how late the engine's loop was"),
    ("cti_ami_lag_seconds", "round trip of the engine's AMI pings"),
)


@dataclass(frozen=True)
class Report:
    """All that was seen. `first`: before the first call; `last`: when every call was over."""

    plan: Plan
    first: Sample
    last: Sample
    samples: Sequence[Sample]
    phones: Phones
    account: Account
    order_violations: int
    log_differs: Mapping[str, int]

    @property
    def _window(self) -> tuple[Sample, Sample]:
        """The peak; of a run that did not reach it, the ten fullest looks."""
        found = peak(self.samples, self.plan.calls)
        if found is None:
            fullest = sorted(sorted(self.samples, key=lambda look: look.engine)[-10:], key=lambda look: look.at)
            found = (fullest[0], fullest[-1])
        return found

    @property
    def _fullest(self) -> Sample:
        return max(self.samples, key=lambda look: look.both)

    @property
    def is_good(self) -> bool:
        """The peak was reached, nobody was lost or passed over, and every book says the same."""
        reached = peak(self.samples, self.plan.calls) is not None
        return reached and not (self.account.lost or self.order_violations or self.log_differs)

    def figures(self) -> dict[str, int | float | None]:
        """The line of JSON; what the keys mean is in bench/README.md."""
        begin, end = self._window
        gaps = self.phones.gaps_ms(begin.at, end.at)
        fullest = self._fullest
        return {
            "peak_concurrent": fullest.both,
            "offered": self.account.offered,
            "lost": self.account.lost,
            "order_violations": self.order_violations,
            "p50_ms": round(percentile(gaps, 0.50), 2) if gaps else None,
            "p99_ms": round(percentile(gaps, 0.99), 2) if gaps else None,
            "engine_cpu_ms_per_call": round(
                1000.0 * (self.last.engine_cpu_s - self.first.engine_cpu_s) / max(1, self.account.offered), 2
            ),
            "engine_kib_per_call": round((fullest.engine_kib - self.first.engine_kib) / max(1, fullest.engine), 1),
            "ami_lag_p99_ms": quantile_ms(begin.metrics, end.metrics, "cti_ami_lag_seconds", 0.99),
        }

    def words(self) -> Iterator[str]:
        """The same for people, with what the line of JSON does not say."""
        begin, end = self._window
        seconds, account = max(end.at - begin.at, 0.001), self.account
        if peak(self.samples, self.plan.calls) is None:
            yield (
                f"THE PEAK OF {self.plan.calls} CALLS WAS NOT REACHED; the figures are of the fullest moments;"
                " a lower rate (RATE=), or a machine with less to do, may be what it takes"
            )
        rings = len(self.phones.gaps_ms(begin.at, end.at))
        engine_s, asterisk_s = end.engine_cpu_s - begin.engine_cpu_s, end.asterisk_cpu_s - begin.asterisk_cpu_s
        yield (
            f"peak: at most {self._fullest.asterisk} callers in Asterisk, {self._fullest.engine} in the engine in one"
            f" look; {seconds:.0f} s, {begin.waiting} wait; {rings} rings, {rings / seconds:.1f}/s"
        )
        yield (
            f"  engine {100 * engine_s / seconds:.0f} % of a core ({1000 * engine_s / max(rings, 1):.1f} ms a service),"
            f" Asterisk {100 * asterisk_s / seconds:.0f} % ({1000 * asterisk_s / max(rings, 1):.1f} ms)"
        )
        for name, what in HISTOGRAMS:
            p50, p99 = (quantile_ms(begin.metrics, end.metrics, name, share) for share in (0.50, 0.99))
            if p50 is not None:
                yield f"  {what}: p50 <= {p50:g} ms, p99 <= {p99:g} ms"
        yield f"all: {account.offered} offered, {account.answered} answered, {account.abandoned} gave up or left"
        yield f"  sent on by their agent: {len(self.phones.sent_on)}; rung while busy: {self.phones.rung_while_busy}"
        for name in ("cti_reconcile_corrections_total", "cti_errors_total", "cti_bugs_total", "cti_late_events_total"):
            grown = total(self.last.metrics, name) - total(self.first.metrics, name)
            if grown:
                kinds = {labels: value for (each, labels), value in self.last.metrics.items() if each == name and value}
                yield f"  {name}: {grown:g} {kinds if '' not in kinds else ''}"
        yield from (f"  {count} {what}" for what, count in account.problems.items())
        yield from (f"  queue_log and history differ: {what} by {count}" for what, count in self.log_differs.items())


def whole(plan: Plan, reports: Sequence[Report]) -> Report:
    """What several engines did, as one. They were looked at together: all have the same samples."""
    differs: Counter[str] = Counter()
    for report in reports:
        differs.update(report.log_differs)
    return replace(
        reports[0],
        plan=plan,
        phones=reduce(add, (report.phones for report in reports)),
        account=reduce(add, (report.account for report in reports)),
        order_violations=sum(report.order_violations for report in reports),
        log_differs=differs,
    )
