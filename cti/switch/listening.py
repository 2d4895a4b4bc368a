"""How does somebody get at a talk that is not his? The legs of Spy on one node.

His phone rings by an Originate into our own context; ChanSpy ends with the talk, whatever becomes of us. Nothing here
holds a session.
"""

from __future__ import annotations

import structlog

from cti.model import events
from cti.model.commands import Spy, StopSpy
from cti.model.words import RingResult, SpyId
from cti.switch import originate
from cti.switch.ami_events import Fields
from cti.switch.begun_legs import BegunLeg, BegunLegs

log = structlog.get_logger(__name__)


class Listeners(BegunLegs[SpyId, BegunLeg]):
    """Everybody who listens, or whose phone rings for it, on one node. Each ends with exactly one SpyEnded."""

    mark, context = originate.SPY_MARK, originate.SPY_CONTEXT

    def spy(self, command: Spy) -> None:
        """SpyHears follows, then SpyEnded; or SpyEnded alone."""
        self._legs[command.spy] = BegunLeg()
        try:
            fields = originate.spy(command)
        except ValueError:
            log.warning("nobody was rung to listen: a talk has no Uniqueid of Asterisk's", node=self._node)
            self._not_begun(command.spy)
        else:
            self._send(command.spy, fields)

    def stop(self, command: StopSpy) -> None:
        """Let him go, also while his phone rings."""
        leg = self._legs.get(command.spy)
        if leg is not None:
            self._take_back(leg)

    def _picked_up(self, name: SpyId, leg: BegunLeg, fields: Fields) -> None:
        if not leg.answered:
            leg.answered = True
            self._post(events.SpyHears(name))

    def _gone(self, name: SpyId, leg: BegunLeg, cause: str) -> bool:
        self._over(name, RingResult.ANSWERED if leg.answered else originate.ring_result(cause))
        return False

    def _not_begun(self, name: SpyId) -> None:
        self._over(name, RingResult.UNREACHABLE)

    def _over(self, spy: SpyId, result: RingResult) -> None:
        leg = self._legs.pop(spy, None)
        if leg is not None:
            cancelled = leg.taken_back and not leg.answered
            self._post(events.SpyEnded(spy, RingResult.CANCELLED if cancelled else result))
