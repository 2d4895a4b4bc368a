"""Contradictions inside a valid configuration."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cti.config import settings as config
from cti.config.check import Finding, circles, find, find_in_policy
from cti.lookup.addresses import is_own
from cti.model.policy import Center

pytestmark = pytest.mark.unit


def center(**changes: Any) -> Center:
    whole: dict[str, Any] = {
        "queues": {"sales": {}, "support": {"requires": {"tech": 2}}},
        "agents": {
            "anna": {"phone": "PJSIP/1", "queues": {"sales": {}, "support": {}}, "skills": {"tech": 3}},
            "ben": {"phone": "PJSIP/2", "queues": {"sales": {}}},
        },
        "entries": {"6001": {"queue": "sales"}},
    }
    for path, value in changes.items():
        here = whole
        *parents, last = path.split("__")
        for step in parents:
            here = here.setdefault(step, {})
        here[last] = value
    return Center.model_validate(whole)


def one(policy: Center) -> Finding:
    found = find_in_policy(policy)
    assert len(found) == 1, found
    return found[0]


def test_a_sound_centre_has_no_finding() -> None:
    assert find_in_policy(center()) == []


@pytest.mark.parametrize(
    ("changes", "path", "words", "is_error"),
    [
        ({"queues__empty": {}}, "queues.empty", "nobody is a member", False),
        (
            {"queues__support__requires": {"tech": 5}},
            "queues.support.requires",
            "no member of support meets tech 5",
            False,
        ),
        (
            {"agents__ben__queues": {"sales": {}, "support": {}}},
            "agents.ben.queues.support",
            "lacks tech 2",
            False,
        ),
        ({"agents__ben__queues": {}}, "agents.ben", "in no queue", False),
        ({"entries": {}}, "", "no entries", False),
        ({"entries__6002": {"queue": "support", "requires": {"tech": 9}}}, "entries.6002.requires", "tech 9", False),
        (
            {"queues__sales__max_wait_s": 10, "queues__sales__target_s": 5},
            "queues.sales.max_wait_s",
            "ring_timeout_s",
            False,
        ),
        (
            {"queues__sales__max_wait_s": 30, "queues__sales__target_s": 60},
            "queues.sales.target_s",
            "max_wait_s 30",
            False,
        ),
        ({"queues__sales__on_max_wait": {"queue": "support"}}, "queues.sales.on_max_wait", "no max_wait_s", False),
        ({"queues__sales__on_full": {"queue": "support"}}, "queues.sales.on_full", "no max_waiting", False),
        ({"queues__sales__announce": {}}, "queues.sales.announce", "says nothing", False),
        (
            {"queues__sales__announce": {"position": True, "first_after_s": 90}, "queues__sales__max_wait_s": 60},
            "queues.sales.announce.first_after_s",
            "never heard",
            False,
        ),
        ({"queues__sales__keys": {"1": {"queue": "sales"}}}, "queues.sales.keys.1.queue", "itself", False),
        (
            {"queues__sales__keys": {"1": {"queue": "support", "goto": "cti-fallback,s,1"}}},
            "queues.sales.keys.1",
            "keep one",
            True,
        ),
        (
            {"queues__sales__max_waiting": 5, "queues__sales__on_full": {"queue": "sales"}},
            "queues.sales.on_full.queue",
            "sales -> sales",
            True,
        ),
        ({"agents__ben__phone": "pjsip/1"}, "agents.ben.phone", "anna has the same phone", True),
        ({"agents__ben__phones": {"n2": "PJSIP/1"}}, "agents.ben.phones.n2", "anna has the same phone", True),
        ({"breaks": {"a": {"digit": "1"}, "b": {"digit": "1"}}}, "breaks.b.digit", "already means a", True),
    ],
)
def test_a_contradiction_is_found(changes: dict[str, Any], path: str, words: str, is_error: bool) -> None:
    found = one(center(**changes))
    assert ".".join(found.path) == path
    assert words in found.text
    assert found.is_error is is_error


def test_a_circle_of_full_queues_is_an_error_and_one_with_waits_a_warning() -> None:
    full = {"max_waiting": 5, "on_full": {"queue": "support"}}
    back = {"requires": {"tech": 2}, "max_waiting": 5, "on_full": {"queue": "sales"}}
    assert one(center(queues__sales=full, queues__support=back)).is_error
    waits = {"requires": {"tech": 2}, "max_wait_s": 60, "on_max_wait": {"queue": "sales"}}
    found = one(center(queues__sales=full, queues__support=waits))
    assert not found.is_error
    assert "sales -> support -> sales" in found.text


def test_phones_may_be_shared_between_nodes_but_not_on_one() -> None:
    policy = center(agents__anna__phones={"n2": "PJSIP/9"}, agents__ben__phones={"n3": "PJSIP/9"})
    assert find_in_policy(policy) == []


@pytest.mark.parametrize(
    ("plumbing", "path", "words"),
    [
        ("fastagi: {}", "fastagi", "no token"),
        ("fastagi: {token: t, listen: '0.0.0.0:1'}", "fastagi.advertise", "wildcard"),
        ("nodes: {n: {host: 10.0.0.9, secret: x}}", "nodes.n.host", "outside fastagi.allow"),
        ("nodes: {n: {host: 10.0.0.9, secret: x}}", "nodes.n.host", "loopback"),
    ],
)
def test_plumbing_that_cannot_meet_is_found(plumbing: str, path: str, words: str) -> None:
    lines = {"nodes": "nodes: {n: {host: 127.0.0.1, secret: x}}", "fastagi": "fastagi: {token: t}"}
    lines[plumbing.split(":")[0]] = plumbing
    policy = "queues: {a: {}}\nagents: {b: {phone: PJSIP/1, queues: [a]}}\nentries: {1: {queue: a}}\n"
    settings = config.loads("\n".join([*lines.values(), policy]).encode(), environ={})
    assert any(".".join(found.path) == path and words in found.text for found in find(settings))


def test_a_webhook_by_plain_http_to_another_machine_is_warned_of() -> None:
    def told(url: str) -> list[str]:
        parts = ["nodes: {n: {host: 127.0.0.1, secret: x}}", "fastagi: {token: t}", "queues: {sales: {}}"]
        parts.append(f"hooks: {{crm: {{url: '{url}', secret: {'x' * 32}}}}}")
        plumbing = config.loads("\n".join(parts).encode(), environ={})
        return [finding.text for finding in find(plumbing) if finding.path == ("hooks", "crm", "url")]

    assert "write https://" in told("http://crm.example.com/x")[0]
    assert told("https://crm.example.com/x") == told("http://localhost/x") == []


@pytest.mark.parametrize(
    "host", ["127.0.0.1:8000", "169.254.169.254", "[::1]", "[fe80::1]", "0.0.0.0", "[::ffff:127.0.0.1]"]
)
def test_an_address_of_this_machine_is_an_error_unless_its_network_is_named(host: str) -> None:
    def errors(more: str) -> list[tuple[str, ...]]:
        parts = ["nodes: {n: {host: 127.0.0.1, secret: x}}", "fastagi: {token: t}", "queues: {sales: {}}"]
        parts.append(f"hooks: {{crm: {{url: 'http://{host}/x', secret: {'x' * 32}{more}}}}}")
        parts.append(f"lookups: {{shop: {{base_url: 'http://{host}/x'{more}}}}}")
        reading = config.read_bytes("\n".join(parts).encode(), environ={})
        return [problem.path for problem in reading.errors]

    assert errors("") == [("hooks", "crm", "url"), ("lookups", "shop", "base_url")]
    assert errors(", networks: ['127.0.0.0/8', '169.254.0.0/16', '::1/128', 'fe80::/10', '0.0.0.0/32']") == []


def test_an_address_in_your_own_network_is_taken_as_it_is() -> None:
    assert not is_own("10.0.0.5", ()) and not is_own("192.0.2.7", ()) and not is_own("crm.example.com", ())


def test_an_open_port_without_a_token_is_an_error() -> None:
    text = "nodes: {n: {host: 127.0.0.1, secret: x}}\nfastagi: {listen: '0.0.0.0:1'}\nqueues: {a: {}}\n"
    reading = config.read_bytes(text.encode(), environ={})
    assert reading.settings is None
    assert "no token" in reading.lines(reading.errors)[0]


GRAPHS = st.dictionaries(st.integers(0, 6).map(str), st.lists(st.integers(0, 6).map(str), max_size=3), max_size=7)


@settings(deadline=None)  # the machine is shared: a slow example is no failure
@given(GRAPHS)
def test_a_circle_is_found_exactly_where_there_is_one(edges: dict[str, list[str]]) -> None:
    found = circles(edges)
    for circle in found:
        assert circle[0] == circle[-1]
        assert all(after in edges[before] for before, after in pairwise(circle))
    reach = {a: {b for b in out if b in edges} for a, out in edges.items()}
    for _ in edges:
        reach = {a: out.union(*(reach[b] for b in out)) for a, out in reach.items()}
    assert bool(found) == any(a in out for a, out in reach.items())


def test_a_chain_of_thousands_of_queues_is_no_recursion() -> None:
    names = [f"q{n}" for n in range(5000)]
    assert circles({a: [b] for a, b in zip(names, [*names[1:], names[0]], strict=True)})[0][0] == "q0"


@pytest.mark.parametrize(
    ("anna", "ben", "path", "words"),
    [
        (
            "Local/5@home",
            "PJSIP/2",
            ("agents", "anna", "phone"),
            "the agent looks free while he talks; write Local/5@home/n",
        ),
        ("Local/5@home/n", "local/5@home/n", ("agents", "ben", "phone"), "anna has the same phone"),
        ("Local/5@home/n", "Local/6@home/n", None, ""),
    ],
)
def test_a_phone_behind_the_dialplan_needs_its_n(anna: str, ben: str, path: tuple[str, ...] | None, words: str) -> None:
    text = (
        "nodes: {a: {host: 127.0.0.1, secret: x}}\nfastagi: {token: t}\nqueues: {sales: {}}\n"
        f"agents: {{anna: {{phone: {anna}, queues: [sales]}}, ben: {{phone: {ben}, queues: [sales]}}}}\n"
        "entries: {6001: {queue: sales}}\n"
    )
    reading = config.read_bytes(text.encode(), environ={})
    assert [problem.path for problem in reading.errors] == ([path] if path else [])
    assert all(words in line for line in reading.lines(reading.errors))


def test_a_phone_of_chan_sip_is_refused_and_a_strange_context_told() -> None:
    text = (
        "nodes: {a: {host: 127.0.0.1, secret: x}}\n"
        "queues: {sales: {max_wait_s: 60, on_max_wait: {goto: 'cti-fallbak,s,1'}}}\n"
        "agents: {anna: {phone: PJSIP/1, phones: {a: sip/1}, queues: [sales]}}\nentries: {6001: {queue: sales}}\n"
    )
    reading = config.read_bytes(text.encode(), environ={})
    assert [problem.path for problem in reading.errors] == [("agents", "anna", "phones", "a")]
    told = reading.lines(reading.warnings)
    assert any('did you mean "cti-fallback"' in line for line in told)
    assert any("nodes.a.secret: a secret in plain text" in line for line in told)
