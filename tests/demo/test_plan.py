"""The callers of the demo: the same ones for the same seed, as many as ten agents can bear."""

from __future__ import annotations

import random
from itertools import islice

import pytest

from cti.demo.errands import ERRANDS, FRONT_DOOR, NO_TIME
from cti.demo.plan import DIRECT, LONGEST_STAY_S, WITH_FLOW, callers, waves
from cti.demo.sipp_traffic import wave_csv

pytestmark = pytest.mark.unit


def test_same_seed_same_callers() -> None:
    assert list(islice(callers(random.Random(7)), 50)) == list(islice(callers(random.Random(7)), 50))


@pytest.mark.parametrize("rates", [WITH_FLOW, DIRECT])
def test_the_load_is_what_it_says(rates: dict[str, float]) -> None:
    found = [caller for wave in islice(waves(random.Random(1), 60.0, rates), 70) for caller in wave]
    assert len(found) / 70 == pytest.approx(sum(rates.values()), rel=0.1)
    assert {caller.dialled for caller in found} == set(rates)
    assert all(0 < caller.stays_s <= LONGEST_STAY_S for caller in found)


def test_numbers_are_unique_for_hours() -> None:
    numbers = [caller.number for caller in islice(callers(random.Random(1)), 12_000)]
    assert len(set(numbers)) == len(numbers)


def test_waves_hold_every_caller_once_and_in_his_time() -> None:
    found = list(islice(waves(random.Random(3), 10.0), 30))
    for number, wave in enumerate(found):
        assert all(number * 10 <= caller.at_s < (number + 1) * 10 for caller in wave)
    together = [caller for wave in found for caller in wave]
    assert together == list(islice(callers(random.Random(3)), len(together)))


def test_the_injection_file_counts_from_the_start_of_its_wave() -> None:
    wave = list(islice(waves(random.Random(3), 30.0), 2))[1]
    lines = wave_csv(wave, 30.5).splitlines()
    assert lines[0] == "SEQUENTIAL"
    number, dialled, delay_ms, steps, end = lines[1].split(";")
    assert (number, dialled, end) == (wave[0].number, wave[0].dialled, "")
    assert int(delay_ms) == max(0, round((wave[0].at_s - 30.5) * 1000))
    assert int(steps) == round(wave[0].stays_s * 5)


def test_who_dials_the_front_door_has_an_errand_and_stays_until_it_is_done() -> None:
    found = list(islice(callers(random.Random(5)), 500))
    assert all(caller.errand is not None for caller in found if caller.dialled == FRONT_DOOR)
    assert {caller.errand for caller in found if caller.dialled == FRONT_DOOR} == set(ERRANDS)
    assert {caller.errand for caller in found if caller.dialled != FRONT_DOOR} == {None, NO_TIME}
    assert not any(caller.errand for caller in islice(callers(random.Random(5), DIRECT), 500)), "nobody hears an offer"
    assert all(caller.stays_s > caller.errand.pressed_s for caller in found if caller.errand is not None)
