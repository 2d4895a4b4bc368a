"""Does a sealed word open with the right secret for the right person only, and is no mark another one's?"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cti.people.sealing import Seal, is_sealed

pytestmark = pytest.mark.unit

SEAL = Seal("a-secret-of-the-web-for-tests")


@given(word=st.text(max_size=100), about=st.text(max_size=20))
def test_what_is_sealed_opens_and_is_not_the_word(word: str, about: str) -> None:
    sealed = SEAL.close(word, about)
    assert is_sealed(sealed) and SEAL.open(sealed, about) == word
    assert SEAL.close(word, about) != sealed


def test_nobody_else_opens_it_and_nothing_that_was_changed() -> None:
    sealed = SEAL.close("JBSWY3DPEHPK3PXP", "eva")
    assert SEAL.open(sealed, "ben") is None
    assert Seal("another-secret-of-the-web").open(sealed, "eva") is None
    middle = len(sealed) // 2
    changed = sealed[:middle] + ("A" if sealed[middle] != "A" else "B") + sealed[middle + 1 :]
    assert SEAL.open(changed, "eva") is None
    assert SEAL.open("v1.", "eva") is None and SEAL.open("v1.nonsense!", "eva") is None


def test_what_an_earlier_version_kept_in_plain_is_as_it_is() -> None:
    assert SEAL.open("JBSWY3DPEHPK3PXP", "eva") == "JBSWY3DPEHPK3PXP"


def test_marks_tell_words_and_secrets_apart() -> None:
    marks = {SEAL.mark("ab", "c"), SEAL.mark("a", "bc"), SEAL.mark("abc"), Seal("x" * 24).mark("abc")}
    assert len(marks) == 4 and SEAL.mark("ab", "c") in marks
