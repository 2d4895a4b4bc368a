"""Does a running engine take another policy, keep what people changed, and leave all as it was where it may not?"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import structlog

from cti import listening
from cti.acd import new_rules
from cti.app import Application
from cti.config import settings as config
from cti.metrics import queue_log_file
from cti.model.changes import Refused
from cti.model.events import AnyEvent, CallGone
from cti.switch.asterisk import AsteriskSwitch
from tests.running import HOST, NOBODY, Running
from tests.waiting import until

pytestmark = pytest.mark.contract


def policy(**queues: Any) -> dict[str, Any]:
    found = queues or {"sales": {"target_s": 20}, "support": {}}
    return {
        "queues": found,
        "agents": {
            "anna": {"phone": "PJSIP/1001", "queues": [next(iter(found))]},
            "ben": {"phone": "PJSIP/1002", "queues": list(found)},
        },
        "entries": {str(6001 + n): {"queue": name} for n, name in enumerate(found)},
    }


@pytest.fixture
def made(tmp_path: Path) -> Running:
    running = Running(tmp_path)
    running.write(policy())
    return running


@pytest.fixture
async def running(made: Running) -> AsyncIterator[Running]:
    async with made.start():
        yield made


async def row(running: Running, part: str, name: str) -> dict[str, Any]:
    _, found = await running.ask("GET", f"/v1/{part}")
    [only] = [row for row in found[part] if name in (row.get("name"), row.get("id"))]
    return dict(only)


async def test_a_clock_that_is_not_the_machine_s_is_a_warning(running: Running) -> None:
    assert running.app._warnings() == []
    running.app.clock.reached(running.app.clock() + 300.0)
    [warning] = running.app._warnings()
    assert "5 min ahead of the machine's" in warning


async def test_a_store_whose_file_is_gone_is_said_everywhere_and_costs_nothing_where_it_comes_back(
    running: Running, tmp_path: Path
) -> None:
    file = tmp_path / "cti.db"
    file.rename(tmp_path / "away.db")
    running.caller()
    await until(running.app._warnings, "a warning")
    [warning] = running.app._warnings()
    _, found = await running.ask("GET", "/v1/status")
    assert "moved or deleted" in warning and found["status"]["store"]["why"] in warning
    (tmp_path / "away.db").rename(file)
    await until(lambda: not running.app._warnings(), "all is well")
    _, found = await running.ask("GET", "/v1/status")
    assert found["status"]["store"] == {"why": "", "since": None}
    _, told = await running.ask("GET", "/v1/contacts/100.1/timeline")
    assert told["stored"] and told["facts"], "nothing was lost"


async def test_lines_of_the_queue_log_that_are_lost_are_counted_among_the_errors(
    made: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue_log_file, "MAX_KEPT_LINES", 1)
    made.write(policy(), queue_log=str(made.folder / "nowhere" / "queue_log"))
    async with made.start():
        assert made.app._count_errors()["queue_log"] == 1, "the line of the start is not written"
        made.caller()
        assert made.app._count_errors()["queue_log"] == 2, "and given up for the caller's"


async def test_a_reload_holds_for_those_who_wait_and_in_every_reader(running: Running) -> None:
    first = running.caller()
    running.write(policy(sales={"target_s": 33}, support={}, vip={}), http={"listen": f"{NOBODY}:1"})
    status, checked = await running.ask("POST", "/v1/reload", {"check": True})
    assert (status, checked["applied"]) == (200, False)
    assert (await row(running, "queues", "sales"))["target_s"] == 20
    status, found = await running.ask("POST", "/v1/reload", {"by": "cli.me"})
    assert (status, found["applied"], found["needs_restart"]) == (200, True, ["http.listen"])
    assert found["difference"] == checked["difference"]
    assert {"queue sales: target_s 20 -> 33", "+ queue vip", "agent ben joins vip"} < set(found["difference"])
    assert (await row(running, "queues", "sales"))["target_s"] == 33
    assert (await row(running, "agents", "ben"))["queues"] == ["sales", "support", "vip"]
    assert b'le="33.0",queue="vip"' in running.app.prometheus.render()
    assert running.app.engine.center.contacts[first].target_s == 33
    assert (await running.ask("POST", "/v1/reload"))[1]["applied"] is False


async def test_phones_follow(running: Running) -> None:
    changed = policy()
    changed["agents"]["anna"]["phone"] = "PJSIP/1009"
    running.write(changed)
    await running.ask("POST", "/v1/reload")
    assert set(running.app.switch._phones) == {"PJSIP/1009", "PJSIP/1002"}


async def test_a_broken_file_changes_nothing_and_says_where(running: Running) -> None:
    running.file.write_text(running.file.read_text().replace("target_s", "targt_s"))
    status, found = await running.ask("POST", "/v1/reload")
    assert (status, found["refused"]) == (409, "bad_configuration")
    [error] = found["errors"]
    assert error.startswith(f"{running.file}:") and 'did you mean "target_s"' in error
    assert (await row(running, "queues", "sales"))["target_s"] == 20


async def test_what_callers_use_is_not_taken_away(running: Running) -> None:
    waits = running.caller()
    running.write(policy(support={}, vip={}))
    status, found = await running.ask("POST", "/v1/reload")
    assert (status, found["refused"], found["detail"]) == (409, "in_use", "queue sales: 1 callers")
    _, queues = await running.ask("GET", "/v1/queues")
    assert [queue["name"] for queue in queues["queues"]] == ["sales", "support"]
    assert await running.line("sales") == [waits]
    assert (await running.ask("POST", f"/v1/contacts/{waits}/withdraw"))[0] == 200
    running.app.engine.post(CallGone(waits))
    assert (await running.ask("POST", "/v1/reload"))[1]["applied"] is True
    _, queues = await running.ask("GET", "/v1/queues")
    assert [queue["name"] for queue in queues["queues"]] == ["support", "vip"]
    assert running.app.view.inconsistent == 0


async def test_supervisors_move_prioritise_and_withdraw(running: Running) -> None:
    first, second, third = running.caller(), running.caller(), running.caller()
    assert (await running.ask("POST", f"/v1/contacts/{third}/prioritise", {"seconds": 60}))[0] == 200
    assert await running.line("sales") == [third, first, second]
    encoded = second.replace("/", "%2F")
    status, found = await running.ask("POST", f"/v1/contacts/{encoded}/move", {"queue": "support"})
    assert (status, found["contact"]["queue"]) == (200, "support")
    assert (await running.ask("POST", f"/v1/contacts/{first}/move", {"queue": "suport"}))[1]["detail"] == (
        'did you mean "support"?'
    )
    assert (await running.ask("POST", f"/v1/contacts/{first}/withdraw", {"by": "eva"}))[0] == 200
    assert await running.line("sales") == [third]
    assert (await running.ask("POST", "/v1/contacts/node1/9.9/withdraw"))[0] == 404
    sales = await row(running, "queues", "sales")
    assert (sales["moved"], sales["withdrawn"]) == (1, 1)


async def test_live_changes_hold_over_reload_and_restart_until_they_are_reset(made: Running) -> None:
    async with made.start():
        _, found = await made.ask("PATCH", "/v1/queues/sales", {"target_s": 30, "by": "eva"})
        assert found["difference"] == ["queue sales: target_s 20 -> 30"]
        _, found = await made.ask("PUT", "/v1/agents/anna/queues/support", {"level": 2})
        assert found["difference"] == ["agent anna joins support (level 2)"]
        await made.ask("DELETE", "/v1/agents/ben/queues/support")
        made.write(policy(sales={"target_s": 25, "wrap_up_s": 3}, support={}))
        assert (await made.ask("POST", "/v1/reload"))[1]["difference"] == ["queue sales: wrap_up_s 0 -> 3"]
    async with made.start():
        assert (await row(made, "queues", "sales"))["target_s"] == 30
        assert (await row(made, "agents", "anna"))["queues"] == ["sales", "support"]
        assert (await row(made, "agents", "ben"))["queues"] == ["sales"]
        _, live = await made.ask("GET", "/v1/live-changes")
        [target] = [change for change in live["live_changes"] if change["path"] == "queues.sales.target_s"]
        assert (target["value"], target["file"], target["by"]) == (30.0, 25.0, "eva")
        _, found = await made.ask("DELETE", "/v1/queues/sales/live?field=target_s")
        assert found["difference"] == ["queue sales: target_s 30 -> 25"]
        _, found = await made.ask("POST", "/v1/reload", {"drop_live": True})
        assert found["difference"] == ["agent anna leaves support", "agent ben joins support"]
        assert (await made.ask("GET", "/v1/live-changes"))[1] == {
            "version": found["version"],
            "live_changes": [],
            "stored": True,
        }


async def test_a_change_that_does_not_fit_rests_and_is_named(made: Running) -> None:
    async with made.start():
        await made.ask("PATCH", "/v1/queues/support", {"target_s": 30})
        await made.ask("PATCH", "/v1/queues/sales", {"target_s": 30})
    made.write(policy(sales={}, vip={}))
    with structlog.testing.capture_logs() as lines:
        async with made.start():
            _, live = await made.ask("GET", "/v1/live-changes")
    assert [(change["path"], change["resting"]) for change in live["live_changes"]] == [
        ("queues.support.target_s", True),
        ("queues.sales.target_s", False),
    ]
    [told] = [line for line in lines if "it rests until it does" in line["event"]]
    assert (told["path"], told["why"]) == (
        "queues.support.target_s",
        'there is no queue "support" (known: sales, vip)',
    )


async def test_everything_that_was_asked_for_is_remembered(running: Running) -> None:
    await running.ask("POST", "/v1/agents/anna/login", {"by": "eva"})
    await running.ask("POST", "/v1/agents/anna/unpause")
    await running.ask("PATCH", "/v1/queues/sales", {"target_s": 30})
    await running.ask("PATCH", "/v1/queues/sales", {"target_s": "Li, +4930"})
    await running.ask("POST", f"/v1/contacts/{running.caller()}/prioritise", {"seconds": 9})
    await running.ask("GET", "/v1/queues")
    with structlog.testing.capture_logs() as lines:
        await running.app.reload()
    assert lines[-1]["event"] == "configuration read again: nothing has changed"
    _, found = await running.ask("GET", "/v1/audit?limit=9")
    told = [(entry["what"], entry["on"], entry["detail"], entry["result"], entry["reason"]) for entry in found["audit"]]
    assert told[::-1] == [
        ("agent.login", "anna", {}, "done", ""),
        ("agent.unpause", "anna", {}, "refused", "already"),
        ("queue.set", "sales", {"target_s": 30}, "done", ""),
        ("queue.set", "sales", {"keys": ["target_s"]}, "refused", "bad_configuration"),
        ("contact.prioritise", "node1/100.1", {"seconds": 9.0}, "done", ""),
        ("reload", "", {}, "done", ""),
    ]
    assert [entry["by"] for entry in found["audit"]] == ["SIGHUP", "control", "control", "control", "control", "eva"]
    assert {entry["uid"] for entry in found["audit"]} == {None, os.getuid()}


async def test_requests_at_the_same_time_are_handled_one_after_the_other(running: Running) -> None:
    keys = {"target_s": 31, "wrap_up_s": 4, "ring_timeout_s": 9, "tier": 3}
    found = await asyncio.gather(
        *(running.ask("PATCH", "/v1/queues/sales", {key: value}) for key, value in keys.items()),
        *(running.ask("POST", "/v1/reload") for _ in range(3)),
    )
    assert [status for status, _ in found] == [200] * 7
    sales = running.app.policy.center.queues["sales"]
    assert {key: getattr(sales, key) for key in keys} == keys


async def test_an_engine_without_a_file_says_so(made: Running) -> None:

    async with Application.start(config.load(made.file)) as app:
        made.app = app
        assert (await made.ask("POST", "/v1/reload"))[1]["refused"] == "no_file"
        assert (await made.ask("PATCH", "/v1/queues/sales", {"target_s": 30}))[1]["applied"] is True


@pytest.mark.parametrize("breaks", ["the core's rule", "the whole core"])
async def test_a_policy_that_a_bug_keeps_out_holds_nowhere(
    running: Running, monkeypatch: pytest.MonkeyPatch, breaks: str
) -> None:
    """It counted as accepted: history, pages and store went on with what the core had by half."""
    app = running.app
    former, version = app._policy, app.policy.version
    whose, name = (new_rules, "apply") if breaks == "the core's rule" else (app.engine.center, "_apply")
    with monkeypatch.context() as patch:
        patch.setattr(whose, name, lambda *_, **__: {}["a bug"])
        with pytest.raises((RuntimeError, KeyError)):
            await app.policy.change({"queues.sales.target_s": 33}, by="eva")
    assert app._policy is former and app.view.policy is former and app.history._newest == (version, former)
    assert (app.policy.version, app.engine.center.policy_version) == (version, version)
    assert app._history_writer._center is former and app.policy.live_changes() == []
    assert (await running.ask("PATCH", "/v1/queues/sales", {"target_s": 33}))[0] == 200
    assert app._policy.queues["sales"].target_s == app.engine.center.policy.queues["sales"].target_s == 33


async def test_a_bug_after_the_core_has_taken_a_policy_keeps_nobody_on_the_former(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask = running.app.engine.ask

    def asked(event: AnyEvent) -> Refused | None:
        ask(event)
        raise ZeroDivisionError

    monkeypatch.setattr(running.app.engine, "ask", asked)
    assert (await running.ask("PATCH", "/v1/queues/sales", {"target_s": 33}))[0] == 200
    app = running.app
    assert app._policy.queues["sales"].target_s == app.engine.center.policy.queues["sales"].target_s == 33
    assert app.policy.version == app.engine.center.policy_version


async def test_wishes_are_refused_before_callers_are_given_back(made: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    """Until then they are served as ever; nobody changes nodes and agents of an engine that gives its calls back."""
    given_back, close = list[str](), AsteriskSwitch.close

    async def watched(switch: AsteriskSwitch) -> None:
        with pytest.raises(aiohttp.ClientConnectorError):
            await made.ask("POST", "/v1/agents/anna/login", {"by": "eva"})
        given_back.append("all")
        await close(switch)

    monkeypatch.setattr(AsteriskSwitch, "close", watched)
    async with made.start():
        assert (await made.ask("GET", "/v1/queues"))[0] == 200
    assert given_back == ["all"]


class Office:
    """The centre is ours, until `owns` says otherwise."""

    token, says, standbys, redis_away_s = 1, "", 0, None
    owns = True

    def may_act(self) -> bool:
        return self.owns

    def step_down(self) -> None: ...


async def test_who_owns_the_centre_no_more_answers_nobody_as_its_owner(
    made: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    """He was stopped, and goes on: what waited for him meanwhile would hold nowhere."""
    runners, serve_tcp = [], listening.serve_tcp

    async def kept(*given: Any) -> aiohttp.web.AppRunner:
        runners.append(await serve_tcp(*given))
        return runners[-1]

    monkeypatch.setattr(listening, "serve_tcp", kept)
    made.write(policy(), web={"listen": f"{HOST}:0"})
    office = Office()
    async with made.start(office), aiohttp.ClientSession() as session:
        health = "http://{}:{}".format(*runners[0].addresses[0])

        async def asked() -> list[int]:
            urls = [f"{health}/ownz", f"{health}/healthz", f"{health}/metrics", f"{made.app.web.address}/api/docs"]
            statuses = []
            for url in urls:
                async with session.get(url) as answer:
                    statuses.append(answer.status)
            return statuses

        assert await asked() == [200, 200, 200, 200]
        assert (await made.ask("POST", "/v1/agents/anna/login"))[0] == 200
        office.owns = False
        assert await asked() == [503, 200, 200, 503]
        wishes = [("agents/anna/logout", {}), ("nodes/node1/drain", {}), ("drain", {}), ("reload", {})]
        for path, body in wishes:
            status, told = await made.ask("POST", f"/v1/{path}", body)
            assert (status, told["type"]) == (503, "urn:cti:standby"), path
        office.owns = True
        assert (await row(made, "agents", "anna"))["status"] == "available"
        assert not made.app.policy.center.nodes["node1"].drained
