"""Are the first rows of a list shown as they would be taken, and is it said what speaks against that?"""

from __future__ import annotations

from pathlib import Path

import pytest

from cti.keepers import list_look
from cti.model.uploads import Refusal, Wishes

pytestmark = pytest.mark.unit


def test_numbers_without_a_country_are_those_of_the_region(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("Telefon,Name\n030 23125000,Ann\n", encoding="utf-8")
    problems, found = list_look.look(file, Wishes(region="DE"))
    assert (problems, found["region"], found["rows"][0]["numbers"]) == ([], "DE", ["+493023125000"])
    _, found = list_look.look(file, Wishes(columns={"phone": ["Telefon"]}))
    assert found["region"] == "" and found["rows"][0]["verdict"] == "invalid"


def test_what_cannot_be_read_says_which_columns_there_are(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("kunde,wert\nAnn,x\n", encoding="utf-8")
    problems, found = list_look.look(file, Wishes())
    assert "no column has numbers" in problems[0] and str(tmp_path) not in problems[0]
    assert found["names"] == ["kunde", "wert"] and found["columns"] == {}


def test_a_file_that_has_gone_is_said(tmp_path: Path) -> None:
    problems, found = list_look.look(tmp_path / "none.csv", Wishes())
    assert "No such file" in problems[0] and str(tmp_path) not in problems[0] and found == {}


@pytest.mark.parametrize("wishes", [Wishes(region="XX"), Wishes(delimiter="ab"), Wishes(columns={"tel": ["A"]})])
def test_wishes_that_cannot_be_are_refused(wishes: Wishes) -> None:
    with pytest.raises(Refusal):
        list_look.check(wishes)
