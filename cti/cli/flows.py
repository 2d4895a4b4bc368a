"""Which commands does `cti flow` have? Those for a folder of flows, and those for the flows of the running engine."""

from __future__ import annotations

from cti.cli import flow_versions
from cti.cli.flow import flow_app

flow_versions.add_commands(flow_app)
__all__ = ["flow_app"]
