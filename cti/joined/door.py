"""What do we ask of Redis? One lease with a fencing token, and who stands by. How it is reached: reaching.py;
what is said where it is not: remedies.py.

Every question is one script, so that nothing comes between its parts. Blocks: callers ask from a thread. What cannot be
answered, for whatever reason, is one thing to us: Redis is away.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

import msgspec

from cti.config.joined import Joined
from cti.joined.reaching import connect
from cti.joined.remedies import AWAY, why_away
from cti.model.errors import ConfigError

MOST_TOKEN = 2**53  # beyond, Redis' scripts lose its last digits; a takeover each second takes 285 million years

T = TypeVar("T")


class RedisAway(Exception):
    """It gave no answer in time, or none that helps (it is loading, a replica, or refuses us): why, and what to do."""


class Whereabouts(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where an engine is reached; what others read in the address book. Addresses are host:port, `web` is an origin.

    `seal` is a keyed hash that only who has the same web.secret comes to; empty: it has no web.
    """

    engine: str  # one process: never given twice
    agi: str
    http: str = ""
    web: str = ""
    seal: str = ""


class Seen(NamedTuple):
    """What a standby sees: who owns the domain and for how long he does, or whether its last owner gave it back."""

    owner: Whereabouts | None
    given_back: bool
    ends_in_s: float = 0.0
    token: int = 0  # the owner's
    says: str = ""  # what the owner has those who stand by hear of his file; empty: nothing yet


_NOW_MS = "local t = redis.call('TIME') local now = t[1] * 1000 + math.floor(t[2] / 1000)\n"

# KEYS: owner, token, given back, standbys, what the owner says.
_TAKE = """
if redis.call('EXISTS', KEYS[1]) == 1 then return '' end
local token = redis.call('INCR', KEYS[2])
if token <= tonumber(ARGV[2]) then
  token = tonumber(ARGV[2]) + 1
  redis.call('SET', KEYS[2], string.format('%.0f', token))
end
local mine = string.format('%.0f', token) .. ' ' .. ARGV[1]
redis.call('SET', KEYS[1], mine, 'NX', 'PX', ARGV[3])
redis.call('DEL', KEYS[3], KEYS[5])
return mine
"""
# Nobody holds it and nobody has had a newer token: it ran out while Redis was away, or Redis forgot it. An older owner
# holds it: a replica was promoted that had not heard of us yet.
_RENEW = """
local function says() if ARGV[4] ~= '' then redis.call('SET', KEYS[5], ARGV[4], 'PX', ARGV[3]) end return 1 end
local held = redis.call('GET', KEYS[1])
if held == ARGV[1] then redis.call('PEXPIRE', KEYS[1], ARGV[3]) return says() end
if held and tonumber(string.match(held, '^%d+')) >= tonumber(ARGV[2]) then return 0 end
if tonumber(redis.call('GET', KEYS[2]) or '0') > tonumber(ARGV[2]) then return 0 end
redis.call('SET', KEYS[2], ARGV[2])
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[3])
return says()
"""
_GIVE_BACK = """
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[1])
redis.call('SET', KEYS[3], redis.call('GET', KEYS[2]) or '0')
return 1
"""
_STAND_BY = (
    _NOW_MS
    + """
redis.call('HSET', KEYS[4], ARGV[1], string.format('%.0f', now + tonumber(ARGV[2])))
local given = redis.call('GET', KEYS[3])
local back = given and given == redis.call('GET', KEYS[2])
local says = redis.call('GET', KEYS[5]) or ''
return {redis.call('GET', KEYS[1]) or '', back and 1 or 0, redis.call('PTTL', KEYS[1]), says}
"""
)
_STANDBYS = (
    _NOW_MS
    + """
local all, there = redis.call('HGETALL', KEYS[4]), {}
for i = 1, #all, 2 do
  if tonumber(all[i + 1]) > now then table.insert(there, all[i]) else redis.call('HDEL', KEYS[4], all[i]) end
end
return there
"""
)


class Door:
    """One engine's questions about one domain. Connects at the first one, and again whenever it has to.

    Each raises RedisAway, the first one also ConfigError.
    """

    def __init__(self, rules: Joined, me: Whereabouts) -> None:
        self.me = me
        self._book = msgspec.json.encode(me).decode()
        self._lease_ms = round(rules.lease_s * 1000)
        self._rules = rules
        tag = "{cti:" + rules.domain + "}"  # one slot of a cluster
        self._keys = [f"{tag}:{name}" for name in ("owner", "token", "given-back", "standbys", "says")]
        self._client: Any = None

    def take(self, newer_than: int) -> int | None:
        """Take the lease if nobody holds it: the fencing token, greater than every one before and than `newer_than`."""
        return self._ask(_token, _TAKE, self._book, newer_than, self._lease_ms)

    def renew(self, token: int, says: str = "") -> bool:
        """Hold it for another lease, and have those who stand by hear what it `says`.

        False: somebody else holds it or has held it since.
        """
        return self._ask(bool, _RENEW, f"{token} {self._book}", token, self._lease_ms, says)

    def give_back(self, token: int) -> bool:
        """Let a standby take it at once; False where it was no longer ours."""
        return self._ask(bool, _GIVE_BACK, f"{token} {self._book}")

    def stand_by(self, *, would_take: bool = True) -> Seen:
        """Say that we are here for another lease, and look who owns the domain.

        Who would not take over (`would_take`) does not count as one who stands by.
        """
        return self._ask(_seen, _STAND_BY, self.me.engine, self._lease_ms if would_take else 0)

    def owner(self) -> Whereabouts | None:
        """Who owns the domain."""
        return self.owner_by()[0]

    def owner_by(self) -> tuple[Whereabouts | None, int]:
        """Who owns the domain, and by which token (0: nobody)."""
        return self._away_if_failing(lambda: _held(self._connected().get(self._keys[0]) or ""))

    def no_longer_by(self) -> None:
        """We do not stand by any more."""
        self._away_if_failing(lambda: self._connected().hdel(self._keys[3], self.me.engine))

    def standbys(self) -> list[str]:
        """Return which engines stand by."""
        return self._ask(sorted, _STANDBYS)

    def leave(self) -> None:
        """No more questions, and we do not stand by any more. Never raises."""
        with contextlib.suppress(RedisAway, ConfigError):
            self.no_longer_by()
        client, self._client = self._client, None
        if client is not None:
            client.close()

    def _ask(self, read: Callable[[Any], T], script: str, *words: str | int) -> T:
        return self._away_if_failing(lambda: read(self._connected().eval(script, len(self._keys), *self._keys, *words)))

    def _away_if_failing(self, ask: Callable[[], T]) -> T:
        try:
            return ask()
        except AWAY as error:
            raise RedisAway(why_away(error, self._rules)) from None
        except (TypeError, ValueError, AttributeError, RecursionError):
            raise RedisAway("what answers there is no Redis: look at redis.url") from None

    def _connected(self) -> Any:
        if self._client is None:
            self._client = connect(self._rules)
        return self._client


def _token(held: str) -> int | None:
    if not held:
        return None
    token = int(held.partition(" ")[0])
    if token > MOST_TOKEN:
        raise RedisAway("the fencing token there is none of ours: delete the key that ends with :token")
    return token


def _seen(told: Any) -> Seen:
    held, back, ends_in_ms, says = told
    owner, token = _held(held)
    return Seen(owner, bool(back), max(0, ends_in_ms) / 1000, token, says)


def _held(held: str) -> tuple[Whereabouts | None, int]:
    token = held.partition(" ")[0]
    return _read(held), int(token) if token.isdecimal() else 0


def _read(held: str) -> Whereabouts | None:
    """What an owner of another version has written may say less, or something else."""
    try:
        return msgspec.json.decode(held.partition(" ")[2], type=Whereabouts) if held else None
    except (msgspec.DecodeError, RecursionError):
        return Whereabouts("", "")
