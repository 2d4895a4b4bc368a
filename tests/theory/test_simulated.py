"""Does the core queue as theory says? Every figure lies within the confidence interval of its own simulation."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.theory.points import POINTS, Figure, everywhere

pytestmark = [pytest.mark.simulation, pytest.mark.timeout(180)]

SURE = 3.7  # standard errors: of 150 honest figures one in 30 runs has one beyond (seeds are fixed: it never changes)
KINDS = {"Erlang C": 15, "Erlang A": 15, "accumulating": 7, "strict": 4}


@pytest.fixture(scope="module")
def figures() -> list[Figure]:
    return list(everywhere(POINTS))


def tell(figure: Figure) -> str:
    return (
        f"{figure.point.name}: {figure.name} {figure.simulated:.5g} +- {1.96 * figure.error:.3g}, "
        f"theory {figure.theory:.5g} ({figure.sigma:+.2f} sigma)"
    )


def test_there_are_enough_points_of_every_kind() -> None:
    found = Counter(point.model for point in POINTS)
    assert all(found[kind] >= number for kind, number in KINDS.items())


@pytest.mark.parametrize("kind", KINDS)
def test_the_core_does_what_theory_says(figures: list[Figure], kind: str) -> None:
    mine = [figure for figure in figures if figure.point.model == kind]
    assert mine
    assert not [tell(figure) for figure in mine if abs(figure.sigma) > SURE]


def test_the_intervals_are_neither_too_narrow_nor_too_wide(figures: list[Figure]) -> None:
    """An interval that holds everything proves nothing: 95 % of the figures lie within theirs, and they are small."""
    within = sum(abs(figure.sigma) <= 1.96 for figure in figures) / len(figures)
    assert 0.88 <= within <= 0.99
    typical = sorted(figure.error / figure.theory for figure in figures)[len(figures) // 2]
    assert typical < 0.10


def test_classes_are_told_apart(figures: list[Figure]) -> None:
    """First come, first served over all classes would be far outside of the intervals: the test has teeth."""
    classes = [figure for figure in figures if figure.name.startswith("W")]
    asa = {figure.point: figure.theory for figure in figures if figure.name == "ASA s"}
    fifo = [abs(figure.simulated - asa[figure.point]) / figure.error for figure in classes]
    assert max(fifo) > 10 and sum(sigma > SURE for sigma in fifo) > len(fifo) / 3
