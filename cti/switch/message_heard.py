"""How does an agent hear what a customer left for him, and say what is to be done? Prompts and a key on his session.

The keys are those that Asterisk's own sounds name (core-sounds-en.txt), so that they need no recording of ours.
"""

from __future__ import annotations

import enum

from cti.switch.agi_codec import AgiEncodeError, Reply
from cti.switch.agi_session import (
    ANSWER_S,
    PROMPT_S,
    AgiBusy,
    AgiConnectionLost,
    AgiSession,
    AgiTimeout,
)

TIMES = 3  # the whole of it; who has not pressed a key by then is not there
KEY_S = 5.0  # for a key, when all has been said
BEGINS = ("vm-youhave", "vm-message")
CHOICES = ("vm-tocallback", "vm-repeat", "vm-delete")  # "press 2 to call ...", "press 5 to repeat ...", "press 7 ..."
CALL, AGAIN, DONE = "2", "5", "7"
KEYS = CALL + AGAIN + DONE


class Said(enum.Enum):
    """What the agent wants."""

    CALL = enum.auto()  # the customer is to be called now
    DONE = enum.auto()  # nobody need be called


class _Gone(Exception):
    """He has hung up, or his session is lost."""


async def listen(session: AgiSession, messages: tuple[str, ...]) -> Said | None:
    """Play `messages` (files without their ending) until he decides; None where he does not, or has hung up."""
    try:
        for _ in range(TIMES):
            key = await _once(session, messages)
            if key == CALL:
                await _answered(session, "EXEC", "Playtones", "ring")  # the dialplan's tone ended with the first sound
                return Said.CALL
            if key == DONE:
                return Said.DONE
    except (_Gone, AgiTimeout, AgiConnectionLost, AgiBusy, AgiEncodeError):
        return None
    return None


async def _once(session: AgiSession, messages: tuple[str, ...]) -> str:
    """The key that he pressed while he listened, or behind it; "" for none."""
    for sound in (*BEGINS, *messages, *CHOICES):
        key = _key(await _answered(session, "STREAM FILE", sound, KEYS, takes_s=PROMPT_S))
        if key:
            return key
    return _key(await _answered(session, "WAIT FOR DIGIT", str(round(KEY_S * 1000))))


async def _answered(session: AgiSession, *words: str, takes_s: float = 0.0) -> Reply:
    reply = await session.command(*words, timeout_s=takes_s + ANSWER_S)
    if reply.dead or session.gone is not None:
        raise _Gone
    return reply


def _key(reply: Reply) -> str:
    """-1 is no key: a file that is not there (see flow_sounds.py) is passed over."""
    key = chr(reply.result) if reply.result is not None and reply.result > 0 else ""
    return key if key in KEYS else ""
