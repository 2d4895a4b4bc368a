"""Do the containers of the demo centre fit together: what one leaves, can the other find and take?"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from cti.cli.control import default_socket
from cti.demo import container

pytestmark = pytest.mark.unit

ROOT = Path(__file__).resolve().parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
IMAGES = ("Dockerfile", "asterisk/Dockerfile")


def mounts(service: str) -> dict[str, str]:
    """Volume or folder by the place where it is seen."""
    split = (mount.split(":") for mount in SERVICES[service]["volumes"])
    return {place: source for source, place, *_ in split}


def test_the_engine_reads_the_folder_in_which_asterisk_leaves_callbacks() -> None:
    spool = SERVICES["engine"]["environment"]["CTI_CALLBACK_SPOOL"]
    assert mounts("engine")[spool] == mounts("asterisk")[spool] in COMPOSE["volumes"]


@pytest.mark.parametrize("image", IMAGES)
def test_both_may_write_there_by_one_group_whoever_has_made_the_volume(image: str) -> None:
    """Docker gives a new volume owner and mode of the folder in the image that mounts it first; groups have numbers."""
    text = (ROOT / image).read_text(encoding="utf-8")
    assert "groupadd --gid 10001 cti" in text
    assert re.search(
        r"install -d -o \w+ -g cti -m 2770 " + SERVICES["engine"]["environment"]["CTI_CALLBACK_SPOOL"], text
    )


def test_a_command_in_the_engines_container_means_that_engine_and_its_store(tmp_path: Path) -> None:
    environ = SERVICES["engine"]["environment"]
    assert Path(environ["CTI_CONFIG"]) == container.STATE / "center.yaml"
    tree = yaml.safe_load((ROOT / "config" / "center.yaml").read_text(encoding="utf-8"))
    file = tmp_path / "center.yaml"
    needed = {"CTI_AMI": environ["CTI_AMI"], "CTI_AGI": environ["CTI_AGI"]}
    file.write_text(yaml.safe_dump(container.engine_center(tree, needed, container.STATE, container.CONTROL)))
    assert default_socket({"CTI_CONFIG": str(file), "CTI_STATE": "/var/lib/cti"}) == container.CONTROL


def test_the_image_names_no_socket_that_another_configuration_does_not_have() -> None:
    """An engine of /etc/cti/center.yaml listens in its state folder: a command that is told nothing finds it there."""
    assert "CTI_CONTROL" not in (ROOT / "Dockerfile").read_text(encoding="utf-8")


def test_what_is_mounted_is_there_and_what_is_kept_has_a_volume() -> None:
    for service in SERVICES:
        for source in mounts(service).values() if "volumes" in SERVICES[service] else ():
            assert (ROOT / source).exists() if source.startswith(".") else source in COMPOSE["volumes"], source
