"""What all words of the configuration have in common."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from cti.model.schema import Policy

pytestmark = pytest.mark.unit


class Word(Policy):
    level: int = 1


def test_an_unknown_key_is_an_error() -> None:
    with pytest.raises(ValidationError, match="levle"):
        Word.model_validate({"levle": 2})


def test_a_value_never_changes_under_a_running_engine() -> None:
    word = Word()
    with pytest.raises(ValidationError, match="frozen"):
        word.level = 2  # type: ignore[misc]
