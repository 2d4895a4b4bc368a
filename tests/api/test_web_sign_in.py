"""Does a session begin with the right password only, under a new key, and end when it should?"""

from __future__ import annotations

import asyncio
from typing import Any

import pyotp
import pytest

from cti.api.web_guard import Entrance
from cti.people.keys import kept
from cti.people.rights import Role
from cti.people.throttle import IN_A_ROW, PER_ADDRESS
from tests.waiting import PATIENCE_S

from .web_scene import CHEAP, PASSWORD, WebScene

pytestmark = pytest.mark.contract


async def test_who_signs_in_is_known_from_then_on(web: WebScene) -> None:
    browser = web.browser()
    assert (await browser.ask("GET", "/api/v1/me")).reason == "not_signed_in"
    found = await browser.sign_in("supervisor")
    assert found.status == 200 and found.body["user"]["role"] == "supervisor"
    assert "contacts.move" in found.body["user"]["rights"] and "users.change" not in found.body["user"]["rights"]
    cookie = found.headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie and "Path=/" in cookie
    assert (await browser.ask("GET", "/api/v1/me")).body == found.body


def test_on_https_the_cookie_is_bound_to_its_host() -> None:
    assert Entrance(("https://cti.example.org",)).cookie == "__Host-cti"
    assert Entrance(("http://127.0.0.1:8089",)).cookie == "cti"


@pytest.mark.parametrize("given", [("supervisor", "wrong-but-long-enough"), ("nobody", PASSWORD), ("a" * 64, PASSWORD)])
async def test_wrong_words_all_sound_alike(web: WebScene, given: tuple[str, str]) -> None:
    found = await web.browser().sign_in(*given)
    assert (found.status, found.reason) == (401, "wrong_credentials")
    assert "Set-Cookie" not in found.headers
    whose = given[0] if given[0] == "supervisor" else ""  # a name that nobody has may be a password
    assert [(entry.by, entry.on) for entry in web.scene.audit.entries] == [("?", whose)]


async def test_a_name_that_nobody_has_costs_a_hash_too(web: WebScene, monkeypatch: pytest.MonkeyPatch) -> None:
    checked: list[str | None] = []
    real = CHEAP.is_right

    def is_right(hashed: str | None, password: str) -> bool:
        checked.append(hashed)
        return real(hashed, password)

    monkeypatch.setattr(CHEAP, "is_right", is_right)
    verified: list[str] = []
    verify = CHEAP._hasher.verify
    monkeypatch.setattr(type(CHEAP._hasher), "verify", lambda _self, *a: verified.append(a[0]) or verify(*a))
    web.add("locked", Role.ADMIN, locked=True)
    for name in ("nobody", "locked", "admin"):
        await web.browser().sign_in(name, "wrong-but-long-enough")
    assert checked[:2] == [None, None] and checked[2]
    assert len(verified) == 3 and all(each.startswith("$argon2id$") for each in verified)


async def test_a_key_that_was_there_before_the_sign_in_is_worth_nothing_after_it(web: WebScene) -> None:
    victim = web.browser()
    victim.cookies["cti"] = planted = "a-key-that-somebody-else-knows-too"
    await victim.sign_in("supervisor")
    assert victim.cookies["cti"] != planted
    thief = web.browser()
    thief.cookies["cti"] = planted
    assert (await thief.ask("GET", "/api/v1/me")).status == 401


async def test_a_second_sign_in_of_a_browser_ends_its_first_session(web: WebScene) -> None:
    browser = web.browser()
    await browser.sign_in("supervisor")
    first = dict(browser.cookies)
    await browser.sign_in("admin")
    assert first != browser.cookies
    browser.cookies = first
    assert (await browser.ask("GET", "/api/v1/me")).status == 401


async def test_what_is_kept_is_no_key(web: WebScene) -> None:
    browser = web.browser()
    await browser.sign_in("supervisor")
    secret = browser.cookies["cti"]
    assert web.records.session(secret) is None and web.records.session(kept(secret)) is not None


async def test_a_session_ends_by_signing_out_by_idleness_and_by_age(web: WebScene) -> None:
    browser = web.browser()
    await browser.sign_in("supervisor")
    session = dict(browser.cookies)
    assert (await browser.ask("POST", "/api/v1/sign-out")).status == 200
    browser.cookies = session
    assert (await browser.ask("GET", "/api/v1/me")).status == 401
    await browser.sign_in("supervisor")
    web.now += 7199
    assert (await browser.ask("GET", "/api/v1/me")).status == 200
    web.now += 7201
    assert (await browser.ask("GET", "/api/v1/me")).status == 401
    await browser.sign_in("supervisor")
    for _ in range(6):
        web.now += 7000
        assert (await browser.ask("GET", "/api/v1/me")).status == 200
    web.now += 1300
    assert (await browser.ask("GET", "/api/v1/me")).status == 401


async def test_who_is_locked_or_removed_is_out_at_once(web: WebScene) -> None:
    one, other = web.browser(), web.browser()
    await one.sign_in("supervisor")
    await other.sign_in("auditor")
    web.records.change_user("supervisor", locked=True)
    web.records.remove_user("auditor")
    assert [(await each.ask("GET", "/api/v1/me")).status for each in (one, other)] == [401, 401]
    assert (await one.sign_in("supervisor")).reason == "wrong_credentials"


async def test_another_password_ends_all_other_sessions(web: WebScene) -> None:
    here, elsewhere = web.browser(), web.browser()
    await here.sign_in("supervisor")
    await elsewhere.sign_in("supervisor")
    change: dict[str, Any] = {"old": "not-this-one-at-all", "new": "quite-another-password"}
    assert (await here.ask("POST", "/api/v1/me/password", change)).reason == "wrong_credentials"
    change["old"] = PASSWORD
    for weak in ("short", "x" * 30, "supervisor-and-more", PASSWORD):
        assert (await here.ask("POST", "/api/v1/me/password", change | {"new": weak})).reason == "weak_password"
    found = await here.ask("POST", "/api/v1/me/password", change)
    assert found.status == 200
    here.csrf = found.body["csrf"]
    assert [(await each.ask("GET", "/api/v1/me")).status for each in (here, elsewhere)] == [200, 401]
    assert (await elsewhere.sign_in("supervisor")).status == 401
    assert (await elsewhere.sign_in("supervisor", "quite-another-password")).status == 200


async def test_a_code_is_asked_for_only_after_the_password_and_counts_once(web: WebScene) -> None:
    secret = pyotp.random_base32()
    web.add("eva", Role.ADMIN, totp=secret)
    code = pyotp.TOTP(secret).at(int(web.now))
    assert (await web.browser().sign_in("eva", "wrong-but-long-enough", totp=code)).reason == "wrong_credentials"
    assert (await web.browser().sign_in("eva")).reason == "totp_needed"
    assert (await web.browser().sign_in("eva", totp="000000")).reason == "wrong_credentials"
    assert (await web.browser().sign_in("eva", totp=code)).status == 200
    assert (await web.browser().sign_in("eva", totp=code)).reason == "wrong_credentials"


async def test_who_has_the_password_cannot_guess_codes_for_ever(web: WebScene) -> None:
    web.add("eva", Role.ADMIN, totp=pyotp.random_base32())
    found = []
    for _ in range(IN_A_ROW):
        found += [(await web.browser().sign_in("eva", **more)).reason for more in ({}, {"totp": "000000"})]
    assert found.count("wrong_credentials") < IN_A_ROW and found[-1] == "too_many_tries"


async def test_guessing_one_name_is_slowed_down_and_nobody_else_is(web: WebScene) -> None:
    for _ in range(IN_A_ROW):
        assert (await web.browser().sign_in("supervisor", "wrong-but-long-enough")).status == 401
    found = await web.browser().sign_in("supervisor")
    assert (found.status, found.reason) == (429, "too_many_tries") and int(found.headers["Retry-After"]) > 0
    assert (await web.browser().sign_in("admin")).status == 200
    web.now += 16
    assert (await web.browser().sign_in("supervisor")).status == 200


async def test_somebody_behind_the_same_proxy_locks_out_nobody_who_signed_in_there(web: WebScene) -> None:
    assert (await web.browser().sign_in("admin")).status == 200
    found = [await web.browser().sign_in(f"name{n}", "wrong-but-long-enough") for n in range(PER_ADDRESS + 1)]
    assert found[-1].status == 429
    assert (await web.browser().sign_in("admin")).status == 200


async def test_signing_in_is_for_our_own_pages(web: WebScene) -> None:
    body = {"name": "admin", "password": PASSWORD}
    foreign = {"Origin": "https://evil.example"}
    browser = web.browser()
    assert (await browser.ask("POST", "/api/v1/sign-in", body, headers=foreign)).reason == "wrong_origin"
    form = {"Content-Type": "text/plain"}
    assert (await browser.ask("POST", "/api/v1/sign-in", body, headers=form)).reason == "no_json"
    assert (await browser.ask("POST", "/api/v1/sign-in", body, headers={"Origin": ""})).status == 200  # curl


async def test_who_does_not_end_his_body_is_not_waited_for(web: WebScene, monkeypatch: pytest.MonkeyPatch) -> None:
    from cti.api import web_sign_in

    monkeypatch.setattr(web_sign_in, "BODY_LIMIT_S", 0.05)
    host, port = web.origin.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    head = b"POST /api/v1/sign-in HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    writer.write(head + b"Content-Length: 60000\r\n\r\n{")
    assert b" 408 " in await asyncio.wait_for(reader.readline(), PATIENCE_S)
    writer.close()


async def test_many_at_once_are_asked_to_come_again(web: WebScene, monkeypatch: pytest.MonkeyPatch) -> None:
    from cti.api import web_sign_in

    monkeypatch.setattr(web_sign_in, "MOST_AT_ONCE", 2)
    found = await asyncio.gather(*(web.browser().sign_in(name) for name in ("admin", "auditor", "agent", "supervisor")))
    assert {answer.status for answer in found} <= {200, 429} and 200 in {answer.status for answer in found}


async def _with_codes(web: WebScene) -> tuple[Any, str, list[str]]:
    """Somebody who has just begun to use an authenticator: her browser, its secret, her recovery codes."""
    web.add("eva", Role.ADMIN)
    browser = web.browser()
    await browser.sign_in("eva")
    secret = (await browser.ask("POST", "/api/v1/me/totp/new", {})).body["secret"]
    code = pyotp.TOTP(secret).at(int(web.now))
    begin = {"password": PASSWORD, "secret": secret, "code": code}
    found = await browser.ask("POST", "/api/v1/me/totp", begin)
    assert found.status == 200
    return browser, secret, found.body["recovery_codes"]


async def test_the_secret_of_an_authenticator_is_not_in_the_store(web: WebScene) -> None:
    _, secret, codes = await _with_codes(web)
    kept_of_her = web.records.user("eva")
    assert kept_of_her is not None
    assert secret not in kept_of_her.totp and not set(codes) & set(kept_of_her.recovery)
    assert kept_of_her.totp.startswith("v1.") and len(kept_of_her.recovery) == 10


async def test_a_recovery_code_stands_in_for_a_lost_authenticator_once(web: WebScene) -> None:
    browser, _, codes = await _with_codes(web)
    assert (await browser.ask("GET", "/api/v1/me")).body["codes"] == {"on": True, "recovery_left": 10}
    found = await web.browser().sign_in("eva", totp=codes[0].upper().replace("-", " "))
    assert found.body["codes"] == {"on": True, "recovery_left": 9}
    assert web.scene.audit.entries[-1].detail["recovery_code"] is True
    assert (await web.browser().sign_in("eva", totp=codes[0])).reason == "wrong_credentials"
    assert (await web.browser().sign_in("eva", "wrong-but-long-enough", totp=codes[1])).reason == "wrong_credentials"
    assert (await web.browser().sign_in("eva", totp=codes[1])).status == 200


async def test_other_recovery_codes_end_the_former_ones_and_need_the_password(web: WebScene) -> None:
    browser, _, codes = await _with_codes(web)
    wish = "/api/v1/me/totp/recovery"
    assert (await browser.ask("POST", wish, {"password": "not-this-one-at-all"})).reason == "wrong_credentials"
    others = (await browser.ask("POST", wish, {"password": PASSWORD})).body["recovery_codes"]
    assert len(set(others) - set(codes)) == 10
    assert (await web.browser().sign_in("eva", totp=codes[0])).reason == "wrong_credentials"
    assert (await web.browser().sign_in("eva", totp=others[0])).status == 200
    assert (await browser.ask("DELETE", "/api/v1/me/totp", {"password": PASSWORD})).status == 200
    assert (await browser.ask("POST", wish, {"password": PASSWORD})).reason == "no_codes"
    assert (await browser.ask("GET", "/api/v1/me")).body["codes"] == {"on": False, "recovery_left": 0}


async def test_secrets_of_an_earlier_version_hold_and_are_sealed_at_the_start(web: WebScene) -> None:
    secret = pyotp.random_base32()
    web.add("eva", Role.ADMIN, totp=secret)
    assert [web.sessions.seal_all(), web.sessions.seal_all()] == [1, 0]
    sealed = web.records.user("eva")
    assert sealed is not None and secret not in sealed.totp
    assert (await web.browser().sign_in("eva", totp=pyotp.TOTP(secret).at(int(web.now)))).status == 200


async def test_a_colleague_at_the_same_address_cannot_lock_out_who_signs_in_from_her_own_browser(web: WebScene) -> None:
    browser = web.browser()
    first = await browser.sign_in("supervisor")
    known = [each for each in first.headers.getall("Set-Cookie") if each.startswith("cti-known=")]  # type: ignore[attr-defined]
    assert len(known) == 1 and "HttpOnly" in known[0] and "SameSite=Strict" in known[0]
    for _ in range(IN_A_ROW):
        await web.browser().sign_in("supervisor", "wrong-but-long-enough")
    assert (await web.browser().sign_in("supervisor")).status == 429
    assert (await browser.sign_in("supervisor")).status == 200
    forged = web.browser()
    forged.cookies["cti-known"] = browser.cookies["cti-known"][:-1] + "x"
    assert (await forged.sign_in("supervisor")).status == 429
    for _ in range(IN_A_ROW):  # who has her browser guesses no faster
        assert (await browser.sign_in("supervisor", "wrong-but-long-enough")).status == 401
    assert (await browser.sign_in("supervisor")).status == 429
