"""Do errors say what is needed, and nothing personal?"""

from __future__ import annotations

import pytest

from cti.model.errors import Bug, ConfigError, CtiError, IllegalTransition

pytestmark = pytest.mark.unit


def test_a_configuration_error_has_every_problem() -> None:
    error = ConfigError(["center.yaml:3:5: a", "center.yaml:9:1: b"])
    assert error.problems == ["center.yaml:3:5: a", "center.yaml:9:1: b"]
    assert str(error) == "center.yaml:3:5: a\ncenter.yaml:9:1: b"


def test_the_family() -> None:
    assert issubclass(IllegalTransition, Bug)
    assert all(issubclass(error, CtiError) for error in (ConfigError, Bug))


def test_an_illegal_transition_names_both_states() -> None:
    assert (
        str(IllegalTransition("offer", "x#1", "missed", "accepted"))
        == "offer x#1: missed -> accepted is not in the table"
    )
