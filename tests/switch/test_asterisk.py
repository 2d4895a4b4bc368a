"""Sessions that reach the core: who is let in, what a caller brings with him, and what agents dial."""

from __future__ import annotations

import asyncio

import pytest

from cti.model import commands, events
from cti.model.changes import Refused
from cti.model.ticket import Ticket, encode_ticket
from cti.model.words import AgentAction, CallId, ContactId, OfferId, QueueName, RefusedReason
from cti.switch.ami import LinkState
from cti.switch.asterisk import MOST_SESSIONS, MOST_TOLD_NODES
from tests.switch.a_switch import ANNA, A, B, Bench
from tests.switch.in_memory import Caller, settle

pytestmark = pytest.mark.unit

C = CallId("a/17.1")
TICKET = Ticket(ContactId(C), QueueName("sales"), since=100.0, entered_at=100.0)
RING = commands.Ring(C, (commands.RingLeg(OfferId("o1"), "PJSIP/1001"),), 20.0)


def arrival(told: list[events.AnyEvent]) -> events.CallArrived:
    (event,) = told
    assert isinstance(event, events.CallArrived)
    return event


# --- start and end ----------------------------------------------------------------------------------------------------


async def test_the_door_opens_when_it_is_known_who_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    bench = Bench(monkeypatch)
    starting = asyncio.create_task(bench.switch.start(bench.desk))
    await settle()
    assert all(link.started for link in bench.links.values())
    stood = []
    for link in bench.links.values():
        stood.append(bench.door.open)
        await link.becomes(LinkState.UP)
        await link.lists_channels()
    await starting
    assert (stood, bench.door.open, bench.switch.listening) == ([False, False], True, True)
    assert bench.door.address == {"host": "0.0.0.0", "port": 4573, "allow": (), "max_sessions": MOST_SESSIONS}
    await bench.switch.close()
    assert (bench.door.open, bench.switch.listening) == (False, False)
    assert all(link.closed for link in bench.links.values())


async def test_one_node_that_tells_opens_the_door(monkeypatch: pytest.MonkeyPatch) -> None:
    """The others are waited for a moment: whoever comes back later keeps his place all the same."""
    monkeypatch.setattr("cti.switch.asterisk.FIRST_SNAPSHOT_S", 3600.0)
    monkeypatch.setattr("cti.switch.asterisk.OTHERS_S", 0.0)
    bench = Bench(monkeypatch)
    starting = asyncio.create_task(bench.switch.start(bench.desk))
    await settle()
    assert not bench.door.open
    await bench.links[B].becomes(LinkState.UP)
    await bench.links[B].lists_channels()
    await settle()
    assert bench.door.open
    starting.cancel()
    await bench.switch.close()


async def test_nobody_is_sent_to_a_door_that_is_shut(monkeypatch: pytest.MonkeyPatch) -> None:
    bench = Bench(monkeypatch, here="10.0.0.6:4573")
    here = {"Action": "Setvar", "Variable": "CTI_ENGINE_AT", "Value": "10.0.0.6:4573"}
    starting = asyncio.create_task(bench.switch.start(bench.desk))
    await settle()
    await bench.links[A].becomes(LinkState.UP)
    await bench.links[A].lists_channels()
    assert here not in bench.links[A].fired()
    await bench.links[B].becomes(LinkState.UP)
    await bench.links[B].lists_channels()
    await starting
    assert [link.fired().count(here) for link in bench.links.values()] == [1, 1]
    await bench.links[A].becomes(LinkState.DOWN)
    await bench.links[A].becomes(LinkState.UP)
    await bench.links[A].lists_channels()
    assert here in bench.links[A].fired()
    await bench.switch.close()


async def test_a_node_that_is_away_does_not_keep_the_door_shut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cti.switch.asterisk.FIRST_SNAPSHOT_S", 0.0)
    bench = Bench(monkeypatch)
    await bench.switch.start(bench.desk)
    assert bench.door.open
    await bench.switch.close()


# --- who may come in --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/inbound/secret", "/agent/secret", "/inbound/secret/"])
async def test_an_address_with_the_token_is_let_in(bench: Bench, path: str) -> None:
    assert bench.door.admit_path(path)


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "",
        "/inbound",
        "/inbound/",
        "/inbound/Secret",
        "/inbound/secre",
        "/inbound/secret/more",
        "/inbound/secret?x=1",
        "/outbounds/secret",
        "/waiting-agent/",
        "/agents/secret",
        "/secret",
        "/inbound/s\N{LATIN SMALL LETTER E WITH ACUTE}cret",
    ],
)
async def test_any_other_address_is_not(bench: Bench, path: str) -> None:
    assert not bench.door.admit_path(path)


@pytest.mark.parametrize("uniqueid", ["", "17.1 18", "17/1", "a" * 151, "17.1;2", "\N{ARABIC-INDIC DIGIT THREE}.1"])
async def test_a_session_whose_uniqueid_cannot_be_one_is_refused(bench: Bench, uniqueid: str) -> None:
    await bench.comes(uniqueid=uniqueid)
    assert bench.tasks[-1].done()
    assert (bench.desk.told(), bench.switch.calls, bench.switch.refused_sessions) == ([], {}, 1)


@pytest.mark.parametrize("path", ["/inbound/secret", "/agent/secret"])
@pytest.mark.parametrize("node", ["", "c", "A", "a/17.1"])
async def test_a_session_from_a_node_we_do_not_know_is_refused(bench: Bench, node: str, path: str) -> None:
    await bench.comes("action=login", node=node, path=path)
    assert bench.tasks[-1].done()
    assert (bench.desk.told(), bench.switch.calls, bench.switch.refused_sessions) == ([], {}, 1)


async def test_a_session_before_the_start_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    bench = Bench(monkeypatch)
    await bench.comes()
    assert bench.switch.refused_sessions == 1


async def test_a_node_that_nobody_knows_is_told_once_and_names_without_end_are_not(bench: Bench) -> None:
    for name in ("c", "c", *(f"n{number}" for number in range(MOST_TOLD_NODES))):
        await bench.comes(node=name)
    sent = [fields["sent"] for _, fields in bench.log.told("error")]
    assert sent == ["c", *(f"n{number}" for number in range(MOST_TOLD_NODES - 1))]
    assert bench.switch.refused_sessions == MOST_TOLD_NODES + 2


@pytest.mark.parametrize("node", ["%0ANOTICE", "a b", "x" * 41, "\N{LATIN SMALL LETTER E WITH ACUTE}"])
async def test_a_name_that_cannot_be_one_is_not_repeated_in_the_log(bench: Bench, node: str) -> None:
    await bench.comes(node=node)
    assert [fields["sent"] for _, fields in bench.log.told("error")] == ["(no valid name)"]


# --- a caller arrives -------------------------------------------------------------------------------------------------


async def test_a_caller_arrives_with_all_that_the_dialplan_says(bench: Bench) -> None:
    caller = await bench.comes(
        "entry=2",
        f"ticket={encode_ticket(TICKET)}",
        "dialstatus=NOANSWER",
        "answered_s=12",
        "dialled=%2B4930123",
        "queue=sales",
        "linkedid=17.1",
        number="+4930999",
    )
    assert bench.desk.told() == [
        events.CallArrived(
            C,
            A,
            "PJSIP/trunk-00000001",
            dialled="+4930123",
            caller="+4930999",
            queue=QueueName("sales"),
            entry=2,
            ticket=TICKET,
            dial_status="NOANSWER",
            answered_s=12.0,
        )
    ]
    assert set(bench.switch.calls) == {C}
    assert (caller.heard(), caller.closed, bench.tasks[-1].done()) == ([], False, False)


async def test_a_caller_of_whom_the_dialplan_says_nothing(bench: Bench) -> None:
    await bench.comes()
    assert bench.desk.told() == [events.CallArrived(C, A, "PJSIP/trunk-00000001", dialled="")]


@pytest.mark.parametrize(
    ("arg", "entry", "answered_s"),
    [
        ("entry=", 1, 0.0),
        ("entry=-1", 1, 0.0),
        ("entry=1.5", 1, 0.0),
        ("entry=0x10", 1, 0.0),
        ("entry=" + "9" * 3000, 1, 0.0),
        ("entry=\N{SUPERSCRIPT TWO}", 1, 0.0),
        ("entry=%32", 2, 0.0),
        ("entry", 1, 0.0),
        ("=", 1, 0.0),
        ("", 1, 0.0),
        ("answered_s=-1", 1, 0.0),
        ("answered_s=nan", 1, 0.0),
        ("answered_s=1e9", 1, 0.0),
        ("answered_s=7", 1, 7.0),
        ("ticket=garbage", 1, 0.0),
        ("ticket=" + "A" * 4000, 1, 0.0),
        ("unknown=x=y%", 1, 0.0),
    ],
)
async def test_what_the_dialplan_should_not_say_costs_no_caller(
    bench: Bench, arg: str, entry: int, answered_s: float
) -> None:
    await bench.comes(arg)
    arrived = arrival(bench.desk.told())
    assert (arrived.entry, arrived.answered_s, arrived.ticket) == (entry, answered_s, None)


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ("%2C%22%5C%3D", ',"\\='),
        ("%0D%0AEvent: Hangup", "\r\nEvent: Hangup"),
        ("a%", "a%"),
        ("%zz", "%zz"),
        ("%C3%A9", "\N{LATIN SMALL LETTER E WITH ACUTE}"),
        ("%ff", "\N{REPLACEMENT CHARACTER}"),
        ("a=b", "a=b"),
    ],
)
async def test_a_dialled_number_is_decoded_once_and_no_further(bench: Bench, sent: str, read: str) -> None:
    await bench.comes(f"dialled={sent}")
    assert arrival(bench.desk.told()).dialled == read


async def test_what_a_caller_may_choose_cannot_name_another_argument(bench: Bench) -> None:
    await bench.comes("dialled=5%2Cqueue%3Dsales%2Cnode%3Db")
    arrived = arrival(bench.desk.told())
    assert (arrived.queue, arrived.node) == (None, A)


async def test_a_caller_who_had_hung_up_before_he_arrived_is_lost_and_not_kept(bench: Bench) -> None:
    caller = Caller("node=a")
    caller.session.data_received(b"HANGUP\n")
    await bench.door.on_session(caller.session)
    assert bench.desk.told() == [events.SessionLost(C)]
    assert bench.switch.calls == {}


async def test_a_call_is_forgotten_when_its_session_is_over(bench: Bench) -> None:
    caller = await bench.a_call()
    await caller.hangs_up()
    assert bench.desk.told() == [events.SessionLost(C)]
    assert (bench.switch.calls, bench.tasks[-1].done()) == ({}, True)


async def test_a_new_session_of_a_call_ends_the_former_one_first(bench: Bench) -> None:
    former = await bench.a_call()
    bench.switch.execute(RING)
    newer = await bench.comes("dialstatus=ANSWER")
    told = bench.desk.told()
    assert told[0] == events.SessionLost(C)
    assert arrival(told[1:]).dial_status == "ANSWER"
    assert former.closed and not newer.closed
    assert bench.tasks[0].done()
    bench.switch.execute(commands.StartMusic(C, "jazz"))
    assert newer.heard() == ["SET MUSIC ON jazz"]


# --- feature codes ----------------------------------------------------------------------------------------------------


async def feature_code(bench: Bench, channel: str, *args: str) -> Caller:
    caller = Caller(*args, "node=a", path="/agent/secret")
    caller.session.env["agi_channel"] = channel
    bench.tasks.append(asyncio.create_task(bench.door.on_session(caller.session)))
    await settle()
    return caller


@pytest.mark.parametrize("action", list(AgentAction))
async def test_a_feature_code_that_is_granted(bench: Bench, action: AgentAction) -> None:
    caller = await feature_code(bench, "PJSIP/1001-0000000a", f"action={action}", "reason=2", "endpoint=1001")
    assert bench.desk.requests == [events.AgentRequest(ANNA, action, "2", by="phone")]
    assert caller.heard() == ["SET VARIABLE CTI_RESULT ok"]
    await caller.answers()
    assert bench.tasks[-1].done()
    assert (bench.desk.told(), bench.switch.calls) == ([], {})


async def test_a_feature_code_that_is_refused(bench: Bench) -> None:
    bench.desk.refusal = Refused(RefusedReason.ALREADY, "already logged in")
    caller = await feature_code(bench, "PJSIP/1001-0000000a", "action=login")
    assert bench.desk.requests == [events.AgentRequest(ANNA, AgentAction.LOGIN, by="phone")]
    assert caller.heard() == ["SET VARIABLE CTI_RESULT refused"]


@pytest.mark.parametrize(
    ("channel", "action"),
    [
        ("PJSIP/1009-0000000a", "login"),
        ("PJSIP/trunk-00000001", "login"),
        ("", "login"),
        ("PJSIP/1001-0000000a", ""),
        ("PJSIP/1001-0000000a", "LOGIN"),
        ("PJSIP/1001-0000000a", "shutdown"),
    ],
)
async def test_a_feature_code_of_nobody_or_for_nothing_is_refused_unasked(
    bench: Bench, channel: str, action: str
) -> None:
    caller = await feature_code(bench, channel, f"action={action}", "endpoint=1001")
    assert bench.desk.requests == []
    assert caller.heard() == ["SET VARIABLE CTI_RESULT refused"]


async def test_an_agent_who_hangs_up_before_the_answer_costs_nothing(bench: Bench) -> None:
    caller = await feature_code(bench, "PJSIP/front-desk-0000000a", "action=logout")
    await caller.breaks()
    assert bench.tasks[-1].exception() is None
