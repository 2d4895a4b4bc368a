"""Does whoever comes to a standby learn where the owner is?"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from cti.api.standing_by import make_standing_by_app, only_owner

pytestmark = pytest.mark.unit


@dataclass
class Owner:
    http: str = "10.0.0.6:8470"
    web: str = "https://two.example.org"


class Standby:
    def __init__(self) -> None:
        self.owner: Owner | None = Owner()


@pytest.fixture
def standby() -> Standby:
    return Standby()


@pytest.fixture(params=[True], ids=["pages"])
async def client(request: pytest.FixtureRequest, standby: Standby) -> AsyncIterator[TestClient]:  # type: ignore[type-arg]
    app = make_standing_by_app(lambda: standby.owner, pages=request.param)
    async with TestClient(TestServer(app)) as found:
        yield found


async def test_a_page_is_at_the_owners(client: TestClient) -> None:  # type: ignore[type-arg]
    answer = await client.get("/supervisor?queue=a%26b", allow_redirects=False)
    assert answer.status == 307
    assert answer.headers["Location"] == "https://two.example.org/supervisor?queue=a%26b"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/v1/queues"),
        ("GET", "/api/v1/reports/queues?from=-7d"),
        ("GET", "/v1/queues"),  # its other name
        ("GET", "/api/v1/live"),
        ("POST", "/api/v1/reload"),
        ("POST", "/x"),
    ],
)
async def test_a_request_is_told_so(client: TestClient, method: str, path: str) -> None:  # type: ignore[type-arg]
    answer = await client.request(method, path, allow_redirects=False)
    told = await answer.json()
    assert answer.status == 503 and answer.headers["Retry-After"] == "2"
    assert told["type"].endswith("standby") and "https://two.example.org" in told["detail"]


async def test_nobody_owns_it(client: TestClient, standby: Standby) -> None:  # type: ignore[type-arg]
    standby.owner = None
    answer = await client.get("/", allow_redirects=False)
    assert answer.status == 503 and "nobody" in (await answer.json())["detail"]


@pytest.mark.parametrize("client", [False], ids=["control"], indirect=True)
async def test_the_control_socket_leads_nowhere(client: TestClient) -> None:  # type: ignore[type-arg]
    assert (await client.get("/supervisor", allow_redirects=False)).status == 503


async def test_who_lost_the_centre_begins_nothing_and_says_so() -> None:
    owns, begun = [True], list[str]()

    async def wish(request: web.Request) -> web.Response:
        begun.append(request.method)
        return web.Response()

    app = web.Application(middlewares=[only_owner(lambda: owns[0])])
    app.router.add_route("*", "/wish", wish)
    async with TestClient(TestServer(app)) as client:
        assert (await client.post("/wish")).status == 200
        owns[0] = False
        for method in ("GET", "POST"):
            answer = await client.request(method, "/wish")
            assert answer.status == 503 and answer.headers["Retry-After"] == "2"
            told = await answer.json()
            assert told["type"] == "urn:cti:standby" and "owns the centre no more" in told["detail"]
        assert (await client.get("/nowhere")).status == 503
    assert begun == ["POST"]
