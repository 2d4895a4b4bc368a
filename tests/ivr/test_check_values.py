"""Which mistakes in variables, formulas, secrets and texts are found?"""

from __future__ import annotations

import pytest

from cti.ivr import check
from cti.ivr.known import Known
from cti.model.flow import Flow
from tests.ivr.flows import flow

pytestmark = pytest.mark.unit

END = "\nend: {hangup: {en: Bye, zh: 再见}}"
HEAD = (
    "languages: [en, zh]\non: {error: end}\n"
    "variables: {d: digits, n: number, t: text, day: date, pin: {type: digits, sensitive: true}}"
)
USES = "\nuse: {play: {en: '{d}{n}{t}{day}', zh: '{d}'}, then: end}"


def errors(*flows: Flow, known: Known = Known()) -> list[tuple[str, str]]:  # noqa: B008
    found = check.find({each.name: each for each in flows}, known)[flows[0].name]
    return [(".".join(map(str, finding.path)), finding.text) for finding in found if finding.is_error]


@pytest.mark.parametrize(
    ("node", "path", "text"),
    [
        ("{say: x, then: end}", "nodes.a.say", 'no variable "x"'),
        ("{play: {en: 'Hi {x}', zh: 好}, then: end}", "nodes.a.play.en", 'no variable "x"'),
        ("{play: Hi, then: end}", "nodes.a.play", "one text for en and zh"),
        ("{play: {en: Hi}, then: end}", "nodes.a.play", "says nothing in zh"),
        ("{play: {en: '{n:date}', zh: 好}, then: end}", "nodes.a.play.en", "a number cannot be spoken as date"),
        ("{say: pin, then: end}", "nodes.a.say", "never spoken"),
        ("{play: {en: '{pin}', zh: 好}, then: end}", "nodes.a.play.en", "never spoken"),
        ("{collect: day, ask: {en: A, zh: 啊}, then: end}", "nodes.a.collect", "digits make no date"),
        ("{collect: caller, ask: {en: A, zh: 啊}, then: end}", "nodes.a.collect", "set by the call itself"),
        ("{collect: pin, ask: {en: A, zh: 啊}, confirm: true, then: end}", "nodes.a.confirm", "never read back"),
        ("{record: d, ask: {en: A, zh: 啊}, then: end}", "nodes.a.record", "declare it as text"),
        ("{lookup: s, get: '/o/{x}', then: end}", "nodes.a.get", 'no variable "x"'),
        ("{lookup: s, get: '/o/{pin}', then: end}", "nodes.a.get", "send it in a post"),
        ("{lookup: s, get: /o, into: {x: a}, then: end}", "nodes.a.into.x", 'no variable "x"'),
        ("{lookup: s, post: /o, send: {f: x}, then: end}", "nodes.a.send.f", 'no variable "x"'),
        ("{queue: q, customer: {p: pin}, on: {failed: end}}", "nodes.a.customer.p", "goes to no screen"),
        ("{queue: q, customer: {p: x}, on: {failed: end}}", "nodes.a.customer.p", 'no variable "x"'),
        ("{branch: [{if: n, then: end}], otherwise: end}", "nodes.a.branch.0.if", "a yes or no is needed"),
        ("{branch: [{if: n == d, then: end}], otherwise: end}", "nodes.a.branch.0.if", "at character 6"),
        ("{branch: [{if: 'n = 1', then: end}], otherwise: end}", "nodes.a.branch.0.if", "write =="),
        ("{set: {n: t}, then: end}", "nodes.a.set.n", "gives a text, but a number is needed"),
        ("{set: {t: pin}, then: end}", "nodes.a.set.t", "declare it sensitive"),
        ("{set: {x: '1'}, then: end}", "nodes.a.set.x", 'no variable "x"'),
    ],
)  # fmt: skip
def test_mistakes(node: str, path: str, text: str) -> None:
    found = errors(flow(f"a: {node}{USES}{END}", head=HEAD))
    assert [(where, text in said) for where, said in found] == [(path, True)], found


def test_declarations() -> None:
    wrong = flow(
        f"a: {{say: n, then: end}}{END}",
        head="on: {error: end}\nvariables: {n: {type: number, default: many}, u: text}",
    )
    assert errors(wrong) == [("variables.n.default", "not a number: the variable is a number")]
    found = check.find({"t": wrong})["t"]
    assert [finding.path for finding in found if finding.text == "is never used"] == [("variables", "u")]


def test_a_subflow_must_know_what_it_is_given() -> None:
    nodes = f"a: {{subflow: u, give: {{x: n, y: n}}, take: {{n: z}}, then: end}}{END}"
    inner = flow("a: {set: {x: '\"s\"'}, then: return}", name="u", head="variables: {x: text}\nlanguages: [en]")
    assert errors(flow(nodes, head=HEAD), inner) == [
        ("nodes.a.give.x", "gives a number, but a text is needed"),
        ("nodes.a.give.y", 'u has no variable "y" (known: x)'),
        ("nodes.a.take", 'u has no variable "z" (known: x)'),
    ]


def test_recorded_files_must_be_there() -> None:
    t = flow(f"a: {{play: {{file: custom/a}}, then: end}}{END}", head="languages: [en, zh]\non: {error: end}")
    known = Known(has_sound=lambda language, _file: language == "en")
    assert errors(t, known=known) == [("nodes.a.play", "there is no sound file custom/a for zh")]
