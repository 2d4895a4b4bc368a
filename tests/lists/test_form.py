"""Is a list read as the configuration says, where nobody says otherwise, and is a wrong column told by its key?"""

from __future__ import annotations

import pytest

from cti.lists.form import filled, not_there, with_form, written_columns
from cti.lists.importing import Reading
from cti.lists.mapping import Field
from cti.model.campaign import ListForm, Outbound
from cti.model.policy import Center
from cti.model.uploads import Wishes

pytestmark = pytest.mark.unit

FORM = ListForm.model_validate(
    {"columns": {"phone": ["Mobil", "Büro"], "name": "Kunde"}, "region": "DE", "delimiter": "tab", "header": True}
)


def test_what_nobody_says_is_as_written() -> None:
    found = with_form(Reading(), FORM, Outbound())
    assert (found.region, found.delimiter, found.has_header, found.encoding) == ("DE", "\t", True, None)
    assert found.said == {Field.PHONE: ["Mobil", "Büro"], Field.NAME: ["Kunde"]}


def test_what_somebody_says_goes_before_and_columns_are_of_one_of_both() -> None:
    given = Reading("GB", "cp1252", ";", False, {Field.PHONE: ["Tel"]})
    assert with_form(given, FORM, Outbound()) == given


def test_the_centres_country_holds_where_the_campaign_names_none() -> None:
    assert with_form(Reading(), ListForm(), Outbound(region="FR")).region == "FR"
    assert with_form(Reading(), ListForm(), Outbound()) == Reading()


def test_one_column_needs_no_list() -> None:
    assert written_columns(ListForm.model_validate({"columns": {"phone": "#2"}})) == {Field.PHONE: ["#2"]}


def test_columns_that_are_not_there_are_named_by_their_keys() -> None:
    found = list(not_there(FORM, ["Mobile", "Büro", "Kunde"]))
    assert [path for path, _ in found] == [("columns", "phone", 0)]
    assert 'there is no column "Mobil"' in found[0][1] and "Mobile" in found[0][1]
    single = ListForm.model_validate({"columns": {"phone": "Tel", "name": "-"}})
    assert [path for path, _ in not_there(single, ["Phone"])] == [("columns", "phone")]


def policy(**lists: object) -> Center:
    written = {"mode": "progressive", "queue": "sales", "lists": lists}
    trunks = {"out": {"dial": "PJSIP/{number}@out"}}
    outbound = {"region": "FR", "trunks": trunks}
    return Center.model_validate({"queues": {"sales": {}}, "campaigns": {"spring": written}, "outbound": outbound})


def test_what_a_wish_leaves_open_is_as_written() -> None:
    written = policy(**FORM.model_dump(exclude_unset=True))
    found = filled(Wishes(by="eva"), written, "spring")
    columns = {"phone": ["Mobil", "Büro"], "name": ["Kunde"]}
    assert found == Wishes("DE", "", "tab", True, columns, by="eva")
    said = Wishes("gb", "cp1252", ";", False, {"phone": ["Tel"]}, "Europe/London")
    assert filled(said, written, "spring") == said
    assert filled(Wishes(), written, "gone") == filled(Wishes(), policy(), "spring") == Wishes("FR")


@pytest.mark.parametrize("wrong", [{"delimiter": ";;"}, {"region": "Germany"}, {"columns": {"name": ""}}])
def test_what_is_no_form_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="1 validation error"):
        ListForm.model_validate(wrong)
