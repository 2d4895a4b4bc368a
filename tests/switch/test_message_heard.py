"""Does an agent hear what was left for him, and is his key understood? Agents who are rung before their customer."""

from __future__ import annotations

import msgspec
import pytest

from cti.model import events
from cti.switch.message_heard import BEGINS, CHOICES, KEYS, TIMES
from cti.switch.originate import mark_of
from tests.switch.a_switch import Bench
from tests.switch.in_memory import Caller, settle
from tests.switch.test_waiting_agent import ANSWERED, HANGUP, NAME, O1, RING, UID, dismiss

pytestmark = pytest.mark.unit

FILE = "/var/spool/asterisk/cti-recordings/a-17-1"
ALL = [f"STREAM FILE {sound} {KEYS}" for sound in (*BEGINS, FILE, *CHOICES)]
SILENCE = "WAIT FOR DIGIT 5000"


async def listens(bench: Bench) -> Caller:
    """He has picked up, and the first words are played."""
    bench.switch.execute(msgspec.structs.replace(RING, hear=(FILE,)))
    bench.links["a"].tells("Newchannel", Channel=NAME, Uniqueid=UID)
    bench.links["a"].tells("DialEnd", DialStatus="ANSWER", DestChannel=NAME, DestUniqueid=UID)
    session = await bench.comes(f"mark={mark_of(O1)}", uniqueid=UID, path="/waiting-agent/secret")
    assert bench.desk.told()[-1] == ANSWERED
    bench.links["a"].fired()
    await settle()
    return session


async def until(session: Caller, command: str) -> None:
    """All that comes before it is played to its end."""
    while (heard := session.heard()) != [command]:
        assert heard, command
        await session.answers()


@pytest.mark.parametrize(("key", "done"), [("2", False), ("7", True)])
@pytest.mark.parametrize("when", [ALL[0], ALL[2], SILENCE])
async def test_a_key_at_any_time_says_what_is_to_be_done(bench: Bench, key: str, done: bool, when: str) -> None:
    session = await listens(bench)
    await until(session, when)
    await session.says(f"200 result={ord(key)} endpos=8000")
    if not done:
        assert session.heard() == ["EXEC Playtones ring"]
        await session.answers()
    assert bench.desk.told() == [events.MessageHeard(O1, done)]


async def test_he_hears_all_of_it_and_again_if_he_wants_to(bench: Bench) -> None:
    session = await listens(bench)
    heard = []
    while (line := session.heard()) != [SILENCE]:
        heard += line
        await session.answers()
    assert heard == ALL
    await session.says(f"200 result={ord('5')}")
    assert session.heard() == ALL[:1], "again from the beginning"


async def test_a_message_that_is_not_there_is_passed_over(bench: Bench) -> None:
    session = await listens(bench)
    await until(session, ALL[2])
    await session.says("200 result=-1 endpos=0")
    assert session.heard() == ALL[3:4]


async def test_who_presses_no_key_is_hung_up(bench: Bench) -> None:
    session = await listens(bench)
    assert len(await session.answers_all()) == TIMES * (len(ALL) + 1)
    assert bench.links["a"].fired() == [HANGUP]
    assert not any(isinstance(event, events.MessageHeard) for event in bench.desk.told())


async def test_who_hangs_up_has_said_nothing(bench: Bench) -> None:
    session = await listens(bench)
    await until(session, ALL[2])
    await session.says("HANGUP", "200 result=-1 endpos=0")
    assert bench.links["a"].fired() == []
    assert not any(isinstance(event, events.MessageHeard) for event in bench.desk.told())


async def test_who_is_dismissed_while_he_listens_is_hung_up_at_once(bench: Bench) -> None:
    """A good-bye would have to wait for the end of the message."""
    session = await listens(bench)
    await until(session, ALL[2])
    bench.switch.execute(dismiss("sorry"))
    assert bench.links["a"].fired() == [HANGUP]
    await session.says(f"200 result={ord('2')}")
    await session.answers()
    assert bench.desk.told() == [], "his key came too late"
