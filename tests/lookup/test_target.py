"""No value, path or redirect leaves the system's base URL."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cti.lookup.target import BadTarget, address, redirected

pytestmark = pytest.mark.unit

BASE = "https://crm.example.com/api"


def test_values_are_encoded() -> None:
    assert address(BASE, "/orders/{id}?by={who}", {"id": "a/b?c#d", "who": "王 五"}) == (
        f"{BASE}/orders/a%2Fb%3Fc%23d?by=%E7%8E%8B%20%E4%BA%94"
    )
    assert address(BASE, "/n/{n}/{yes}", {"n": 12.0, "yes": True}) == f"{BASE}/n/12/true"


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("/o/{id}", None), ("/o/{id}", ""), ("/o/{id}", ".."), ("/o/{id}", "."), ("/o/{id}", "a\r\nHost: x"),
        ("/o/{id}", "x" * 201), ("/o/{other}", "1"), ("o/{id}", "1"), ("//evil.example/{id}", "1"), ("/../{id}", "1"),
        ("/o/{id}/..", "1"), ("/o/{id", "1"), ("/o#{id}", "1"), ("/o\\{id}", "1"), ("/" + "x" * 2000, "1"),
        ("@evil.example/{id}", "1"),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_for(path: str, value: str | None) -> None:
    with pytest.raises(BadTarget) as caught:
        address(BASE, path, {"id": value})
    assert "evil" not in str(caught.value)


@given(st.text(min_size=1, max_size=60))
def test_no_value_leaves_its_place(value: str) -> None:
    try:
        found = urlsplit(address(BASE, "/orders/{id}/status", {"id": value}))
    except BadTarget:
        return
    assert (found.scheme, found.netloc, found.query, found.fragment) == ("https", "crm.example.com", "", "")
    before, orders, middle, status = found.path.split("/")[1:]
    assert (before, orders, unquote(middle), status) == ("api", "orders", value, "status")


@pytest.mark.parametrize(
    ("location", "where"),
    [
        ("/api/orders/1/", f"{BASE}/orders/1/"),
        ("2?x=1#y", f"{BASE}/orders/2?x=1"),
        ("https://crm.example.com:443/api/x", "https://crm.example.com:443/api/x"),
        ("http://crm.example.com/api/x", None),
        ("https://crm.example.com:8443/api/x", None),
        ("https://127.0.0.1/api/x", None),
        ("//169.254.169.254/api/x", None),
        ("https://crm.example.com.evil.example/api/x", None),
        ("https://a:b@crm.example.com/api/x", None),
        ("/apiary", None),
        ("/admin", None),
        ("../../admin", None),
        ("/api/../admin", None),
        ("file:///etc/passwd", None),
        ("https://[::1", None),
        ("/api/\u2028x", None),
    ],
)
def test_redirects_stay_below_the_base(location: str, where: str | None) -> None:
    assert redirected(BASE, f"{BASE}/orders/1", location) == where
