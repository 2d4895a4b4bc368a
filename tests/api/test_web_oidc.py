"""Does only whom the provider has recognised for us, just now and in this browser, come in, as who he is here?"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from aiohttp import web
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

from cti.api import web_oidc
from cti.api.serving import bind_tcp, serve
from cti.api.web_oidc import Provider
from cti.people.rights import Role
from cti.store.database import Store

from .web_scene import HOST, Answer, Browser, WebScene

pytestmark = pytest.mark.contract

BEGIN, BACK = "/api/v1/sign-in/oidc", "/api/v1/sign-in/oidc/back"
KEY, OTHER = RSAKey.generate_key(2048, {"kid": "k1"}), RSAKey.generate_key(2048, {"kid": "k1"})


class Somewhere:
    """A provider. `claims` replaces what his token says, `key` is what he signs with."""

    def __init__(self, now: float) -> None:
        self.now, self.key, self.claims, self.issuer = now, KEY, dict[str, Any](), ""
        self.asked: dict[str, str] = {}
        self.told: dict[str, Any] = {}

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_get("/.well-known/openid-configuration", self._configuration)
        app.router.add_get("/keys", self._keys)
        app.router.add_post("/token", self._token)
        return app

    async def _configuration(self, _request: web.Request) -> web.Response:
        ends = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "keys"}
        found = {name: f"{self.issuer}/{path}" for name, path in ends.items()}
        return web.json_response({"issuer": self.issuer, **found})

    async def _keys(self, _request: web.Request) -> web.Response:
        return web.json_response(KeySet([KEY]).as_dict(private=False))

    async def _token(self, request: web.Request) -> web.Response:
        self.told = {**await request.post(), "authorization": request.headers.get("Authorization", "")}
        challenge = base64.urlsafe_b64encode(hashlib.sha256(self.told["code_verifier"].encode()).digest())
        assert challenge.rstrip(b"=").decode() == self.asked["code_challenge"]
        claims = {"iss": self.issuer, "aud": "cti", "nonce": self.asked["nonce"], "iat": int(self.now)}
        claims |= {"exp": int(self.now) + 300, "preferred_username": "eva"} | self.claims
        return web.json_response({"id_token": jwt.encode({"alg": "RS256", "kid": "k1"}, claims, self.key)})


@pytest.fixture
async def provider() -> AsyncIterator[Somewhere]:
    there, sock = Somewhere(1_000_000.0), bind_tcp(HOST, 0)
    there.issuer = f"http://{HOST}:{sock.getsockname()[1]}"
    runner = await serve(there.app(), sock)
    yield there
    await runner.cleanup()


@pytest.fixture
async def scene(tmp_path: Path, web_store: Store, provider: Somewhere) -> AsyncIterator[WebScene]:
    scene = WebScene(web_store, tmp_path)
    scene.add("eva", Role.SUPERVISOR, queues=("sales",))
    async with scene.open(provider=Provider(provider.issuer, "cti", "a-secret")):
        yield scene


async def led(browser: Browser, provider: Somewhere) -> str:
    """Go to the provider; the address to which he leads back."""
    begun = await browser.ask("GET", BEGIN)
    assert begun.status == 302 and begun.headers["Location"].startswith(f"{provider.issuer}/authorize?")
    provider.asked = {key: value[0] for key, value in parse_qs(urlsplit(begun.headers["Location"]).query).items()}
    assert provider.asked["code_challenge_method"] == "S256"
    assert provider.asked["redirect_uri"] == browser.origin + BACK
    return f"{BACK}?code=c1&state={provider.asked['state']}"


async def signed_in(browser: Browser, provider: Somewhere) -> Answer:
    return await browser.ask("GET", await led(browser, provider))


async def test_who_is_recognised_is_who_he_is_here(scene: WebScene, provider: Somewhere) -> None:
    browser = scene.browser()
    found = await signed_in(browser, provider)
    assert (found.status, found.headers["Location"]) == (302, "/")
    me = await browser.ask("GET", "/api/v1/me")
    assert (me.body["user"]["name"], me.body["user"]["queues"]) == ("eva", ["sales"])
    assert provider.told["authorization"].startswith("Basic ") and "a-secret" not in str(scene.scene.remembered())
    assert scene.scene.audit.entries[-1].user == "eva"


async def test_a_way_back_is_good_once_in_the_browser_that_began_and_for_minutes(
    scene: WebScene, provider: Somewhere
) -> None:
    victim, thief = scene.browser(), scene.browser()
    back = await led(thief, provider)
    await victim.ask("GET", BEGIN)
    assert (await victim.ask("GET", back)).reason == "not_begun"  # the thief's account is not put into his browser
    assert (await thief.ask("GET", back)).reason == "not_begun"
    assert (await thief.ask("GET", f"{BACK}?code=c1&state=guessed")).reason == "not_begun"
    late = await led(thief, provider)
    scene.now += 601
    assert (await thief.ask("GET", late)).reason == "not_begun"


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://evil.example"},
        {"aud": "another"},
        {"aud": ["cti", "another"]},
        {"nonce": "another"},
        {"exp": 1},
        {"iat": 2_000_000},
        {"preferred_username": None},
    ],
)
async def test_a_token_for_somebody_else_is_refused(
    scene: WebScene, provider: Somewhere, claims: dict[str, Any]
) -> None:
    provider.claims = claims
    found = await signed_in(scene.browser(), provider)
    assert (found.status, found.reason) == (401, "wrong_token") and "Set-Cookie" not in found.headers


async def test_a_token_signed_by_somebody_else_is_refused(scene: WebScene, provider: Somewhere) -> None:
    provider.key = OTHER
    assert (await signed_in(scene.browser(), provider)).reason == "wrong_token"


async def test_who_is_unknown_here_or_locked_stays_out(scene: WebScene, provider: Somewhere) -> None:
    provider.claims = {"preferred_username": "somebody"}
    assert (await signed_in(scene.browser(), provider)).reason == "unknown_person"
    provider.claims = {}
    scene.records.change_user("eva", locked=True)
    assert (await signed_in(scene.browser(), provider)).reason == "unknown_person"


async def test_a_provider_who_does_not_answer_is_said(tmp_path: Path, web_store: Store) -> None:
    scene = WebScene(web_store, tmp_path)
    async with scene.open(provider=Provider(f"http://{HOST}:1", "cti")):
        assert (await scene.browser().ask("GET", BEGIN)).reason == "provider_unreachable"


async def test_a_flood_of_beginnings_keeps_nobody_out(
    scene: WebScene, provider: Somewhere, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web_oidc, "MOST_PENDING", 3)
    slow, flood = scene.browser(), scene.browser()
    back = await led(slow, provider)
    for _ in range(3):
        await led(flood, provider)
    assert (await slow.ask("GET", back)).reason == "not_begun"  # the oldest is forgotten
    assert (await signed_in(scene.browser(), provider)).headers["Location"] == "/"


async def test_without_a_provider_there_is_no_such_way(web: WebScene) -> None:
    assert (await web.browser().ask("GET", "/api/v1/sign-in")).body == {"password": True, "oidc": None}
    assert (await web.browser().ask("GET", BEGIN)).reason == "no_provider"
