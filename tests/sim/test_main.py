"""The words of `python -m cti.sim`."""

from __future__ import annotations

import pytest

from cti.sim.__main__ import _options, presses

pytestmark = pytest.mark.unit


def test_what_callers_press_is_read() -> None:
    assert presses("6000=3.5:1,6:#") == ("6000", [(3.5, "1"), (6.0, "#")])
    found = _options(["--press", "6000=1:1", "--press", "6000=1:2"]).press
    assert [keys for _, keys in found] == [[(1.0, "1")], [(1.0, "2")]]


@pytest.mark.parametrize("text", ["6000", "6000=1", "6000=x:1", "6000=1:2:3"])
def test_nonsense_is_refused(text: str) -> None:
    with pytest.raises(SystemExit):
        _options(["--press", text])
