"""May an administrator, and nobody else, let people and programs in, and is every secret told once?"""

from __future__ import annotations

from typing import Any

import pyotp
import pytest

from .web_scene import CHEAP, PASSWORD, Answer, Browser, WebScene

pytestmark = pytest.mark.contract


@pytest.fixture
async def admin(web: WebScene) -> Browser:
    browser = web.browser()
    await browser.sign_in("admin")
    return browser


async def test_who_is_added_signs_in_with_what_was_told(web: WebScene, admin: Browser) -> None:
    made = await admin.ask("POST", "/api/v1/users", {"name": "eva", "role": "supervisor", "queues": ["sales"]})
    assert made.status == 200 and made.body["user"]["queues"] == ["sales"]
    eva = web.browser()
    assert (await eva.sign_in("eva", made.body["password"])).body["user"]["role"] == "supervisor"
    assert (await admin.ask("PATCH", "/api/v1/users/eva", {"role": "auditor"})).body["user"]["role"] == "auditor"
    assert (await eva.ask("GET", "/api/v1/me")).body["user"]["role"] == "auditor"
    again = await admin.ask("POST", "/api/v1/users/eva/password")
    assert (await eva.ask("GET", "/api/v1/me")).status == 401
    assert (await eva.sign_in("eva", again.body["password"])).status == 200
    assert (await admin.ask("POST", "/api/v1/users/eva/lock")).body["user"]["locked"] is True
    assert (await eva.ask("GET", "/api/v1/me")).status == 401
    assert (await admin.ask("DELETE", "/api/v1/users/eva")).status == 200
    listed = await admin.ask("GET", "/api/v1/users")
    assert "eva" not in str(listed.body) and "argon2" not in str(listed.body)
    said = str(web.scene.remembered())
    assert made.body["password"] not in said and again.body["password"] not in said and "user.lock" in said


async def test_a_token_is_told_once_and_ends(web: WebScene, admin: Browser) -> None:
    made = await admin.ask("POST", "/api/v1/tokens", {"name": "lobby", "role": "wall", "days": 1})
    token = made.body["token"]
    assert (await web.browser().ask("GET", "/api/v1/queues", token=token)).status == 200
    assert token not in str((await admin.ask("GET", "/api/v1/tokens")).body)
    web.now += 86_400
    assert (await web.browser().ask("GET", "/api/v1/queues", token=token)).status == 401
    await admin.sign_in("admin")
    assert (await admin.ask("DELETE", f"/api/v1/tokens/{made.body['id']}")).status == 200


@pytest.mark.parametrize(
    ("method", "path", "body", "found"),
    [
        ("POST", "/users", {"name": "eva", "role": "wall"}, (400, "bad_role")),
        ("POST", "/users", {"name": "eva", "role": "boss"}, (400, "bad_request")),
        ("POST", "/users", {"name": "e va", "role": "admin"}, (400, "bad_name")),
        ("POST", "/users", {"name": "admin", "role": "admin"}, (409, "already")),
        ("POST", "/users", {"name": "eva", "role": "supervisor", "queues": ["sale"]}, (400, "unknown_queue")),
        ("POST", "/users", {"name": "eva", "role": "supervisor", "phone": "Local/0019005551234"}, (400, "bad_phone")),
        ("PATCH", "/users/admin", {"phone": "SIP/1009"}, (400, "bad_phone")),
        ("PATCH", "/users/admin", {"phone": "PJSIP/0019005551234@carrier"}, (400, "bad_phone")),
        ("PATCH", "/users/admin", {"role": "auditor"}, (409, "last_admin")),
        ("DELETE", "/users/admin", None, (409, "last_admin")),
        ("POST", "/users/admin/lock", None, (409, "last_admin")),
        ("POST", "/users/nobody/lock", None, (404, "unknown_user")),
        ("POST", "/users/admin/kick", None, (404, "unknown_action")),
        ("DELETE", "/tokens/999", None, (404, "unknown_token")),
        ("DELETE", "/tokens/x", None, (400, "bad_request")),
    ],
)
async def test_what_cannot_be_says_so(
    admin: Browser, method: str, path: str, body: Any, found: tuple[int, str]
) -> None:
    answer: Answer = await admin.ask(method, f"/api/v1{path}", body)
    assert (answer.status, answer.reason) == found


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": "e va"}, "name"),
        ({"name": "admin"}, "name"),
        ({"role": "wall"}, "role"),
        ({"role": "agent"}, "agent"),
        ({"agent": "ana"}, "agent"),
        ({"phone": "SIP/12"}, "phone"),
        ({"queues": ["sale"]}, "queues"),
        ({"teams": ["x"]}, "teams"),
    ],
)
async def test_a_refusal_names_the_field(admin: Browser, wrong: dict[str, Any], field: str) -> None:
    found = await admin.ask("POST", "/api/v1/users", {"name": "eva", "role": "supervisor", **wrong})
    assert found.status in (400, 409) and found.body["field"] == field


async def test_what_is_wrong_with_a_person_is_said_before_his_password_is_made(
    admin: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hash takes its time on purpose; nobody waits for that of a person who cannot be."""
    monkeypatch.setattr(CHEAP, "hash", lambda _password: pytest.fail("hashed"))
    asked = {"name": "eva", "role": "supervisor", "phone": "SIP/12"}
    assert (await admin.ask("POST", "/api/v1/users", asked)).reason == "bad_phone"


async def test_an_authenticator_is_taken_with_a_code_and_given_up_with_the_password(web: WebScene) -> None:
    browser = web.browser()
    await browser.sign_in("supervisor")
    new = (await browser.ask("POST", "/api/v1/me/totp/new")).body
    clock = pyotp.TOTP(new["secret"])
    wanted = {"password": PASSWORD, "secret": new["secret"], "code": "000000"}
    assert (await browser.ask("POST", "/api/v1/me/totp", wanted)).reason == "wrong_code"
    wanted["code"] = clock.at(int(web.now))
    wrong = wanted | {"password": "not-this-one-at-all"}
    assert (await browser.ask("POST", "/api/v1/me/totp", wrong)).reason == "wrong_credentials"
    assert (await browser.ask("POST", "/api/v1/me/totp", wanted)).status == 200
    assert (await web.browser().sign_in("supervisor")).reason == "totp_needed"
    web.now += 30
    assert (await web.browser().sign_in("supervisor", totp=clock.at(int(web.now)))).status == 200
    assert (await browser.ask("DELETE", "/api/v1/me/totp", {"password": PASSWORD})).status == 200
    assert (await web.browser().sign_in("supervisor")).status == 200
    assert new["secret"] not in str(web.scene.remembered())
