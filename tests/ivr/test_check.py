"""Which mistakes in names and ways are found, at which place, and what is said?"""

from __future__ import annotations

import pytest

from cti.ivr import check
from cti.ivr.known import Known
from cti.model.flow import Flow
from tests.ivr.flows import flow

pytestmark = pytest.mark.unit

KNOWN = Known({"sales"}, {"anna"}, {"zh"}, {"office"}, {"shop"}, {"reception"})


def findings(*flows: Flow, known: Known = KNOWN) -> list[tuple[str, str, bool]]:
    found = check.find({each.name: each for each in flows}, known)[flows[0].name]
    return [(".".join(str(step) for step in finding.path), finding.text, finding.is_error) for finding in found]


def only(*flows: Flow, known: Known = KNOWN) -> tuple[str, str, bool]:
    found = findings(*flows, known=known)
    assert len(found) == 1, found
    return found[0]


END = "\nend: {hangup: Bye}"
ERROR = "on: {error: end}"


def test_a_good_flow_has_no_findings() -> None:
    menu = 'a: {menu: A, keys: {"1": sales, "2": back}}'
    good = flow(f"{menu}\nsales: {{queue: sales, then: end, on: {{failed: end}}}}{END}", head=ERROR)
    assert findings(good) == []


@pytest.mark.parametrize(
    ("node", "path", "text"),
    [
        ("{play: A, then: edn}", "nodes.a.then", 'did you mean "end"'),
        ('{menu: A, keys: {"1": ned}}', "nodes.a.keys.1", "there is no node"),
        ("{queue: sales, on: {failed: ned}}", "nodes.a.on.failed", "there is no node"),
        ("{queue: sale, on: {failed: end}}", "nodes.a.queue", 'did you mean "sales"'),
        ("{queue: sales, requires: {zz: 1}, on: {failed: end}}", "nodes.a.requires.zz", "there is no skill"),
        ("{queue: sales, preferred: [bob], on: {failed: end}}", "nodes.a.preferred.0", "there is no agent"),
        ("{voicemail: x, ask: A, then: end}", "nodes.a.voicemail", "there is no queue"),
        ("{hours: x, on: {open: end, closed: end}}", "nodes.a.hours", "there is no hours"),
        ("{hours: office, on: {open: end}}", "nodes.a.on", "add closed: NODE"),
        ("{lookup: x, get: /a, then: end}", "nodes.a.lookup", "there is no lookup"),
        ("{lookup: shop, then: end}", "nodes.a.lookup", "needs one of get and post"),
        ("{transfer: boss}", "nodes.a.transfer", "no allowed transfer"),
        ("{subflow: x, then: end}", "nodes.a.subflow", 'there is no flow "x"'),
        ("{play: A, then: end, on: {silent: end}}", "nodes.a.on.silent", "play has no such way out"),
        ('{menu: A, keys: {"1": end}, on: {silence: end}}', "nodes.a.on.silence", 'did you mean "silent"'),
        ("{offer_callback: sales, ask: A, then: end}", "nodes.a.on", "declined"),
        ("{split: s, shares: {x: 1, y: 1}, on: {x: end}}", "nodes.a.shares.y", "leads nowhere"),
        ("{split: s, shares: {x: 0, y: 0}, on: {x: end, y: end}}", "nodes.a.shares", "at least one"),
        ("{language: fr, then: end}", "nodes.a.language", "none of the flow's languages"),
        ("{collect: d, ask: A, end_key: 5, then: end}", "nodes.a.end_key", "use # or *"),
    ],
)  # fmt: skip
def test_mistakes(node: str, path: str, text: str) -> None:
    head = f"{ERROR}\nvariables: {{d: digits}}" if "collect" in node else ERROR
    found = [finding for finding in findings(flow(f"a: {node}{END}", head=head)) if finding[2]]
    assert len(found) == 1, found
    assert found[0][0] == path and text in found[0][1], found


def test_names_that_nobody_could_know_are_not_judged() -> None:
    assert findings(flow(f"a: {{queue: x, on: {{failed: end}}}}{END}", head=ERROR), known=Known()) == []


def test_the_ways_of_a_flow_itself() -> None:
    nodes = f"a: {{queue: sales, on: {{failed: end}}}}{END}"
    assert "did you mean" in only(flow(nodes, head="on: {eror: end, error: end}"))[1]
    assert only(flow(nodes, head="on: {error: back}"))[:2] == (
        "on.error",
        "would meet the same error again; name a node",
    )
    path, text, is_error = only(flow("a: {queue: sales}"))
    assert (path, is_error, "no way out of errors" in text) == ("nodes", False, True)
