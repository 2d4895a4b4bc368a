"""What a system of one's own may be called and asked by."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from cti.model.lookups import System

pytestmark = pytest.mark.unit


@pytest.mark.parametrize("url", ["https://crm.example.com/api/", "http://127.0.0.1:8490", "http://[::1]:80/x"])
def test_addresses(url: str) -> None:
    assert System(base_url=url).base_url == url.rstrip("/")


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"base_url": "crm.example.com"}, "must be an address such as"),
        ({"base_url": "ftp://crm.example.com"}, "must be an address such as"),
        ({"base_url": "https://"}, "must be an address such as"),
        ({"base_url": "https://x:99999/"}, "must be an address such as"),
        ({"base_url": "http://127.1/"}, "unusual form"),
        ({"base_url": "http://2130706433/"}, "unusual form"),
        ({"base_url": "https://[::1"}, "must be an address such as"),
        ({"base_url": "https://u:p@crm.example.com"}, "secret_headers"),
        ({"base_url": "https://crm.example.com/?a=1"}, "before ?"),
        ({"base_url": "https://crm.example.com/a b"}, "blanks"),
        ({"headers": {"Host": "x"}}, "cannot be given"),
        ({"headers": {"X-Y": "a\r\nb"}}, "one line"),
        ({"secret_headers": {"Bad Name": "X"}}, "cannot be given"),
        ({"timeout_s": 31}, "30"),
        ({"networks": ["10.0.0.1/8"]}, "networks"),
    ],
)
def test_what_is_refused(fields: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError) as caught:
        System.model_validate({"base_url": "https://crm.example.com", **fields})
    assert words in str(caught.value)
