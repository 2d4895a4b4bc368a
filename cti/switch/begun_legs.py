"""How does an Originate of ours come about, and where is its leg? What every kind of leg that we begin has in common.

A leg ends once: it could not be sent, Asterisk refuses it, no channel came of it, or its channel hung up. What that
means each kind says itself. While AMI is away nothing is assumed: the next snapshot tells. Until that one is there
nothing is begun, for it would be missing in a list that was asked for before.
"""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import ClassVar, Generic, TypeVar

import structlog

from cti.model import events
from cti.model.events import SnapshotLeg
from cti.model.words import NodeId
from cti.switch import originate
from cti.switch.ami import AmiDisconnected, AmiLink, AmiRefused
from cti.switch.ami_codec import AmiEncodeError
from cti.switch.ami_events import Fields, leg_id

log = structlog.get_logger(__name__)

NO_CHANNEL_S = 1.0  # a refusal by Asterisk may overtake the events of its channel: so long they are waited for


@dataclass(eq=False)
class BegunLeg:
    """One leg of which we know the name before there is a channel."""

    channel: str = ""
    answered: bool = False
    taken_back: bool = False
    trunk: str = ""  # by which a customer is called


Name = TypeVar("Name", bound=str)
Leg = TypeVar("Leg", bound=BegunLeg)


class BegunLegs(ABC, Generic[Name, Leg]):
    """Those of one kind on one node, by what follows `mark` in their Uniqueids. `context` is where who answers goes."""

    mark: ClassVar[str]
    context: ClassVar[str]

    def __init__(
        self, node: NodeId, link: AmiLink, hangup: Callable[[str], None], post: Callable[[events.AnyEvent], None]
    ) -> None:
        self._node, self._link, self._hangup, self._post = node, link, hangup, post
        self._legs: dict[Name, Leg] = {}
        self.looking = False  # the first look since the link came up is not over

    # --- what each kind makes of it -----------------------------------------------------------------------------------

    @abstractmethod
    def _not_begun(self, name: Name) -> None:
        """Nothing has rung. It may be over already."""

    @abstractmethod
    def _picked_up(self, name: Name, leg: Leg, fields: Fields) -> None:
        """DialEnd. What is no answer is told by its Hangup."""

    @abstractmethod
    def _gone(self, name: Name, leg: Leg, cause: str) -> bool:
        """By its Hangup, or without one while AMI was away; whether nothing more is to be made of that Hangup."""

    def _rings(self, leg: Leg, fields: Fields) -> None:
        """DialBegin."""

    # --- commands -----------------------------------------------------------------------------------------------------

    def _send(self, name: Name, fields: originate.Pairs) -> bool:
        """Begin it; whether that went out."""
        if self.looking:
            log.warning("nothing was begun: its node is just being looked at", node=self._node, leg=self.mark + name)
            self._not_begun(name)
            return False
        try:
            answer = self._link.send(fields)
        except (AmiDisconnected, AmiEncodeError) as error:
            log.warning("nothing was begun", node=self._node, leg=self.mark + name, error=type(error).__name__)
            self._not_begun(name)
            return False
        answer.add_done_callback(lambda future: self._acknowledged(name, future))
        return True

    def _acknowledged(self, name: Name, future: asyncio.Future[list[dict[str, str]]]) -> None:
        """Only a refusal is an end. A connection that broke tells nothing."""
        if not future.cancelled() and isinstance(future.exception(), AmiRefused):
            log.error(f"Asterisk refuses an Originate: does its dialplan have {self.context}?", node=self._node)
            self._not_begun(name)

    def _take_back(self, leg: Leg) -> None:
        """Hang up, as soon as there is a channel."""
        leg.taken_back = True
        if leg.channel:
            self._hangup(leg.channel)

    # --- events -------------------------------------------------------------------------------------------------------

    def hear(self, event: str, name: Name, fields: Fields) -> bool:
        """Take in what happens to a leg; whether it was a Hangup of which nothing more is to be made."""
        leg = self._legs.get(name)
        if leg is None:
            return False
        match event:
            case "Newchannel":
                leg.channel = fields["Channel"]
                if leg.taken_back:
                    self._hangup(leg.channel)
            case "DialBegin":
                self._rings(leg, fields)
            case "DialEnd" if fields.get("DialStatus") == "ANSWER":
                self._picked_up(name, leg, fields)
            case "Hangup":
                return self._gone(name, leg, fields.get("Cause", ""))
            case "OriginateResponse" if fields.get("Response") == "Failure" and not leg.channel:
                # Where there is a channel its Hangup says more; a phone that is not registered gets none.
                asyncio.get_running_loop().call_later(NO_CHANNEL_S, self._no_channel, name, leg)
        return False

    def _no_channel(self, name: Name, leg: Leg) -> None:
        if self._legs.get(name) is leg and not leg.channel:
            what = "nothing has rung: is that trunk or phone there?"
            log.warning(what, node=self._node, leg=self.mark + name, trunk=leg.trunk or None)
            self._not_begun(name)

    def reconcile(self, legs: Iterable[SnapshotLeg]) -> None:
        """AMI was away: whoever is not in the snapshot is gone."""
        present = {leg.leg for leg in legs}
        for name, leg in list(self._legs.items()):
            if leg_id(self._node, self.mark + name) not in present:
                self._gone(name, leg, "")
