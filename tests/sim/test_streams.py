"""Do the streams keep the order they promise, and break what they are told to?"""

from __future__ import annotations

import random

import pytest

from cti.model.events import AnyEvent, LegDown, LegUp
from cti.sim.agenda import VirtualAgenda
from cti.sim.streams import AgiStream, AmiStream

pytestmark = pytest.mark.unit


def drain(agenda: VirtualAgenda) -> None:
    while agenda.next_at() is not None:
        agenda.step()


def ami(seed: int = 0) -> tuple[VirtualAgenda, AmiStream, list[AnyEvent]]:
    agenda, heard = VirtualAgenda(), list[AnyEvent]()
    stream = AmiStream(agenda, random.Random(seed), heard.append)
    stream.connect()
    return agenda, stream, heard


def test_ami_is_in_order() -> None:
    agenda, stream, heard = ami()
    sent = [LegDown(str(n)) for n in range(200)]
    for event in sent:
        stream.send(event)
    drain(agenda)
    assert heard == sent
    assert stream.in_flight == 0


def test_nothing_arrives_after_a_cut() -> None:
    agenda, stream, heard = ami()
    acted: list[int] = []
    stream.send(LegDown("1"))
    stream.act(lambda: acted.append(1))
    stream.cut()
    stream.send(LegDown("2"))
    drain(agenda)
    assert heard == [] == acted
    assert not stream.clean


@pytest.mark.parametrize(("field", "fewest", "most"), [("lost", 0, 80), ("repeated", 120, 200), ("late", 100, 100)])
def test_weather(field: str, fewest: int, most: int) -> None:
    agenda, stream, heard = ami()
    setattr(stream.weather, field, 0.5)
    sent = [LegUp(str(n), "PJSIP/1") for n in range(100)]
    for event in sent:
        stream.send(event)
    drain(agenda)
    assert fewest <= len(heard) <= most
    if field == "late":
        assert heard != sent


def test_snapshots_are_sure() -> None:
    agenda, stream, heard = ami()
    stream.weather.lost = 1.0
    stream.send(LegDown("lost"))
    stream.send(LegDown("sure"), sure=True)
    drain(agenda)
    assert heard == [LegDown("sure")]


def test_agi_is_in_order_per_call() -> None:
    agenda, heard = VirtualAgenda(), list[AnyEvent]()
    stream = AgiStream(agenda, random.Random(0), heard.append)
    for n in range(50):
        stream.send("a", LegDown(f"a{n:02}"))
        stream.send("b", LegDown(f"b{n:02}"))
    drain(agenda)
    legs = [event.leg for event in heard if isinstance(event, LegDown)]
    assert [leg for leg in legs if leg[0] == "a"] == sorted(leg for leg in legs if leg[0] == "a")
    assert legs != [f"{call}{n:02}" for n in range(50) for call in "ab"]
