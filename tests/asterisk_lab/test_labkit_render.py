"""Unit tests of labkit.render: placeholders in, Asterisk's own syntax untouched, nothing smuggled in."""

import pytest
from labkit.errors import LabError
from labkit.render import render

pytestmark = pytest.mark.unit


def test_fills_placeholders_and_leaves_the_dialplan_alone() -> None:
    line = "exten => _X.,1,Set(A=@NODE@${EXTEN:1}$[1 + 1])"
    assert render(line, {"NODE": "node1"}) == "exten => _X.,1,Set(A=node1${EXTEN:1}$[1 + 1])"


def test_name_without_value_is_refused() -> None:
    with pytest.raises(LabError, match="@NODE@ has no value"):
        render("@NODE@", {})


@pytest.mark.parametrize("value", ["a\nb", "a\rb", "a\x00", "a;b", "a\x7f"])
def test_value_that_would_begin_a_line_or_a_comment_is_refused_and_not_shown(value: str) -> None:
    with pytest.raises(LabError) as refused:
        render("@SECRET@", {"SECRET": value})
    assert value not in str(refused.value)


def test_prepared_lines_may_be_several() -> None:
    assert render("@PHONE_LINES@", {"PHONE_LINES": "[1001]\ntype = aor"}) == "[1001]\ntype = aor"
