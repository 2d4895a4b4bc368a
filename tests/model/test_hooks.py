"""Are receivers that cannot work refused when the file is read?"""

from __future__ import annotations

import base64

import pytest
from pydantic import ValidationError

from cti.model.hooks import TEST, Hook, Told, key_of

pytestmark = pytest.mark.unit

GOOD = {"url": "https://crm.example.com/cti", "secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}


def test_without_words_it_is_told_of_everything_and_gets_no_number() -> None:
    hook = Hook.model_validate(GOOD)
    assert hook.events == tuple(Told) and not hook.numbers and "MfKQ9" not in repr(hook)
    assert TEST not in set(Told)


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"secret": "short"}, "24 to 64 bytes"),
        ({"secret": "whsec_*"}, "must be base64"),
        ({"secret": "whsec_" + base64.b64encode(b"x" * 65).decode()}, "24 to 64 bytes"),
        ({"url": "ftp://crm.example.com"}, "must be an address"),
        ({"url": "https://user:word@crm.example.com"}, "user or password"),
        ({"events": []}, "tells of nothing"),
        ({"events": ["contact.begun"]}, "contact.ended"),
        ({"timeout_s": 0}, "greater than or equal to 0.1"),
    ],
)
def test_what_cannot_work(wrong: dict[str, object], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        Hook.model_validate(GOOD | wrong)


def test_the_key_is_what_base64_says_or_the_text_itself() -> None:
    assert key_of("whsec_" + base64.b64encode(b"k" * 32).decode()) == b"k" * 32
    assert key_of("a-secret-of-enough-characters") == b"a-secret-of-enough-characters"
