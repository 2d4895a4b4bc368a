"""Which flows hold together? All flows of one version, with what is worked out once for every call.

A call keeps the book it began with: a new version is a new book.
"""

from __future__ import annotations

from collections.abc import Mapping

from cti.ivr.graph import live
from cti.model.flow import Flow


class FlowBook:
    """All flows by name. `version` counts up with each reload."""

    def __init__(self, flows: Mapping[str, Flow], version: int = 1) -> None:
        self.version = version
        self.flows = dict(flows)
        self._secrets = {
            name: live(flow, (word for word, variable in flow.variables.items() if variable.sensitive))
            for name, flow in self.flows.items()
        }

    def secrets_needed(self, flow: str, node: str) -> frozenset[str]:
        """Return the sensitive variables that are still read from `node` on; all others may be forgotten."""
        return self._secrets[flow].get(node, frozenset())
