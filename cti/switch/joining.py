"""How are a customer and the agent who waits for him connected, and how did it end? One EXEC Bridge on his session.

Bridge() takes any channel whose name begins as told: always a full name. With x an agent whose customer has gone is
hung up. The agent's own AGI session ends as soon as Bridge takes him, without any Hangup of his channel [measured].
"""

from __future__ import annotations

import asyncio
import enum
from collections.abc import Callable

from cti.switch.agi_codec import Reply
from cti.switch.agi_session import AgiSession, Gone
from cti.switch.arrival import JOINED

Submit = Callable[..., "asyncio.Future[Reply] | None"]


class Ending(enum.Enum):
    """How it ended, for the customer's session."""

    AGENT_LEFT = enum.auto()  # they have talked, and the customer is here
    CUSTOMER_LEFT = enum.auto()  # they have talked, and he has hung up
    NOT_JOINED = enum.auto()  # the agent was gone, and the customer is here
    UNHEARD = enum.auto()  # the connection ended first: transferred away, or broken


def join(agent: str, session: AgiSession, submit: Submit, ended: Callable[[Ending], None]) -> None:
    """Bridge `session`'s channel with the channel `agent`. `ended` is called once."""

    def bridge_ended(future: asyncio.Future[Reply]) -> None:
        # Its answer is 0 whoever has left [measured]: the next command tells whether the customer is there.
        if future.cancelled() or future.exception() is not None:
            ended(Ending.UNHEARD)
            return
        asked = submit("GET", "FULL", "VARIABLE", "${BRIDGERESULT}")
        if asked is None:
            ended(_gone(session))
        else:
            asked.add_done_callback(result_known)

    def result_known(future: asyncio.Future[Reply]) -> None:
        answered = not future.cancelled() and future.exception() is None
        if not answered or future.result().dead or session.gone is not None:
            ended(_gone(session))
        elif future.result().data != JOINED:
            ended(Ending.NOT_JOINED)
        else:
            submit("EXEC", "MSet", "DIALSTATUS=ANSWER,BRIDGERESULT=")  # as a Dial would have left it
            ended(Ending.AGENT_LEFT)

    sent = submit("EXEC", "Bridge", f"{agent},x", timeout_s=None)
    if sent is None:
        ended(_gone(session))
    else:
        sent.add_done_callback(bridge_ended)


def _gone(session: AgiSession) -> Ending:
    return Ending.CUSTOMER_LEFT if session.gone is Gone.HANGUP else Ending.UNHEARD
