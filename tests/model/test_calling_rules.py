"""What may a window, a cap or a retry say?"""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from cti.model.calling_rules import Again, CallWindow, Cap

pytestmark = pytest.mark.unit


def test_a_window_is_the_hours_of_any_place() -> None:
    window = CallWindow(weekly={"mon-fri": ("09:00-12:00",)})
    assert window.at("Asia/Shanghai").zone == "Asia/Shanghai"
    assert window.at("Asia/Shanghai").week["mon"] == ("09:00-12:00",)


def test_a_cap_of_nothing_is_a_cap() -> None:
    assert Cap(at_most=0).per == "number"
    with pytest.raises(ValidationError):
        Cap(at_most=-1)


def test_a_delay_never_shrinks() -> None:
    with pytest.raises(ValidationError):
        Again(growth=0.5)
