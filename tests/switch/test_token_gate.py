"""Who is let in at which door, and is a wrong token told, once a minute, without a word of it?"""

from __future__ import annotations

import pytest

from cti.switch import token_gate
from cti.switch.token_gate import DOORS, RETELL_S, TokenGate, door_of
from tests.switch.in_memory import Log

pytestmark = pytest.mark.unit


@pytest.mark.parametrize("door", DOORS)
def test_our_doors_open_with_the_token_only(door: str) -> None:
    gate = TokenGate("secret", lambda: 0.0)
    assert gate.admits(f"/{door}/secret") and door_of(f"/{door}/secret") == (door, "secret")
    assert not any(
        map(gate.admits, (f"/{door}/", f"/{door}", f"/{door}/secret2", f"/{door}/secret?x", "/other/secret"))
    )


def test_a_wrong_token_is_told_once_a_minute_and_never_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    log, now = Log(), [0.0]
    monkeypatch.setattr(token_gate, "log", log)
    gate = TokenGate("secret", lambda: now[0])
    for now[0] in (0.0, 1.0, RETELL_S - 1, RETELL_S):
        assert not gate.admits("/inbound/guess")
    assert len(log.told("error")) == 2 and "CTI_TOKEN" in str(log.lines) and "guess" not in str(log.lines)
    assert not gate.admits("/elsewhere/guess") and len(log.lines) == 2, "who is not even our dialplan is nobody's news"
