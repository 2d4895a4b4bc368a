"""How does a process come to own the centre, and to leave it? Stand by, own, stand by again.

An owner starts exactly as an engine that is started again: what is true is in the store, in Asterisk and with those who
wait. Who serves, and how, is the caller's.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Coroutine
from functools import partial

import structlog
from sqlalchemy.exc import SQLAlchemyError

from cti import machine
from cti.background import in_thread_of_its_own
from cti.config.joined import Joined
from cti.joined.door import Door
from cti.joined.holding import Holding
from cti.joined.own_file import OwnFile
from cti.joined.standby import Standby
from cti.joined.term import Term
from cti.joined.whereabouts import whereabouts
from cti.store.database import Store, reason_and_remedy
from cti.store.owner import claim

BEAT_S = 0.5
EMPTY = "this store has never had an owner, though Redis has counted some: what was promised to those is not known here"
ITS_STORE = "is it the right one (a mount that is late)? One that is new begins so"

log = structlog.get_logger(__name__)

Serve = Callable[[Holding], Coroutine[None, None, None]]


class _NotClaimed(Exception):
    """The lease was ours, and the store did not take our token: why."""


async def take_turns(file: OwnFile, serve: Serve) -> None:
    """Stand by until the centre is ours, `serve` while it is, and so on, until `serve` ends. Raises ConfigError.

    What `serve` starts from is in `file`, as it is when the centre is ours.
    """
    rules = file.began.redis or Joined()
    refused = ""
    while True:
        door = Door(rules, whereabouts(file.began))  # each turn a name of its own
        term = Term(rules, door)
        beating = asyncio.get_running_loop().create_task(_beat(term))
        try:
            standby = Standby(file, rules, door, term, refused=refused)
            await standby.until_taken()
            refused = standby.trouble
            await file.at_takeover()
            if await _own(rules, door, term, serve):
                return
            refused = ""
        except _NotClaimed as trouble:
            if str(trouble) != refused:  # else it is tried again and again, and told once
                log.error("cannot take over: the store does not take the claim", reason=str(trouble))
            refused = str(trouble)
        finally:
            beating.cancel()
            with contextlib.suppress(TimeoutError):  # a Redis that hangs: the lease runs out by itself
                async with asyncio.timeout(rules.lease_s + rules.claim_s):
                    await in_thread_of_its_own(partial(_leave, term, door))
        if not refused:
            machine.let_go()  # of the centre that we served


def _leave(term: Term, door: Door) -> None:
    term.end()
    door.leave()


async def _own(rules: Joined, door: Door, term: Term, serve: Serve) -> bool:
    """Serve until the lease is lost. True: `serve` has ended by itself."""
    assert term.holding is not None and term.store is not None
    token = term.holding.token
    try:
        async with asyncio.timeout(rules.claim_s):  # nobody serves meanwhile, and the lease keeps others away
            await in_thread_of_its_own(partial(_claim, rules, door, term.store, token))
    except TimeoutError:
        raise _NotClaimed(f"no answer within {rules.claim_s:.0f} s") from None
    log.info("owns the centre", domain=rules.domain, token=token)
    if term.is_first_of_store:
        log.error(EMPTY, counted=token - 1, remedy=ITS_STORE)
    return await _serve(term.holding, serve, term.lost)


def _claim(rules: Joined, door: Door, store: Store, token: int) -> None:
    """Raise the token in the store: from here on no commit of an earlier owner goes through. Raises _NotClaimed."""
    try:
        ours = claim(store, rules.domain, token, door.me.engine, time.time())
    except SQLAlchemyError as error:
        raise _NotClaimed(reason_and_remedy(error, store)) from None
    if not ours:
        raise _NotClaimed("another engine was first")


async def _serve(holding: Holding, serve: Serve, lost: asyncio.Event) -> bool:
    loop = asyncio.get_running_loop()
    serving, losing = loop.create_task(serve(holding)), loop.create_task(lost.wait())
    try:
        await asyncio.wait((serving, losing), return_when=asyncio.FIRST_COMPLETED)
        if losing.done():
            log.error("the centre is not this engine's any more: it steps down", token=holding.token)
        return not losing.done()
    finally:
        losing.cancel()
        serving.cancel()  # callers go back to the dialplan, and from there to the owner
        await _ended(serving)


async def _ended(serving: asyncio.Task[None]) -> None:
    """Wait until it has ended. A stop that comes meanwhile cuts nothing of that short, and holds afterwards."""
    stopped = False
    while not serving.done():
        try:
            await asyncio.wait((serving,))
        except asyncio.CancelledError:
            stopped = True
    if stopped:
        raise asyncio.CancelledError
    if not serving.cancelled():
        serving.result()


async def _beat(term: Term) -> None:
    while True:
        term.beat()
        await asyncio.sleep(BEAT_S)
