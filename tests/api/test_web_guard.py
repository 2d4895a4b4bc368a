"""Does nobody get past the guard by another's page, another's right, or another's part of the centre?"""

from __future__ import annotations

import asyncio
import ipaddress
import re
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import make_mocked_request
from aiohttp.web import Request, Response
from multidict import CIMultiDict

from cti.api.asking import add
from cti.api.operation import Access, Row
from cti.api.operations import BY_ROUTE, OPERATIONS, PREFIX
from cti.api.web_guard import Entrance, address_of
from cti.model.errors import ConfigError
from cti.people.rights import RIGHTS, Right, Role
from cti.store.database import Store
from tests.waiting import PATIENCE_S

from .web_scene import Answer, WebScene

pytestmark = pytest.mark.contract

WORDS = {"action": "login", "agent": "anna", "queue": "sales", "contact": "node1/1.1", "id": "anna"}
WORDS |= {"name": "winter", "number": "1", "decision": "skip", "hook": "crm", "upload": "1", "step": "look"}


async def ask_as(web: WebScene, role: Role, method: str, path: str, body: Any = None) -> Answer:
    browser = web.browser()
    if role.value in web.tokens:
        return await browser.ask(method, path, body, token=web.tokens[role.value])
    await browser.sign_in(role.value)
    return await browser.ask(method, path, body)


def path_of(path: str, action: str) -> str:
    for key, word in (WORDS | ({"action": action} if action else {})).items():
        path = path.replace(f"{{{key}}}", word)
    return PREFIX + re.sub(r"{\w+}", "1", path)


def all_requests() -> list[tuple[str, str, str, Right | Access, Right | None]]:
    """Each operation, with each word that its action may be."""
    found = []
    for each in OPERATIONS:
        rights = each.right if not isinstance(each.right, Right | Access) else {"": each.right}
        found += [(each.method, each.path, action, right, each.own) for action, right in rights.items()]
    return found


@pytest.mark.parametrize("role", list(Role))
async def test_every_role_may_what_the_table_says_and_nothing_else(web: WebScene, role: Role) -> None:
    browser = web.browser()
    token = web.tokens.get(role.value, "")
    if not token:
        await browser.sign_in(role.value)
    wrong = []
    for method, path, action, right, own in all_requests():
        if path in ("/sign-in", "/sign-out"):
            continue
        # ben is not himself: what somebody may do to himself is asked below
        where = path_of(path if own is None else path.replace("{agent}", "ben"), action)
        found = await browser.ask(method, where, {} if method != "GET" else None, token=token)
        denied = found.status == 403 and found.reason in ("no_right", "no_session", "whole_centre_only")
        may = (
            right in RIGHTS[role]
            if isinstance(right, Right)
            else right in (Access.ANYBODY, Access.SIGNED_IN) or not token
        )
        hidden = role is Role.AGENT and found.status == 404 and found.reason == "not_there"  # beside his part
        if found.status >= 500 or (denied == may and not hidden):
            wrong.append((method, where, right, own, found.status, found.body))
    assert not wrong


async def test_nobody_gets_anything(web: WebScene) -> None:
    browser = web.browser()
    for method, path, action, right, _ in all_requests():
        if right is not Access.ANYBODY:
            for headers in ({}, {"Authorization": "Bearer cti_guess"}, {"Authorization": "Basic YTpi"}):
                assert (await browser.ask(method, path_of(path, action), headers=headers)).status == 401, path


async def test_an_agent_may_change_himself_only(web: WebScene) -> None:
    browser = web.browser()
    await browser.sign_in("agent")
    assert (await browser.ask("POST", "/api/v1/agents/anna/pause", {"reason": "lunch"})).status == 200
    assert (await browser.ask("POST", "/api/v1/agents/ben/pause")).reason == "no_right"
    [asked] = web.scene.desk.asked
    assert (asked.agent, asked.by) == ("anna", "agent")  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        ({"X-CSRF-Token": ""}, "wrong_csrf"),
        ({"X-CSRF-Token": "guessed"}, "wrong_csrf"),
        ({"Origin": "https://evil.example"}, "wrong_origin"),
        ({"Origin": "null"}, "wrong_origin"),
        ({"Origin": ""}, "wrong_origin"),
    ],
)
async def test_another_page_cannot_use_the_cookie(web: WebScene, headers: dict[str, str], reason: str) -> None:
    browser = web.browser()
    await browser.sign_in("admin")
    found = await browser.ask("POST", "/api/v1/agents/anna/login", headers=headers)
    assert (found.status, found.reason) == (403, reason)
    assert web.scene.desk.asked == []


async def test_the_word_of_one_session_is_none_of_another(web: WebScene) -> None:
    one, other = web.browser(), web.browser()
    await one.sign_in("admin")
    await other.sign_in("admin")
    one.csrf = other.csrf
    assert (await one.ask("POST", "/api/v1/agents/anna/login")).reason == "wrong_csrf"


async def test_who_is_denied_is_remembered(web: WebScene) -> None:
    await ask_as(web, Role.AUDITOR, "POST", "/api/v1/agents/anna/login")
    what = [(e.what, e.user, e.by, e.result, e.reason) for e in web.scene.audit.entries][-1]
    assert what == ("denied", "auditor", "auditor", "refused", "no_right")


async def test_whoever_asks_is_who_has_signed_in(web: WebScene) -> None:
    for body, path in (({"by": "boss"}, "/agents/anna/login"), ({}, "/agents/anna/login?by=boss")):
        await ask_as(web, Role.ADMIN, "POST", PREFIX + path, body)
    await ask_as(web, Role.API, "POST", "/api/v1/agents/anna/login", {"by": "boss"})
    assert [event.by for event in web.scene.desk.asked] == ["admin", "admin", "token.api"]  # type: ignore[union-attr]
    await ask_as(web, Role.ADMIN, "PATCH", "/api/v1/queues/sales", {"target_s": 30, "by": "boss"})
    assert web.scene.policy.asked[-1] == ("change", {"queues.sales.target_s": 30}, "admin")


async def test_rows_of_others_are_not_there(web: WebScene) -> None:
    web.rows = {Row.CONTACT: {"node1/1.1": {"queue": "support"}, "node1/2.2": {"queue": "sales"}}}
    token = web.add_token("part", Role.SUPERVISOR, queues=("support",))

    async def ask(method: str, path: str, body: Any = None) -> Answer:
        return await web.browser().ask(method, PREFIX + path, body, token=token)

    assert (await ask("GET", "/queues")).body["queues"] == []
    assert (await ask("GET", "/agents")).body["agents"] == []
    assert (await ask("GET", "/calls")).body["calls"] == []
    assert (await ask("GET", "/status")).body["status"] == {"nodes": {"node1": "up"}}
    for method, path, body in (
        ("PATCH", "/queues/sales", {"target_s": 1}),
        ("POST", "/agents/anna/login", {}),
        ("POST", "/contacts/node1/2.2/withdraw", {}),
        ("POST", "/contacts/node1/9.9/withdraw", {}),
        ("POST", "/contacts/node1/1.1/move", {"queue": "sales"}),
        ("PUT", "/agents/anna/queues/support", {}),
        ("GET", "/campaigns/winter/plan", None),
    ):
        found = await ask(method, path, body)
        assert (found.status, found.reason) in ((404, "not_there"), (404, "no_such_path")), path
        assert "exists" not in found.body
    assert web.scene.desk.asked == [] and web.scene.policy.asked == []
    assert (await ask("POST", "/contacts/node1/1.1/withdraw", {})).status == 200
    assert (await ask("POST", "/reload")).reason in ("no_right", "whole_centre_only")


@pytest.mark.parametrize(
    ("values", "key"),
    [
        ({"rings": [{"after_s": 1, "queues": ["sales", "support"]}]}, "queues"),
        ({"rings": [{"after_s": 1, "groups": ["b"]}]}, "groups"),
        ({"on_max_wait": {"queue": "support"}}, "queue"),
        ({"keys": {"1": {"queue": 7}}}, "queue"),
        ({"blending": {"behind": ["support"]}}, "behind"),
        ({"on_nobody": {"goto": "cti-outbound,cti-x,1"}}, "goto"),
        ({"on_long_wait": {"over_s": 9, "to": {"flow": "main"}}}, "flow"),
        ({"tier": 0}, "tier"),
        ({"head_start_s": 86400}, "head_start_s"),
        ({"head_starts": [{"when": {"a": "b"}, "seconds": 9}]}, "head_starts"),
        ({"rings": [{"after_s": 1, "groups": ["a"], "queues": ["sales"], "accept": {"queue": 1}}]}, None),
        ({"target_s": 30, "on_max_wait": {"goto": None, "play": ["sorry"]}, "requires": {"tier": 3}}, None),
    ],
)
async def test_a_queue_does_not_reach_other_parts_by_its_keys(web: WebScene, values: Any, key: str | None) -> None:
    token = web.add_token("part", Role.SUPERVISOR, queues=("sales",), teams=("a",))
    found = await web.browser().ask("PATCH", "/api/v1/queues/sales", values, token=token)
    assert found.status == 200 if key is None else (found.reason, found.body["key"]) == ("whole_centre_only", key)
    assert bool(web.scene.policy.asked) is (key is None)
    assert (await ask_as(web, Role.ADMIN, "PATCH", "/api/v1/queues/sales", values)).status == 200


@pytest.mark.parametrize(
    ("query", "key"),
    [("", "tier"), ("?field=tier", "tier"), ("?field=target_s", None), ("?field=target_s&field=tier", "tier")],
)
async def test_nor_by_setting_them_back(web: WebScene, query: str, key: str | None) -> None:
    token = web.add_token("part", Role.SUPERVISOR, queues=("sales",), teams=("a",))
    web.rows[Row.LIVE_CHANGE] = {"sales": {"tier": [0, 5], "target_s": [30, 20]}}
    web.scene.policy.live = [{"path": f"queues.sales.{name}"} for name in ("tier", "target_s")]
    found = await web.browser().ask("DELETE", f"/api/v1/queues/sales/live{query}", token=token)
    assert found.status == 200 if key is None else (found.reason, found.body["key"]) == ("whole_centre_only", key)
    assert (await ask_as(web, Role.ADMIN, "DELETE", f"/api/v1/queues/sales/live{query}")).status == 200


async def test_whose_phone_rings_when_he_listens(web: WebScene) -> None:
    web.add("eva", Role.SUPERVISOR, phone="PJSIP/9")
    web.rows[Row.CONTACT] = {"node1/1.1": {"contact": "node1/1.1", "queue": "sales"}}
    eva = web.browser()
    await eva.sign_in("eva")
    for phone, found in (
        ("", 200),
        ("PJSIP/9", 200),
        ("PJSIP/1", 200),
        ("PJSIP/8", "not_your_phone"),
        ("SIP/9", "bad_phone"),
    ):
        body = {"phone": phone} if phone else {}
        told = await eva.ask("POST", "/api/v1/contacts/node1/1.1/listen", body)
        assert (told.status if told.status == 200 else told.reason) == found, phone
    assert [asked.phone for asked in web.scene.desk.asked] == ["PJSIP/9", "PJSIP/9", "PJSIP/1"]  # type: ignore[union-attr]


async def test_numbers_are_for_those_who_may_see_them(web: WebScene) -> None:
    seen = {role: await ask_as(web, role, "GET", "/api/v1/calls") for role in (Role.SUPERVISOR, Role.AUDITOR)}
    assert seen[Role.SUPERVISOR].body["calls"][0]["caller"] == "+4930123"
    assert seen[Role.AUDITOR].body["calls"][0]["caller"] == "+49 ••• ••23"


async def test_who_waits_is_for_those_who_may_see_calls(web: WebScene) -> None:
    seen = {role: await ask_as(web, role, "GET", "/api/v1/queues") for role in (Role.SUPERVISOR, Role.WALL)}
    assert {role: row.body["queues"][0]["position"] for role, row in seen.items()} == {
        Role.SUPERVISOR: [{"contact": "node1/1.1"}],
        Role.WALL: [],
    }
    assert seen[Role.WALL].body["queues"][0]["waiting"] == 1


async def test_a_screen_on_a_wall_gets_nobody_of_a_list(web: WebScene) -> None:
    for path in ("results", "results?format=csv", "lists"):
        assert (await ask_as(web, Role.WALL, "GET", f"/api/v1/campaigns/spring/{path}")).reason == "no_right", path


async def test_the_numbers_of_reports_are_ours_and_nobodys_secret(web: WebScene) -> None:
    paths = ("/api/v1/reports/numbers", "/api/v1/definitions")
    seen = [(await ask_as(web, Role.AUDITOR, "GET", path)).body.get("number") for path in paths]
    assert seen == ["+4930123", "+49 ••• ••23"]


@pytest.mark.parametrize(
    ("remote", "forwarded", "found"),
    [
        ("10.0.0.9", "1.2.3.4", "10.0.0.9"),
        ("192.0.2.1", "1.2.3.4", "1.2.3.4"),
        ("192.0.2.1", "6.6.6.6, 1.2.3.4", "1.2.3.4"),
        ("192.0.2.1", "1.2.3.4, 192.0.2.7", "1.2.3.4"),
        ("192.0.2.1", "6.6.6.6\n1.2.3.4", "1.2.3.4"),
        ("192.0.2.1", "", "192.0.2.1"),
    ],
)
def test_only_our_proxies_say_where_somebody_is(remote: str, forwarded: str, found: str) -> None:
    """A proxy adds to the line that is there, or adds a line of its own."""
    headers = CIMultiDict([("X-Forwarded-For", line) for line in forwarded.split("\n")])
    request = make_mocked_request("GET", "/", headers=headers).clone(remote=remote)
    entrance = Entrance(("https://x.example",), (ipaddress.ip_network("192.0.2.0/24"),))
    assert address_of(request, entrance) == found


async def test_the_old_prefix_is_no_way_around(web: WebScene) -> None:
    for method, path, action, right, _ in all_requests():
        if right is not Access.ANYBODY:
            old = path_of(path, action).removeprefix("/api")
            assert (await web.browser().ask(method, old)).status == 401, old


async def test_a_route_without_a_line_is_refused_at_start(web: WebScene, web_store: Store, tmp_path: Path) -> None:
    async def nothing(_request: Request) -> Response:
        return Response()

    other = WebScene(web_store, tmp_path)
    with pytest.raises(ConfigError, match="/api/v1/backdoor"):
        async with other.open(more=lambda app: add(app, "GET", "/backdoor", nothing)):
            pass


async def test_bytes_that_are_no_text_are_refused_and_nothing_fails(web: WebScene) -> None:
    signed_in = web.browser()
    await signed_in.sign_in("admin")
    cookie = f"cti={signed_in.cookies['cti']}".encode()
    origin = b"Origin: " + web.origin.encode()
    asked = {
        b"GET /api/v1/me HTTP/1.1\r\nCookie: cti=\xff\xfe": 401,
        b"GET /api/v1/me HTTP/1.1\r\nAuthorization: Bearer cti_\xff": 401,
        b"POST /api/v1/sign-out HTTP/1.1\r\nX-CSRF-Token: \xe9\r\n" + origin + b"\r\nCookie: " + cookie: 403,
        b"POST /api/v1/sign-in HTTP/1.1\r\nContent-Type: application/json\r\n"
        b"Transfer-Encoding: chunked\r\n\r\n1\r\n\xff\r\n0\r\n\r\n": 400,
        b"POST /api/v1/sign-in HTTP/1.1\r\nContent-Type: application/json\r\n"
        b'Content-Length: 12\r\n\r\n{"name":"\xff"}': 400,
    }
    host, port = web.origin.removeprefix("http://").split(":")
    found = []
    for said in asked:
        reader, writer = await asyncio.open_connection(host, int(port))
        head, middle, body = said.partition(b"\r\n\r\n")
        writer.write(head + b"\r\nHost: x\r\nConnection: close" + (middle + body if middle else b"\r\n\r\n"))
        found.append(int((await asyncio.wait_for(reader.readline(), PATIENCE_S)).split()[1]))
        writer.close()
    assert found == list(asked.values())


@pytest.mark.parametrize("path", ["/api", "/v1", "/API/v1/queues", "/V1/", "/Api"])
async def test_an_address_of_the_api_that_is_not_there_is_no_page(web: WebScene, path: str) -> None:
    found = await web.browser().ask("GET", path)
    assert (found.status, found.reason, found.body["detail"]) == (404, "no_such_path", f"there is no {path}")
    assert (await web.browser().ask("GET", "/apiary")).status == 200


async def test_a_method_that_a_path_does_not_take_is_told_with_those_that_it_takes(web: WebScene) -> None:
    found = await web.browser().ask("DELETE", f"{PREFIX}/queues")
    assert (found.status, found.reason) == (405, "no_such_method")
    assert found.body["detail"] == f"{PREFIX}/queues takes GET,HEAD, not DELETE"


def test_each_operation_has_one_line() -> None:
    assert len(BY_ROUTE) == len(OPERATIONS)


async def test_pages_are_asked_for_his_part_so_that_an_empty_one_is_the_end(web: WebScene) -> None:
    lists = {"contacts": web.scene.past, "callbacks": web.scene.callbacks, "follow-ups": web.scene.follow_ups}
    some, whole = web.add_token("some", Role.API, queues=("sales",)), web.add_token("whole", Role.API)
    browser = web.browser()
    for path, asked in lists.items():
        for token in (some, whole):
            assert (await browser.ask("GET", f"{PREFIX}/{path}", token=token)).status == 200
        of_some, of_whole = asked.parts
        assert of_some is not None and (set(of_some.queues), set(of_some.agents)) == ({"sales"}, set()), path
        assert of_whole is None, path


async def test_where_the_centre_is_anothers_nobody_is_told_who_he_is_and_nothing_is_begun(web: WebScene) -> None:
    browser = web.browser()
    await browser.sign_in("admin")
    web.scene.owns = False
    for method, path in (("POST", "/api/v1/agents/anna/login"), ("GET", "/api/v1/queues"), ("GET", "/supervisor")):
        found = await browser.ask(method, path, {} if method == "POST" else None)
        assert (found.status, found.reason) == (503, "standby")
    assert (await web.browser().sign_in("admin")).reason == "standby"
    assert web.scene.desk.asked == []
    web.scene.owns = True
    assert (await browser.ask("POST", "/api/v1/agents/anna/login", {})).status == 200
