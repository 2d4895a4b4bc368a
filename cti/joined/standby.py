"""What does an engine do that does not own the centre? It waits for the lease, and sends on whoever comes to it.

A caller is sent on by a variable of his channel: his dialplan then enters the owner; no call is ever proxied. Knows no
queue and no call. Of the store it reads only whether that names the owner, until it does (own_store.py); it opens it
when it is about to take over.
"""

from __future__ import annotations

import asyncio
import contextlib
from functools import partial

import structlog
from prometheus_client import CollectorRegistry, generate_latest

from cti import machine, systemd
from cti.api.control_socket import ControlSocket
from cti.api.http import make_http_app
from cti.api.loop_watch import LoopWatch
from cti.api.standing_by import make_standing_by_app
from cti.background import Background, in_thread_of_its_own
from cti.clocks import lasting_clock
from cti.config.joined import Joined
from cti.joined.door import Door, RedisAway, Seen, Whereabouts
from cti.joined.own_file import OwnFile
from cti.joined.own_store import OTHER_STORE, REMEDY_OF_OTHER, SILENT, OwnStore
from cti.joined.taking import SLOW, CannotTake, Taking
from cti.joined.tenure import Patience
from cti.joined.term import Term
from cti.listening import served
from cti.metrics.office_counts import OfficeCounts
from cti.switch.agi_session import AgiSession
from cti.switch.fastagi import FastAgiServer
from cti.switch.token_gate import INBOUND, OUTBOUND, TokenGate, door_of
from cti.web_room import tls_context

LOOKS = 8  # at the lease, within one lease
AFTER_ITS_END_S = 0.01
OTHER_SECRET = "its web.secret is not the owner's: no one-time code would fit after a takeover"
OTHER_FILE = "its file is not the one that the owner goes by, and holds after a takeover"
SAME_ADDRESS = "who owns the centre has this engine's fastagi.advertise: callers are not sent on to it"
REMEDIES = {
    SAME_ADDRESS: "an address of its own for each engine",
    OTHER_SECRET: "one web.secret for all engines",
    OTHER_FILE: "the same queues, agents, nodes ... in all files; then cti reload on the owner",
    OTHER_STORE: REMEDY_OF_OTHER,
}
SETTLES_S = 3.0  # after a reload each engine reads its file in its own time
ANSWER_TIMEOUT_S = 2.0
SENT_ON = (INBOUND, OUTBOUND)  # doors whose callers follow CTI_OWNER; the others try the next engine by themselves

LONGEST_PAUSE_S = 4.0  # between two tries to take over while something keeps us from it, or a lease

log = structlog.get_logger(__name__)


class Standby:
    """One engine's waiting. `owner` owns the centre, as far as we know; None: nobody to whom anybody could go.

    `refused`: why the store did not take our last claim, a moment ago. It would refuse again, and who stands by
    elsewhere may fare better: we let a lease's time pass.
    """

    def __init__(self, file: OwnFile, rules: Joined, door: Door, term: Term, *, refused: str = "") -> None:
        self.owner: Whereabouts | None = None
        self.token, self.standbys = 0, 0
        self._file, self._settings = file, file.began
        self._rules, self._door, self._term = rules, door, term
        self._store = OwnStore(self._settings.store, rules)
        self._taking = Taking(self._settings, rules, self._store, term)
        self._patience = Patience(rules.lease_s)
        self._away_since: float | None = None
        self._says = ""  # what we heard last of the owner's file
        self._other_file_since: float | None = None
        self._apart: list[str] = []  # what sets us apart from the owner, and should not
        self._pause_s = 0.0  # until the next look
        self._told: Whereabouts | None = None  # the owner of whom the log knows
        self._first_seen: tuple[Whereabouts | None, float] = (None, 0.0)  # an owner, and his lease's end
        self._owner_lives = False  # he has renewed it since
        self._asked: asyncio.Future[Seen] | None = None
        self.trouble = refused  # why we cannot take over though nobody owns the centre
        self._try_pause_s = rules.lease_s if refused else 0.0
        self._try_at = lasting_clock() + self._try_pause_s

    @property
    def redis_away_s(self) -> float | None:
        """For how long Redis has given no answer; None: it answers."""
        return None if self._away_since is None else lasting_clock() - self._away_since

    async def until_taken(self) -> None:
        """Stand by until the term has its lease; who comes meanwhile is sent on. Raises ConfigError."""
        if not self.trouble:
            log.info("stands by", domain=self._rules.domain)
        async with contextlib.AsyncExitStack() as stack:
            await self._open(stack)
            stack.callback(self._taking.close)
            systemd.tell("READY=1", "STATUS=stands by")
            while True:
                if await self._look():
                    return
                await asyncio.sleep(self._pause_s)

    # --- the lease ----------------------------------------------------------------------------------------------------

    async def _look(self) -> bool:
        self._pause_s = self._rules.lease_s / LOOKS
        seen = await self._look_at_lease()
        owner = None if seen is None else seen.owner
        is_owned = owner is not None
        if owner is not None and self._taking.is_under_way and owner.engine == self._door.me.engine:
            is_owned = False  # our try has just taken it
        elif seen is not None:
            self._regard(seen)
        if self._taking.is_under_way:
            return await self._go_on(is_owned=is_owned)
        now = lasting_clock()
        if self._taking.forget_ended():
            self._try_at = 0.0
        if seen is None or is_owned or now < self._try_at:
            return False
        if not self._patience.may_take(now, given_back=seen.given_back) or not self._taking.begin(now):
            return False
        return await self._end_of_try(self._rules.lease_s / 2)  # most are over by then: nothing was asked meanwhile

    async def _look_at_lease(self) -> Seen | None:
        """Who owns it; None: Redis is away."""
        try:
            seen = await self._ask()
        except RedisAway as away:
            if self._away_since is None:
                self._away_since = lasting_clock()
                log.error("Redis gives no answer: this engine cannot take over", reason=str(away))
            return None
        if self._away_since is not None:
            self._away_since = None
            log.info("Redis answers again")
        self._patience.answered(lasting_clock())
        return seen

    def _regard(self, seen: Seen) -> None:
        self._patience.seen(lasting_clock(), None if seen.owner is None else seen.ends_in_s)
        self._note(seen)
        if seen.owner is not None:
            self._pause_s = min(self._pause_s, seen.ends_in_s + AFTER_ITS_END_S)
            self.trouble, self._try_pause_s, self._try_at = "", 0.0, 0.0

    async def _go_on(self, *, is_owned: bool) -> bool:
        """Look on while a try is under way. It is given up where somebody owns the centre (the next one compares the
        store with him), and when it has lasted too long."""
        if is_owned and self._taking.give_up():
            return False
        is_ours = await self._end_of_try(self._pause_s)
        if is_ours:  # the look may have come behind its last one: no owner counts himself
            with contextlib.suppress(RedisAway, TimeoutError):
                async with asyncio.timeout(self._rules.lease_s):
                    await in_thread_of_its_own(self._door.no_longer_by)
        elif self._taking.is_too_slow(lasting_clock()):
            self._try_later(SLOW)
        return is_ours

    async def _end_of_try(self, within_s: float) -> bool:
        """Whether the centre is ours now: not while the try is under way."""
        try:
            is_ours = await self._taking.is_ours(within_s)
        except CannotTake as trouble:
            self._try_later(str(trouble))
            return False
        if is_ours is None:
            self._pause_s = 0.0  # we have waited
        return is_ours is True

    async def _ask(self) -> Seen:
        """Who owns it. What drips its answer byte by byte keeps every time limit of a socket, and none of ours."""
        if self._asked is not None and not self._asked.done():
            raise RedisAway("it hangs")  # the thread of the last look still waits
        would_take = self._store.could_be_opened
        self._asked = in_thread_of_its_own(partial(self._door.stand_by, would_take=would_take))
        done, _ = await asyncio.wait((self._asked,), timeout=self._rules.lease_s)
        if not done:
            raise RedisAway("it hangs")
        return self._asked.result()

    def _try_later(self, trouble: str) -> None:
        """Told once, and tried ever more rarely: a store that is away may be so for hours."""
        if trouble != self.trouble:
            log.error("cannot take over", reason=trouble)
        self.trouble = trouble
        longest = max(LONGEST_PAUSE_S, self._rules.lease_s)
        self._try_pause_s = min(longest, 2 * self._try_pause_s or self._rules.lease_s / LOOKS)
        self._try_at = lasting_clock() + self._try_pause_s

    def _note(self, seen: Seen) -> None:
        found, us = seen.owner, self._door.me
        # At our own address nobody else listens: it is what we were ourselves, before we died or let the lease go.
        is_other = found is not None and found.agi != us.agi
        if found is not None and found != self._told:
            self._told = found
            told = "the centre is owned" if is_other else "our own last lease runs on: nobody owns the centre"
            log.info(told, by=found.engine, callers=found.agi)
        self.owner = found if is_other else None
        self._see_lease(found, lasting_clock() + seen.ends_in_s)
        if self._owner_lives and seen.says:  # what he does when he has started
            self._store.owner_serves(seen.token)
        self._compare(seen.says)

    def _see_lease(self, found: Whereabouts | None, ends_at: float) -> None:
        """An owner lives who renews his lease while we look: until then it may be the last one of who is dead."""
        if found is None or found != self._first_seen[0]:
            self._first_seen, self._owner_lives = (found, ends_at), False
        elif ends_at > self._first_seen[1] + self._rules.lease_s / LOOKS:
            self._owner_lives = True

    def _compare(self, says: str) -> None:
        if says and self._says and says != self._says:
            self._file.read_again()  # the owner has read his
        self._says = says or self._says
        now = lasting_clock()
        if self.owner is None or not self._file.is_apart(says):
            self._other_file_since = None
        elif self._other_file_since is None:
            self._other_file_since = now
        theirs, ours = "" if self.owner is None else self.owner.seal, self._door.me.seal
        other_secret = bool(ours and theirs and ours != theirs)
        other_file = self._other_file_since is not None and now - self._other_file_since >= SETTLES_S
        store, address = self._store.is_anothers, self._owner_lives and self.owner is None
        apart = {OTHER_SECRET: other_secret, OTHER_FILE: other_file, OTHER_STORE: store, SAME_ADDRESS: address}
        found = [text for text, holds in apart.items() if holds]
        for warning in found:
            if warning not in self._apart:
                log.warning("differs from the owner", warning=warning, remedy=REMEDIES[warning])
        self._apart = found

    # --- who comes meanwhile ------------------------------------------------------------------------------------------

    async def _open(self, stack: contextlib.AsyncExitStack) -> None:
        settings = self._settings
        background = Background(stack)
        background.keep(self._file.follow)
        background.keep(self._store.follow)
        watch = LoopWatch()
        watch.start()
        stack.callback(watch.stop)
        registry = CollectorRegistry()
        registry.register(OfficeCounts(self))
        machine.make_directory(settings.state_dir)
        control = await ControlSocket.open(
            make_standing_by_app(self._where, self._troubles, pages=False), settings.control
        )
        stack.push_async_callback(control.close)
        told = (lambda: generate_latest(registry), self._not_ready, watch.lag_s, self._warnings)
        http = make_http_app(*told, owns=lambda: False)
        await stack.enter_async_context(served("http.listen", http, settings.http.listen))
        if settings.web is not None:
            tls = None if settings.web.tls is None else tls_context(settings.web.tls)
            pages = make_standing_by_app(self._where, pages=True)
            await stack.enter_async_context(served("web.listen", pages, settings.web.listen, tls=tls))
        fastagi = settings.fastagi
        token = "" if fastagi.token is None else fastagi.token.get_secret_value()
        agi = FastAgiServer(
            self._send_on,
            host=fastagi.listen.host,
            port=fastagi.listen.port,
            allow=tuple(fastagi.allow),
            admit_path=TokenGate(token, lasting_clock).admits,
        )
        try:
            await agi.start()
        except OSError as error:
            raise machine.cannot_listen("fastagi.listen", fastagi.listen, error) from None
        stack.push_async_callback(agi.close)

    def _where(self) -> Whereabouts | None:
        return self.owner

    def _not_ready(self) -> list[str]:
        away = [] if self._away_since is None else ["Redis gives no answer: it cannot take over"]
        who = "nobody" if self.owner is None else self.owner.http or self.owner.agi
        trouble = ["it cannot take over: its log says why"] if self.trouble or not self._store.could_be_opened else []
        return [f"standby: {who} owns the centre", *away, *trouble]

    def _warnings(self) -> list[str]:
        silent = [SILENT] if self._store.is_silent else []
        return [*self._apart, *silent, *([self._file.trouble] if self._file.trouble else [])]

    def _troubles(self) -> list[str]:
        """For who types a command here; what drivers say is for nobody else."""
        return [*([f"it cannot take over: {self.trouble}"] if self.trouble else []), *self._warnings()]

    async def _send_on(self, session: AgiSession) -> None:
        """The AGI ends, and the dialplan enters the owner; where nobody knows him, the next engine of its list."""
        door, _ = door_of(session.path)
        owner = self.owner
        if owner is not None and owner.agi and door in SENT_ON:
            await session.command("SET", "VARIABLE", "CTI_OWNER", owner.agi, timeout_s=ANSWER_TIMEOUT_S)
