"""Is a number found however people write it, are those of others and plain counts left out, and is doubt told?"""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cti.number_in_text import Sought, fold

pytestmark = pytest.mark.unit

LONDON = ["+442079460123", "00442079460123", "442079460123", "02079460123", "2079460123"]
LONDON += ["001442079460123", "009442079460123"]
KENT = ["+441795358000", "00441795358000", "441795358000", "01795358000", "1795358000"]
BERLIN = ["+4930123456", "004930123456", "4930123456", "030123456", "30123456"]
SHANGHAI = ["+8613800138000", "008613800138000", "8613800138000", "13800138000", "0018613800138000"]
SINGAPORE = ["+6591234567", "006591234567", "6591234567", "91234567"]
REYKJAVIK = ["+3545551234", "003545551234", "3545551234", "5551234"]
AARHUS = ["+4520261122", "004520261122", "4520261122", "20261122"]
NEW_YORK = ["+15161234567", "0015161234567", "15161234567", "5161234567"]
OF_ESCAPES = re.compile(r"%[0-9A-F]{2}|&\w+;|\\u00a0")


def digits(text: str) -> str:
    """What of digits is left in it, in any script."""
    return re.sub(r"\D", "", OF_ESCAPES.sub("", text))


@pytest.mark.parametrize(
    "written",
    [
        "+44 20 7946 0123",
        "020 7946 0123",
        "(020) 7946-0123",
        "020.7946.0123",
        "+44 (0)20 7946 0123",
        "+44 (0) 20 / 7946 0123",
        "+44(20)79460123",
        "(+44) 20 7946 0123",
        "+44\u00a020\u00a07946\u20110123",
        "+44 020 7946 0123",
        "0044 20 7946 0123",
        "011442079460123",
        "0011442079460123",
        "001442079460123",
        "001 44 20 7946 0123",
        "009 44 20 7946 0123",
        "810442079460123",
        "8~10442079460123",
        "%20442079460123",
        "%2B44%2020%207946%200123",
        "tel:+44-20-7946-0123",
        '"020 7946 0123"',
        "20 7946 0123",
        "０２０７９４６０１２３",
        "＋４４２０７９４６０１２３",
        "（020）7946 0123",
        "020－7946－0123",
        "٠٢٠٧٩٤٦٠١٢٣",
        "\\uff10\\uff12\\uff1079460123",
        "020\u20097946\u202f0123",
        "020\u30007946\u30000123",
        "020\u22127946\u20100123",
        "020\t7946\t0123",
        "020\n7946 0123",
        "020 - 7946 - 0123",
        "020  -  7946  -  0123",
        "020_7946_0123",
        "020+7946+0123",
        "020&nbsp;7946&nbsp;0123",
        "+44\\u00a020 7946 0123",
        "\u200b020\u200b7946\u200b0123",
        "0 2 0 7 9 4 6 0 1 2 3",
    ],
)
def test_however_people_write_it(written: str) -> None:
    sought = Sought(LONDON)
    for text in (written, f"his is {written}, he says", f'{{"note":"{written}"}}', f"5,{written}\n"):
        left, perhaps = sought.erase(text)
        assert digits(left) == digits(text.replace(written, "")) and not perhaps
        assert len(left) == len(text) and re.search(sought.expression, text)


@pytest.mark.parametrize(
    ("forms", "text", "left"),
    [
        (LONDON, "1. 020 7946 0123.", "1. xxx xxxx xxxx."),
        (LONDON, "2026-11-22 02079460123", "2026-11-22 xxxxxxxxxxx"),
        (LONDON, "9,02079460123", "9,xxxxxxxxxxx"),
        (LONDON, '2079460123|"2079460123"\n2079460123', 'xxxxxxxxxx|"xxxxxxxxxx"\nxxxxxxxxxx'),
        (LONDON, "5,2079460123.0,a", "5,xxxxxxxxxx.0,a"),
        (LONDON, '["44","2079460123"]', '["44","xxxxxxxxxx"]'),
        (LONDON, "44\n02079460123\n", "44\nxxxxxxxxxxx\n"),
        (LONDON, "+44 7700 900000 / 020 7946 0123", "+44 7700 900000 / xxx xxxx xxxx"),
        (SHANGHAI, "17951 13800138000", "17951 xxxxxxxxxxx"),
        (SHANGHAI, "order of 13800138000", "order of xxxxxxxxxxx"),
        (BERLIN, "30 123456 and 030 / 12 34 56", "xx xxxxxx and xxx / xx xx xx"),
        (NEW_YORK, "1-516-123-4567, 001 516 123 4567", "x-xxx-xxx-xxxx, xxx xxx xxx xxxx"),
    ],
)
def test_only_its_digits_go(forms: list[str], text: str, left: str) -> None:
    assert Sought(forms).erase(text) == (left, 0)


@pytest.mark.parametrize(
    ("forms", "other"),
    [
        (LONDON, "4420794601234"),
        (LONDON, "+3302079460123"),
        (LONDON, "020 7946 01234"),
        (LONDON, "+12079460123, +1 207 946 0123, +612079460123, +33 20 7946 0123"),
        (LONDON, "1795358000.02079460123"),
        (LONDON, "[1.02079460123,{}]"),
        (KENT, "1795358000.12|1795358000.0"),
        (REYKJAVIK, '"at":1795358000.5551234'),
        (REYKJAVIK, '{"wait_s":555.1234,"talk_s":5551234.5}'),
        (REYKJAVIK, '{"lead":5551234,"next":5551234}'),
        (REYKJAVIK, "95551234"),
        (AARHUS, "2026-11-22 10:30 and 2026/11/22"),
        (["+18013580001", "8013580001"], "[1801358000.1,{}]"),
        (NEW_YORK, "0049 15161234567"),
        (NEW_YORK, "(0049) 15161234567, +49 1516 1234567, +49-151-61234567"),
    ],
)
def test_what_only_looks_like_it_is_left_alone(forms: list[str], other: str) -> None:
    assert not list(Sought(forms).find(other))


@pytest.mark.parametrize(
    ("forms", "text"),
    [
        (LONDON, "902079460123"),
        (LONDON, "9442079460123"),
        (LONDON, "No.2.02079460123"),
        (LONDON, '{"phone":2079460123}'),
        (LONDON, "1-207-946-0123"),
        (LONDON, "order 2079460123"),
        (KENT, "1795358000|1795358000.12|sales"),
        (SHANGHAI, "1795113800138000"),
        (SHANGHAI, "12593+13800138000"),
        (SINGAPORE, "0016591234567"),
        (SINGAPORE, "001 65 9123 4567"),
        (NEW_YORK, "0115161234567"),
    ],
)
def test_what_perhaps_is_it_is_told_and_kept(forms: list[str], text: str) -> None:
    assert Sought(forms).erase(text) == (text, 1)


@given(
    st.sampled_from((LONDON, BERLIN, SHANGHAI, REYKJAVIK, NEW_YORK)),
    st.data(),
)
@settings(max_examples=150, deadline=None)
def test_signs_and_scripts_hide_nothing(forms: list[str], data: st.DataObject) -> None:
    signs = st.text(st.sampled_from(" -\u2010\u2009\u3000\u200b()/\t\u00b7"), max_size=6)
    zero = data.draw(st.sampled_from((0x30, 0xFF10, 0x660, 0x966)))
    form = data.draw(st.sampled_from([form for form in forms if form.startswith(("0", "+"))] or forms))
    shown = form[:1] + "".join(
        data.draw(signs if number > 4 else st.just("")) + each for number, each in enumerate(form[1:])
    )
    text = f"<{shown.translate({0x30 + value: zero + value for value in range(10)})}>"
    left, perhaps = Sought(forms).erase(text)
    assert not digits(left) and not perhaps and len(left) == len(text)


@given(st.text(st.sampled_from("0123456789+%2&;\\u0aأ０٠ .-x"), max_size=40))
@settings(max_examples=150, deadline=None)
def test_nothing_but_digits_and_plus_is_ever_touched(text: str) -> None:
    assert len(fold(text)) == len(text)
    found = Sought(LONDON).erase(text + "02079460123" + text)[0]
    assert len(found) == 2 * len(text) + 11
