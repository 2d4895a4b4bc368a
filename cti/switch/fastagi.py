"""Who may connect to us by FastAGI, how many, and for how long without speaking? The asyncio server.

Must not know flows, queues or agents; what one connection can do is in agi_session.
A slow or hostile peer costs one connection, never the loop: no streams, no task before the environment is complete.
Oldest first, and who hung up while he waited to be accepted, or for his task to begin, costs a look: where the engine
is late the backlog is full of such, and to serve them would make it later for those who are still there.
"""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import math
import socket
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from cti.switch.agi_session import AgiConnectionLost, AgiCounters, AgiSession
from cti.switch.seldom import Seldom

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

CROWD_TOLD_S: Final = 60.0
GRACE_S: Final = 5.0  # for sessions that end with us
POLITE_EXTRA: Final = 256  # connections beyond the last place: they are told that there is none
# AGI() has no keep-alive of its own: a dead Asterisk host is noticed after about 30 + 3 * 10 s.
KEEPALIVE_IDLE_S: Final = 30
KEEPALIVE_INTERVAL_S: Final = 10
KEEPALIVE_PROBES: Final = 3
# The first byte of struct tcp_info is TCP's state; 1 is an open connection (linux/tcp.h, net/tcp_states.h).
TCP_ESTABLISHED: Final = b"\x01"

_log = logging.getLogger(__name__)


class FastAgiServer:
    """Listens for FastAGI connections and starts `on_session` as one task per call.

    When `on_session` returns or raises, the AGI ends and the dialplan goes on. `allow` are the peers' networks;
    `admit_path` judges path and query (an HMAC, say) before a session begins; `max_sessions` counts connections that
    have said who they are. Whoever says nothing goes as soon as all places are taken: silence costs no caller his.
    """

    def __init__(
        self,
        on_session: Callable[[AgiSession], Awaitable[None]],
        *,
        host: str = "127.0.0.1",
        port: int = 4573,
        allow: Sequence[Network] = (ipaddress.ip_network("127.0.0.0/8"),),
        admit_path: Callable[[str], bool] = lambda path: True,
        env_timeout_s: float = 5.0,
        max_sessions: int = 20_000,
        backlog: int = 4096,
    ) -> None:
        self._on_session = on_session
        self._host, self._wanted_port, self._backlog = host, port, backlog
        self.port = port
        """The port really listened on, once started (useful when 0 was asked for)."""
        self._allow = tuple(allow)
        self._admit_path = admit_path
        self._env_timeout_s = env_timeout_s
        self._max_sessions = max_sessions
        self._listener: asyncio.Server | None = None
        self._sessions: dict[AgiSession, asyncio.TimerHandle | None] = {}
        # Each with its deadline while its environment is awaited (then it is in `_unknown`, too).
        self._unknown: dict[AgiSession, asyncio.Transport] = {}  # the oldest first
        self._told_crowd_at = -math.inf
        self._seldom = Seldom(lambda: self.loop.time())
        self._tasks: set[asyncio.Task[None]] = set()
        self._allowed_hosts: dict[str, bool] = {}
        self.counters = AgiCounters()
        self.closing = False
        """True from the first moment of `close` on: nobody is let in any more."""
        self.may_speak: Callable[[], bool] = lambda: True
        """False: nothing more goes out to callers' channels; their connections end."""
        self.loop: asyncio.AbstractEventLoop

    async def start(self) -> None:
        """Listen. Raises OSError if the address is taken."""
        self.loop = asyncio.get_running_loop()
        self._listener = await self.loop.create_server(
            lambda: AgiSession(self), self._host, self._wanted_port, backlog=self._backlog
        )
        for listening in self._listener.sockets:
            _keep_alive(listening)
        self.port = int(self._listener.sockets[0].getsockname()[1])

    async def close(self, grace_s: float = GRACE_S) -> None:
        """Stop listening, cancel the sessions' tasks, close every connection; done after `grace_s` at the latest.

        Who is accepted already and says meanwhile who he is goes back to his dialplan: his task would outlive us.
        """
        self.closing = True
        if self._listener is not None:
            self._listener.close()
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(tuple(self._tasks), timeout=grace_s)
        for session in tuple(self._sessions):
            session.close()
        # One turn of the loop lets the transports run connection_lost.
        await asyncio.sleep(0)

    @property
    def connected(self) -> int:
        """Connections open now."""
        return len(self._sessions)

    # What sessions call.

    def admit(self, session: AgiSession, transport: asyncio.Transport) -> None:
        """Judge a fresh connection by its peer; of too many who say nothing the oldest goes."""
        if self.closing:
            transport.abort()
            return
        if _has_left(transport):
            self.counters.gone_early += 1
            transport.abort()
            return
        if not self._peer_allowed(transport):
            self.counters.refused_peer += 1
            transport.abort()
            return
        if len(self._sessions) >= self._max_sessions + POLITE_EXTRA:
            if not self._unknown:
                self.counters.refused_full += 1
                transport.abort()
                return
            self._make_way()
        self._unknown[session] = transport
        self._sessions[session] = self.loop.call_later(self._env_timeout_s, self._env_too_late, transport)

    def begin(self, session: AgiSession, transport: asyncio.Transport) -> str | None:
        """Start the session's task, or say why not."""
        self._end_deadline(session)
        if self.closing:
            return "the engine stops"
        if len(self._sessions) - len(self._unknown) > self._max_sessions:
            self.counters.refused_full += 1
            return "the engine is full"
        if not self._path_allowed(session.path):
            self.counters.refused_path += 1
            return "the address is not allowed"
        task = self.loop.create_task(self._run(session, transport))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return None

    def _make_way(self) -> None:
        """Somebody opens connections and says nothing: the oldest of them goes, and it is told once a minute."""
        oldest = next(iter(self._unknown))
        self.counters.env_timeouts += 1
        self._unknown.pop(oldest).abort()  # `forget` follows; until then it is one more than there is room for
        if self.loop.time() >= self._told_crowd_at + CROWD_TOLD_S:
            self._told_crowd_at = self.loop.time()
            _log.warning("%d FastAGI connections say nothing: look who opens them", len(self._unknown) + 1)

    def broken(self, transport: asyncio.Transport, why: str) -> None:
        """A peer does not speak AGI: it goes; told now and then, whatever it was."""
        transport.abort()
        self.counters.protocol_errors += 1
        more = self._seldom.words("broken")
        if more is not None:
            _log.warning("AGI connection closed: %s%s", why, more)

    def forget(self, session: AgiSession) -> None:
        """A connection ended."""
        self._end_deadline(session)
        if session in self._sessions:
            del self._sessions[session]
            self.counters.gone_early += not session.env

    def _end_deadline(self, session: AgiSession) -> None:
        self._unknown.pop(session, None)
        deadline = self._sessions.get(session)
        if deadline is not None:
            deadline.cancel()
            self._sessions[session] = None

    def _path_allowed(self, path: str) -> bool:
        try:
            return self._admit_path(path)
        except Exception as error:
            _log.error("the judge of FastAGI paths failed: %s", type(error).__name__)
            return False

    async def _run(self, session: AgiSession, transport: asyncio.Transport) -> None:
        if _has_left(transport):
            self.counters.gone_early += 1
            session.close()
            return
        self.counters.sessions += 1
        try:
            await self._on_session(session)
        except AgiConnectionLost:
            pass
        except Exception as error:
            self.counters.session_errors += 1
            # Only the kind: the text of an unknown error may hold a number or a name.
            _log.error("an AGI session failed: %s", type(error).__name__)
        finally:
            session.close()

    def _env_too_late(self, transport: asyncio.Transport) -> None:
        self.counters.env_timeouts += 1
        transport.abort()

    def _peer_allowed(self, transport: asyncio.Transport) -> bool:
        peer = transport.get_extra_info("peername")
        if not peer:
            return False
        host = str(peer[0])
        allowed = self._allowed_hosts.get(host)
        if allowed is None:
            address = ipaddress.ip_address(host.partition("%")[0])
            if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
                address = address.ipv4_mapped
            allowed = any(address in network for network in self._allow)
            if len(self._allowed_hosts) < 1024:
                self._allowed_hosts[host] = allowed
        return allowed


def _has_left(transport: asyncio.Transport) -> bool:
    """Whether the other side has closed, although what it said before may wait unread: a look, no byte is taken.

    Only Linux can tell; elsewhere nobody has.
    """
    sock = transport.get_extra_info("socket")
    if sock is None or not hasattr(socket, "TCP_INFO"):
        return sock is None
    state: bytes = sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)
    return state != TCP_ESTABLISHED


def _keep_alive(sock: socket.socket) -> None:
    """Of a listening socket: those that it accepts inherit it [measured], which is ten system calls less for each."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for option, value in (
        ("TCP_KEEPIDLE", KEEPALIVE_IDLE_S),
        ("TCP_KEEPINTVL", KEEPALIVE_INTERVAL_S),
        ("TCP_KEEPCNT", KEEPALIVE_PROBES),
    ):
        if hasattr(socket, option):
            sock.setsockopt(socket.IPPROTO_TCP, getattr(socket, option), value)
