"""What does one Asterisk node tell us by AMI? Its events translated and posted, its snapshots taken in time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Container, Mapping

import structlog

from cti.model import events
from cti.model.events import SnapshotLeg
from cti.model.words import CallId, NodeId
from cti.ports import Clock, Ledger
from cti.switch.ami import AmiDisconnected, AmiLink, AmiRefused, AmiTimeout, LinkChange, LinkState
from cti.switch.ami_events import TABLE, Fields, leg_id, phone_of
from cti.switch.begun import Begun
from cti.switch.inbound_call import InboundCall
from cti.switch.ring_legs import RingLegs
from cti.switch.snapshot import Snapshots
from cti.switch.strays import Strays
from cti.switch.trunks import Trunk
from cti.typed import typed

log = structlog.get_logger(__name__)

CHECK_INTERVAL_S = 30.0
STOP_AGAIN_S, STOP_TRIES = 0.1, 20
MAX_VALUE_CHARS = 1000  # of a header of ours: with its name less than ami_codec.MAX_LINE_BYTES
DRAINED = "CTI_DRAINED"  # a global variable of its dialplan
RETRY_S = 1.0  # after a look that failed
RETELL_S = 60.0  # so often a log is told again that the node is still away
# A ring that was under way when we came up may be answered yet, and of that only a check tells: so often, for so long.
FIRST_CHECK_S, YOUNG_S = 5.0, 60.0


class Node:
    """One Asterisk. `calls` is shared with the switch: the callers whose sessions we hold."""

    def __init__(
        self,
        name: NodeId,
        host: str,
        port: int,
        username: str,
        secret: str,
        *,
        calls: Mapping[CallId, InboundCall],
        exchange: Callable[[CallId, CallId, str], None],
        phones: Container[str],
        post: Callable[[events.AnyEvent], None],
        clock: Clock,
        trunks: Mapping[str, Trunk] | None = None,
        ledger: Ledger | None = None,
        sessions: Container[str] = (),
        here: str = "",
    ) -> None:
        """`here`, where several engines are joined: host:port at which callers reach this one.

        `sessions`: every leg that speaks AGI with us, whether or not the core knows its call.
        """
        self.name = name
        self.address = f"{host}:{port}"
        self.link = AmiLink(name, host, port, username, secret, on_event=self._on_event, on_state=self._on_state)
        self.counts: dict[str, int] = {}
        self.live = False  # a snapshot has been posted since the link came up, and all that goes with it was done
        self._up = False  # the same, but it may have failed half way: the core may know already
        self.look_errors = 0
        self.first_live: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._calls = calls
        self._exchange = exchange
        self._phones = phones
        self._post = post
        self._clock = clock
        self.begun = Begun(name, self.link, self.hangup, post, {} if trunks is None else trunks, ledger)
        self._snapshots = Snapshots(name, self.link, calls.__contains__)
        self._sessions = sessions
        self.strays = Strays(name, self.link, self._holds, here) if here else None
        self.door_open = False  # callers who are told of us before would find it shut, and try the others first
        self.rings = RingLegs(name, calls, self.hangup, post)
        self._watch: asyncio.Task[None] | None = None
        self._away: LinkChange | None = None  # what the operator is told of again and again
        self._closing = self._drained = False

    async def start(self) -> None:
        await self.link.start()

    async def close(self) -> None:
        self._closing = True
        if self._watch is not None:
            self._watch.cancel()
        self.begun.close()
        if self.strays is not None:
            self.strays.close()
        await self.link.close()

    # --- actions ----------------------------------------------------------------------------------------------------

    def stop_playback(
        self, channel: str, plays_on: Callable[[], bool] = lambda: False, tries: int = STOP_TRIES
    ) -> None:
        """Cut off the prompt that plays: the AGI's answer comes 0.4 ms later (measured).

        AMI may overtake the sound that AGI has just begun: it is said again while it `plays_on`.
        """
        self._fire({"Action": "ControlPlayback", "Channel": channel, "Control": "stop"})

        def again() -> None:
            if tries and plays_on():
                self.stop_playback(channel, plays_on, tries - 1)

        asyncio.get_running_loop().call_later(STOP_AGAIN_S, again)

    def drain(self, drained: bool) -> None:
        """Let its dialplan send new callers elsewhere, before anybody answers them; or take them again."""
        changed, self._drained = drained is not self._drained, drained
        if changed and self._up:
            self._tell_drained()

    def _tell_drained(self) -> None:
        self._fire({"Action": "Setvar", "Variable": DRAINED, "Value": "1" if self._drained else "0"})

    def welcome(self) -> None:
        """The door is open: who waits may come."""
        self.door_open = True
        self._tell_where()

    def _holds(self, leg: str) -> bool:
        """By its call, too: after an attended transfer its session is still known by the agent's leg."""
        return leg in self._calls or leg in self._sessions

    def _tell_where(self) -> None:
        if self.strays is not None and self.door_open and self._up:
            self.strays.begin()

    def hangup(self, channel: str) -> None:
        self._fire({"Action": "Hangup", "Channel": channel})

    def set_variable(self, channel: str, name: str, value: str) -> bool:
        """Set a variable of a channel beside its AGI; whether that could be sent (no line of AMI holds a long one)."""
        fields = {"Action": "Setvar", "Channel": channel, "Variable": name, "Value": value}
        return len(value) <= MAX_VALUE_CHARS and self._fire(fields)

    def _fire(self, fields: Fields) -> bool:
        try:
            self.link.fire(fields)
        except AmiDisconnected:
            log.warning("action not sent: node is not connected", node=self.name, action=fields["Action"])
            return False
        return True

    # --- events -----------------------------------------------------------------------------------------------------

    def _on_event(self, fields: Fields) -> None:
        name = fields["Event"]
        self.counts[name] = self.counts.get(name, 0) + 1
        if self.begun.hear(name, fields):
            self._snapshots.went(fields)
            return
        if name == "DialBegin":
            self.rings.begun(fields)
            return
        if name == "DialEnd":
            self.rings.dialled(fields)
            return
        if name == "Newchannel":
            self._snapshots.came(fields)
            if phone_of(fields["Channel"]) not in self._phones:
                return
        elif name == "AttendedTransfer":
            self._attended_transfer(fields)
            return
        elif name == "DTMFEnd" and self._is_for_a_flow(fields):
            return
        elif name == "Hangup":
            self._snapshots.went(fields)
            self.rings.hung_up(fields)
        translate = TABLE.get(name)
        if translate is not None:
            for event in translate(self.name, fields):
                self._post(event)

    def _is_for_a_flow(self, fields: Fields) -> bool:
        """What is keyed there may be secret, and is no key of the line behind it."""
        call = self._calls.get(CallId(leg_id(self.name, fields.get("Uniqueid", ""))))
        return call is not None and call.flow_takes_keys

    def _attended_transfer(self, fields: Fields) -> None:
        """The agent's own call into a queue (its second leg) and the caller of his first talk become one.

        DestType App: the caller's channel was masqueraded into the session of the second leg, and Uniqueids follow the
        channel (main/channel.c, channel_do_masquerade) [measured]. DestType Bridge: he talks to that leg's partner.
        """
        if fields.get("Result") != "Success" or not fields.get("TransfereeUniqueid"):
            return
        second = CallId(leg_id(self.name, fields.get("SecondTransfererUniqueid", "")))
        caller = CallId(leg_id(self.name, fields["TransfereeUniqueid"]))
        to_app = fields.get("DestType") == "App"
        if to_app:
            self._exchange(second, caller, fields.get("TransfereeChannel", ""))
            self.rings.replaced(second, caller)
        self._post(events.CallReplaced(second, caller, session=to_app))

    # --- the link ---------------------------------------------------------------------------------------------------

    def _on_state(self, change: LinkChange) -> None:
        if self._away is not None and change.state is self._away.state:
            self._away = change  # in other words, which are told when it is told again
            return
        self._away = None
        if self._watch is not None:
            self._watch.cancel()
            self._watch = None
        if change.state is LinkState.UP:
            log.info("node connected", node=self.name, address=self.address)
            self.begun.connected()
            self._watch = asyncio.get_running_loop().create_task(self._keep_checking(), name=f"check-{self.name}")
            return
        if not self._closing:
            self._away = change
            self._watch = asyncio.get_running_loop().create_task(self._keep_telling(), name=f"tell-{self.name}")
        if self._up:
            self._up = self.live = False
            if not self._closing:
                log.warning("node lost", node=self.name, reason=change.reason)
            self._post(events.NodeDown(self.name))

    async def _keep_telling(self) -> None:
        while (change := self._away) is not None:
            what = "refuses our login" if change.state is LinkState.LOGIN_REFUSED else "cannot be reached"
            log.error(
                f"Asterisk's AMI {what}: nobody is served there until it does",
                node=self.name,
                address=self.address,
                reason=change.reason,
                more=f"{typed('doctor')} tells what to do",
            )
            await asyncio.sleep(RETELL_S)

    async def _keep_checking(self) -> None:
        pause_s, young_until = 0.0, 0.0
        while True:
            await asyncio.sleep(pause_s)
            asked_at, pause_s = self._clock(), RETRY_S
            try:
                legs = await self._snapshots.take()
                if self.live:
                    self._post(events.NodeChecked(self.name, legs, asked_at))
                else:
                    self._begin(legs, asked_at)
                    young_until = asked_at + YOUNG_S
            except (AmiDisconnected, AmiRefused, AmiTimeout) as error:
                log.warning("no snapshot", node=self.name, error=type(error).__name__)
            except Exception as error:  # whatever it is: the next look must come
                self.look_errors += 1
                log.error("a look at a node failed: it is looked at again", node=self.name, error=type(error).__name__)
            else:
                pause_s = FIRST_CHECK_S if asked_at < young_until else CHECK_INTERVAL_S

    def _begin(self, legs: tuple[SnapshotLeg, ...], asked_at: float) -> None:
        """The first look since the link came up. `live` comes last: whatever fails before is tried again."""
        self._up = True
        self._tell_drained()
        self.rings.forget({leg.leg for leg in legs})
        self.begun.reconcile(legs)
        if not self._up:  # what was sent has cut the link: whoever heard of it now would hear of no end
            return
        self._post(events.NodeUp(self.name, legs, asked_at))
        self._tell_where()
        self.live = self._up  # what was sent may have cut the link
        if self.live and not self.first_live.done():
            self.first_live.set_result(None)
