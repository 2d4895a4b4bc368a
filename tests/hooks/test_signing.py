"""Would a receiver that follows Standard Webhooks believe our signature?"""

from __future__ import annotations

import pytest

from cti.hooks.signing import headers

pytestmark = pytest.mark.unit

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def test_the_example_of_the_standard() -> None:
    """Message, time, secret and signature are those that its own libraries are tested with."""
    signed = headers([SECRET], "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330.9, b'{"test": 2432232314}')
    assert signed == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


def test_each_part_is_signed() -> None:
    first = headers([SECRET], "m", 1.0, b"{}")["webhook-signature"]
    others = [
        headers([SECRET], "n", 1.0, b"{}"),
        headers([SECRET], "m", 2.0, b"{}"),
        headers([SECRET], "m", 1.0, b"{ }"),
    ]
    others.append(headers(["another-secret-of-24-bytes"], "m", 1.0, b"{}"))
    assert all(other["webhook-signature"] != first for other in others)


def test_while_the_secret_changes_both_sign_and_a_receiver_with_either_is_content() -> None:
    newer = "another-secret-of-24-bytes"
    alone = [headers([secret], "m", 1.0, b"{}")["webhook-signature"] for secret in (newer, SECRET)]
    assert headers([newer, SECRET], "m", 1.0, b"{}")["webhook-signature"] == " ".join(alone)
