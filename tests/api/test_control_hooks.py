"""Can webhooks be looked at, tested and tried again, and is that remembered?"""

from __future__ import annotations

import pytest

from .scene import Scene

pytestmark = pytest.mark.contract


async def test_they_are_listed(control: Scene) -> None:
    assert await control.ask("GET", "/v1/hooks") == (200, {"at": 7.0, "hooks": [{"hook": "crm", "waiting": 3}]})
    assert control.remembered() == []


async def test_a_test_says_what_came_of_it(control: Scene) -> None:
    status, answer = await control.ask("POST", "/v1/hooks/crm/test", {"by": "eva"})
    assert (status, answer["ok"], answer["answer"]) == (200, False, "timeout")
    assert control.remembered() == [("hook.test", "crm", {}, "eva", "done", "")]


async def test_what_was_given_up_is_tried_again(control: Scene) -> None:
    assert await control.ask("POST", "/v1/hooks/crm/retry") == (200, {"ok": True, "messages": 2})
    assert control.remembered()[0][:2] == ("hook.retry", "crm")


@pytest.mark.parametrize("action", ["test", "retry"])
async def test_one_that_is_not_there_is_a_404_with_the_names(control: Scene, action: str) -> None:
    status, answer = await control.ask("POST", f"/v1/hooks/shop/{action}")
    assert (status, answer["refused"], answer["exists"]) == (404, "unknown_hook", ["crm"])
