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
    order = shop.order("10000005", "zh")
    assert order is not None
    assert (order["status"], order["total"], order["currency"]) == ("shipped", 3999.0, "CNY")
    assert order["lines"][0]["name"] == "手机" and order["ordered_on"] == "2026-11-21"
    assert order["delivery"] == {"date": "2026-11-23", "from": "10:00", "to": "12:00", "carrier": "顺丰"}
    assert shop.order("99999999") is None and shop.delivery("10000006") is None


def test_returns(shop: Shop) -> None:
    made = shop.take_back("10000002")
    assert made == {"number": "70000002", "collected_on": "2026-11-25"} == shop.take_back("10000002")
    for number, why in (("10000001", "not_delivered"), ("10000004", "too_late"), ("1", "unknown_order")):
        assert shop.take_back(number) == why


def test_price_protection(shop: Shop) -> None:
    made = shop.protect_price("10000001")
    assert made == {"refund": 30.0, "currency": "EUR"} == shop.protect_price("10000001")
    assert shop.protect_price("10000003") == {"refund": 0.0, "currency": "EUR"}
    for number, why in (("10000002", "too_late"), ("10000006", "cancelled"), ("1", "unknown_order")):
        assert shop.protect_price(number) == why


def test_who_calls(shop: Shop) -> None:
    found = shop.customer("+4930123001")
    assert found == {
        "id": "anna", "name": "Anna Schmidt", "segment": "gold", "language": "en", "last_order": "10000001"
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
    assert len(shop.articles("", language)) == 6
    assert shop.article("payment", language) and not shop.article("none", language)


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
