"""What belongs to one flow under way: where it stands, its variables, where `back` leads. A subflow has its own."""

from __future__ import annotations

from collections.abc import Mapping

from cti.ivr.checkpoint import MAX_HISTORY, FrameState
from cti.ivr.values import Secret, Unfit, Value, fit, initial
from cti.model.flow import Flow


class Frame:
    """`tries`, `stage`, `said`, `question` and `low` are of the present node: how often it has asked, what, and why."""

    __slots__ = ("asked", "flow", "history", "lost", "low", "node", "question", "said", "stage", "tries", "values")

    def __init__(self, flow: Flow, customer: Mapping[str, str]) -> None:
        self.flow = flow
        self.node = flow.start
        self.values: dict[str, Value] = {name: _first(flow, name, customer) for name in flow.variables}
        self.history: list[str] = []
        self.asked: dict[str, str] = {}  # which node asked for a secret
        self.lost: dict[str, str] = {}  # secrets that stayed behind in another process, and which node asks for them
        self.tries = 0
        self.stage = ""
        self.said = ""  # why it asks again: silent or wrong
        self.question = 0
        self.low = False

    def enter(self, node: str) -> None:
        self.node = node
        self.tries, self.stage, self.said, self.question, self.low = 0, "", "", 0, False

    def remember(self, node: str) -> None:
        """`back` leads here from now on; what was passed since the last time here is forgotten."""
        if node in self.history:
            del self.history[self.history.index(node) :]
        self.history.append(node)
        del self.history[:-MAX_HISTORY]

    def secrets(self) -> set[str]:
        """Return the variables that hold a secret now."""
        return {name for name, value in self.values.items() if isinstance(value, Secret)}

    def state(self, needed: frozenset[str]) -> FrameState:
        """Return what a checkpoint holds: no secret, but where those that are `needed` were asked for."""
        kept = ((name, value) for name, value in self.values.items() if not isinstance(value, Secret))
        values = {name: value for name, value in kept if value is not None}
        lost = self.lost | {name: node for name, node in self.asked.items() if name in needed & self.secrets()}
        return FrameState(self.flow.name, self.node, values, tuple(self.history), lost)


def _first(flow: Flow, name: str, customer: Mapping[str, str]) -> Value:
    variable = flow.variables[name]
    if variable.from_customer and name in customer:
        try:
            return fit(variable, customer[name])
        except Unfit:
            pass
    try:
        return initial(variable)
    except Unfit:
        return None
