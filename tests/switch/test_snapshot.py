"""A list of channels while channels come and go: nothing slips through, nothing dead stays in."""

from __future__ import annotations

import asyncio

import pytest

from cti.model.events import SnapshotLeg
from cti.model.ticket import Ticket, encode_ticket
from cti.model.words import ContactId, NodeId, QueueName
from cti.switch.ami import AmiTimeout
from cti.switch.snapshot import PORTION, Snapshots
from tests.switch.in_memory import Link, settle

pytestmark = pytest.mark.unit

TICKET = Ticket(ContactId("a/1.1"), QueueName("sales"), since=100.0, entered_at=100.0)
Taking = asyncio.Task[tuple[SnapshotLeg, ...]]


def channel(uniqueid: str, name: str = "PJSIP/1001-0000000a", **more: str) -> dict[str, str]:
    return {"Event": "Status", "Uniqueid": uniqueid, "Channel": name, **more}


def snapshots(*known: str) -> tuple[Snapshots, Link]:
    link = Link(on_event=lambda fields: None, on_state=lambda change: None)
    return Snapshots(NodeId("a"), link, set(known).__contains__), link  # type: ignore[arg-type]


async def begin(shots: Snapshots) -> Taking:
    taking = asyncio.create_task(shots.take())
    await settle()
    return taking


async def taken(*channels: dict[str, str], known: tuple[str, ...] = ()) -> tuple[SnapshotLeg, ...]:
    shots, link = snapshots(*known)
    taking = await begin(shots)
    await link.lists_channels(*channels)
    return await taking


async def test_every_channel_of_the_list_is_a_leg() -> None:
    shots, link = snapshots()
    taking = await begin(shots)
    assert link.questions == [{"Action": "Status", "Variables": "CTI_TICKET", "until": "StatusComplete"}]
    await link.lists_channels(
        channel("1.1", "PJSIP/trunk-00000001", Context="cti-inbound", BridgeID="b7", Seconds="61"),
        channel("2.1", "PJSIP/1001-0000000a", Context="cti-agent", BridgeID="b7", Seconds="59"),
    )
    assert await taking == (
        SnapshotLeg("a/1.1", "PJSIP/trunk-00000001", "PJSIP/trunk", bridge="b7", ours=True, age_s=61.0),
        SnapshotLeg("a/2.1", "PJSIP/1001-0000000a", "PJSIP/1001", bridge="b7", age_s=59.0),
    )


@pytest.mark.parametrize(
    ("number", "context", "known", "caller"),
    [
        ("+493012345", "cti-inbound", (), "+493012345"),
        ("<unknown>", "cti-inbound", (), ""),
        ("+493012345", "cti-inbound", ("a/1.1",), ""),
        ("+493012345", "from-office", (), ""),
    ],
)
async def test_the_number_of_a_caller_of_ours_whom_we_do_not_know(
    number: str, context: str, known: tuple[str, ...], caller: str
) -> None:
    (leg,) = await taken(channel("1.1", Context=context, CallerIDNum=number), known=known)
    assert leg.caller == caller


async def test_what_comes_and_goes_while_thousands_of_channels_are_read_is_known() -> None:
    shots, link = snapshots()
    taking = await begin(shots)
    looked = asyncio.get_running_loop().create_future()

    def known(leg: str) -> bool:
        if leg == "a/0.1":  # the first one is read: the loop is free again before the last one is

            def hear() -> None:
                looked.set_result(taking.done())
                shots.went(channel("1.1"))
                shots.came(channel("9.9"))

            asyncio.get_running_loop().call_soon(hear)
        return False

    shots._known = known
    await link.lists_channels(*(channel(f"{number}.1") for number in range(PORTION + 2)))
    legs = {leg.leg for leg in await taking}
    assert not await looked
    assert legs == {f"a/{number}.1" for number in range(PORTION + 2) if number != 1} | {"a/9.9"}


async def test_an_empty_node_has_no_legs() -> None:
    assert await taken() == ()


@pytest.mark.parametrize(("seconds", "age_s"), [({"Seconds": "5"}, 5.0), ({"Seconds": "-1"}, 0.0), ({}, 0.0)])
async def test_an_age_that_is_no_number_is_none(seconds: dict[str, str], age_s: float) -> None:
    (leg,) = await taken(channel("1.1", **seconds))
    assert leg.age_s == age_s


async def test_items_without_a_channel_are_passed_over() -> None:
    legs = await taken({"Event": "Status"}, {"Event": "Status", "Uniqueid": "1.1"})
    assert [(leg.leg, leg.channel) for leg in legs] == [("a/1.1", "")]


# --- tickets ----------------------------------------------------------------------------------------------------------


async def test_the_ticket_of_a_call_we_do_not_know_is_read() -> None:
    variables = f"OTHER=1\r\nCTI_TICKET={encode_ticket(TICKET)}"
    (leg,) = await taken(channel("1.1", Variable=variables))
    assert leg.ticket == TICKET


async def test_the_ticket_of_a_call_we_hold_is_ours_and_not_read() -> None:
    variable = f"CTI_TICKET={encode_ticket(TICKET)}"
    legs = await taken(channel("1.1", Variable=variable), channel("2.1", Variable=variable), known=("a/1.1",))
    assert [(leg.leg, leg.ticket) for leg in legs] == [("a/1.1", None), ("a/2.1", TICKET)]


@pytest.mark.parametrize("variable", ["CTI_TICKET=", "CTI_TICKET=%%%", "CTI_TICKETS=x", ""])
async def test_a_damaged_ticket_is_none(variable: str) -> None:
    (leg,) = await taken(channel("1.1", Variable=variable))
    assert leg.ticket is None


# --- meanwhile --------------------------------------------------------------------------------------------------------


async def test_a_channel_that_came_meanwhile_is_in_it() -> None:
    shots, link = snapshots()
    taking = await begin(shots)
    shots.came(channel("2.1", "PJSIP/1002-0000000b"))
    await link.lists_channels(channel("1.1"))
    assert {(leg.leg, leg.channel, leg.phone) for leg in await taking} == {
        ("a/1.1", "PJSIP/1001-0000000a", "PJSIP/1001"),
        ("a/2.1", "PJSIP/1002-0000000b", "PJSIP/1002"),
    }


async def test_a_channel_that_came_and_is_in_the_list_is_told_once_with_all_that_the_list_knows() -> None:
    shots, link = snapshots()
    taking = await begin(shots)
    shots.came(channel("1.1"))
    await link.lists_channels(channel("1.1", BridgeID="b7"))
    assert [(leg.leg, leg.bridge) for leg in await taking] == [("a/1.1", "b7")]


async def test_a_channel_that_went_meanwhile_is_not_in_it() -> None:
    shots, link = snapshots()
    taking = await begin(shots)
    shots.went(channel("1.1"))
    await link.lists_channels(channel("1.1"), channel("2.1"))
    assert [leg.leg for leg in await taking] == ["a/2.1"]


async def test_a_channel_that_came_and_went_meanwhile_is_not_in_it() -> None:
    shots, link = snapshots()
    taking = await begin(shots)
    shots.came(channel("1.1"))
    shots.went(channel("1.1"))
    await link.lists_channels()
    assert await taking == ()


async def test_what_happens_behind_the_last_item_of_the_list_still_counts() -> None:
    shots, link = snapshots()
    taking = await begin(shots)
    link.lists[-1].set_result([channel("1.1")])
    shots.went(channel("1.1"))
    shots.came(channel("2.1"))
    assert [leg.leg for leg in await taking] == ["a/2.1"]


async def test_each_snapshot_begins_anew() -> None:
    shots, link = snapshots()
    shots.came(channel("8.1"))
    first = await begin(shots)
    shots.came(channel("2.1"))
    shots.went(channel("1.1"))
    await link.lists_channels(channel("1.1"))
    assert [leg.leg for leg in await first] == ["a/2.1"]
    shots.went(channel("3.1"))
    second = await begin(shots)
    await link.lists_channels(channel("1.1"), channel("3.1"))
    assert [leg.leg for leg in await second] == ["a/1.1", "a/3.1"]


async def test_a_list_that_fails_is_told_and_leaves_nothing_behind() -> None:
    shots, link = snapshots()
    first = await begin(shots)
    link.lists[-1].set_exception(AmiTimeout("no answer"))
    with pytest.raises(AmiTimeout):
        await first
    shots.came(channel("2.1"))
    second = await begin(shots)
    await link.lists_channels(channel("1.1"))
    assert [leg.leg for leg in await second] == ["a/1.1"]


@pytest.mark.parametrize(
    ("uniqueid", "context", "state", "ours"),
    [
        ("cti-x1", "cti-outbound", "6", True),
        ("cti-x1", "cti-fallback", "6", True),  # he has answered while no engine was there
        ("cti-x1", "from-trunk", "5", False),  # it rings
        ("1.1", "cti-fallback", "6", False),  # a caller whom we have given up
    ],
)
async def test_whom_we_have_called_and_who_has_answered_is_ours(
    uniqueid: str, context: str, state: str, ours: bool
) -> None:
    (leg,) = await taken(channel(uniqueid, Context=context, ChannelState=state))
    assert leg.ours is ours
