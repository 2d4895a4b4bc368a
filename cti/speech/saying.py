"""Which files say this value in that language? The one door to English and Mandarin.

A language without numbers of its own speaks them in English rather than not at all; check says so beforehand.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from types import ModuleType

from cti.model.spoken import Kind, PromptText
from cti.speech import english, mandarin

LANGUAGES: dict[str, ModuleType] = {"en": english, "zh": mandarin}
FALLBACK = "en"
LARGEST = 10**12 - 1


def spoken_language(language: str) -> str:
    """Return the language in which values are said where `language` is wanted."""
    base = language.partition("-")[0]
    return base if base in LANGUAGES else FALLBACK


def say(kind: Kind, value: str | float | bool, language: str, currency: str = "EUR") -> tuple[str, ...]:
    """Return the files (below the folder of `spoken_language(language)`) that say `value`.

    Raises ValueError where the value is not of its kind; a text has no files and gives none.
    """
    words = LANGUAGES[spoken_language(language)]
    found: tuple[str, ...]
    match kind:
        case Kind.DIGITS:
            found = words.digits(str(value))
        case Kind.DATE:
            found = words.date(str(value))
        case Kind.TIME:
            found = words.time(str(value))
        case Kind.FLAG:
            found = words.flag(value is True)
        case Kind.NUMBER:
            whole, fraction, negative = _decimal(float(value), places=3)
            found = words.decimal(whole, fraction.rstrip("0"), negative=negative)
        case Kind.MONEY:
            units, cents, negative = _decimal(float(value), places=2)
            found = words.money(units, int(cents), currency, negative=negative)
        case Kind.TEXT:
            found = ()
    return found


def vocabulary(language: str) -> Iterator[PromptText]:
    """Yield every word of our own that values are said with in `language`, with the text it is made from."""
    words = LANGUAGES[spoken_language(language)]
    for file, text in words.OWN.items():
        yield PromptText(file, spoken_language(language), text)


def _decimal(value: float, *, places: int) -> tuple[int, str, bool]:
    if not math.isfinite(value) or abs(value) > LARGEST:
        raise ValueError("a number too large to say")
    whole, _, fraction = f"{abs(value):.{places}f}".partition(".")
    return int(whole), fraction, value < 0 and bool(int(whole) or int(fraction))
