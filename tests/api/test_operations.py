"""Has every route of the API a line in the table, and every line a route?"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cti.api import control
from cti.api.operations import BY_ROUTE, OPERATIONS, PREFIX, operation_of, without_a_line

pytestmark = pytest.mark.unit

API = Path(control.__file__).parent
ADDED = re.compile(r'\badd\(\s*\w+,\s*"([A-Z]+)",\s*"([^"]+)"')
PARTS = {("GET", f"/{part}") for part in control.PARTS}  # a loop adds these


def routes_in_the_code() -> set[tuple[str, str]]:
    found = [match for path in API.glob("*.py") for match in ADDED.findall(path.read_text(encoding="utf-8"))]
    return {(method, re.sub(r":[^}]*}", "}", path)) for method, path in found} | PARTS


def test_every_route_has_a_line_and_every_line_a_route() -> None:
    """An engine with `web:` does not start with a route that has none: say in cti/api/operations.py who may ask it."""
    assert routes_in_the_code() == set(BY_ROUTE)


def test_each_has_one_line_that_says_what_it_is() -> None:
    assert len(BY_ROUTE) == len(OPERATIONS)
    assert all(each.summary and each.path.startswith("/") for each in OPERATIONS)


def test_what_is_no_path_of_ours_has_none() -> None:
    assert operation_of("HEAD", f"{PREFIX}/queues") is operation_of("GET", "/v1/queues") is not None
    routes = [("GET", "/api/v2/queues"), ("GET", "/queues"), ("POST", f"{PREFIX}/queues")]
    assert without_a_line(routes) == ["GET /api/v2/queues", "GET /queues", "POST /api/v1/queues"]
