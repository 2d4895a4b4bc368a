"""Does only whom the provider has recognised for us, just now and in this browser, come in, as who he is here?"""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc.jwk import RSAKey
from sqlalchemy.exc import OperationalError

from cti.api import web_oidc
from cti.api.serving import bind_tcp, serve
from cti.api.web_oidc import Provider
from cti.people.rights import Role
from cti.store.database import Store

from .oidc_provider import Somewhere
from .web_scene import HOST, Answer, Browser, WebScene

pytestmark = pytest.mark.contract

BEGIN, BACK = "/api/v1/sign-in/oidc", "/api/v1/sign-in/oidc/back"
OTHER = RSAKey.generate_key(2048, {"kid": "k1"})


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


def why(answer: Answer) -> str:
    """What the sign-in page is told."""
    there, _, reason = answer.headers["Location"].partition("?problem=")
    assert (answer.status, there) == (302, "/sign-in")
    return reason


async def signed_in(browser: Browser, provider: Somewhere) -> Answer:
    return await browser.ask("GET", await led(browser, provider))


async def test_who_is_recognised_is_who_he_is_here(scene: WebScene, provider: Somewhere) -> None:
    browser = scene.browser()
    found = await signed_in(browser, provider)
    assert (found.status, found.headers["Location"]) == (302, "/")
    me = await browser.ask("GET", "/api/v1/me")
    assert (me.body["user"]["name"], me.body["user"]["queues"]) == ("eva", ["sales"])
    assert provider.told["authorization"].startswith("Basic ") and "a-secret" not in str(scene.scene.remembered())
    noted = scene.scene.audit.entries[-1]
    assert (noted.user, noted.result, noted.reason) == ("eva", "done", "")


async def test_a_way_back_is_good_once_in_the_browser_that_began_and_for_minutes(
    scene: WebScene, provider: Somewhere
) -> None:
    victim, thief = scene.browser(), scene.browser()
    back = await led(thief, provider)
    await victim.ask("GET", BEGIN)
    assert why(await victim.ask("GET", back)) == "not_begun"  # the thief's account is not put into his browser
    assert why(await thief.ask("GET", back)) == "not_begun"
    assert why(await thief.ask("GET", f"{BACK}?code=c1&state=guessed")) == "not_begun"
    late = await led(thief, provider)
    scene.now += 601
    assert why(await thief.ask("GET", late)) == "not_begun"


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
    assert why(found) == "wrong_token" and "Set-Cookie" not in found.headers


async def test_a_token_signed_by_somebody_else_is_refused(scene: WebScene, provider: Somewhere) -> None:
    provider.key = OTHER
    assert why(await signed_in(scene.browser(), provider)) == "wrong_token"


async def test_who_is_unknown_here_or_locked_stays_out(scene: WebScene, provider: Somewhere) -> None:
    provider.claims = {"preferred_username": "somebody"}
    assert why(await signed_in(scene.browser(), provider)) == "unknown_person"
    noted = scene.scene.audit.entries[-1]
    assert (noted.user, noted.result, noted.reason) == ("", "refused", "unknown_person")
    provider.claims = {}
    scene.records.change_user("eva", locked=True)
    assert why(await signed_in(scene.browser(), provider)) == "unknown_person"


async def test_a_store_that_is_away_is_said_on_the_sign_in_page(
    scene: WebScene, provider: Somewhere, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> None:
        raise OperationalError("SELECT", None, ConnectionResetError("reset by peer"))

    monkeypatch.setattr(scene.records, "user", away)
    assert why(await signed_in(scene.browser(), provider)) == "store_away"
    assert scene.store_away.refused == 1


async def test_who_goes_back_at_the_provider_is_told_so(scene: WebScene, provider: Somewhere) -> None:
    browser = scene.browser()
    back = (await led(browser, provider)).replace("code=c1", "error=access_denied")
    assert why(await browser.ask("GET", back)) == "provider_refused"
    assert why(await browser.ask("GET", back)) == "not_begun"


async def test_the_page_is_told_the_way_and_its_name_and_nothing_else_of_it(tmp_path: Path, web_store: Store) -> None:
    scene = WebScene(web_store, tmp_path)
    async with scene.open(provider=Provider(f"http://{HOST}:1", "cti", "a-secret", name="Acme")):
        told = (await scene.browser().ask("GET", "/api/v1/sign-in")).body
    assert told == {"password": True, "oidc": BEGIN, "oidc_name": "Acme"}


async def test_a_provider_who_does_not_answer_is_said(tmp_path: Path, web_store: Store) -> None:
    scene = WebScene(web_store, tmp_path)
    async with scene.open(provider=Provider(f"http://{HOST}:1", "cti")):
        assert why(await scene.browser().ask("GET", BEGIN)) == "provider_unreachable"


async def test_a_flood_of_beginnings_keeps_nobody_out(
    scene: WebScene, provider: Somewhere, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web_oidc, "MOST_PENDING", 3)
    slow, flood = scene.browser(), scene.browser()
    back = await led(slow, provider)
    for _ in range(3):
        await led(flood, provider)
    assert why(await slow.ask("GET", back)) == "not_begun"  # the oldest is forgotten
    assert (await signed_in(scene.browser(), provider)).headers["Location"] == "/"


async def test_without_a_provider_there_is_no_such_way(web: WebScene) -> None:
    assert (await web.browser().ask("GET", "/api/v1/sign-in")).body == {"password": True, "oidc": None, "oidc_name": ""}
    assert (await web.browser().ask("GET", BEGIN)).reason == "no_provider"
