"""Reading center.yaml: every wrong file is answered with its places, and only ever with ConfigError."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cti.config import settings as config
from cti.config.address import Address
from cti.model.errors import ConfigError
from cti.model.node_rules import NodeRules
from cti.model.policy import Center

pytestmark = pytest.mark.unit

EXAMPLE = Path(__file__).parents[2] / "config" / "center.yaml"
ENV = {"CTI_AMI_SECRET": "s3cret-ami", "CTI_AGI_TOKEN": "s3cret-agi"}
PLUMBING = "nodes: {n1: {host: 127.0.0.1, secret: x}}\nfastagi: {token: t}\n"
POLICY = (
    "queues: {sales: {}, support: {requires: {tech: 1}}}\n"
    "agents: {anna: {phone: PJSIP/1, queues: [sales, support], skills: {tech: 2}}}\n"
    "entries: {6001: {queue: sales}}\n"
)


def problems(text: str, environ: dict[str, str] | None = None) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        config.loads(text.encode(), file="c.yaml", environ=environ or {})
    return caught.value.problems


def test_the_example_is_whole_and_without_warnings() -> None:
    reading = config.read(EXAMPLE, ENV)
    assert reading.lines(reading.errors) == []
    assert reading.lines(reading.warnings) == []
    assert reading.settings is not None
    assert list(reading.settings.queues) == ["sales", "support", "complaints"]
    assert len(reading.settings.agents) == 10
    assert [agent.phone for agent in reading.settings.agents.values()] == [f"PJSIP/{n}" for n in range(1001, 1011)]


def test_settings_hold_policy_and_plumbing() -> None:
    settings = config.loads((PLUMBING + POLICY).encode(), environ={"CTI_STATE": "/var/lib/cti"})
    assert type(settings.center) is Center
    assert settings.center == Center(
        queues=settings.queues,
        agents=settings.agents,
        entries=settings.entries,
        breaks=settings.breaks,
        nodes={"n1": NodeRules()},
    )
    assert {type(rules) for rules in settings.center.nodes.values()} == {NodeRules}, "the core hears of no secret"
    assert settings.nodes["n1"].port == 5038
    assert settings.fastagi.listen == settings.fastagi.advertise == Address("127.0.0.1", 4573)
    assert [str(network) for network in settings.fastagi.allow] == ["127.0.0.0/8", "::1/128"]
    assert settings.state_dir == Path("/var/lib/cti")
    assert settings.control == Path("/var/lib/cti/cti.ctl")
    assert settings.store == "sqlite:////var/lib/cti/cti.db"
    assert settings.queue_log is settings.journal is settings.callback_spool is None


def test_secrets_come_from_the_environment_or_a_file(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("from a file\n")
    text = "nodes: {n1: {host_env: WHERE, secret_env: PW}}\nfastagi: {token_file: token, listen_env: LISTEN}\n" + POLICY
    (tmp_path / "c.yaml").write_text(text)
    settings = config.load(tmp_path / "c.yaml", {"PW": "from outside", "WHERE": "10.1.2.3", "LISTEN": "[::1]:99"})
    assert settings.nodes["n1"].secret.get_secret_value() == "from outside"
    assert settings.nodes["n1"].host == "10.1.2.3"
    assert settings.fastagi.token is not None
    assert settings.fastagi.token.get_secret_value() == "from a file"
    assert str(settings.fastagi.listen) == "[::1]:99"
    assert "from outside" not in repr(settings) and "from a file" not in repr(settings)


def test_text_that_looks_like_another_type_stays_text() -> None:
    text = PLUMBING + POLICY.replace("tech: 2", "tech: 2, no: 1").replace(
        "sales: {}", "sales: {keys: {0: {play: [a]}}}"
    )
    settings = config.loads(text.encode(), environ={})
    assert settings.agents["anna"].skills == {"tech": 2, "no": 1}
    assert list(settings.queues["sales"].keys) == ["0"]
    assert list(settings.entries) == ["6001"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            PLUMBING + "queues:\n  sales: {target: 20}\n",
            '4:11: queues.sales.target: unknown key (did you mean "target_s"?)',
        ),
        (
            PLUMBING + "queues:\n  sales: {max_wait_s: soon}\n",
            "4:23: queues.sales.max_wait_s: must be a number of seconds, without a unit: 20",
        ),
        (PLUMBING + "queues:\n  sales: {tier: 10}\n", "4:17: queues.sales.tier: must be at most 9"),
        (PLUMBING + "queues:\n  sales: {tier: 1.5}\n", "4:17: queues.sales.tier: must be a whole number"),
        (
            PLUMBING + "queues:\n  sales: {}\n  sales: {}\n",
            "5:3: queues.sales: given twice (first in line 4); keep one of them",
        ),
        (
            PLUMBING + "queues:\n  1st: {}\n",
            "4:3: queues.1st: must begin with a letter and have up to 40 of A-Z a-z 0-9 _ -",
        ),
        (
            PLUMBING + "queues:\n  sales: {strategy: longest}\n",
            "4:21: queues.sales.strategy: must be longest_idle or least_occupied or fewest_contacts or round_robin or "
            'linear or weighted_random or best_skill or ring_all or ring_progressively (did you mean "longest_idle"?)',
        ),
        (
            PLUMBING + "queues:\n  sales: {keys: {x: {}}}\n",
            "4:18: queues.sales.keys.x: must be one key of a phone: 0 to 9, * or #",
        ),
        (
            PLUMBING + "queues:\n  sales: {announce: {play: hello}}\n",
            "4:28: queues.sales.announce.play: must be a list: [one, two]",
        ),
        (PLUMBING + "queues: {}\n", "3:1: queues: must not be empty"),
        (PLUMBING + "queues: [sales]\n", "3:1: queues: must be keys with values"),
        (
            PLUMBING + POLICY + "campaigns: {a: {mode: progressive, queue: sales, dispositions: [sold]}}\n",
            "6:50: campaigns.a.dispositions: must be keys with values: such as {sold: {means: reached}, "
            "later: {means: again, after_s: 3600}}",
        ),
        (PLUMBING, "1:1: queues: is missing"),
        (PLUMBING + POLICY + "quues: {}\n", '6:1: quues: unknown key (did you mean "queues"?)'),
        (
            PLUMBING + POLICY.replace("6001: {queue: sales}", "6001: {queue: slaes}"),
            '5:25: entries.6001.queue: there is no queue "slaes" (did you mean "sales"?)',
        ),
        (
            PLUMBING + POLICY.replace("[sales, support]", "[sales, suport]"),
            '4:49: agents.anna.queues.suport: there is no queue "suport" (did you mean "support"?)',
        ),
        (
            PLUMBING + POLICY.replace("sales: {}", "sales: {on_max_wait: {queue: suport}}"),
            '3:39: queues.sales.on_max_wait.queue: there is no queue "suport" (did you mean "support"?)',
        ),
        (
            PLUMBING + POLICY.replace("{tech: 1}", "{teck: 1}"),
            '3:42: queues.support.requires.teck: no agent has the skill "teck" (did you mean "tech"?)',
        ),
        (
            PLUMBING + POLICY.replace("phone: PJSIP/1", "phone: PJSIP/1, phones: {n2: PJSIP/2}"),
            '4:42: agents.anna.phones.n2: there is no node "n2" (known: n1)',
        ),
        (PLUMBING + POLICY.replace("phone: PJSIP/1, ", ""), "4:10: agents.anna.phone: is missing"),
        (
            PLUMBING + POLICY.replace("PJSIP/1", "1001"),
            "4:24: agents.anna.phone: must be technology/endpoint, such as PJSIP/1001",
        ),
        (
            "nodes: {n1: {host: 127.0.0.1, secret_env: NOT_SET}}\n" + POLICY,
            "1:43: nodes.n1.secret_env: the environment variable NOT_SET is not set; set it for the engine before its "
            "start, or name a file instead: secret_file",
        ),
        (
            "nodes: {n1: {host: 127.0.0.1, secret_file: no-such}}\n" + POLICY,
            "1:44: nodes.n1.secret_file: this file cannot be read: No such file or directory",
        ),
        ("nodes: {n1: {host: 127.0.0.1}}\n" + POLICY, "1:9: nodes.n1.secret: is missing"),
        (
            "nodes: {n1: {host: 127.0.0.1, secret: x, secret_env: Y}}\n" + POLICY,
            "1:42: nodes.n1.secret_env: secret is given in two ways; keep one of them",
        ),
        ("nodes: {n1: {host: a b, secret: x}}\n" + POLICY, "1:20: nodes.n1.host: must be a host name or an IP address"),
        (
            PLUMBING + POLICY + "http: {listen: '8470'}\n",
            '6:16: http.listen: must be "host:port", with a port up to 65535',
        ),
        (
            PLUMBING.replace("token: t", "token: t, allow: [10.0.0.1/8]") + POLICY,
            '2:29: fastagi.allow.0: must be a network such as "10.0.0.0/24", with no bits set behind the mask',
        ),
        (
            PLUMBING + POLICY + "store: mysql://x\n",
            "6:8: store: must be sqlite:///file or postgresql://user:password@host/database",
        ),
        (
            PLUMBING + POLICY + f"control: /{'x' * 200}\n",
            "6:10: control: the path of a unix socket has at most 107 bytes; choose a shorter one",
        ),
        ("a: [1\n", "2:1: while parsing a flow sequence: did not find expected ',' or ']' (begun in line 1)"),
        ("just words\n", "1:1: must be keys with values (name: ..., queues: ...)"),
    ],
)
def test_a_wrong_file_is_answered_with_its_place(text: str, expected: str) -> None:
    assert f"c.yaml:{expected}" in problems(text)


def test_one_wrong_item_is_one_complaint() -> None:
    """pydantic counts it as none, and so calls a list of one empty."""
    text = PLUMBING + POLICY + 'outbound: {trunks: {a: {dial: "PJSIP/{number}@a", numbers: ["030 1"]}}}\n'
    where = "c.yaml:6:61: outbound.trunks.a.numbers.0"
    assert problems(text) == [f"{where}: must be the beginning of numbers with their country: +49, or + for all"]


def test_all_problems_come_at_once_in_the_order_of_the_file() -> None:
    text = (
        "nodes: {n1: {host: 127.0.0.1, secret_env: NOT_SET, prot: 1}}\n"
        "queues:\n  sales: {target: 1}\n  sales: {}\n"
        "agents: {anna: {queues: [sale]}}\n"
        "entries: {6001: {queue: slaes}}\n"
    )
    found = problems(text)
    assert [line.split(": ")[0] for line in found] == [
        "c.yaml:1:43", "c.yaml:1:52", "c.yaml:3:11", "c.yaml:4:3", "c.yaml:5:10", "c.yaml:5:26", "c.yaml:6:25",
    ]  # fmt: skip


def test_a_secret_or_a_number_is_never_repeated() -> None:
    bad_secret = "hunter2\x07"
    text = f'nodes: {{n1: {{host: 127.0.0.1, secret: "hunter2\\a"}}}}\nentries: {{6001: {{queue: sales}}}}\n{POLICY}'
    for line in problems(text, {"X": bad_secret}):
        assert "hunter2" not in line


def test_a_missing_variable_is_only_a_warning_in_a_check() -> None:
    reading = config.read(EXAMPLE, {}, lenient=True)
    assert reading.settings is not None
    assert [line.split(": ")[1] for line in reading.lines(reading.warnings)] == [
        "nodes.node1.secret_env",
        "fastagi.token_env",
    ]
    assert config.read(EXAMPLE, {}).settings is None


@pytest.mark.parametrize(
    "plumbing",
    [
        "redis: {url_env: NOT, ca_file: ca.pem}\nstore_env: NOT\nweb: {secret_env: NOT}",
        "redis: {sentinels: ['a:1'], sentinel_user: cti, sentinel_password_env: NOT}\nstore: postgresql://a/b\n"
        "web: {secret_env: NOT}",
        "web: {listen: '0.0.0.0:8089', origin_env: NOT}",
        "web: {oidc: {issuer_env: NOT, client_env: NOT, secret_env: NOT}}",
        "hooks: {crm: {url_env: NOT, secret_env: NOT, former_secret_env: NOT}}",
        "fastagi: {listen: '0.0.0.0:4573', allow: [127.0.0.0/8], token_env: NOT, advertise_env: NOT}",
    ],
)
def test_a_missing_variable_has_no_second_finding(plumbing: str) -> None:
    text = "nodes: {n1: {host: 127.0.0.1, secret_env: NOT}}\n" + POLICY + plumbing + "\n"
    reading = config.read_bytes(text.encode(), environ={}, lenient=True)
    found = reading.lines([*reading.errors, *reading.warnings])
    assert [line for line in found if "NOT is not set" not in line and "no token" not in line] == []
    assert sum("NOT is not set" in line for line in found) == text.count("NOT")


@pytest.mark.parametrize("path", ["/no/such/file", "/", "a\0b"])
def test_a_file_that_cannot_be_read_is_a_config_error(path: str) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        config.load(path, {})


def test_a_huge_file_is_too_large(tmp_path: Path) -> None:
    with (tmp_path / "huge.yaml").open("wb") as file:
        file.truncate(2**40)
    with pytest.raises(ConfigError, match="larger than 4 MiB"):
        config.load(tmp_path / "huge.yaml", {})


def test_not_utf_8_has_its_place() -> None:
    with pytest.raises(ConfigError, match=r"c\.yaml:2:4: not UTF-8"):
        config.loads(b"a: 1\nb: \xff\n", file="c.yaml", environ={})


@settings(deadline=None)  # the machine is shared: a slow example is no failure
@given(st.binary(max_size=200))
def test_no_bytes_raise_anything_but_config_error(data: bytes) -> None:
    with pytest.raises(ConfigError):
        config.loads(data, environ={})


LINES = EXAMPLE.read_text(encoding="utf-8").splitlines()


@settings(deadline=None)  # the machine is shared: a slow example is no failure
@given(st.data())
def test_no_damage_to_the_example_raises_anything_but_config_error(data: st.DataObject) -> None:
    lines = list(LINES)
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(lines) - 1))
        kind = data.draw(st.sampled_from(["drop", "double", "indent", "text", "cut"]))
        if kind == "drop":
            del lines[at]
        elif kind == "double":
            lines.insert(at, lines[at])
        elif kind == "indent":
            lines[at] = data.draw(st.sampled_from(["", " ", "   ", "\t"])) + lines[at].lstrip()
        elif kind == "cut":
            lines[at] = lines[at][: data.draw(st.integers(0, len(lines[at])))]
        else:
            column = data.draw(st.integers(0, len(lines[at])))
            lines[at] = lines[at][:column] + data.draw(st.text(max_size=5)) + lines[at][column:]
    text = "\n".join(lines)
    problems: list[str] = []
    try:
        config.loads(text.encode("utf-8", "surrogatepass"), file="c.yaml", environ=ENV)
    except ConfigError as error:
        problems = error.problems or ["an error without a problem"]
    for problem in problems:
        assert re.match(r"^c\.yaml:\d+:\d+: [^\n]+$", problem)


def test_every_key_is_documented() -> None:
    documentation = (EXAMPLE.parent.parent / "docs" / "configuration.md").read_text(encoding="utf-8")
    keys = set()

    def collect(model: type) -> None:
        for name, field in model.model_fields.items():  # type: ignore[attr-defined]
            keys.add(name)
            for part in re.findall(r"[\w.]+", str(field.annotation)):
                found = {c.__name__: c for c in _models()}.get(part.rsplit(".", 1)[-1])
                if found is not None:
                    collect(found)

    collect(config.Settings)
    missing = {key for key in keys if f"`{key}`" not in documentation}
    assert not missing


def _models() -> list[type]:
    from cti.model import calling_rules, campaign, hooks, policy

    return [
        *(
            value
            for module in (policy, campaign, calling_rules, hooks)
            for value in vars(module).values()
            if isinstance(value, type) and issubclass(value, policy.Policy)
        ),
        config.AsteriskNode,
        config.FastAgi,
        config.Http,
    ]


def test_the_environment_is_read_where_none_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in ENV.items():
        monkeypatch.setitem(os.environ, name, value)
    assert config.load(EXAMPLE).nodes["node1"].secret.get_secret_value() == "s3cret-ami"


def test_a_file_of_something_else_is_no_work_for_hours() -> None:
    text = "".join(f"k{number}: 1\n" for number in range(500))
    errors = config.read_bytes(text.encode(), environ={}).errors
    assert sum("unknown key" in found.text for found in errors) == 101
    assert errors[-1].text == "400 more unknown keys"
