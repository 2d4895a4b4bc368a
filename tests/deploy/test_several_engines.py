"""Do the containers of several engines fit together: addresses, secrets, files, and a configuration that holds?"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from cti.config import settings as config

pytestmark = pytest.mark.unit

FOLDER = Path(__file__).resolve().parents[2] / "deploy" / "several-engines"
COMPOSE: dict[str, Any] = yaml.safe_load((FOLDER / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
ENGINES, ASTERISKS = ("engine1", "engine2"), ("asterisk1", "asterisk2")


def address(name: str) -> str:
    return str(SERVICES[name]["networks"]["control"]["ipv4_address"])


def settings_of(engine: str) -> config.Settings:
    return config.load(
        FOLDER / "center.yaml", {key: str(value) for key, value in SERVICES[engine]["environment"].items()}
    )


@pytest.mark.parametrize("engine", ENGINES)
def test_each_engines_configuration_holds(engine: str) -> None:
    settings = settings_of(engine)
    assert str(settings.fastagi.advertise) == f"{address(engine)}:4573"
    assert [node.host for node in settings.nodes.values()] == [address(name) for name in ASTERISKS]
    assert settings.redis is not None and f"//{address('valkey')}:6379" in settings.redis.url
    assert f"@{address('postgres')}/" in settings.store


def test_a_check_without_their_environment_says_what_is_not_set_and_nothing_else() -> None:
    reading = config.read(FOLDER / "center.yaml", {}, lenient=True)
    assert reading.errors == []
    assert all("is not set" in line for line in reading.lines(reading.warnings))


def test_the_engines_differ_only_in_where_they_are() -> None:
    one, two = (settings_of(engine) for engine in ENGINES)
    assert one.fastagi.advertise != two.fastagi.advertise
    assert one.model_copy(update={"fastagi": None, "web": None}) == two.model_copy(
        update={"fastagi": None, "web": None}
    )


@pytest.mark.parametrize("asterisk", ASTERISKS)
def test_each_asterisk_knows_every_engine_and_lets_it_in(asterisk: str) -> None:
    told = SERVICES[asterisk]["environment"]
    assert told["CTI_ENGINES"].split(",") == [f"{address(name)}:4573" for name in ENGINES]
    assert told["CTI_AMI_PERMIT"].split(",") == [f"{address(name)}/255.255.255.255" for name in ENGINES]
    assert told["CTI_NODE"] in settings_of("engine1").nodes


@pytest.mark.parametrize("asterisk", ASTERISKS)
def test_each_agent_has_a_phone_at_each_asterisk(asterisk: str) -> None:
    told = SERVICES[asterisk]["environment"]
    phones = [f"PJSIP/{1000 + k}" for k in range(1, int(told["CTI_AGENTS"]) + 1)]
    assert [agent.phone for agent in settings_of("engine1").agents.values()] == phones
    assert told["CTI_PHONE_PASSWORD"].startswith("${CTI_PHONE_PASSWORD")


def test_what_is_mounted_is_there_and_what_is_kept_has_a_volume() -> None:
    for service in SERVICES.values():
        for mount in service.get("volumes", ()):
            source = mount.partition(":")[0]
            assert (FOLDER / source).exists() if source.startswith(".") else source in COMPOSE["volumes"], mount


def test_whichever_engine_owns_the_centre_finds_what_callers_left_at_either_asterisk() -> None:
    spool = str(settings_of("engine1").callback_spool)
    [mount] = {mount for name in (*ENGINES, *ASTERISKS) for mount in SERVICES[name]["volumes"] if mount.endswith(spool)}
    assert all(mount in SERVICES[name]["volumes"] for name in (*ENGINES, *ASTERISKS))


def test_the_lease_survives_a_restart_of_valkey() -> None:
    command = SERVICES["valkey"]["command"]
    assert command[command.index("--appendonly") + 1] == "yes"


def test_both_engines_are_scraped() -> None:
    [job] = yaml.safe_load((FOLDER / "prometheus.yml").read_text(encoding="utf-8"))["scrape_configs"]
    assert job["static_configs"][0]["targets"] == [f"{address(name)}:8470" for name in ENGINES]


def test_nothing_has_a_secret_of_its_own() -> None:
    for name in ("CTI_AMI_SECRET", "CTI_AGI_TOKEN", "CTI_REDIS_PASSWORD"):
        assert SERVICES["engine1"]["environment"][name].startswith("${")
