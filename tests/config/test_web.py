"""Is an address refused from which no browser could sign in, with what to do about it?"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from cti.config.web import BUILT, Web

pytestmark = pytest.mark.unit

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("web", "origins"),
    [
        ({}, ("http://127.0.0.1:8089", "http://localhost:8089", "http://[::1]:8089")),
        ({"listen": "0.0.0.0:80", "origin": "https://Cti.Example.org/"}, ("https://cti.example.org",)),
        ({"listen": "10.0.0.5:443", "tls": {"certificate": "a", "key": "b"}}, ("https://10.0.0.5:443",)),
        (
            {"listen": "0.0.0.0:8089", "origin": "http://localhost:5173"},
            ("http://localhost:5173", "http://127.0.0.1:5173", "http://[::1]:5173"),
        ),
    ],
)
def test_where_pages_may_be_reached(web: dict[str, Any], origins: tuple[str, ...]) -> None:
    rules = Web.model_validate(web)
    assert rules.origins(rules.listen.port) == origins


@pytest.mark.parametrize(
    ("web", "told"),
    [
        ({"listen": "10.0.0.5:80"}, "write an https:// origin"),
        ({"origin": "http://cti.example.org"}, "write an https:// origin"),
        ({"listen": "0.0.0.0:443", "tls": {"certificate": "a", "key": "b"}}, "write `origin`"),
        ({"origin": "https://cti.example.org/pages"}, "without a path"),
        ({"origin": "cti.example.org"}, "https://cti.example.org"),
        ({"trusted_proxies": ["0.0.0.0/0"]}, "10.0.0.5/32"),
        ({"trusted_proxies": ["10.0.0.5", "::/0"]}, "10.0.0.5/32"),
        ({"pages": "/nowhere"}, "has no index.html"),
        ({"origin": "http://localhost", "tls": {"certificate": "a", "key": "b"}}, "write https://"),
    ],
)
def test_what_cannot_work_says_what_to_do(web: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        Web.model_validate(web)


def test_pages_are_found_in_the_package_which_takes_them_from_where_they_are_built() -> None:
    assert BUILT == ROOT / "cti" / "pages" and BUILT.is_symlink()
    assert BUILT.readlink() == Path("../web/dist"), "the link that pip copies the files of"
    written = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert "pages/**" in written["tool"]["setuptools"]["package-data"]["cti"]
