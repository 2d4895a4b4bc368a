"""Is there what several engines need? Asks the Redis that joins them, and judges what each Asterisk knows of them."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Sequence

from cti.config.joined import Joined
from cti.config.settings import Settings
from cti.doctor.rules import Finding
from cti.joined.door import Door, RedisAway, Whereabouts
from cti.joined.own_store import LET_IN
from cti.model.errors import ConfigError
from cti.store.database import UNREADABLE, reason
from cti.store.owner import newest_token_in

HERE = "here"


async def examine_joined(settings: Settings) -> list[Finding]:
    """Return what is found in the Redis of `settings`; nothing where an engine is alone. Changes nothing there."""
    return [] if settings.redis is None else await asyncio.to_thread(_look, settings.redis, settings.store)


def judge_engines(node: str, settings: Settings, engines: Sequence[str]) -> list[Finding]:
    """Judge CTI_ENGINES of one Asterisk: where several engines are joined it should know more than one."""
    if settings.redis is None or len(engines) != 1:
        return []
    text = f"knows one engine only, {engines[0]}: callers find no other one before that has taken over"
    remedy = "name all engines in CTI_ENGINES of extensions_cti.conf, with & between"
    return [Finding("warn", node, "dialplan", text, remedy)]


def _look(rules: Joined, store: str) -> list[Finding]:
    door = Door(rules, Whereabouts(f"doctor-{secrets.token_hex(4)}", ""))
    try:
        (owner, token), standbys = door.owner_by(), door.standbys()
    except ConfigError as error:
        return [Finding("fail", HERE, "Redis", f"cannot be asked: {error.problems[0]}", "correct center.yaml")]
    except RedisAway as away:
        remedy = "do what that says; whether it runs, and lets you in, tells redis-cli ping"
        return [Finding("fail", HERE, "Redis", f"gives no answer ({away}): no engine can take over", remedy)]
    finally:
        door.leave()
    if owner is None and standbys:
        text = f"answers; nobody owns the centre, though {len(standbys)} stand by"
        return [Finding("warn", HERE, "Redis", text, "in some seconds one owns it, or the logs of those say why not")]
    who = "nobody owns the centre" if owner is None else f"{owner.agi} owns the centre"
    found = [Finding("ok", HERE, "Redis", f"answers; {who}, {len(standbys)} could take over")]
    return found if owner is None else found + _store_of(owner, token, store, rules)


def _store_of(owner: Whereabouts, token: int, store: str, rules: Joined) -> list[Finding]:
    """Whether `store`, of this engine's file, is the owner's, and answers here at all."""
    try:
        if newest_token_in(store, rules.domain, answer_s=rules.claim_s) >= token:
            return []
    except UNREADABLE as error:
        silent = f"cannot be used ({reason(error)}): no takeover by this engine"
        return [Finding("fail", HERE, "store", silent, LET_IN)]
    text = f"{owner.agi} owns the centre and writes into another store than this file's: no takeover from it"
    return [Finding("fail", HERE, "store", text, "one store for all engines of a redis.domain")]
