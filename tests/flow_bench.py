"""How does a test have flows in a folder, a store and a desk, without an engine?"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from cti.config import settings as config
from cti.config.settings import Settings
from cti.flows.in_force import FlowsInForce
from cti.in_turn import InTurn
from cti.model.flow_nodes import Play
from cti.model.spoken import Words
from cti.store.database import Store
from cti.switch.flow_desk import FlowDesk

HEAD = "nodes: {node1: {host: 127.32.0.9, secret: x}}\nfastagi: {token: t}\n"


def flow_text(*nodes: str, name: str = "main") -> str:
    """A flow that begins with its first node."""
    start = nodes[0].partition(":")[0]
    return "\n".join([f"name: {name}", f"start: {start}", "on: {error: hangup}", "nodes:", *(f"  {n}" for n in nodes)])


class FlowBench:
    """A centre's file and its folder of flows; `opened` is what an engine that starts has."""

    def __init__(self, folder: Path, store: Store) -> None:
        self.folder, self.store, self.now = folder, store, 100.0
        (folder / "flows").mkdir()
        self.desk = FlowDesk()
        self.centre()
        self.say("Hello")

    def centre(
        self, queues: Iterable[str] = ("sales", "vip"), entry: str = "main", flows: str = "{folder: flows}"
    ) -> None:
        held = "".join(f"  {queue}: {{}}\n" for queue in queues)
        agent = f"agents: {{anna: {{phone: PJSIP/1, queues: [{', '.join(queues)}]}}}}\n"
        entries = f'entries: {{"6001": {{flow: {entry}}}}}\n' if entry else 'entries: {"6001": {queue: sales}}\n'
        whole = f"{HEAD}queues:\n{held}{agent}{entries}" + (f"flows: {flows}\n" if flows else "")
        (self.folder / "center.yaml").write_text(whole)

    def write(self, text: str, name: str = "main") -> None:
        (self.folder / "flows" / f"{name}.yaml").write_text(text)

    def say(self, text: str) -> None:
        """A whole new flow whose first node says this, and whose second is the line of sales."""
        self.write(flow_text(f"a: {{play: {text}, then: b}}", "b: {queue: sales}"))

    def settings(self) -> Settings:
        return config.load(self.folder / "center.yaml")

    def opened(self) -> FlowsInForce:
        """An engine process begins."""
        self.desk = FlowDesk()
        return FlowsInForce(self.settings(), self.store, lambda: self.now, self.desk, InTurn())

    def heard(self) -> str:
        """What a new caller hears first."""
        node = self.desk.book.flows["main"].nodes["a"]
        assert isinstance(node, Play)
        return " ".join(part.text for part in node.play.parts() if isinstance(part, Words))
