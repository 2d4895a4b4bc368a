"""Can Asterisk reach us by FastAGI, and with the right secret? A listener that waits for one call of our own making."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import secrets
from urllib.parse import unquote_plus

from cti.config.settings import FastAgi
from cti.switch.agi_session import AgiSession
from cti.switch.fastagi import FastAgiServer
from cti.switch.originate import CALL_MARK

HOLD_S = 5.0


class ProbeListener:
    """Stands where the engine would. `why_not` says why it could not; `taken` that an engine seems to stand there."""

    def __init__(self, fastagi: FastAgi) -> None:
        self.taken = False
        self.why_not = ""
        self._paths: dict[str, asyncio.Future[tuple[str, str]]] = {}
        self._free: dict[str, asyncio.Event] = {}
        self._sessions: dict[str, AgiSession] = {}
        self._server = FastAgiServer(
            self._session, host=fastagi.listen.host, port=fastagi.listen.port, allow=fastagi.allow
        )

    async def __aenter__(self) -> ProbeListener:
        try:
            await self._server.start()
        except OSError as error:
            self.taken = error.errno == errno.EADDRINUSE
            self.why_not = "something listens there already" if self.taken else str(error.strerror or "cannot listen")
        return self

    async def __aexit__(self, *_: object) -> None:
        if not self.why_not:
            await self._server.close()

    @property
    def refused_peers(self) -> int:
        """Connections from outside fastagi.allow."""
        return int(self._server.counters.refused_peer)

    def expect(self) -> str:
        """Return the extension to dial in cti-outbound; it names no person and no number."""
        exten = f"{CALL_MARK}doctor-{secrets.token_hex(8)}"
        self._paths[exten] = asyncio.get_running_loop().create_future()
        self._free[exten] = asyncio.Event()
        return exten

    async def arrived(self, exten: str, timeout_s: float) -> tuple[str, str] | None:
        """Return path and channel of the session that came for `exten`, or None."""
        with contextlib.suppress(TimeoutError):
            return await asyncio.wait_for(self._paths[exten], timeout_s)
        return None

    def session(self, exten: str) -> AgiSession:
        """Return the session that has `arrived` for `exten`."""
        return self._sessions[exten]

    def let_go(self, exten: str) -> None:
        """End the session of `exten`."""
        self._free[exten].set()

    async def _session(self, session: AgiSession) -> None:
        given = dict(arg.partition("=")[::2] for arg in session.args)
        exten = CALL_MARK + unquote_plus(given.get("attempt", "")).removeprefix(
            CALL_MARK
        )  # an older dialplan left it on
        waiting = self._paths.get(exten)
        if waiting is None or waiting.done():
            return
        self._sessions[exten] = session
        waiting.set_result((session.path, session.channel))
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._free[exten].wait(), HOLD_S)
        await session.command("SET", "VARIABLE", "CTI_DONE", "1", timeout_s=2.0)
