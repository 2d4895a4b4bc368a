"""Fixtures of the acceptance tests: one lab and its phones for the session, one engine for each test."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from . import tones
from .centre import Centre, Lab, NoAsterisk
from .crowd import Crowd, crowd
from .engine_process import EngineProcess
from .loaded import Loaded
from .lone_switch import LoneSwitch

RETRY_S = 90  # a new engine needs a second, but half a minute on a busy machine: so long must callers be kept

_centres: list[Centre] = []


def lab_or_skip(folder: Path, *words: str) -> Lab:
    """A lab; where no Asterisk can be had the test is skipped loudly, and fails where CI=true."""
    try:
        return Lab(folder, *words)
    except NoAsterisk as reason:
        if os.environ.get("CI") == "true":
            pytest.fail(f"no real Asterisk: {reason}")
        pytest.skip(f"NO REAL ASTERISK: {reason}")


@pytest.fixture(scope="session", autouse=True)
def _engines_begin_loaded() -> Iterator[None]:
    EngineProcess.loaded = Loaded()
    try:
        yield
    finally:
        EngineProcess.loaded.close()
        EngineProcess.loaded = None


@pytest.fixture(scope="session")
def session_centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Centre]:
    with tempfile.TemporaryDirectory(prefix="cti-lab-") as folder:  # not pytest's: its clean-up must not touch a node
        sounds = tones.write(tmp_path_factory.mktemp("sounds"))
        lab = lab_or_skip(
            Path(folder), "2", "--retry", str(RETRY_S), "--sounds", str(sounds), "--trunk-contact", "{trunk}:5060"
        )
        centre = Centre(lab, tmp_path_factory.mktemp("phones"))
        _centres.append(centre)
        try:
            yield centre
        finally:
            centre.close()
            lab.down()


@pytest.fixture
def centre(session_centre: Centre) -> Iterator[Centre]:
    """An empty Asterisk with phones; what a test leaves is ended and checked."""
    try:
        yield session_centre
    finally:
        session_centre.clear()


@pytest.fixture
def start(centre: Centre, tmp_path: Path) -> Callable[..., EngineProcess]:
    """start(queues, agents, **settings) -> a ready engine."""

    def begin(queues: dict[str, Any], agents: dict[str, Any], on_nodes: int = 1, **more: Any) -> EngineProcess:
        return centre.open(tmp_path, queues, agents, on_nodes, **more)

    return begin


@pytest.fixture
def switch(centre: Centre) -> Iterator[LoneSwitch]:
    """The switch without an engine, two agents' phones, and a world to call."""
    centre.phones("1001", "1002")
    assert centre.world
    made = LoneSwitch(centre.lab)
    try:
        yield made
    finally:
        made.close()


@pytest.fixture
def people(centre: Centre) -> Iterator[Crowd]:
    """More callers than eight, without sound; they come by a trunk that nobody else uses."""
    with crowd(centre.lab.descriptor["trunks"][2]["identify_ip"], 5060) as callers:
        yield callers


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """A failure shows the end of the engine's log."""
    outcome: Any = yield
    report = outcome.get_result()
    if report.failed:
        for centre in _centres:
            report.sections.append(("asterisk", centre.lab.picture()))
            report.sections.append(("phones", centre.phones_picture()))
            for engine in centre.engines:
                report.sections.append(("engine log", engine.tail()))
                report.sections.append(("engine", engine.picture()))
                report.sections.append(("queue_log", "\n".join("|".join(row) for row in engine.queue_log())))
