"""Does a code hold for its time and the step beside it, and for no other?"""

from __future__ import annotations

import pyotp
import pytest

from cti.people.codes import address_of, code_step, new_secret

pytestmark = pytest.mark.unit

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
NOW = 1_700_000_010.0


def test_a_step_early_or_late_counts_and_two_do_not() -> None:
    secret = new_secret()
    clock = pyotp.TOTP(secret)
    steps = [code_step(secret, clock.at(int(NOW) + drift * 30), NOW) for drift in (-2, -1, 0, 1, 2)]
    here = int(NOW) // 30
    assert steps == [None, here - 1, here, here + 1, None]


@pytest.mark.parametrize("code", ["", "12345", "abcdef", "١٢٣٤٥٦", "1234567"])
def test_what_is_no_code_is_none(code: str) -> None:
    assert code_step(SECRET, code, NOW) is None


def test_an_authenticator_reads_whose_it_is() -> None:
    assert address_of(SECRET, "eva", "Demo centre").startswith("otpauth://totp/Demo%20centre:eva?")
