"""Would the pages' tests notice it: a picture without words, an error said, something fetched from elsewhere?"""

from __future__ import annotations

import pytest

from tests.web.looking import Looking

pytestmark = pytest.mark.web


def test_what_is_wrong_with_a_page_is_noticed(look: Looking) -> None:
    page = look.open("/admin")
    page.evaluate(
        "() => { document.body.append(new Image()); console.error('x'); fetch('http://127.0.0.9:9/').catch(() => 0); }"
    )
    assert any(each.startswith("image-alt") for each in look.serious())
    page.wait_for_timeout(100)
    noticed, look.trouble = look.trouble, []
    assert "error: x" in noticed and any("Content Security Policy" in each for each in noticed)
