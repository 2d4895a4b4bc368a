"""The demo's configuration is the example with other addresses; an operator's own keeps what he wrote."""

from __future__ import annotations

import dataclasses
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from cti.calendar.opening import Opening
from cti.config import settings as config
from cti.demo.center import SECRET_ENV, TOKEN_ENV, Places, demo_center, own_center
from cti.demo.container import engine_center
from cti.model.errors import CtiError

pytestmark = pytest.mark.unit

EXAMPLE = Path(__file__).resolve().parent.parent.parent / "config" / "center.yaml"
ENVIRON = {SECRET_ENV: "s3cret", TOKEN_ENV: "t0ken"}
PLACES = Places(
    "127.0.101.1", 5038, "cti", "127.0.101.100:4573", "127.0.101.100:8470", Path("/tmp/x"), Path("/tmp/x/cti.ctl")
)


@pytest.fixture
def tree() -> dict[str, Any]:
    return dict(yaml.safe_load(EXAMPLE.read_text(encoding="utf-8")))


def loaded(center: dict[str, Any]) -> config.Settings:
    return config.loads(yaml.safe_dump(center, allow_unicode=True).encode(), environ=ENVIRON)


def test_the_demo_is_the_example_somewhere_else(tree: dict[str, Any]) -> None:
    settings = loaded(demo_center(tree, EXAMPLE.parent, PLACES, guest_phone="PJSIP/2001"))
    example = config.load(EXAMPLE, {"CTI_AMI_SECRET": "x", "CTI_AGI_TOKEN": "y"})
    assert settings.queues == example.queues and settings.entries == example.entries
    assert set(settings.agents) == {*example.agents, "you"}
    assert str(settings.fastagi.listen) == PLACES.agi
    assert settings.nodes["node1"].secret.get_secret_value() == "s3cret"


def test_its_flows_stay_where_they_are_and_it_is_always_open(tree: dict[str, Any]) -> None:
    places = dataclasses.replace(PLACES, shop="http://127.0.0.1:1/api", recordings=Path("/tmp/x/messages"))
    settings = loaded(demo_center(tree, EXAMPLE.parent, places))
    assert settings.flows is not None
    assert settings.flows.folder == EXAMPLE.parent / "flows" and settings.flows.recordings == "/tmp/x/messages"
    assert str(settings.lookups["shop"].base_url) == places.shop
    sunday, night = datetime(2026, 11, 22, 12).timestamp(), datetime(2026, 12, 25, 3).timestamp()
    assert all(Opening(settings.hours["office"]).state(now).open for now in (sunday, night))
    own = loaded(own_center(tree, EXAMPLE.parent, PLACES, agi=None, allow_host=None))
    assert own.flows is not None and own.flows.folder == EXAMPLE.parent / "flows"


def test_the_guest_can_serve_every_queue_and_is_not_there_by_himself(tree: dict[str, Any]) -> None:
    guest = loaded(demo_center(tree, EXAMPLE.parent, PLACES, guest_phone="PJSIP/2001")).agents["you"]
    assert guest.starts == "logged_out" and guest.phone == "PJSIP/2001"
    for name, queue in loaded(demo_center(tree, EXAMPLE.parent, PLACES)).queues.items():
        assert name in guest.queues
        assert all(guest.skills[skill] >= level for skill, level in queue.requires.items())


def test_no_secret_is_written_into_the_file(tree: dict[str, Any]) -> None:
    text = yaml.safe_dump(demo_center(tree, EXAMPLE.parent, PLACES)) + yaml.safe_dump(
        own_center(tree, EXAMPLE.parent, PLACES, agi=None, allow_host=None)
    )
    assert "s3cret" not in text and "t0ken" not in text and SECRET_ENV in text


def test_an_operators_own_keeps_what_he_wrote(tree: dict[str, Any]) -> None:
    tree["nodes"] = {"berlin": {"host": "10.0.0.1", "port": 5039, "username": "x", "secret_file": "/etc/secret"}}
    tree["fastagi"] = {"listen": "10.0.0.2:4573", "allow": ["10.0.0.0/24"], "token_file": "/etc/token"}
    settings = loaded(own_center(tree, EXAMPLE.parent, PLACES, agi=None, allow_host="10.0.0.9"))
    assert list(settings.nodes) == ["berlin"]
    assert settings.nodes["berlin"].host == PLACES.ami_host
    assert str(settings.fastagi.listen) == "10.0.0.2:4573"
    assert [str(network) for network in settings.fastagi.allow] == ["10.0.0.0/24", "10.0.0.9/32"]


def test_the_container_gets_its_addresses_from_the_environment(tree: dict[str, Any], tmp_path: Path) -> None:
    environ = {"CTI_AMI": "172.31.98.10:5038", "CTI_AGI": "172.31.98.20:4573", "CTI_AGI_ALLOW": "172.31.98.10"}
    settings = loaded(engine_center(tree, environ | {"CTI_HTTP": "0.0.0.0:8470"}, tmp_path, tmp_path / "cti.ctl"))
    assert settings.nodes["node1"].host == "172.31.98.10"
    assert str(settings.fastagi.listen) == "172.31.98.20:4573"
    assert str(settings.http.listen) == "0.0.0.0:8470"
    assert settings.callback_spool is None
    spool = {"CTI_CALLBACK_SPOOL": "/var/spool/asterisk/cti-callbacks"}
    settings = loaded(engine_center(tree, environ | spool, tmp_path, tmp_path / "cti.ctl"))
    assert str(settings.callback_spool) == spool["CTI_CALLBACK_SPOOL"]
    with pytest.raises(CtiError, match="CTI_AMI is not set"):
        engine_center(tree, {}, tmp_path, tmp_path / "cti.ctl")
