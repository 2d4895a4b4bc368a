"""The sample shop: its rules by dates, and its data whole in both languages."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from cti.model.errors import ConfigError
from cti.sample.shop import Shop, load

pytestmark = pytest.mark.unit

TODAY = date(2026, 11, 23)


@pytest.fixture
def shop() -> Shop:
    return Shop(load(), TODAY)


def test_an_order_and_its_delivery(shop: Shop) -> None:
    order = shop.order("100005", "zh")
    assert order is not None
    assert (order["status"], order["total"], order["currency"]) == ("sent", 3999.0, "CNY")
    assert order["lines"][0]["name"] == "手机" and order["ordered_on"] == "2026-11-21"
    assert order["delivery"] == {"date": "2026-11-23", "from": "10:00", "to": "12:00", "carrier": "顺丰"}
    assert shop.order("999999") is None and shop.delivery("100006") is None


def test_returns(shop: Shop) -> None:
    made = shop.take_back("100002")
    assert made == {"accepted": True, "return_id": "800002", "collected_on": "2026-11-25"} == shop.take_back("100002")
    assert shop.take_back("100001") == {"accepted": False, "why": "not_delivered"}
    assert shop.take_back("100004") == {"accepted": False, "why": "too_late"}
    assert shop.take_back("1") is None


def test_price_protection(shop: Shop) -> None:
    made = shop.protect_price("100001")
    assert made == {"accepted": True, "refund": 30.0, "currency": "EUR"} == shop.protect_price("100001")
    for number, why in (("100002", "too_late"), ("100003", "not_cheaper"), ("100006", "cancelled")):
        assert shop.protect_price(number) == {"accepted": False, "why": why}


def test_who_calls(shop: Shop) -> None:
    found = shop.customer("+4930123001")
    assert found == {
        "id": "anna", "name": "Anna Schmidt", "segment": "gold", "language": "en", "last_order": "100001"
    }  # fmt: skip
    assert shop.customer("") is None


@pytest.mark.parametrize(
    ("question", "language", "first"),
    [("refund", "en", "returns"), ("我想退货", "zh", "returns"), ("is it cheaper now", "en", "price-protection"),
     ("什么时候到", "zh", "delivery"), ("qqqq", "en", None)],
)  # fmt: skip
def test_articles_are_found(shop: Shop, question: str, language: str, first: str | None) -> None:
    found = shop.articles(question, language)
    assert (found[0]["id"] if found else None) == first
    assert len(shop.articles("", language)) == 4


def test_bad_data_is_told_with_its_place(tmp_path: Path) -> None:
    file = tmp_path / "shop.yaml"
    for text, words in (
        ("orders: {'1': {}}", "orders.1.customer"),
        ("[", "no YAML"),
        ("", "valid dictionary"),
    ):
        file.write_text(text)
        with pytest.raises(ConfigError, match=words):
            load(file)
    with pytest.raises(ConfigError, match="cannot be read"):
        load(tmp_path / "none")
