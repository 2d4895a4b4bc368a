"""Which words may a flow use, and what is refused before anything is checked?"""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from cti.model.flow import Flow
from cti.model.flow_nodes import NODE_TYPES, Collect, node_type

pytestmark = pytest.mark.unit


def flow(**more: Any) -> Flow:
    return Flow.model_validate({"name": "t", "start": "a", "nodes": {"a": {"hangup": None}}} | more)


def test_a_node_is_named_by_what_it_does() -> None:
    found = flow(nodes={"a": {"play": "Hi", "then": "b"}, "b": {"queue": "sales"}})
    assert [node_type(node) for node in found.nodes.values()] == ["play", "queue"]
    assert all(node_type({kind: None}) == kind for kind in NODE_TYPES)
    assert node_type({"plya": "x"}) is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"nodes": {"hangup": {"hangup": None}}},
        {"variables": {"caller": "text"}},
        {"variables": {"x": "word"}},
        {"languages": []},
        {"start": ""},
        {"nodes": {}},
        {"nodes": {"a": {"menu": "A", "keys": {"12": "a"}}}},
        {"nodes": {"a": {"transfer": "00 49"}}},
        {"nodes": {"a": {"lookup": "s", "get": "/x/{d", "then": "a"}}},
        {"nodes": {"a": {"lookup": "s", "get": "http://x", "then": "a"}}},
    ],
)
def test_what_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        flow(**wrong)


@pytest.mark.parametrize(
    ("field", "value", "fits"),
    [
        ("length", "4-10", True), ("length", "10-4", False), ("length", "0", False), ("length", "41", False),
        ("pattern", "[0-9]{8}", True), ("pattern", "(1|2)[0-9]+", True), ("pattern", "([0-9]+)+", False),
        ("pattern", "(", False), ("between", "1..31", True), ("between", "1-31", False), ("confirm", "true", True),
        ("confirm", {"en": "Is {d} right?"}, True), ("end_key", None, True), ("end_key", "##", False),
    ],
)  # fmt: skip
def test_what_may_be_asked_for(field: str, value: object, fits: bool) -> None:
    data = {"collect": "d", "ask": "?", "then": "x", field: value}
    if fits:
        assert Collect.model_validate(data)
    else:
        with pytest.raises(ValidationError):
            Collect.model_validate(data)


def test_no_word_of_one_kind_is_the_beginning_of_another() -> None:
    for kind, model in NODE_TYPES.items():
        fields = {field.alias or name for name, field in model.model_fields.items()}
        assert fields & NODE_TYPES.keys() == {kind}
