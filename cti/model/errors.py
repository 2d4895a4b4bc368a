"""What can go wrong, in one place.

CtiError
├── ConfigError      refuse to start: every problem with its place and a suggestion
│   └── PolicyError  what a reload could change (policy, nodes, flows) is why: an older file may do
└── Bug              a broken promise of our own code; counted, shown, never hidden
    └── IllegalTransition
"""

from __future__ import annotations


class CtiError(Exception):
    """Everything we raise ourselves."""


class ConfigError(CtiError):
    """The configuration cannot be used. `problems` are one-line texts `file:line:column: what, and what to do`."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class PolicyError(ConfigError):
    """No engine can start from this policy, these nodes or these flows; from others one could.

    Of a ConfigError that is none of these (the store, an address that is taken) another policy cures nothing.
    """


class Bug(CtiError):
    """Our own mistake."""


class IllegalTransition(Bug):
    """A state change that no table allows; nothing was changed."""

    def __init__(self, kind: str, entity: str, old: str, new: str) -> None:
        super().__init__(f"{kind} {entity}: {old} -> {new} is not in the table")
        self.kind, self.entity, self.old, self.new = kind, entity, old, new
