"""Has every word of the engine one on the pages, in both languages? (A key that one of them lacks is a type error.)

What the engine says is read from its enumerations, and where it has none (refusals of the API, sentences about rows of
a list) from its sources.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from cti.acd.strategy import ORDERS
from cti.api.web_people import UserAction
from cti.lists.judge import Verdict
from cti.lists.numbers import Fault
from cti.metrics.contract import FIGURES
from cti.metrics.reasons import BUSY, OFFERS
from cti.metrics.reasons import FIGURES as RULES
from cti.model.dialling import CampaignAction, CampaignState, LeadOutcome, Mode, Rule
from cti.model.explanation import LostBy, Reason
from cti.model.words import (
    Activity,
    AgentAction,
    AgentStatus,
    CallbackAction,
    ContactAction,
    ContactState,
    DialResult,
    EndedBy,
    Outcome,
    RefusedReason,
    RingResult,
    SpyMode,
)
from cti.outbound.placing import Why
from cti.people.sessions import Denied
from tests.web.stage import REPOSITORY

pytestmark = pytest.mark.web

WORDS = REPOSITORY / "web" / "src" / "words"
FINE = {"answered"}  # how a listening-in may end without a complaint
AT_SIGN_IN = {str(Denied.TOTP_NEEDED)}  # the page asks for a code
NO_STATE = {str(reason) for reason in Reason} - {str(reason) for reason in BUSY} - {str(Reason.FREE)}
SAID_BY = {"problem": 1, "Refusal": 0, "Wrong": 0, "unknown": 0, "_to_sign_in": 0}  # which argument is the reason
NOTED_BY = {"note": 1, "_noted": 1, "noted": 0, "AuditEntry": 3}  # which argument the audit trail has as `what`
PUT_IN: dict[str, tuple[Iterable[object], ...]] = {
    "agent.": (AgentAction,), "campaign.": (CampaignAction,), "contact.": (ContactAction, SpyMode),
    "callback.": (CallbackAction,), "user.": (UserAction,), "node.": (("drain", "resume", "weight"),),
}  # fmt: skip
SENTENCES_IN = ("lists/judge.py", "lists/rows.py")
SENTENCES_AS = {"what", "reason", "TOO_LONG", "NEVER_CLOSED", "UNREADABLE"}


def keys(file: Path, table: str) -> set[str]:
    """The keys of one table of words; its lines are indented by four."""
    found = re.search(rf"^  {table}: \{{\n(.*?)^  \}},", file.read_text(encoding="utf-8"), re.M | re.S)
    if found is None:  # on one line
        found = re.search(rf"^  {table}: \{{(.*)\}},$", file.read_text(encoding="utf-8"), re.M)
    assert found is not None, table
    bare = re.findall(r"(?:^|[{,\s])([A-Za-z_0-9]+): ['\"\x60({]", found[1], re.M)
    quoted = re.findall(r"(?:^|[{,\s])'([^'\n]+)': ", found[1], re.M)
    return {*bare, *quoted}


def words(*kinds: object) -> set[str]:
    return {str(word) for kind in kinds for word in kind}  # type: ignore[attr-defined]


def refusals() -> set[str]:
    """The reasons that the API gives: enumerated, and written where they are given."""
    found = words(RefusedReason, Denied) - AT_SIGN_IN
    for room in ("api", "keepers", "people"):
        for file in (REPOSITORY / "cti" / room).rglob("*.py"):
            found |= set(_reasons(ast.parse(file.read_text(encoding="utf-8"))))
    return found


def _reasons(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            said = node.args[SAID_BY[name]] if name in SAID_BY and len(node.args) > SAID_BY[name] else None
            yield from [said.value] if isinstance(said, ast.Constant) and isinstance(said.value, str) else []
        elif isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                if isinstance(key, ast.Constant) and key.value == "refused" and isinstance(value, ast.Constant):
                    yield str(value.value)
        elif isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "_REASONS":
            yield from ast.literal_eval(node.value).values()


def sentences() -> set[str]:
    """What is said of a row of a list, with {} for what is put in."""
    found = words(Fault)
    for name in SENTENCES_IN:
        tree = ast.parse((REPOSITORY / "cti" / name).read_text(encoding="utf-8"))
        found |= {text for node in ast.walk(tree) for text in map(_text, _said(node)) if " " in text}
    return found


def _said(node: ast.AST) -> list[ast.expr]:
    if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") in SENTENCES_AS:
        return [node.value]
    called = getattr(node.func, "attr", "") if isinstance(node, ast.Call) else ""
    if isinstance(node, ast.Call) and called == "refuse":
        return node.args[1:2]
    if isinstance(node, ast.Call) and called == "append" and isinstance(node.args[0], ast.Tuple):
        return node.args[0].elts[1:2]
    return []


def _text(node: ast.expr) -> str:
    if isinstance(node, ast.JoinedStr):
        return "".join(part.value if isinstance(part, ast.Constant) else "{}" for part in node.values)  # type: ignore[misc]
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def closed_because() -> set[str]:
    """Why a campaign does not dial now: a rule, a state, or what its dates and hours say."""
    tree = ast.parse((REPOSITORY / "cti" / "outbound" / "campaign_life.py").read_text(encoding="utf-8"))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Reason"]
    details = {_text(call.args[2]) for call in calls if len(call.args) > 2} - {""}
    assert len(details) == 3
    return details | words(Rule, CampaignState) - {str(CampaignState.RUNNING)}


def asked_for() -> set[str]:
    """What the audit trail says that somebody wanted: each word where it is noted, with all that may be put into it."""
    found = set[str]()
    for file in (REPOSITORY / "cti").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            for text in map(_text, _noted(node, in_api=file.parent.name == "api")):
                head, put_in, rest = text.partition("{}")
                assert rest == "" and (not put_in or head in PUT_IN), f"{file.name}: what may be put into {text}?"
                found |= {head + word for word in words(*PUT_IN[head])} if put_in else {text} - {""}
    return found


def _noted(node: ast.AST, *, in_api: bool) -> Iterator[ast.expr]:
    """What is given to what notes it; and in the API what is called `what`, to be noted twice."""
    given: list[ast.expr] = []
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in NOTED_BY:
        given = node.args[NOTED_BY[node.func.id] :][:1]
    elif in_api and isinstance(node, ast.Assign):
        pair = isinstance(node.targets[0], ast.Tuple) and isinstance(node.value, ast.Tuple)
        name, value = (node.targets[0].elts[0], node.value.elts[0]) if pair else (node.targets[0], node.value)  # type: ignore[attr-defined]
        given = [value] if getattr(name, "id", "") == "what" else []
    for each in given:
        yield from (each.body, each.orelse) if isinstance(each, ast.IfExp) else (each,)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(
    ("page", "table", "needed"),
    [
        ("reports", "columns", set(FIGURES)),
        ("common", "problems", refusals()),
        ("admin", "asked", asked_for()),
        ("common", "status", words(AgentStatus)),
        ("common", "activity", words(Activity)),
        ("common", "contactState", words(ContactState)),
        ("supervisor", "listeningEnds", words(RingResult) - FINE),
        ("supervisor", "hears", words(SpyMode)),
        ("campaigns", "rules", closed_because()),
        ("campaigns", "placingWhy", words(Why)),
        ("campaigns", "states", words(CampaignState)),
        ("campaigns", "actions", words(CampaignAction)),
        ("campaigns", "outcomes", {"due", "held"} | words(LeadOutcome)),
        ("campaigns", "modes", words(Mode) - {str(Mode.CALLBACK)}),
        ("campaigns", "verdicts", words(Verdict)),
        ("why", "state", words(BUSY)),
        ("why", "not", NO_STATE),
        ("why", "lostBy", words(LostBy)),
        ("why", "rules", words(ORDERS)),
        ("why", "figures", words(RULES)),
        ("why", "offers", words(OFFERS)),
        ("why", "outcomes", words(Outcome)),
        ("why", "results", words(DialResult)),
        ("why", "endedBy", words(EndedBy) - {"unknown"}),
    ],
    ids=[
        "figures", "refusals", "audit", "statuses", "activities", "contacts", "listening", "modes", "closed", "pacing",
        "states", "actions", "leads", "campaign-modes", "verdicts", "busy", "not-his", "lost-by", "rules",
        "rule-figures", "offers", "outcomes", "results", "ended-by",
    ],
)  # fmt: skip
def test_no_word_of_the_engine_is_shown_as_it_is(language: str, page: str, table: str, needed: set[str]) -> None:
    assert needed - keys(WORDS / language / f"{page}.ts", table) == set()


def test_what_is_said_of_rows_is_said_in_chinese() -> None:
    text = (WORDS / "zh" / "sentences.ts").read_text(encoding="utf-8")
    assert {each for each in sentences() if f"'{each}':" not in text} == set()


def test_what_a_figure_means_is_said_in_chinese() -> None:
    """By the English words: whoever changes these has to say them anew."""
    text = (WORDS / "zh" / "definitions.ts").read_text(encoding="utf-8")
    said = re.findall(r"^  (?:'([^'\n]+)'|\"([^\"\n]+)\"):\s+'([^'\n]+)',$", text, re.M)
    assert {one or other for one, other, _ in said} == {figure.definition for figure in FIGURES.values()}
    assert [chinese for *_, chinese in said if not re.search("[\u4e00-\u9fff]", chinese)] == []


def test_enough_is_found_in_the_sources() -> None:
    assert {"no_phone", "standby", "weak_password", "unknown_upload", "too_large", "no_such_path"} <= refusals()
    assert {"user.lock", "list.import", "node.weight", "contact.barge", "reload.check", "number.erase"} <= asked_for()
    assert {"an earlier row has its number", "longer than {} characters", "too short"} <= sentences()
