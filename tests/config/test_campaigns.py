"""What does the check find in the rules of dialling?"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cti.config import flows, ways
from cti.config import settings as config
from cti.config.campaigns import campaigns, unkept
from cti.config.finding import Finding
from cti.config.settings import FlowRules
from cti.model.flow import Flow
from cti.model.policy import Center

pytestmark = pytest.mark.unit

WHOLE: dict[str, Any] = {
    "trunks": {"carrier": {"dial": "PJSIP/{number}@carrier"}},
    "caller_ids": {"ours": {"numbers": ["+493012345"]}},
}


def found(outbound: dict[str, Any] | None = None, **said: Any) -> list[Finding]:
    written = {"mode": "progressive", "queue": "sales", "caller_ids": "ours"} | said
    if written["mode"] == "agentless":
        del written["queue"]
    center = Center.model_validate(
        {
            "queues": {"sales": {"dispositions": {"sale": "Sale"}}},
            "outbound": WHOLE | (outbound or {}),
            "campaigns": {"one": written},
        }
    )
    return list(campaigns(center))


def test_nothing_to_find() -> None:
    assert found() == [] and found(regulation="us") == [] and found(mode="agentless", flow="news") == []
    harbour = {"safe_harbour": {"play": ["who-called"]}}
    assert found(mode="predictive", regulation="us", **harbour) == []
    assert found(regulation="us", window={"weekly": {"mon-fri": ["09:00-12:00", "13:00-20:00"]}}) == []
    assert found(regulation="cn", caps=[{"at_most": 2}]) == []


@pytest.mark.parametrize(
    ("said", "where", "text"),
    [
        ({"max_attempts": 0}, "max_attempts", "nobody is ever dialled"),
        ({"caps": [{"at_most": 0}]}, "caps.0.at_most", "nobody is ever dialled"),
        ({"outbound": {"caps": [{"at_most": 0}]}}, "outbound.caps.0.at_most", "nobody is ever dialled"),
        ({"outbound": {"trunks": {}}}, "campaigns.one", "no way out"),
        ({"begins_on": "2026-12-02", "ends_on": "2026-12-01"}, "ends_on", "it never runs"),
        ({"mode": "predictive", "regulation": "us"}, "campaigns.one", "write safe_harbour"),
        ({"machines": {"detect": True, "then": "message"}}, "machines", "without anything to play"),
        (
            {"mode": "agentless", "flow": "x", "dispositions": {"busy": {"means": "reached"}}},
            "dispositions.busy",
            "the name of a result",
        ),
    ],
)
def test_what_cannot_work_is_an_error(said: dict[str, Any], where: str, text: str) -> None:
    (one,) = found(**said)
    assert one.is_error and ".".join(map(str, one.path)).endswith(where) and text in one.text


@pytest.mark.parametrize(
    ("said", "where", "text"),
    [
        ({"caller_ids": None}, "campaigns.one", "no caller id"),
        ({"lines": 31}, "lines", "all trunks together have 30"),
        ({"regulation": "us", "ring_at_least_s": 10}, "ring_at_least_s", "looser than us allows (15)"),
        ({"regulation": "us", "ring_timeout_s": 10}, "ring_timeout_s", "shorter than ring_at_least_s 15"),
        ({"regulation": "cn", "consent_required": False}, "consent_required", "looser than cn"),
        ({"regulation": "cn", "caps": [{"at_most": 4}]}, "caps", "without the cap of 3 per number within day"),
        ({"regulation": "cn", "gap_s": 60}, "gap_s", "looser"),
        (
            {"regulation": "us", "window": {"weekly": {"mon-fri": "08:00-21:00", "sat": "07:00-12:00"}}},
            "window",
            "longer than us allows on sat",
        ),
        ({"mode": "predictive"}, "campaigns.one", "write safe_harbour"),
        ({"safe_harbour": {"play": ["x"]}}, "safe_harbour", "never heard"),
        ({"every_days": 90, "expires_after_days": 30}, "expires_after_days", "before its next visit"),
        ({"machines": {"play": ["x"]}}, "machines.play", "detect is off"),
        ({"retry": {"busy": {"after_s": 10}}}, "retry.busy.after_s", "shorter than a ring"),
        ({"gap_s": 600, "retry": {"busy": {"after_s": 60, "number": "same"}}}, "busy.after_s", "shorter than gap_s"),
        ({"ratio": 2}, "ratio", "never used"),
        ({"dispositions": {"sail": {"means": "reached"}}}, "sail", 'did you mean "sale"'),
    ],
)
def test_what_works_otherwise_than_was_meant_is_a_warning(said: dict[str, Any], where: str, text: str) -> None:
    (one,) = found(**said)
    assert not one.is_error and ".".join(map(str, one.path)).endswith(where) and text in one.text


def test_predictive_where_nobody_may_be_abandoned() -> None:
    (one,) = found(mode="predictive", regulation="uk", safe_harbour={"play": ["who-called"]})
    assert one.path[-1] == "mode" and "one number for each free agent" in one.text


def by_hand(campaign: dict[str, Any], **agent: Any) -> list[Finding]:
    written = {"mode": "progressive", "queue": "sales", "caller_ids": "ours", "regulation": "us"} | campaign
    center = Center.model_validate(
        {
            "queues": {"sales": {}, "help": {}},
            "agents": {
                "ann": {"phone": "PJSIP/1", "queues": {"sales": {}}, **agent},
                "ben": {"phone": "PJSIP/2", "queues": {"help": {}}},
            },
            "outbound": WHOLE,
            "campaigns": {"one": written},
        }
    )
    return list(campaigns(center))


def test_who_picks_up_by_hand_is_too_late_for_the_law() -> None:
    (one,) = by_hand({})
    assert one.path[-1] == "mode" and "auto_answer: true" in one.text and "(ann)" in one.text and not one.is_error


def test_phones_that_answer_by_themselves_are_in_time() -> None:
    assert by_hand({"auto_answer": True}) == by_hand({}, auto_answer=True) == []
    assert by_hand({"mode": "preview"}) == by_hand({"regulation": "none"}) == []


def test_callbacks_are_looked_at_once_they_are_written() -> None:
    assert [one.text[:12] for one in found({"callbacks": {"max_attempts": 2}})] == ["no caller id"]
    loose = found({"callbacks": {"regulation": "uk", "caller_ids": "ours", "ring_at_least_s": 1}})
    assert [one.path[-1] for one in loose] == ["ring_at_least_s", "window"]


def test_a_campaign_is_a_way_to_its_queue_and_its_flow() -> None:
    policy = Center.model_validate(
        {
            "queues": {"sales": {}, "lost": {}},
            "entries": {"6001": {"flow": "main"}},
            "campaigns": {
                "one": {"mode": "power", "queue": "sales", "safe_harbour": {"flow": "sorry"}},
                "two": {"mode": "agentless", "flow": "news"},
            },
        }
    )
    assert {place.name for place in ways.reached(policy, {})} == {"sales", "news", "main", "sorry"}
    lost = list(flows.lost_entries(policy, ["main"], FlowRules(folder=Path("flows"))))
    paths = [("campaigns", "two", "flow"), ("campaigns", "one", "safe_harbour", "flow")]
    assert [(one.path, one.is_error) for one in lost] == [(path, True) for path in paths]


def test_the_example_has_nothing_to_find() -> None:
    example = Path(__file__).resolve().parents[2] / "config" / "campaigns" / "center.yaml"
    reading = config.read(example, {"CTI_AMI_SECRET": "x", "CTI_AGI_TOKEN": "y"})
    assert reading.settings is not None and set(reading.settings.campaigns) == {"renewals", "visits"}
    assert reading.lines(reading.warnings) == []


@pytest.mark.parametrize("trunks", [{}, {"carrier": {"dial": "PJSIP/{number}@carrier"}}])
def test_who_gives_up_can_only_be_called_back_by_a_trunk(trunks: dict[str, Any]) -> None:
    queues: dict[str, Any] = {"sales": {"callback_abandoned": {}}, "support": {}}
    said = list(campaigns(Center.model_validate({"queues": queues, "outbound": {"trunks": trunks}})))
    assert [".".join(map(str, each.path)) for each in said] == ([] if trunks else ["queues.sales.callback_abandoned"])
    assert not any(each.is_error for each in said)


@pytest.mark.parametrize("trunks", [{}, {"carrier": {"dial": "PJSIP/{number}@carrier"}}])
def test_a_promise_in_a_flow_needs_a_trunk(trunks: dict[str, Any]) -> None:
    center = Center.model_validate({"queues": {"sales": {}}, "outbound": {"trunks": trunks, "region": "DE"}})
    nodes = {"a": {"offer_callback": "sales", "then": "b"}, "b": {"play": {"file": "bye"}, "then": "hangup"}}
    flow = Flow.model_validate({"name": "main", "start": "a", "on": {"failed": "hangup"}, "nodes": nodes})
    assert list(unkept(center, {})) == []
    said = list(unkept(center, {"main": flow}))
    assert len(said) == (0 if trunks else 1)
    assert all("(main.a)" in each.text and not each.is_error for each in said)
    nowhere = center.model_copy(update={"outbound": center.outbound.model_copy(update={"region": None})})
    assert [each.path for each in unkept(nowhere, {"main": flow})] == [("outbound",) if trunks else ("flows", "folder")]
