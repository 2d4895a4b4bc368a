"""Does the API do what it says of itself, whoever asks: no failure of ours, and no answer that is not described?"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from cti.api.openapi import BODIES, describe
from cti.api.operations import BY_ROUTE, OPERATIONS, PREFIX
from cti.people.rights import Role
from tests.waiting import PATIENCE_S

from .web_scene import PASSWORD, WebScene, open_records

pytestmark = pytest.mark.contract

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
LEFT_OUT = {f"{PREFIX}/live"}  # no JSON: a WebSocket
ROUNDS = 2


class Server:
    """The web scene in a thread of its own: schemathesis knows no loop."""

    def __init__(self, folder: Path) -> None:
        self._folder, self.web, self._ready = folder, None, threading.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=lambda: self._loop.run_until_complete(self._run()), daemon=True)

    def start(self) -> WebScene:
        self._thread.start()
        assert self._ready.wait(PATIENCE_S) and self.web is not None
        return self.web

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join(10)

    async def _run(self) -> None:
        store = open_records(self._folder)
        self._end = asyncio.Event()
        web = WebScene(store, self._folder)
        web.add_all_roles()
        for role in Role:
            if role.value not in web.tokens:
                web.add_token(role.value, role)
        async with web.open():
            self.web = web
            self._ready.set()
            await self._end.wait()
        store.close()


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebScene]:
    server = Server(tmp_path_factory.mktemp("openapi"))
    yield server.start()
    server.stop()


@pytest.mark.timeout(300)
@pytest.mark.parametrize("role", [None, *Role])
def test_every_answer_is_as_described(web: WebScene, role: Role | None, caplog: pytest.LogCaptureFixture) -> None:
    schema = schemathesis.openapi.from_dict(describe(web.origin))
    operations = [found.ok() for found in schema.get_all_operations() if found.ok().path not in LEFT_OUT]
    headers = {"Authorization": f"Bearer {web.tokens[role.value]}"} if role is not None else {}

    @given(data=st.data())
    @settings(
        max_examples=ROUNDS,
        deadline=None,
        phases=[Phase.generate],
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    def ask_everything(data: Any) -> None:
        for operation in operations:
            case = data.draw(operation.as_strategy())
            response = case.call(base_url=web.origin, headers=headers, timeout=PATIENCE_S)
            case.validate_response(response, checks=CHECKS, headers=headers)

    with caplog.at_level(logging.DEBUG):
        ask_everything()
    assert not any(secret in caplog.text for secret in (PASSWORD, *web.tokens.values(), "$argon2"))


def test_everything_that_takes_a_body_says_which() -> None:
    assert set(BODIES) <= set(BY_ROUTE)
    described = describe("http://x")
    assert described["openapi"] == "3.1.0"
    assert set(described["paths"]) == {PREFIX + each.path for each in OPERATIONS}
    schemas = described["components"]["schemas"]
    assert {name for name, each in schemas.items() if "by" in each.get("properties", {})} == {"AuditRow", "TokenRow"}
