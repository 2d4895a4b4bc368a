"""Is a word behind the `?` that nobody knows refused on each route, by those who may ask, and no other?"""

from __future__ import annotations

import pytest

from cti.people.rights import Role

from .scene import Scene
from .web_scene import WebScene

pytestmark = pytest.mark.contract


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/contacts?limt=3", "there is no ?limt= here; did you mean limit?"),
        ("/v1/contacts?limit=3&cursr=x", "there is no ?cursr= here; did you mean cursor?"),
        ("/follow-ups?nobody=anna", "there is no ?nobody= here; known: owner, done, limit, cursor"),
        ("/queues?limit=1", "there is no ?limit= here; known: none"),
        (f"/audit?{'x' * 5000}=1", f"there is no ?{'x' * 40}= here; known: limit, cursor"),
    ],
    ids=["near", "second", "far", "none", "long"],
)
async def test_a_word_that_nobody_knows_is_refused_with_the_near_one(control: Scene, path: str, said: str) -> None:
    status, told = await control.ask("GET", path if path.startswith("/v1") else f"/api/v1{path}")
    assert (status, told["detail"]) == (400, said)


async def test_a_mistake_in_what_shall_be_set_back_sets_nothing_back(control: Scene) -> None:
    before = list(control.policy.asked)
    assert (await control.ask("DELETE", "/api/v1/queues/sales/live?feild=tier"))[0] == 400
    assert control.policy.asked == before


async def test_words_that_are_known_are_taken_and_whoever_may_say_who_he_is(control: Scene) -> None:
    for path in ("contacts?limit=3", "queues?by=eva", "queues/sales/live?by=eva&field=tier&field=target_s"):
        assert (await control.ask("GET" if "live" not in path else "DELETE", f"/api/v1/{path}"))[0] != 400, path


async def test_strangers_hear_of_no_word_and_a_provider_may_say_more(web: WebScene) -> None:
    browser = web.browser()
    assert (await browser.ask("GET", "/api/v1/contacts?limt=3")).status == 401
    back = await browser.ask("GET", "/api/v1/sign-in/oidc/back?state=x&code=y&session_state=z&iss=https%3A%2F%2Fid")
    assert back.status != 400 and "session_state" not in str(back.body)
    await browser.sign_in(Role.ADMIN.value)
    found = await browser.ask("GET", "/api/v1/contacts?limt=3")
    assert (found.status, found.reason) == (400, "bad_request") and "limit" in found.body["detail"]
