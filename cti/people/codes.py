"""Is this the one-time code of now? TOTP (RFC 6238) by pyotp; one step early or late counts, none counts twice."""

from __future__ import annotations

import pyotp

STEP_S = 30
DRIFT_STEPS = 1
ISSUER = "cti"
LEAST_CHARS = 26  # 128 bits in base32 (RFC 4226, 4)


def new_secret() -> str:
    """Return a secret for a new authenticator."""
    return pyotp.random_base32()


def code_step(secret: str, code: str, now: float) -> int | None:
    """Return the number of the 30 s in which `code` holds, near `now` (epoch seconds); None: it holds in none."""
    if not (code.isascii() and code.isdecimal()):
        return None
    if len(secret) < LEAST_CHARS:
        return None
    clock = pyotp.TOTP(secret)
    for drift in range(-DRIFT_STEPS, DRIFT_STEPS + 1):
        at = int(now) + drift * STEP_S
        if pyotp.utils.strings_equal(clock.at(at), code):
            return at // STEP_S
    return None


def address_of(secret: str, name: str, centre: str = "") -> str:
    """Return the otpauth:// address that an authenticator reads from a QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=centre or ISSUER)
