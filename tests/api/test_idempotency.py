"""Is what has a key done once, however often it is asked, and is a key for one request only?"""

from __future__ import annotations

from typing import Any

import pytest

from cti.model.changes import Refused
from cti.model.words import RefusedReason

from .web_scene import Answer, WebScene

pytestmark = pytest.mark.contract

LOGIN = "/api/v1/agents/anna/login"


async def ask(web: WebScene, key: str, path: str = LOGIN, body: Any = None, token: str = "api") -> Answer:
    headers = {"Idempotency-Key": key}
    return await web.browser().ask("POST", path, body, token=web.tokens[token], headers=headers)


async def test_the_same_again_gets_the_same_answer_and_is_done_once(web: WebScene) -> None:
    first, again = await ask(web, "k1", body={}), await ask(web, "k1", body={})
    assert first.status == again.status == 200 and first.body == again.body
    assert again.headers["Idempotency-Replayed"] == "true" and len(web.scene.desk.asked) == 1
    assert (await ask(web, "k2", body={})).status == 200 and len(web.scene.desk.asked) == 2


async def test_a_key_is_for_one_request_of_one_asker_for_a_day(web: WebScene) -> None:
    other = web.add_token("other", web.sessions.by_token(web.tokens["api"], web.now).person.role)  # type: ignore[union-attr]
    await ask(web, "k1", body={})
    assert (await ask(web, "k1", body={"reason": "x"})).reason == "key_used"
    assert (await ask(web, "k1", path="/api/v1/agents/ben/login", body={})).status == 422
    assert other and (await ask(web, "k1", body={}, token="other")).status == 200
    web.now += 86_401
    web.answers.forget_old(web.now)  # as it is tidied each minute
    assert (await ask(web, "k1", body={"reason": "x"})).status == 200


async def test_what_was_refused_may_be_tried_again(web: WebScene) -> None:
    web.scene.desk.refusal = Refused(RefusedReason.ALREADY, "anna")
    assert (await ask(web, "k1", body={})).status == 409
    web.scene.desk.refusal = None
    assert (await ask(web, "k1", body={})).status == 200


async def test_what_could_not_be_read_says_so_again_and_was_not_begun(web: WebScene) -> None:
    assert [(await ask(web, "k1", body=["no", "object"])).status for _ in range(2)] == [400, 400]
    assert (await ask(web, "k1", body={})).status == 200


async def test_what_was_begun_and_not_answered_is_not_done_by_its_key(
    web: WebScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_event: object) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr(web.scene.desk, "ask", fail)
    assert (await ask(web, "k1", body={})).reason == "failed"
    monkeypatch.undo()
    assert (await ask(web, "k1", body={})).reason == "outcome_unknown"
    assert web.scene.desk.asked == []


async def test_a_secret_is_not_told_twice(web: WebScene) -> None:
    browser = web.browser()
    await browser.sign_in("admin")
    wanted, headers = {"name": "x", "role": "api"}, {"Idempotency-Key": "k1"}
    assert "token" in (await browser.ask("POST", "/api/v1/tokens", wanted, headers=headers)).body
    assert (await browser.ask("POST", "/api/v1/tokens", wanted, headers=headers)).reason == "done_already"


@pytest.mark.parametrize("key", ["x" * 201, "a\tb"])
async def test_what_is_no_key_is_refused(web: WebScene, key: str) -> None:
    assert (await ask(web, key, body={})).reason == "bad_key"
