"""How is a prompt written, and what is refused?"""

from __future__ import annotations

import pytest

from cti.model.spoken import Kind, Recording, Slot, Words, prompt

pytestmark = pytest.mark.unit


def test_texts_files_and_variables() -> None:
    assert prompt("Hello").lines == {"": (Words("Hello"),)}
    assert prompt({"file": "custom/a"}).lines == {"": (Recording("custom/a"),)}
    read = prompt({"en": "Order {order_id}, due {day:date}.", "zh": {"file": "zh-order"}})
    assert read.lines["en"] == (Words("Order"), Slot("order_id"), Words("due"), Slot("day", Kind.DATE))
    assert read.lines["zh"] == (Recording("zh-order"),)
    assert prompt({"each": {"en": "One", "zh": "一"}}).each
    assert prompt(read) is read


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("", "must be a text"),
        ("Hi {", "encloses no variable"),
        ("{a:dat}", "no way to speak"),
        ({"eng": "x"}, "is no language"),
        ({}, "says nothing"),
        ({"file": "../etc/passwd"}, "without its ending"),
        ({"file": "a", "en": "b"}, "stands for all languages"),
        ("x" * 1001, "longer than"),
        (["a"], "must be a text"),
    ],
)
def test_what_is_refused(value: object, text: str) -> None:
    with pytest.raises(ValueError, match=text):
        prompt(value)
