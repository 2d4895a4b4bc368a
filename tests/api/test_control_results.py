"""Can results be asked page by page and as CSV, and does a campaign that is not there say so?"""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import aiohttp
import pytest
from aiohttp.test_utils import make_mocked_request

from cti.api.control_results import seen_by
from cti.api.web_guard import who
from cti.people.person import Person
from cti.people.rights import Role
from cti.store.database import open_store
from cti.store.lead_loading import LeadNumber, NewLead, add_portion, begin_list, finish_list
from tests.running import Running

pytestmark = pytest.mark.contract

ZONES = ("Europe/London",)
OUTBOUND = {
    "zone": "Europe/London",
    "trunks": {"t": {"dial": "PJSIP/{number}@t"}},
    "caller_ids": {"m": {"numbers": ["+4930123"]}},
}
SPRING = {"mode": "progressive", "queue": "sales", "caller_ids": "m"}
POLICY = {"queues": {"sales": {}}, "outbound": OUTBOUND, "campaigns": {"spring": SPRING}}


async def test_pages_and_csv(tmp_path: Path) -> None:
    running = Running(tmp_path)
    running.write(POLICY)
    store = open_store(f"sqlite:///{tmp_path}/cti.db")
    made = begin_list(store, "spring", "a.csv", "eva", 1.0)
    leads = [(1, "+442079460018", "Ann", "7"), (2, "+442079460019", "Bob", "8")]
    rows = [NewLead(n, (LeadNumber(no, ZONES),), name, data=f'{{"shop": "{shop}"}}') for n, no, name, shop in leads]
    add_portion(store, made, rows, 1.0)
    finish_list(store, made, 2, 2, {(ZONES[0], 5)}, 1.0)
    store.close()
    async with running.start():
        status, page = await running.ask("GET", "/v1/campaigns/spring/results?limit=1")
        assert (status, page["results"][0]["name"], page["results"][0]["number"]) == (200, "Ann", "+442079460018")
        _, page = await running.ask("GET", f"/v1/campaigns/spring/results?limit=2&cursor={page['next']}")
        assert [row["name"] for row in page["results"]] == ["Bob"] and page["next"] is None
        assert (await running.ask("GET", "/v1/campaigns/spring/results?cursor=x"))[0] == 400
        assert (await running.ask("GET", "/v1/campaigns/sprin/results"))[0] == 404
        connector = aiohttp.UnixConnector(path=str(running.app.settings.control))
        async with (
            aiohttp.ClientSession(connector=connector) as session,
            session.get("http://engine/api/v1/campaigns/spring/results?format=csv") as response,
        ):
            text = await response.text()
            assert response.headers["Content-Disposition"] == 'attachment; filename="spring.csv"'
        assert [line.split(",")[-2:] for line in text.splitlines()] == [["name", "shop"], ["Ann", "7"], ["Bob", "8"]]


def test_who_may_not_see_numbers_sees_nobody() -> None:
    row = {"lead": 1, "number": "+442079460018", "name": "Ann", "columns": {"Mobile": "07700 900123"}}
    asks = make_mocked_request("GET", "/")
    assert seen_by(asks)(row) == row, "on the control socket"
    asks[who] = cast(Any, SimpleNamespace(person=Person("noor", Role.AUDITOR)))
    assert seen_by(asks)(row) == {"lead": 1, "number": "+44 ••• ••18", "name": "", "columns": {"Mobile": "•••"}}
