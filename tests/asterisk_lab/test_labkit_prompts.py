"""Prompts on a real Asterisk: found in each language, as long as they are, the better rate where the phone has it."""

import asyncio
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from lab_peers import AgiSession, ScriptedEngine, Witness, caller
from labkit.lab import Lab
from labkit.plan import UpOptions

from cti.config import settings as config
from cti.doctor.examination import examine
from cti.doctor.sounds import WantedSound
from cti.model.spoken import PromptText
from cti.prompts.build import build
from cti.prompts.shelf import Folders
from cti.prompts.sound import read_wav
from tests.sounds import Humming
from tests.waiting import until

pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(120)]

PROMPTS = [PromptText("custom/hello", "en", "Hello there, callers"), PromptText("custom/hello", "zh", "你好")]


@pytest.fixture(scope="module")
def sounds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("prompts")
    done = build(PROMPTS, Folders(folder / "sounds", folder / "none", folder / "cache"), Humming, processes=1)
    assert [made.why_not for made in done] == ["", ""]
    return folder / "sounds"


@pytest.fixture(scope="module")
def lab(real_asterisk: None, sounds: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    lab = Lab(tmp_path_factory.mktemp("lab"))
    try:
        yield lab.up(UpOptions(agents=1, trunks=1, sounds=str(sounds), retry_s=5, with_parent=os.getpid()))
    finally:
        lab.down()


async def test_callers_hear_them(lab: dict[str, Any], sounds: Path, tmp_path: Path) -> None:
    answers: dict[str, str] = {}

    async def script(session: AgiSession, number: int) -> None:
        for words in (
            'STREAM FILE custom/hello ""',
            "SET VARIABLE CHANNEL(language) zh",
            'STREAM FILE custom/hello "" 0',
            'STREAM FILE digits/1 "" 1',
            'STREAM FILE custom/none ""',
            'STREAM FILE zh/digits/1 "" 100000000',
            "SET VARIABLE CTI_DONE 1",
        ):
            answers[words] = await session.command(words)

    async with ScriptedEngine.listening(lab["engines"][0], script), caller(lab, tmp_path, "6001"):
        await until(lambda: "SET VARIABLE CTI_DONE 1" in answers)
    samples = {
        language: len(read_wav((sounds / language / "custom/hello.wav").read_bytes()).samples)
        for language in ("en", "zh")
    }
    assert abs(_endpos(answers['STREAM FILE custom/hello ""']) - samples["en"]) < 320
    assert abs(_endpos(answers['STREAM FILE custom/hello "" 0']) - samples["zh"]) < 320
    assert "result=0" in answers['STREAM FILE digits/1 "" 1']  # English, as there is none in zh
    assert "result=-1" in answers['STREAM FILE custom/none ""']
    assert "result=-1" in answers['STREAM FILE zh/digits/1 "" 100000000']


def _endpos(answer: str) -> int:
    assert answer.startswith("200 result=0 endpos="), answer
    return int(answer.rpartition("=")[2])


def test_the_doctor_finds_what_is_missing(lab: dict[str, Any], tmp_path: Path) -> None:
    node = lab["nodes"][0]
    text = (
        f"nodes: {{node1: {{host: {node['host']}, secret: {node['ami_secret']}}}}}\n"
        f"fastagi: {{listen: '{lab['engines'][0]}', token: {node['agi_token']}}}\n"
        f"state_dir: {tmp_path}\ncontrol: ctl\nqueues: {{sales: {{announce: {{play: [queue-thankyou]}}}}}}\n"
    )
    settings = config.loads(text.encode(), environ={})
    there = [WantedSound(prompt.name, prompt.language) for prompt in PROMPTS]
    for wanted, level, words in (
        (there, "ok", "all 3 that callers are to hear are there"),
        (
            [*there, WantedSound("digits/1", "zh")],
            "fail",
            "1 of 4 are not there, and callers hear nothing: zh/digits/1",
        ),
    ):
        findings = asyncio.run(examine(settings, Path(node["config_dir"]), wanted))
        found = [finding for finding in findings if finding.check == "sounds"]
        assert [(finding.level, finding.text) for finding in found] == [(level, words)]


async def test_a_wideband_phone_hears_the_better_file(lab: dict[str, Any], sounds: Path) -> None:
    """A Local channel with 16 kHz stands for it: the end of the file is told in samples of its rate."""
    played: list[str] = []

    async def script(session: AgiSession, number: int) -> None:
        played.append(await session.command('STREAM FILE custom/hello ""'))

    node, address = lab["nodes"][0], lab["engines"][0]
    async with ScriptedEngine.listening(address, script), Witness.of(node) as witness:
        for priority, (application, data) in enumerate((("Answer", ""), ("Wait", "20")), 1):
            step = {"Priority": str(priority), "Application": application, "ApplicationData": data}
            witness.send(Action="DialplanExtensionAdd", Context="cti-ear", Extension="s", **step)
        dial = {"Channel": "Local/s@cti-ear", "Application": "AGI", "Data": f"agi://{address}/x", "Codecs": "slin16"}
        witness.send(Action="Originate", **dial, Async="true")
        await until(lambda: played)
    wide = len(read_wav((sounds / "en/custom/hello.wav16").read_bytes()).samples)
    assert abs(_endpos(played[0]) - wide) < 640
