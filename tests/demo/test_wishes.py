"""Words and variables: what is asked for, and what makes no sense."""

from __future__ import annotations

from pathlib import Path

import pytest

from cti.demo.wishes import CHECKOUT, read_wishes

pytestmark = pytest.mark.unit

OWN = {"CTI_AMI": "10.0.0.1:5038", "CTI_AMI_SECRET": "s", "CTI_AGI_TOKEN": "t"}


def test_nothing_said() -> None:
    wishes = read_wishes([], {})
    assert (wishes.seconds, wishes.own, wishes.config) == (None, None, CHECKOUT / "config" / "center.yaml")


def test_zero_seconds_is_until_told() -> None:
    assert read_wishes(["--seconds", "0"], {}).seconds is None
    assert read_wishes(["--seconds", "60"], {}).seconds == 60


def test_an_asterisk_of_ones_own() -> None:
    wishes = read_wishes([], OWN | {"CTI_CONFIG": "/etc/cti/center.yaml"})
    assert wishes.own is not None and wishes.config == Path("/etc/cti/center.yaml")
    assert (wishes.own.host, wishes.own.port, wishes.own.user) == ("10.0.0.1", 5038, "cti")


@pytest.mark.parametrize(
    ("words", "environ", "needed"),
    [
        (["--seconds", "-1"], {}, "--seconds"),
        (["--seconds", "x"], {}, "--seconds"),
        ([], OWN | {"CTI_AMI": "10.0.0.1"}, "HOST:PORT"),
        ([], OWN | {"CTI_AMI": "10.0.0.1:99999"}, "HOST:PORT"),
        ([], {"CTI_AMI": "10.0.0.1:5038", "CTI_AGI_TOKEN": "t"}, "CTI_AMI_SECRET"),
        ([], {"CTI_AMI": "10.0.0.1:5038", "CTI_AMI_SECRET": "s"}, "CTI_AGI_TOKEN"),
    ],
)
def test_what_makes_no_sense_is_refused(
    words: list[str], environ: dict[str, str], needed: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        read_wishes(words, environ)
    assert ended.value.code == 2
    assert needed in capsys.readouterr().err
