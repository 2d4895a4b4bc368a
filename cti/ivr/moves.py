"""What may a node do with a reply? Ask the switch for something, or lead on: the words between session and nodes."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

from cti.ivr import verbs


class Go(NamedTuple):
    """Leave the node by `way` (then, an outcome, a key) to `target` (a node, a reserved word, "" for nowhere)."""

    way: str
    target: str


Move: TypeAlias = Go | verbs.AnyVerb
