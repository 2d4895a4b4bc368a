"""Is it our own dialplan that calls, and at which of its doors? The path of agi://engine/DOOR/TOKEN.

An owner and a standby judge alike, and both say what is wrong; knows no session.
"""

from __future__ import annotations

import hmac

import structlog

from cti.ports import Clock

log = structlog.get_logger(__name__)

INBOUND, OUTBOUND, WAITING_AGENT, AGENT = "inbound", "outbound", "waiting-agent", "agent"
DOORS = (INBOUND, OUTBOUND, WAITING_AGENT, AGENT)  # paths of our dialplan's AGI()
RETELL_S = 60.0


def door_of(path: str) -> tuple[str, str]:
    """Return door and token of `/inbound/secret`."""
    door, _, token = path.strip("/").partition("/")
    return door, token


class TokenGate:
    """Lets in who shows `token` at one of our doors. `clock`: seconds."""

    def __init__(self, token: str, clock: Clock) -> None:
        self._token, self._clock = token.encode(), clock
        self._tell_at = float("-inf")

    def admits(self, path: str) -> bool:
        """Whether a session may begin. A wrong token is told once a minute, and never repeated."""
        door, token = door_of(path)
        if door not in DOORS:
            return False
        if hmac.compare_digest(token.encode(), self._token):
            return True
        if self._clock() >= self._tell_at:
            self._tell_at = self._clock() + RETELL_S
            log.error(
                "sessions are refused: CTI_TOKEN in extensions_cti.conf is not fastagi.token of the configuration"
            )
        return False
