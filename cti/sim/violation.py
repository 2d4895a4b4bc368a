"""How is a broken promise of the core told? One exception; knows nothing else."""

from __future__ import annotations


class Violation(Exception):
    """A check has failed. `rule` is its short name, `what` says what was found (no personal data)."""

    def __init__(self, rule: str, what: str, kind: str = "") -> None:
        super().__init__(f"{rule}: {what}")
        self.rule, self.what, self.kind = rule, what, kind
