"""Unit tests of labkit.settings: the values of every template, and what is refused."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from labkit.errors import LabError
from labkit.render import render_folder
from labkit.rendering import settings_from_environment
from labkit.settings import AppQueue, NodeSettings, Phone, Trunk

pytestmark = pytest.mark.unit

TEMPLATES = Path(__file__).resolve().parent.parent.parent / "asterisk" / "etc"
DIRECTORIES = {f"{name}_DIR": Path("/x") for name in ("ETC", "MODULE", "STATE", "DATA", "AGI", "SPOOL", "RUN", "LOG")}
SETTINGS = NodeSettings(
    node="node1",
    engines=("127.0.0.1:4573", "127.0.0.2:4573"),
    ami_secret="s3cret",
    agi_token="t0ken",
    spool_dir=Path("/spool"),
    phones=(Phone("1001", "Agent 1001", "pw", "127.0.0.9:5080"),),
    trunks=(Trunk("trunk1", "127.0.0.151"),),
    app_queue=AppQueue(members=("1001",)),
    directories=DIRECTORIES,
)


def test_every_template_is_filled_and_private(tmp_path: Path) -> None:
    render_folder(TEMPLATES, tmp_path, SETTINGS.values())
    rendered = list(tmp_path.rglob("*.conf"))
    assert len(rendered) == len(list(TEMPLATES.rglob("*.conf")))
    for file in rendered:
        assert not re.search(r"@[A-Z_]+@", file.read_text()), file
        assert file.stat().st_mode & 0o077 == 0
    assert "Set(CTI_ENGINES=127.0.0.1:4573&127.0.0.2:4573)" in (tmp_path / "extensions_cti.conf").read_text()


def test_phone_with_contact_and_password_has_both() -> None:
    lines = SETTINGS.phones[0].lines()
    assert "contact = sip:1001@127.0.0.9:5080" in lines and "password = pw" in lines and "auth = 1001" in lines


def test_phone_without_password_is_not_asked_for_one() -> None:
    assert "auth" not in replace(SETTINGS.phones[0], password="").lines()


@pytest.mark.parametrize(
    "wrong",
    [
        replace(SETTINGS, engines=("127.0.0.1:4573,1)\nexten => 1",)),
        replace(SETTINGS, engines=("127.0.0.1:99999",)),
        replace(SETTINGS, engines=()),
        replace(SETTINGS, agi_token="a/b"),
        replace(SETTINGS, ami_secret="a\nread = all"),
        replace(SETTINGS, phones=(Phone("1001", "x\n[evil]"),)),
        replace(SETTINGS, phones=(Phone("10]01", "x"),)),
        replace(SETTINGS, trunks=(Trunk("trunk1", "127.0.0.1\n[evil]"),)),
        replace(SETTINGS, app_queue=AppQueue(strategy="best")),
        replace(SETTINGS, fallback_queue="q,n"),
    ],
)
def test_values_that_would_change_the_configuration_are_refused(wrong: NodeSettings) -> None:
    with pytest.raises(LabError):
        wrong.values()


def test_the_engines_may_reach_ami_where_nobody_said_otherwise() -> None:
    given = {"CTI_AMI_SECRET": "s", "CTI_AGI_TOKEN": "t", "CTI_ENGINES": "10.0.0.5:4573,name:1,127.0.0.1:4573"}
    assert settings_from_environment(given).ami_permit == ("127.0.0.0/255.0.0.0", "10.0.0.5/255.255.255.255")
    assert settings_from_environment({**given, "CTI_AMI_PERMIT": "10.0.0.0/8"}).ami_permit == ("10.0.0.0/8",)


def test_secrets_are_needed_from_the_environment() -> None:
    with pytest.raises(LabError, match="CTI_AMI_SECRET is not set"):
        settings_from_environment({})
    settings = settings_from_environment({"CTI_AMI_SECRET": "s", "CTI_AGI_TOKEN": "t", "CTI_ENGINES": "a:1, b:2"})
    assert settings.engines == ("a:1", "b:2")
