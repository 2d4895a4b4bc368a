"""Which orders, customers and articles does the sample shop have, and what may be done with them? PURE: today is given.

Dates in the data are days from today, so that an order is still on its way whenever the example is run.
"""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from rapidfuzz import fuzz

from cti import articles
from cti.articles import Article
from cti.model.errors import ConfigError

DATA = Path(__file__).resolve().parents[2] / "config" / "sample-backend" / "shop.yaml"
RETURN_DAYS = 30  # after delivery
PROTECTION_DAYS = 14  # after the order
NEAR_ENOUGH = 60.0


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Line(_Data):
    name: dict[str, str]
    price: float
    price_now: float


class Order(_Data):
    """An order. `ordered` and `delivery` are days from today; `window` are the hours of delivery."""

    customer: str
    status: Literal["ordered", "packed", "shipped", "delivered", "cancelled"]
    ordered: int
    delivery: int | None = None
    window: tuple[str, str] = ("09:00", "12:00")
    carrier: str = "DHL"
    currency: Literal["EUR", "CNY"] = "EUR"
    lines: tuple[Line, ...] = Field(min_length=1)


class Customer(_Data):
    name: str
    number: str
    segment: Literal["gold", "silver", "none"] = "none"
    language: Literal["en", "zh"] = "en"


class ShopData(_Data):
    orders: dict[str, Order]
    customers: dict[str, Customer]
    articles: dict[str, Article]


def load(path: Path = DATA) -> ShopData:
    """Return the data in `path`, and in the folder of articles that it names. Raises ConfigError with every problem."""
    try:
        tree = yaml.safe_load(path.read_text(encoding="utf-8"))
        if isinstance(tree, dict) and isinstance(folder := tree.get("articles"), str):
            tree["articles"] = articles.read(path.parent / folder)
        return ShopData.model_validate(tree)
    except OSError as error:
        raise ConfigError([f"{path}: cannot be read: {error.strerror}"]) from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ConfigError([f"{path}: no YAML in UTF-8; correct it"]) from error
    except ValidationError as error:
        places = [(".".join(map(str, detail["loc"])), detail["msg"]) for detail in error.errors(include_input=False)]
        raise ConfigError([f"{path}: {place}: {text}" for place, text in places]) from error


class Shop:
    """The shop on one day. What is asked for twice is done once."""

    def __init__(self, data: ShopData, today: date) -> None:
        self._data, self._today = data, today
        self._returns: dict[str, dict[str, Any]] = {}
        self._refunds: dict[str, dict[str, Any]] = {}

    def order(self, number: str, language: str = "en") -> dict[str, Any] | None:
        """Return an order as the shop tells it, or None."""
        order = self._data.orders.get(number)
        if order is None:
            return None
        lines = [
            {"name": line.name.get(language, line.name["en"]), "price": line.price, "price_now": line.price_now}
            for line in order.lines
        ]
        return {
            "id": number,
            "status": order.status,
            "customer": order.customer,
            "ordered_on": self._day(order.ordered),
            "total": round(sum(line.price for line in order.lines), 2),
            "currency": order.currency,
            "lines": lines,
            "delivery": self.delivery(number),
        }

    def delivery(self, number: str) -> dict[str, Any] | None:
        """Return when an order comes or came, or None where it does not."""
        order = self._data.orders.get(number)
        if order is None or order.delivery is None:
            return None
        window = {"from": order.window[0], "to": order.window[1]}
        return {"date": self._day(order.delivery), **window, "carrier": order.carrier}

    def take_back(self, number: str) -> dict[str, Any] | str:
        """Register a return: its number and the day of collection, or the reason why not."""
        order = self._data.orders.get(number)
        if order is None:
            return "unknown_order"
        if order.status != "delivered" or order.delivery is None:
            return "not_delivered"
        if -order.delivery > RETURN_DAYS:
            return "too_late"
        return self._returns.setdefault(number, {"number": f"7{number[1:]}", "collected_on": self._day(2)})

    def protect_price(self, number: str) -> dict[str, Any] | str:
        """Pay back what the order would cost less today (0: nothing), or the reason why not."""
        order = self._data.orders.get(number)
        if order is None or order.status == "cancelled":
            return "unknown_order" if order is None else "cancelled"
        if -order.ordered > PROTECTION_DAYS:
            return "too_late"
        amount = round(sum(max(0.0, line.price - line.price_now) for line in order.lines), 2)
        return self._refunds.setdefault(number, {"refund": amount, "currency": order.currency})

    def customer(self, number: str) -> dict[str, Any] | None:
        """Return the customer who calls from `number`, with his newest order, or None."""
        for name, customer in self._data.customers.items():
            if customer.number == number:
                own = [(order.ordered, key) for key, order in self._data.orders.items() if order.customer == name]
                known = customer.model_dump(include={"name", "segment", "language"})
                return {"id": name, **known, "last_order": max(own)[1] if own else None}
        return None

    def articles(self, question: str = "", language: str = "en") -> list[dict[str, Any]]:
        """Return articles, the nearest to `question` first; without a question all."""
        found = []
        for name, article in self._data.articles.items():
            words = (*article.words.get(language, ()), article.title.get(language, ""))
            score = max(fuzz.partial_ratio(question.lower(), word.lower()) for word in words) if question else 100.0
            if score >= NEAR_ENOUGH and language in article.text:
                found.append((score, self._article(name, language)))
        return [told for _, told in sorted(found, key=lambda pair: -pair[0])]

    def article(self, name: str, language: str = "en") -> dict[str, Any] | None:
        """Return an article in `language`, or None."""
        there = name in self._data.articles and language in self._data.articles[name].text
        return self._article(name, language) if there else None

    def _article(self, name: str, language: str) -> dict[str, Any]:
        article = self._data.articles[name]
        return {"id": name, "title": article.title[language], "spoken": article.text[language]}

    def _day(self, days: int) -> str:
        return (self._today + timedelta(days=days)).isoformat()
