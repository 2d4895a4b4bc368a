"""Are recovery codes many enough, hard to guess, and known again however they are typed?"""

from __future__ import annotations

import pytest

from cti.people.recovery import MOST, mark_of, new_codes
from cti.people.sealing import Seal

pytestmark = pytest.mark.unit

SEAL = Seal("a-secret-of-the-web-for-tests")


def test_ten_codes_that_are_all_different() -> None:
    codes = new_codes()
    assert len(set(codes)) == MOST == 10
    assert all(len(code.replace("-", "")) == 16 for code in codes)
    assert not any(code.isdecimal() for code in codes)  # else it would be taken for a one-time code


def test_a_code_is_the_same_in_capitals_and_without_dashes_and_another_persons_is_not() -> None:
    code = new_codes()[0]
    typed = {code, code.upper(), code.replace("-", ""), f" {code.replace('-', ' ')} "}
    assert len({mark_of(SEAL, "eva", each) for each in typed}) == 1
    assert mark_of(SEAL, "ben", code) != mark_of(SEAL, "eva", code)
