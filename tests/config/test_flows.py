"""Are the flows of a configuration judged with it, and every problem told at its place?"""

from __future__ import annotations

from pathlib import Path

import pytest

from cti.config import flows as config_flows
from cti.config import settings as config
from cti.config.flows import Fit

pytestmark = pytest.mark.unit

CENTER = """\
nodes: {node1: {host: 127.0.0.1, secret: x}}
fastagi: {token: t}
queues: {sales: {}}
agents: {anna: {phone: PJSIP/1, queues: [sales], skills: {en: 3}}}
entries:
  "6001": {flow: main}
"""
FLOW = "name: main\nstart: a\non: {error: hangup}\nnodes:\n  a: {queue: sales, requires: {en: 1}}\n"
FLOWS = "flows: {folder: flows, transfers: {office: PJSIP/9}}\n"


class Centre:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "flows").mkdir()
        self.flow(FLOW)

    def flow(self, text: str) -> None:
        (self.folder / "flows" / "main.yaml").write_text(text)

    def fit(self, center: str = CENTER + FLOWS) -> Fit:
        (self.folder / "center.yaml").write_text(center)
        return config_flows.fit(config.read(self.folder / "center.yaml"))


@pytest.fixture
def centre(tmp_path: Path) -> Centre:
    return Centre(tmp_path)


def test_the_folder_is_beside_the_file(centre: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    found = centre.fit()
    assert (list(found.folder.flows), found.errors, found.warnings) == (["main"], [], [])
    monkeypatch.chdir(centre.folder)
    settings = config.load("center.yaml")
    assert settings.flows is not None and settings.flows.folder == centre.folder / "flows"
    (centre.folder / "center.yaml").write_text(CENTER + f"flows: {{folder: {centre.folder}/flows}}\n")
    assert config.load("center.yaml").flows == settings.flows.model_copy(update={"transfers": {}})


@pytest.mark.parametrize(
    ("node", "line"),
    [
        ("a: {queue: slaes}", 'main.yaml:5:14: nodes.a.queue: there is no queue "slaes" (did you mean "sales"?)'),
        ("a: {transfer: ofice, then: hangup}", 'there is no allowed transfer "ofice" (did you mean "office"?)'),
        ("a: {lookup: shop, get: /x, then: hangup}", 'there is no lookup "shop"'),
        ("a: {hours: office, on: {open: hangup, closed: hangup}}", 'there is no hours "office"'),
        ("a: {paly: Hi}", "main.yaml:5:3: nodes.a: does nothing"),
    ],
)
def test_flows_are_judged_by_the_names_of_the_file(centre: Centre, node: str, line: str) -> None:
    centre.flow(FLOW.replace("a: {queue: sales, requires: {en: 1}}", node))
    [error] = centre.fit().errors
    assert line in error


def test_an_entry_without_its_flow_is_told_at_its_place(centre: Centre) -> None:
    [error] = centre.fit(CENTER.replace("main", "mian") + FLOWS).errors
    assert error.endswith('center.yaml:6:18: entries.6001.flow: there is no flow "mian" (did you mean "main"?)')
    [error] = centre.fit(CENTER).errors
    assert error.endswith("entries.6001.flow: there are no flows; name their folder, such as flows: {folder: flows}")


def test_a_missing_folder_and_a_broken_file(centre: Centre) -> None:
    [error] = centre.fit(CENTER + "flows: {folder: flwos}\n").errors
    assert error.endswith("flwos:1:1: cannot be read: No such file or directory")
    assert centre.fit("queues: {").errors == []
    assert centre.fit(CENTER.replace("flow: main", "queue: sales")).errors == []


def test_warnings_come_too(centre: Centre) -> None:
    centre.flow(FLOW.replace("on: {error: hangup}\n", ""))
    found = centre.fit()
    assert found.errors == [] and "no way out of errors" in found.warnings[0]
