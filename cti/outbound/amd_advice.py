"""How often was AMD right, how long did it take, and which of its parameters would have been better? PURE.

AMD() says by which sign it has decided and what it has measured: LONGGREETING-1620-1500 is 1,620 ms of voice where
1,500 are a machine's [app_amd.c]. Agents say what it was (`machines.said`); whom AMD took for a machine nobody hears,
unless it is on trial.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import NamedTuple

import msgspec

from cti.model.campaign import Amd, Machines

ENOUGH = 20  # verdicts of a kind, before anything follows from them
TOO_MANY = 0.05  # of them wrong
UNSURE_TOO_MANY = 0.1
AGENT_WITHIN_S = 2.0  # of the greeting's end: 47 CFR 64.1200(a)(7); he who waits longer hangs up
PERSON, MACHINE, UNSURE = "human", "machine", "unsure"


class Verdict(NamedTuple):
    """What AMD told of one who answered. `said`: the disposition that the agent noted, "" for none."""

    heard: str
    cause: str
    listened_s: float
    said: str = ""

    @property
    def sign(self) -> str:
        return self.cause.partition("-")[0]

    @property
    def measured(self) -> float:
        """The first of the numbers behind the sign (ms, or words); 0: none."""
        number = self.cause.split("-")[1:2]
        return float(number[0]) if number and number[0].isdecimal() else 0.0


class Advice(msgspec.Struct, frozen=True):
    """Another value for a parameter of `machines.amd`, and why."""

    key: str
    now: float
    better: float
    why: str


class AmdReport(msgspec.Struct, frozen=True):
    """`noted`: of how many an agent has noted something; `wrong`: where he said otherwise than AMD."""

    verdicts: int
    heard: dict[str, int]
    signs: dict[str, int]
    listened_p50_s: float | None
    listened_p90_s: float | None
    noted: dict[str, int]
    wrong: dict[str, int]
    advice: tuple[Advice, ...]


def report(verdicts: Sequence[Verdict], machines: Machines) -> AmdReport:
    """Return what `verdicts` (of any order) come to for a campaign that goes by `machines`."""
    said = [verdict for verdict in verdicts if verdict.said]
    wrong = [verdict for verdict in said if (verdict.said in machines.said) != (verdict.heard == MACHINE)]
    wrong = [verdict for verdict in wrong if machines.said]
    return AmdReport(
        len(verdicts),
        dict(Counter(verdict.heard for verdict in verdicts).most_common()),
        dict(Counter(f"{verdict.heard} {verdict.sign}".strip() for verdict in verdicts).most_common()),
        share_at([verdict.listened_s for verdict in verdicts], 0.5),
        share_at([verdict.listened_s for verdict in verdicts], 0.9),
        dict(Counter(verdict.heard for verdict in said)),
        dict(Counter(verdict.heard for verdict in wrong)),
        tuple(_advice(verdicts, said, wrong, machines.amd)),
    )


def share_at(values: Collection[float], share: float) -> float | None:
    """The value that so great a share does not exceed; None of nothing."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else None


def _advice(
    verdicts: Sequence[Verdict], said: Sequence[Verdict], wrong: Sequence[Verdict], amd: Amd
) -> Iterator[Advice]:
    people = _of(said, lambda verdict: verdict.heard == MACHINE)
    taken = _of(wrong, lambda verdict: verdict.heard == MACHINE)
    if len(people) >= ENOUGH and len(taken) > TOO_MANY * len(people):
        yield from _people_taken_for_machines(taken, len(people), amd)
    heard_people = _of(said, lambda verdict: verdict.heard != MACHINE)
    missed = _of(wrong, lambda verdict: verdict.heard == PERSON)
    if len(heard_people) >= ENOUGH and len(missed) > TOO_MANY * len(heard_people):
        why = f"{len(missed)} of {len(heard_people)} who were put through were machines that paused in their greeting"
        yield _better(amd, "after_greeting_silence_s", round(min(1.5, amd.after_greeting_silence_s + 0.2), 2), why)
    unsure = _of(verdicts, lambda verdict: verdict.sign == "TOOLONG")
    if len(verdicts) >= ENOUGH and len(unsure) > UNSURE_TOO_MANY * len(verdicts):
        why = f"{len(unsure)} of {len(verdicts)} were listened to for {amd.total_analysis_s:g} s, and it was not known"
        shorter = max(AGENT_WITHIN_S, amd.total_analysis_s - 1.0)
        if shorter < amd.total_analysis_s:
            yield _better(amd, "total_analysis_s", shorter, f"{why}: they wait for nothing")


def _people_taken_for_machines(taken: Sequence[Verdict], people: int, amd: Amd) -> Iterator[Advice]:
    long = [verdict.measured / 1000 for verdict in taken if verdict.sign == "LONGGREETING"]
    if long:
        why = f"{len(long)} of {people} taken for machines were people with a long greeting"
        yield _better(amd, "greeting_s", round(max(amd.greeting_s, share_at(long, 0.9) or 0.0) + 0.1, 1), why)
    words = [verdict.measured for verdict in taken if verdict.sign == "MAXWORDS"]
    if words:
        why = f"{len(words)} of {people} taken for machines were people of many words"
        yield _better(amd, "max_words", max(amd.max_words, max(words)) + 1, why)


def _of(verdicts: Sequence[Verdict], wanted: Callable[[Verdict], bool]) -> list[Verdict]:
    return [verdict for verdict in verdicts if wanted(verdict)]


def _better(amd: Amd, key: str, better: float, why: str) -> Advice:
    return Advice(key, float(getattr(amd, key)), better, why)
