"""Does a running engine say why, and does the next one remember?"""

from __future__ import annotations

import asyncio
import contextlib
import json
import sqlite3
import threading
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import SecretStr
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs

from cti import app as the_app
from cti.app import Application
from cti.cli import control
from cti.config import settings as config
from cti.hooks.outbox import Outbox
from cti.keepers import callback_keeper
from cti.model import events
from cti.model.hooks import Hook
from cti.model.words import AgentAction, AgentId, CallId, NodeId
from cti.store import campaigns, history_left, hook_outbox
from cti.store.database import open_store
from cti.store.history_writer import HistoryWriter
from cti.store.writer_thread import WriterThread
from cti.switch import asterisk
from tests.running import Running
from tests.waiting import until

pytestmark = pytest.mark.contract

HOST, NOBODY = "127.33.0.1", "127.33.0.9"  # no Asterisk listens there
NODE = NodeId("node1")


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> config.Settings:
    monkeypatch.setattr(asterisk, "FIRST_SNAPSHOT_S", 0.01)
    file = {
        "nodes": {"node1": {"host": NOBODY, "secret": "x"}},
        "fastagi": {"listen": f"{HOST}:0", "token": "t"},
        "http": {"listen": f"{HOST}:0"},
        "state_dir": str(tmp_path),
        "settle_s": 0,
        "queues": {"sales": {}},
        "agents": {"anna": {"phone": "PJSIP/1001", "queues": ["sales"]}},
        "entries": {"6001": {"queue": "sales"}},
        "history": {"keep_days": 7},
    }
    return config.loads(yaml.safe_dump(file).encode())


async def ask(app: Application, path: str) -> Any:
    return await asyncio.to_thread(control.ask, app.settings.control, "GET", path)


async def test_a_contact_is_explained_live_and_after_a_restart(settings: config.Settings) -> None:
    async with Application.start(settings) as app:
        app.engine.post(events.NodeUp(NODE))
        call = CallId("node1/100.1")
        app.engine.post(events.CallArrived(call, NODE, "PJSIP/trunk-1", "6001", caller="+4930"))
        told = await ask(app, "/v1/contacts/100.1/timeline")
        assert [each["reason"] for each in told["now"]["look"]["standings"]] == ["logged_out"]
        assert app.engine.ask(events.AgentRequest(AgentId("anna"), AgentAction.LOGIN, "", "test")) is None
        app.engine.post(events.CallGone(call))
        decided = await ask(app, "/v1/contacts/100.1/decisions")
        version = decided["looks"][-1]["version"]
    async with Application.start(settings) as app:
        again = await ask(app, "/v1/contacts/100.1/decisions")
        assert again["looks"] == decided["looks"]
        assert [each["agent"] for each in again["looks"][-1]["standings"]] == ["anna"]
        assert len(version) == 12
        status = await ask(app, "/v1/status")
        errors = status["status"]["errors"]
        assert [errors[kind] for kind in ("history", "history_lost", "agent_status")] == [0, 0, 0]


async def test_who_was_lost_over_a_death_is_on_the_boards_too(
    settings: config.Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AFTER_S", "BACK_S", "LOOK_S"):
        monkeypatch.setattr(history_left, name, 0.05)
    async with Application.start(settings) as app:
        app.engine.post(events.NodeUp(NODE))
        app.engine.post(events.CallArrived(CallId("node1/100.1"), NODE, "PJSIP/trunk-1", "6001", caller="+4930"))
    async with Application.start(settings) as app:
        assert app._history_writer.left._over() == []
        app.engine.post(events.NodeUp(NODE))
        await until(lambda: app.view.queues["sales"].counts.ended("abandoned"), "his end on the boards")
        today = app.view.tally.windows("sales").shown(app.clock())["today"]
        assert (today["offered"], today["abandoned"], today["waiting"]) == (1, 1, 0)
        status = await ask(app, "/v1/status")
        assert (status["status"]["errors"]["history"], status["status"]["errors"]["live_view"]) == (0, 0)


async def test_a_webhook_tells_what_the_dead_engine_has_seen(
    settings: config.Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history_left, "AFTER_S", 0.05)
    monkeypatch.setattr(history_left, "LOST_S", 0.0)
    hook = Hook(url=f"http://{NOBODY}:9/", secret="whsec_" + 32 * "A")
    settings = settings.model_copy(update={"hooks": {"crm": hook}})
    async with Application.start(settings) as app:
        app.engine.post(events.NodeUp(NODE))
        assert app.engine.ask(events.AgentRequest(AgentId("anna"), AgentAction.LOGIN, "", "test")) is None
        app.engine.post(events.CallArrived(CallId("node1/100.1"), NODE, "PJSIP/trunk-1", "6001", caller="+4930"))
        app.engine.post(events.OfferAnswered(next(iter(app.engine.center.offers))))
    store = open_store(f"sqlite:///{tmp_path}/cti.db")
    async with Application.start(settings):
        await until(lambda: hook_outbox.due(store, "crm", 1e12, 9)[0], "his end in the outbox")
    (message,) = hook_outbox.due(store, "crm", 1e12, 9)[0]
    store.close()
    told = json.loads(message.body)["data"]
    assert (told["outcome"], told["agent"], told["talk_s"]) == ("answered", "anna", None)


async def test_a_day_that_cannot_be_read_is_said(settings: config.Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(the_app, "restore_today", lambda *_: False)
    with capture_logs() as logged:
        async with Application.start(settings):
            pass
    assert [line for line in logged if "of today cannot be read" in line["event"]]


async def test_a_refused_reload_leaves_the_history_as_it_was(tmp_path: Path) -> None:
    """Ben is on a break before and after it: nobody was hired anew."""
    running = Running(tmp_path)
    agents = {name: {"phone": f"PJSIP/{name}", "queues": ["sales"], "starts": "available"} for name in ("anna", "ben")}
    policy = {"queues": {"sales": {}, "support": {}}, "agents": agents, "entries": {"6001": {"queue": "sales"}}}
    running.write(policy)
    async with running.start():
        for name in agents:
            assert (await running.ask("POST", f"/v1/agents/{name}/pause", {"reason": "lunch"}))[0] == 200
        running.caller()
        running.write({"queues": {"support": {}}, "agents": {"carl": {"phone": "PJSIP/carl", "queues": ["support"]}}})
        assert (await running.ask("POST", "/v1/reload"))[1]["refused"] == "in_use"
        second = running.caller()
        _, decided = await running.ask("GET", f"/v1/contacts/{second}/decisions")
        standings = decided["looks"][-1]["standings"]
        assert {each["agent"]: each["reason"] for each in standings} == {"anna": "on_break", "ben": "on_break"}
        assert decided["looks"][-1]["version"] == running.app.policy.version
    with sqlite3.connect(tmp_path / "cti.db") as database:
        assert database.execute("SELECT DISTINCT agent FROM agent_fact ORDER BY agent").fetchall() == [
            ("anna",),
            ("ben",),
        ]
        assert database.execute("SELECT count(*) FROM config_version").fetchall() == [(1,)]


async def test_a_start_reads_the_store_beside_the_loop(
    settings: config.Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or an owner who has much to read would stand still until the next one has his lease."""
    read: dict[str, bool] = {}

    def watch(place: Any, name: str) -> None:
        asked = getattr(place, name)

        def noted(*words: Any, **more: Any) -> Any:
            read[name] = threading.current_thread() is threading.main_thread()
            return asked(*words, **more)

        monkeypatch.setattr(place, name, noted)

    for name in ("open_store", "restore_today", "load_agent_status"):
        watch(the_app, name)
    watch(history_left.LeftBehind, "__init__")
    watch(Outbox, "goes_on")
    watch(callback_keeper, "open_promises")
    watch(campaigns, "left_behind")
    hooks = {"crm": Hook(url=f"http://{NOBODY}:9/", secret=SecretStr("whsec_" + 32 * "A"))}
    async with Application.start(settings.model_copy(update={"hooks": hooks})):
        assert len(read) == 7 and not any(read.values()), f"on the loop: {[name for name in read if read[name]]}"


async def test_a_stop_in_the_midst_of_a_start_leaves_no_history_behind(
    settings: config.Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads, may_go_on, closed = threading.Event(), threading.Event(), threading.Event()
    begin, close = history_left.LeftBehind.__init__, HistoryWriter.close

    def slow(left: history_left.LeftBehind, *words: Any) -> None:
        reads.set()
        may_go_on.wait(30.0)
        begin(left, *words)

    def closes(writer: HistoryWriter) -> int:
        closed.set()
        return close(writer)

    monkeypatch.setattr(history_left.LeftBehind, "__init__", slow)
    monkeypatch.setattr(HistoryWriter, "close", closes)
    starting = asyncio.create_task(Application.start(settings).__aenter__())
    await until(reads.is_set)
    starting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await starting
    may_go_on.set()
    await until(closed.is_set)


async def test_a_stop_tells_how_many_facts_it_could_not_store(settings: config.Settings, tmp_path: Path) -> None:
    with capture_logs() as logged:
        async with Application.start(settings) as app:
            assert app._history_writer.flush(30.0)
            with contextlib.closing(sqlite3.connect(tmp_path / "cti.db")) as database:
                database.execute("ALTER TABLE contact_fact RENAME TO away")
            app.engine.post(events.NodeUp(NODE))
            app.engine.post(events.CallArrived(CallId("node1/100.1"), NODE, "PJSIP/trunk-1", "6001", caller="+4930"))
    [line] = [line for line in logged if line["event"] == "not_written_at_the_end"]
    assert line["left"].keys() == {"history"} and line["left"]["history"] >= 1


async def test_whoever_writes_in_a_thread_is_closed_with_the_others(
    settings: config.Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that is closed by itself, on the loop, would wait for a store that hangs in its turn."""
    begun, begin = list[str](), WriterThread._begin

    def watched(writer: WriterThread[Any]) -> None:
        begun.append(writer._what)
        begin(writer)

    monkeypatch.setattr(WriterThread, "_begin", watched)
    async with Application.start(settings) as app:
        assert len(begun) == 9 and app.closing.names == {*begun, "attempts"}


async def test_who_asks_is_told_where_what_happened_last_is_not_stored_yet(
    settings: config.Settings, tmp_path: Path
) -> None:
    async with Application.start(settings) as app:
        app.engine.post(events.NodeUp(NODE))
        app.engine.post(events.CallArrived(CallId("node1/100.1"), NODE, "PJSIP/trunk-1", "6001", caller="+4930"))
        assert app._history_writer.flush(30.0)
        paths = (
            "/v1/contacts",
            "/v1/contacts/100.1/timeline",
            "/v1/contacts/100.1/decisions",
            "/v1/agents/anna/explain",
        )
        assert [(await ask(app, path))["stored"] for path in paths] == [True] * 4
        writes = app._history_writer._write
        app._history_writer._write = _fails  # type: ignore[method-assign]
        app.engine.post(events.CallGone(CallId("node1/100.1")))
        assert [(await ask(app, path))["stored"] for path in paths] == [False] * 4
        app._history_writer._write = writes  # type: ignore[method-assign]


def _fails(work: object) -> None:
    raise OperationalError("", None, Exception())
