"""How do commands of the core reach Asterisk, and callers' sessions the core? The switch made of real nodes.

FastAGI carries the callers (inbound_call), AMI tells about legs (node). This module brings the two together.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import unquote

import structlog

from cti.model import commands, events
from cti.model.ticket import VARIABLE, encode_ticket
from cti.model.words import AgentAction, AgentId, CallId, DialResult, NodeId, RingResult
from cti.ports import Clock, Desk, Ledger
from cti.switch.admission import Admission, turn_away, unlimited
from cti.switch.agi_session import AgiConnectionLost, AgiSession, AgiTimeout
from cti.switch.ami_events import leg_id, phone_of
from cti.switch.arrival import call_arrived, is_new
from cti.switch.fastagi import FastAgiServer, Network
from cti.switch.flow_desk import FlowDesk
from cti.switch.inbound_call import InboundCall
from cti.switch.node import Node
from cti.switch.token_gate import AGENT, WAITING_AGENT, TokenGate, door_of
from cti.switch.trunks import Trunk

log = structlog.get_logger(__name__)

NODE_NAME = re.compile(r"[A-Za-z0-9_-]{1,40}")
UNIQUEID = re.compile(r"[A-Za-z0-9_.-]{1,150}")
ANSWER_TIMEOUT_S = 5.0
MOST_TOLD_NODES = 50
MOST_SESSIONS = 20_000
FIRST_SNAPSHOT_S = 3.0  # so long the door stays shut for callers, so that those who wait are known before new ones
OTHERS_S = 0.5  # once one node has told, the others are waited for so long: see AsteriskSwitch.start

OnNode = (
    commands.HangupLeg
    | commands.PlaceCall
    | commands.CancelCall
    | commands.RingAgent
    | commands.DismissAgent
    | commands.Spy
    | commands.StopSpy
)


@dataclass(frozen=True)
class NodeAddress:
    host: str
    port: int
    username: str
    secret: str


class AsteriskSwitch:
    """ports.Switch over one or several Asterisk nodes."""

    def __init__(
        self,
        nodes: Mapping[NodeId, NodeAddress],
        phones: Mapping[str, AgentId],
        *,
        listen: tuple[str, int],
        allow: Sequence[Network],
        token: str,
        clock: Clock = time.time,
        flows: FlowDesk | None = None,
        trunks: Mapping[str, Trunk] | None = None,
        ledger: Ledger | None = None,
        admission: Admission | None = None,
        most_sessions: int = MOST_SESSIONS,
        may_act: Callable[[], bool] = lambda: True,
        here: str = "",
    ) -> None:
        """`trunks` are the ways out. Without one, or without a `ledger`, no customer is ever called.

        `admission` says when new callers are turned away; beyond `most_sessions` nobody is even listened to.
        `may_act` is asked before a byte goes to Asterisk. `here`: see Node.
        """
        self.calls: dict[CallId, InboundCall] = {}
        self._sessions: dict[str, AgiSession] = {}  # every one that is open, by leg: also those who are turned away
        self.listening = self._closing = False
        self.refused_sessions = 0
        self._told_nodes: set[str] = set()
        self._phones = dict(phones)
        self._clock = clock
        self._flows = flows or FlowDesk()
        self._trunks = dict(trunks or {})
        self._ledger = ledger
        self.admission = admission or unlimited()
        self._desk: Desk | None = None
        self._addresses = dict(nodes)
        self.nodes: dict[NodeId, Node] = {}
        self._coming_and_going: set[asyncio.Task[None]] = set()
        self.agi = FastAgiServer(
            self._on_session,
            host=listen[0],
            port=listen[1],
            allow=tuple(allow),
            admit_path=TokenGate(token, clock).admits,
            max_sessions=most_sessions,
        )
        self.agi.may_speak = self._may_act = may_act
        self._here = here

    async def start(self, desk: Desk) -> None:
        """Connect to every node, then open the door for callers. Raises OSError if the address is taken.

        A node that is away, or slow to tell, does not keep the door shut for the callers of the others: nobody takes
        their places. Who comes back later, be it from that node, brings his `since` with him, and the core offers
        nobody before it has seen each node, or waited `settle_s` from the first one on.
        """
        self._desk = desk
        for name, address in self._addresses.items():
            await self._node(desk, name, address).start()
        looks = [node.first_live for node in self.nodes.values()]
        told, _ = await asyncio.wait(looks, timeout=FIRST_SNAPSHOT_S, return_when=asyncio.FIRST_COMPLETED)
        if told:
            await asyncio.wait(looks, timeout=OTHERS_S)
        await self.agi.start()
        self.listening = True
        for node in self.nodes.values():
            node.welcome()

    def _node(self, desk: Desk, name: NodeId, address: NodeAddress) -> Node:
        node = self.nodes[name] = Node(
            name,
            address.host,
            address.port,
            address.username,
            address.secret,
            calls=self.calls,
            sessions=self._sessions,
            exchange=self._exchange,
            phones=self._phones,
            post=desk.post,
            clock=self._clock,
            trunks=self._trunks,
            ledger=self._ledger,
            here=self._here,
        )
        node.link.may_speak = self._may_act
        node.drain(name in self.admission.drained)
        node.door_open = self.listening
        return node

    def connect(self, addresses: Mapping[NodeId, NodeAddress]) -> None:
        """These are the nodes from now on. One that is gone, or elsewhere, is let go, and its calls with it."""
        if self._closing:
            return
        former, self._addresses = self._addresses, dict(addresses)
        for name in [name for name in self.nodes if addresses.get(name) != former.get(name)]:
            node = self.nodes.pop(name)
            for call in [call for call in self.calls.values() if call.call.partition("/")[0] == name]:
                del self.calls[call.call]
                call.close()
            self._beside(node.close())
        for name, address in addresses.items():
            if name not in self.nodes and self._desk is not None:
                self._beside(self._node(self._desk, name, address).start())

    def _beside(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._coming_and_going.add(task)
        task.add_done_callback(self._coming_and_going.discard)

    def reload(
        self,
        phones: Mapping[str, AgentId],
        trunks: Mapping[str, Trunk] | None = None,
        drained: frozenset[NodeId] = frozenset(),
    ) -> None:
        """Whose phone is which from now on, which ways out there are, and which nodes take no new callers.

        The nodes look into the same dicts.
        """
        self.admission.drained = frozenset(drained)
        for name, node in self.nodes.items():
            node.drain(name in drained)
        self._phones.clear()
        self._phones.update(phones)
        self._trunks.clear()
        self._trunks.update(trunks or {})

    async def close(self) -> None:
        """Give every caller back to the dialplan and leave."""
        self.listening, self._closing = False, True
        await self.agi.close()
        for node in self.nodes.values():
            await node.close()
        if self._coming_and_going:
            await asyncio.wait(self._coming_and_going)

    # --- commands ---------------------------------------------------------------------------------------------------

    def execute(self, command: commands.AnyCommand) -> None:
        if isinstance(command, OnNode):
            self._on_node(command)
            return
        call = self.calls.get(command.call)
        if call is None:
            self._no_session(command)
            return
        match command:
            case commands.Ring():
                self._node_of(call).rings.expect(call.call, {leg.dial: leg.offer for leg in command.legs})
                self._stop_sound(call, playing=call.ring(command))
            case commands.Announce():
                call.announce(command)
            case commands.StopRing():
                self._stop_ring(call, command)
            case commands.Join():
                agents = self._node_of(call).begun.agents
                if call.join(command, agents.joins(command.offer), agents.not_taken):
                    self._node_of(call).stop_playback(call.channel)
            case commands.LeaveMessage():
                call.leave_message(command)
            case commands.Release():
                self._stop_sound(call, playing=call.release(command))
            case commands.SaveTicket():
                # While a Dial runs AGI takes nothing: what waits behind it would be lost with us.
                ticket = (VARIABLE, encode_ticket(command.ticket))
                if not (call.rings and self._node_of(call).set_variable(call.channel, *ticket)):
                    call.save_ticket(command)
            case commands.StartMusic():
                self._stop_sound(call, playing=call.start_music(command))
            case commands.RunFlow():
                self._stop_sound(call, playing=call.run_flow(command, self._flows, self._clock))

    def _stop_sound(self, call: InboundCall, *, playing: bool) -> None:
        if playing:
            self._node_of(call).stop_playback(call.channel, lambda: call.side_plays)

    def _on_node(self, command: OnNode) -> None:
        """What needs no caller's session."""
        node = self.nodes.get(command.node)
        if node is None:
            self._no_node(command)
            return
        match command:
            case commands.HangupLeg():
                node.hangup(command.channel)
            case commands.PlaceCall():
                node.begun.calls.place(command)
            case commands.CancelCall():
                node.begun.calls.cancel(command.attempt)
            case commands.RingAgent():
                node.begun.agents.ring(command)
            case commands.DismissAgent():
                node.begun.agents.dismiss(command)
            case commands.Spy():
                node.begun.listeners.spy(command)
            case commands.StopSpy():
                node.begun.listeners.stop(command)

    def _no_node(self, command: OnNode) -> None:
        """The configuration has it no more. What ends with an event ends at once."""
        log.error("a command for a node that is not configured", node=command.node)
        if self._desk is None:
            return
        if isinstance(command, commands.PlaceCall):
            self._desk.post(events.AttemptEnded(command.attempt, DialResult.NOT_DIALLED))
        elif isinstance(command, commands.RingAgent):
            self._desk.post(events.OfferEnded(command.leg.offer, RingResult.UNREACHABLE))
        elif isinstance(command, commands.Spy):
            self._desk.post(events.SpyEnded(command.spy, RingResult.UNREACHABLE))

    def _no_session(self, command: commands.AnyCommand) -> None:
        """The session ended a moment ago; its SessionLost is on its way. A ring must be answered all the same."""
        if isinstance(command, commands.Join | commands.StopRing):
            node = self.nodes.get(NodeId(command.call.partition("/")[0]))
            if node is not None and isinstance(command, commands.Join):
                node.begun.agents.not_joined(command.offer)
            elif node is not None and isinstance(command, commands.StopRing):
                node.rings.stop(command.offers)
        if isinstance(command, commands.Ring | commands.Join) and self._desk is not None:
            self._desk.post(events.RingEnded(command.call, RingResult.CANCELLED, caller_there=False))

    def _stop_ring(self, call: InboundCall, command: commands.StopRing) -> None:
        for offer in command.offers:
            channel = call.legs.get(offer)
            if channel is None:
                call.to_stop.add(offer)
            else:
                self._node_of(call).hangup(channel)

    def _node_of(self, call: InboundCall) -> Node:
        return self.nodes[NodeId(call.call.partition("/")[0])]

    # --- sessions ---------------------------------------------------------------------------------------------------

    async def _on_session(self, session: AgiSession) -> None:
        args = {key: unquote(value) for key, _, value in (arg.partition("=") for arg in session.args)}
        node = NodeId(args.get("node", ""))
        if node not in self.nodes or not UNIQUEID.fullmatch(session.uniqueid) or self._desk is None:
            self.refused_sessions += 1
            self._tell_refused(node)
            return
        leg = leg_id(node, session.uniqueid)
        self._sessions[leg] = session
        try:
            await self._serve(session, self._desk, node, args)
        finally:
            if self._sessions.get(leg) is session:  # he may have come once more meanwhile
                del self._sessions[leg]

    async def _serve(self, session: AgiSession, desk: Desk, node: NodeId, args: Mapping[str, str]) -> None:
        door, _ = door_of(session.path)
        if door == AGENT:
            await self._feature_code(session, desk, args)
        elif door == WAITING_AGENT:
            await self.nodes[node].begun.agents.attend(args.get("mark", ""), session)
        else:
            await self._inbound(session, desk, node, args)

    def _tell_refused(self, node: str) -> None:
        """Once for each name, and for so many names only: who can reach the port must not fill the log."""
        name = node if NODE_NAME.fullmatch(node) else "(no valid name)"
        if name in self._told_nodes or len(self._told_nodes) >= MOST_TOLD_NODES:
            return
        self._told_nodes.add(name)
        if node in self.nodes:
            log.error("a session was refused: its Uniqueid is not one of Asterisk's", node=node)
            return
        log.error(
            "sessions are refused: the CTI_NODE of their dialplan is not under `nodes` in the configuration",
            sent=name,
            known=", ".join(sorted(self.nodes)),
            remedy="give both the same name: CTI_NODE in extensions_cti.conf, and the key under nodes",
        )

    async def _inbound(self, session: AgiSession, desk: Desk, node: NodeId, args: Mapping[str, str]) -> None:
        door = node if phone_of(session.channel) not in self._phones else ""  # an agent who calls is inside already
        if is_new(args) and self.admission.turns_away(len(self.calls), door):
            await turn_away(session, self.admission.limits)
            return
        call_id = CallId(leg_id(node, session.uniqueid))
        former = self.calls.get(call_id)
        if former is not None:
            former.close()
        call = InboundCall(call_id, session.channel, session, desk.post)
        if call.ended.done():
            return
        self.calls[call_id] = call
        arrived = call_arrived(call_id, node, session, args)
        if arrived.attempt is not None:
            self.nodes[node].begun.calls.answered(arrived.attempt)
        try:
            desk.post(arrived)
            await call.ended
        finally:
            if self.calls.get(call.call) is call:  # its id may have changed meanwhile: see _exchange
                del self.calls[call.call]
            call.let_go()

    def _exchange(self, second: CallId, caller: CallId, channel: str) -> None:
        """The session of `second` is `caller`'s from now on (attended transfer into the line)."""
        session, former = self.calls.get(second), self.calls.get(caller)
        if session is None:
            return
        if former is not None:
            session.exchange(former)
            self.calls[former.call] = former
        else:  # his own session has told its end already
            session.call, session.channel = caller, channel
            del self.calls[second]
        self.calls[session.call] = session

    async def _feature_code(self, session: AgiSession, desk: Desk, args: Mapping[str, str]) -> None:
        """An agent dialled *11 and the like: ask, and let the dialplan play the answer."""
        agent = self._phones.get(phone_of(session.channel))
        action = args.get("action", "")
        granted = False
        if agent is not None and action in AgentAction.__members__.values():
            asked = events.AgentRequest(agent, AgentAction(action), args.get("reason", ""), by="phone")
            granted = desk.ask(asked) is None
        try:
            result = "ok" if granted else "refused"
            await session.command("SET", "VARIABLE", "CTI_RESULT", result, timeout_s=ANSWER_TIMEOUT_S)
        except (AgiConnectionLost, AgiTimeout):
            log.info("a feature code's caller was gone before the answer")
