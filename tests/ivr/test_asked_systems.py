"""Does a question to a system hold what it should, and does each answer have its reply?"""

from __future__ import annotations

import pytest

from cti.ivr import replies
from cti.ivr.asked_systems import reply, request
from cti.ivr.values import Secret
from cti.ivr.verbs import Lookup
from cti.model import lookups

pytestmark = pytest.mark.unit


def test_values_go_into_the_path_and_the_body() -> None:
    verb = Lookup(
        "shop", "POST", "/login/{d}", "once", {"d": "7", "pin": Secret("4711")}, {"secret": "pin"}, {"ok": "ok"}
    )
    asked = request(verb)
    assert (asked.system, asked.method, asked.path, asked.once) == ("shop", "POST", "/login/{d}", "once")
    assert (asked.values, asked.send, asked.into) == ({"d": "7"}, {"secret": "4711"}, {"ok": lookups.Part("ok")})


def test_answers() -> None:
    assert reply(lookups.Found({"x": 1})) == replies.Found({"x": 1})
    assert reply(lookups.NotFound()) == replies.NotFound()
    assert reply(lookups.Down(lookups.Why.TIMEOUT)) == replies.Down("timeout")
