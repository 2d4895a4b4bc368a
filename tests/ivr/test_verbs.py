"""Do verbs keep to themselves what is personal, and are they data?"""

from __future__ import annotations

import msgspec
import pytest

from cti.ivr import replies, verbs
from cti.ivr.verbs import Sound, Spoken

pytestmark = pytest.mark.unit

NUMBER = "4711"
PERSONAL = (
    verbs.Play((Sound(f"digits/{NUMBER}", "en"),)),
    verbs.Play((Spoken(NUMBER, "en"),)),
    verbs.Collect((Sound(NUMBER, "en"),), already=NUMBER),
    verbs.Lookup("shop", "GET", "/x", "once", {"d": NUMBER}),
    verbs.Enqueue("sales", customer={"order": NUMBER}),
    verbs.TakeCallback("sales", NUMBER, "once"),
    replies.Digits(NUMBER),
    replies.Found({"d": NUMBER}),
)


@pytest.mark.parametrize("word", PERSONAL, ids=lambda word: type(word).__name__)
def test_no_repr_tells(word: verbs.Verb | replies.Reply) -> None:
    assert NUMBER not in repr(word)
    assert NUMBER in msgspec.json.encode(word).decode()
