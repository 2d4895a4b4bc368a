"""Is each column taken for what it is, and is whoever says otherwise believed?"""

from __future__ import annotations

import pytest

from cti.lists.mapping import Field, find_columns, read_said
from cti.model.errors import ConfigError

pytestmark = pytest.mark.unit

NUMBER = "+442079460123"


@pytest.mark.parametrize(
    ("header", "numbers", "name", "kept"),
    [
        ("Name,Phone,City", (1,), 0, ("City",)),
        ("phone 2,Phone_1,mobile", (0, 1, 2), None, ()),
        ("Kunde;Tel.;Handy-Nr.;Ort", (1, 2), 0, ("Ort",)),
        ("姓名,手机号,城市", (1,), 0, ("城市",)),
        ("ＰＨＯＮＥ,name", (0,), 1, ()),
        ("Nom,Téléphone", (1,), 0, ()),
        ("name,name,phone", (2,), 0, ("name (2)",)),
    ],
)
def test_headers(header: str, numbers: tuple[int, ...], name: int | None, kept: tuple[str, ...]) -> None:
    found = find_columns(header.replace(";", ",").split(","), [], {}, None)
    assert (found.has_header, found.numbers, found.name) == (True, numbers, name)
    assert tuple(name for _, name in found.kept) == kept


def test_all_fields() -> None:
    found = find_columns(["Zeitzone", "Prio", "Opt-in", "Tel", "x"], [], {}, None)
    assert (found.zone, found.priority, found.consent, found.numbers, found.kept) == (0, 1, 2, (3,), ((4, "x"),))


def test_what_somebody_says_goes_before_what_it_looks_like() -> None:
    header = ["Phone", "Fax", "Name", "Full name"]
    found = find_columns(header, [], read_said(["phone=fax,phone=#1", "name=Full name"]), None)
    assert (found.numbers, found.name, found.kept) == ((1, 0), 3, ((2, "Name"),))
    assert find_columns(header, [], read_said(["name=-"]), None).name is None


def test_without_a_header_the_content_tells() -> None:
    first = ["Bob", NUMBER, "12"]
    found = find_columns(first, [["Eve", "020 7946 0124", "13"]], {}, "GB")
    assert (found.has_header, found.numbers, found.header) == (False, (1,), ["column 1", "column 2", "column 3"])


def test_with_a_header_of_strange_words_the_content_tells() -> None:
    sample = [["x", NUMBER, NUMBER], ["y", "", "n/a"], ["z", NUMBER, ""], ["z", NUMBER, "-"]]
    found = find_columns(["A", "B", "C"], sample, {}, None)
    assert (found.has_header, found.numbers) == (True, (1,))
    assert find_columns(["A", "B", "C"], sample, {}, None, has_header=False).header[0] == "column 1"


@pytest.mark.parametrize(
    ("header", "said", "why"),
    [
        ("a,b", "", 'no column has numbers; say which: --map phone=COLUMN ."a", "b"'),
        ("Phone,Name", "phone=Phnoe", 'there is no column "Phnoe" .did you mean "Phone"'),
        ("Phone", "phone=#2", "there is no column"),
        (",".join(f"Phone {n}" for n in range(11)), "", "11 columns have numbers: at most 10"),
        (",".join(["x"] * 201), "", "201 columns"),
    ],
)
def test_what_cannot_be(header: str, said: str, why: str) -> None:
    with pytest.raises(ConfigError, match=why):
        find_columns(header.split(","), [], read_said([said] if said else []), None)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("phone", "must be FIELD=COLUMN"),
        ("phone=", "must be FIELD=COLUMN"),
        ("phoen=x", 'no field "phoen" .did you mean "phone"'),
        ("name=a,name=b", "only phone can be several columns, not name"),
    ],
)
def test_words_that_say_nothing(said: str, why: str) -> None:
    with pytest.raises(ConfigError, match=why):
        read_said([said])


def test_several_at_once() -> None:
    assert read_said(["phone=Tel, Büro,name=Kunde", "phone=Handy"]) == {
        Field.PHONE: ["Tel, Büro", "Handy"],
        Field.NAME: ["Kunde"],
    }
