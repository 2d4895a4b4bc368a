"""Is a drawing readable on light paper and on dark, and is it the same drawing?"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cti.flows.draw import DARK, GROUPS, LIGHT, Palette, draw
from cti.flows.files import read_file

pytestmark = pytest.mark.unit

MAIN = Path(__file__).resolve().parents[2] / "config" / "flows" / "main.yaml"
ENOUGH = 4.5  # WCAG 2.2, 1.4.3


def luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2)."""
    digits = "ffffff" if colour == "white" else colour.removeprefix("#")
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_every_word_can_be_read(palette: Palette) -> None:
    pairs = [(palette.ink, ground) for ground in (palette.paper, palette.card, palette.pill)]
    pairs += [(palette.soft, palette.paper), (palette.soft, palette.card), (palette.on_key, palette.ink)]
    for ground, ink in palette.groups.values():
        pairs += [(palette.ink, ground), (ink, ground)]
    assert [pair for pair in pairs if contrast(*pair) < ENOUGH] == []
    assert [line for line in palette.lines.values() if contrast(line, palette.paper) < 3] == [], "1.4.11"
    assert set(GROUPS.values()) == set(palette.groups)


def test_on_dark_paper_it_is_the_same_drawing() -> None:
    flow = read_file(MAIN).flow
    assert flow is not None
    light, dark = (draw(flow, flow.languages[0], dark=wanted) for wanted in (False, True))
    colours = re.compile(r'(fill|stroke)="(#[0-9a-f]{6}|white)"')
    assert colours.sub("", light) == colours.sub("", dark)
    assert LIGHT.paper not in dark and "white" not in "".join(found[1] for found in colours.findall(dark))
