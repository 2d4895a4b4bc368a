"""Does this Asterisk have every sound that callers are to hear? Asked in the probe call, so on whatever machine it is.

`STREAM FILE name "" OFFSET` with an offset behind the end answers within a millisecond and plays nothing: 0 where the
file exists, -1 where it does not. `LANGUAGE/NAME` looks in that language only, never in English. [measured]
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from cti.acd.announcing import sounds
from cti.config.check import exits
from cti.doctor.rules import Finding
from cti.model.policy import Center
from cti.switch.agi_session import AgiConnectionLost, AgiSession, AgiTimeout

BEHIND_THE_END = "100000000"  # samples: an hour and a half at the highest rate
ANSWER_TIMEOUT_S = 2.0
ALL_TIMEOUT_S = 4.0  # less than the probe call is held
NAMED = 5  # in one finding
REMEDY = "cti prompts build; then link or copy var/sounds into its sounds folder (docs/prompts.md)"


class WantedSound(NamedTuple):
    """A sound by name; `language` "" where whatever the channel has will do."""

    name: str
    language: str = ""

    def __str__(self) -> str:
        return f"{self.language}/{self.name}" if self.language else self.name


def of_queues(center: Center) -> Iterator[WantedSound]:
    """Yield what the queues announce, and what is played on the ways out of them."""
    for queue in center.queues.values():
        if queue.announce is not None:
            yield from map(WantedSound, sounds(queue.announce))
        for _, leave in exits(queue):
            yield from map(WantedSound, leave.play)


async def examine_sounds(node: str, session: AgiSession, wanted: Iterable[WantedSound]) -> list[Finding]:
    """Return one finding about all sounds: there, or which are not."""
    asked = sorted(set(wanted))
    if not asked:
        return []
    missing = []
    try:
        async with asyncio.timeout(ALL_TIMEOUT_S):
            for sound in asked:
                reply = await session.command(
                    "STREAM", "FILE", str(sound), "", BEHIND_THE_END, timeout_s=ANSWER_TIMEOUT_S
                )
                if reply.result != 0:
                    missing.append(str(sound))
    except (TimeoutError, AgiTimeout, AgiConnectionLost):
        return [Finding("warn", node, "sounds", "the probe call ended before all sounds were looked for", "ask again")]
    if not missing:
        return [Finding("ok", node, "sounds", f"all {len(asked)} that callers are to hear are there")]
    named = ", ".join(missing[:NAMED]) + (" ..." if len(missing) > NAMED else "")
    text = f"{len(missing)} of {len(asked)} are not there, and callers hear nothing: {named}"
    return [Finding("fail", node, "sounds", text, REMEDY)]
