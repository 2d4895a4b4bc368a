"""Which name did the person probably mean? Used by the configuration and the command line; knows nothing of either."""

from __future__ import annotations

from collections.abc import Iterable

CLOSE_ENOUGH = 60.0  # of 100; below it a suggestion misleads more often than it helps


def closest(word: str, choices: Iterable[str]) -> str | None:
    """Return the choice nearest to `word`, or None where none is near (case does not matter)."""
    from rapidfuzz import fuzz, process  # who types no wrong name needs it not

    found = process.extractOne(
        word[:100], sorted(choices), scorer=fuzz.ratio, processor=str.lower, score_cutoff=CLOSE_ENOUGH
    )
    return found[0] if found else None


def did_you_mean(word: str, choices: Iterable[str]) -> str:
    """Return ` (did you mean "x"?)` with its leading blank, or the choices if they are few, or nothing."""
    known = sorted(choices)
    near = closest(word, known)
    if near is not None:
        return f' (did you mean "{near}"?)'
    return f" (known: {', '.join(known)})" if 0 < len(known) <= 5 else ""
