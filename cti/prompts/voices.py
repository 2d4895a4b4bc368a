"""Who speaks a text? One protocol, one table of engines; each is a program that is started, never linked.

To add an engine: a class with `name`, `identity` and `say`, and its entry in ENGINES. Knows nothing of prompts' files.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

LAB = Path(__file__).resolve().parents[2] / "asterisk" / "lab"
SAY_TIMEOUT_S = 60.0
FETCH_TIMEOUT_S = 900.0
MAX_WAV_BYTES = 64 * 2**20


class NoVoice(Exception):
    """Nobody speaks here; the message says what to do."""


class Voice(Protocol):
    """A text-to-speech engine."""

    @property
    def name(self) -> str:
        """Return how it is called on the command line."""

    def identity(self, language: str) -> str:
        """Return what decides how `language` sounds (version, voice, speed): another one makes prompts anew."""

    def say(self, text: str, language: str) -> bytes:
        """Return `text` as a WAV file of linear PCM. Raises NoVoice."""


@dataclass(frozen=True, slots=True)
class Espeak:
    """eSpeak NG: small, free, offline, many languages; sounds like a machine."""

    program: str
    version: str
    name: str = "espeak-ng"

    def identity(self, language: str) -> str:
        return " ".join((self.name, self.version, *_manner(language)))

    def say(self, text: str, language: str) -> bytes:
        return self.spoken(text, _manner(language))

    def spoken(self, text: str, manner: tuple[str, ...]) -> bytes:
        """As `say`; `manner` are espeak-ng's own options for voice and speed."""
        plain = text.replace("[[", "[ [")  # [[...]] would be phonemes (espeak-ng's docs/markup)
        words = [self.program, *manner, "-b", "1", "--stdin", "--stdout"]
        try:
            done = subprocess.run(words, input=plain.encode(), capture_output=True, timeout=SAY_TIMEOUT_S, check=False)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise NoVoice(f"{self.program} does not run ({type(error).__name__}); set CTI_ESPEAK") from error
        if done.returncode or not done.stdout.startswith(b"RIFF") or len(done.stdout) > MAX_WAV_BYTES:
            reason = done.stderr.decode(errors="replace").strip().splitlines()[:1] or ["it gave no sound"]
            raise NoVoice(f"{self.name} cannot speak {manner[1]}: {reason[0][:200]}; see {self.program} --voices")
        return done.stdout


# Voice, words a minute. Chosen by python -m bench.voices: 86 % of their power is what a telephone passes (plain cmn:
# 79 %), 12 letters or 4 syllables a second.
MANNERS: Mapping[str, tuple[str, int]] = {"en": ("en-us", 150), "zh": ("cmn+f4", 190)}


def _manner(language: str) -> tuple[str, ...]:
    voice, speed = MANNERS.get(language) or MANNERS.get(language[:2], (language.lower(), 155))
    if "-" in language and language not in MANNERS and language[:2] != "zh":
        voice = language.lower()
    return ("-v", voice, "-s", str(speed), "-g", "2")


def espeak(environ: Mapping[str, str] = os.environ, *, fetch: bool = True) -> Espeak:
    """Return eSpeak NG: $CTI_ESPEAK, an installed one, the lab's, or (with `fetch`) fetched by the lab now.

    Raises NoVoice with the remedy.
    """
    kept = cache_folder(environ) / "espeak-ng" / "espeak-ng"
    program = environ.get("CTI_ESPEAK") or shutil.which("espeak-ng") or (str(kept) if kept.exists() else None)
    if program is None and fetch and LAB.exists():
        asked = [sys.executable, str(LAB), "voice"]
        if subprocess.run(asked, stdout=subprocess.DEVNULL, timeout=FETCH_TIMEOUT_S, check=False).returncode == 0:
            program = str(kept)
    if program is None:
        raise NoVoice("there is no espeak-ng here; install the package espeak-ng, or set CTI_ESPEAK to the program")
    try:
        shown = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=20, check=False).stdout
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NoVoice(f"{program} does not run ({type(error).__name__}); correct CTI_ESPEAK") from error
    found = [word for word in shown.split() if word[:1].isdigit()]
    if not found:
        raise NoVoice(f"{program} is no espeak-ng; correct CTI_ESPEAK")
    return Espeak(program, found[0])


ENGINES: dict[str, Callable[[], Voice]] = {"espeak-ng": espeak}


def cache_folder(environ: Mapping[str, str] = os.environ) -> Path:
    """Return where fetched and made things are kept: $CTI_CACHE, $XDG_CACHE_HOME/cti or ~/.cache/cti."""
    named = environ.get("CTI_CACHE")
    if named:
        return Path(named).expanduser().resolve()
    return Path(environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser().resolve() / "cti"
