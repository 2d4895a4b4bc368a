"""Which text is in the files while callers are in several versions? And a store that is deaf delays no reload."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cti.flows import in_force
from cti.flows.in_force import NOT_STORED
from cti.ivr import verbs
from cti.store.database import Store, open_store
from tests.flow_bench import FlowBench

pytestmark = pytest.mark.contract

FILE = ("en", "cti/flows/main/a")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = open_store(f"sqlite:///{tmp_path}/cti.db")
    yield store
    store.close()


@pytest.fixture
def bench(tmp_path: Path, store: Store) -> FlowBench:
    return FlowBench(tmp_path, store)


def sound(text: str) -> verbs.Sound:
    return verbs.Sound(FILE[1], FILE[0], text)


async def test_what_the_newest_version_says_is_in_the_files_also_after_a_roll_back(bench: FlowBench) -> None:
    flows = bench.opened()
    assert bench.desk.built[FILE] == "Hello" and not bench.desk.says_other(sound("Hello"))
    bench.say("Good day")
    await flows.reload(by="eva")
    assert bench.desk.says_other(sound("Hello")), "for those inside, whose version it was"
    assert not bench.desk.says_other(sound("Good day"))
    await flows.roll_back(by="eva")
    assert bench.heard() == "Hello" and bench.desk.says_other(sound("Hello")), "the files say what the folder says"
    bench.opened()
    assert bench.heard() == "Hello" and bench.desk.says_other(sound("Hello")), "over a restart, too"


def test_a_recording_or_an_unknown_file_says_no_other_text(bench: FlowBench) -> None:
    bench.opened()
    assert not bench.desk.says_other(verbs.Sound("custom/x", "en", "Hello"))
    assert not bench.desk.says_other(sound(""))


async def test_a_deaf_store_delays_no_reload(bench: FlowBench, monkeypatch: pytest.MonkeyPatch) -> None:
    flows = bench.opened()
    hears, store = threading.Event(), in_force.put_in_force

    def deaf(*words: Any) -> None:
        hears.wait(20)
        store(*words)

    monkeypatch.setattr(in_force, "KEEP_S", 0.02)
    monkeypatch.setattr(in_force, "put_in_force", deaf)
    try:
        for number, text in ((2, "One"), (3, "Two")):
            bench.say(text)
            answer = await flows.reload(by="eva")
            assert (answer.applied, answer.flows, answer.warnings) == (True, number, [NOT_STORED])
            assert bench.heard() == text
    finally:
        hears.set()
    monkeypatch.setattr(in_force, "KEEP_S", 20)
    assert await flows.keep() == []
    assert [row["version"] for row in (await flows.versions())["versions"]] == [3, 2, 1], "and nothing is lost"
