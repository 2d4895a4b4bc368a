"""What is a finding of a check? The words that all checks of configuration share."""

from __future__ import annotations

from typing import NamedTuple


class Finding(NamedTuple):
    """One contradiction: where (keys from the top) and what, with the remedy."""

    path: tuple[str | int, ...]
    text: str
    is_error: bool = False
