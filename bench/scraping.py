"""What does an engine say of itself over HTTP? Its /metrics as numbers, and what /readyz says is missing."""

from __future__ import annotations

import re
import urllib.error
import urllib.request

METRICS_S = 20.0
READY_S = 2.0
_SAMPLE = re.compile(r"^([a-zA-Z_:]+)(?:\{([^}]*)\})? (\S+)$", re.MULTILINE)

Metrics = dict[tuple[str, str], float]  # by name and labels as written


def scrape(address: str) -> Metrics:
    """Everything that host:port says at /metrics. Raises OSError."""
    with urllib.request.urlopen(f"http://{address}/metrics", timeout=METRICS_S) as answer:
        return read_metrics(answer.read().decode())


def read_metrics(text: str) -> Metrics:
    """Every sample of Prometheus' text."""
    return {(name, labels or ""): float(value) for name, labels, value in _SAMPLE.findall(text)}


def total(metrics: Metrics, name: str, label: str = "") -> float:
    """The sum over all labels that contain `label`."""
    return sum(value for (each, labels), value in metrics.items() if each == name and label in labels)


def quantile_ms(before: Metrics, after: Metrics, name: str, share: float) -> float | None:
    """A quantile of what a histogram took in between two looks: the upper bound of its bucket. None: nothing came."""
    grown: list[tuple[float, float]] = []
    for (each, labels), value in after.items():
        if each == f"{name}_bucket":
            bound = float(labels.partition('le="')[2].partition('"')[0])
            grown.append((bound, value - before.get((each, labels), 0.0)))
    grown.sort()
    if not grown or grown[-1][1] <= 0:
        return None
    wanted = share * grown[-1][1]
    return next(1000.0 * bound for bound, count in grown if count >= wanted)


def not_ready(address: str) -> str:
    """What /readyz at host:port says is missing; nothing where it is ready."""
    try:
        with urllib.request.urlopen(f"http://{address}/readyz", timeout=READY_S):
            return ""
    except urllib.error.HTTPError as refused:
        return refused.read().decode(errors="replace")[:500]
    except OSError as problem:
        return type(problem).__name__
