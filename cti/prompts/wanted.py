"""Which prompts are wanted, and what do they say? Read from prompts.yaml, every mistake as file:line:column.

Knows nothing of sound. Flows bring their own texts; `merged` puts both together.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import get_args

from cti.config import yaml_file
from cti.config.yaml_file import Mapping, Place, Scalar
from cti.model.errors import ConfigError
from cti.model.policy import SoundFile
from cti.model.spoken import PromptText

FILE = "prompts.yaml"
MAX_CHARS = 1000
LANGUAGE = re.compile(r"[a-z]{2}(-[A-Z]{2})?")
NAME = re.compile(str(get_args(SoundFile)[1].pattern))


def read(path: Path) -> list[PromptText]:
    """Return the prompts of a file `name: {en: text, zh: text}`. Raises ConfigError with every problem at once."""
    try:
        data = path.read_bytes()
        node, problems = yaml_file.parse(data.decode("utf-8-sig"))
    except OSError as error:
        raise ConfigError([f"{path}: cannot be read: {error.strerror}"]) from error
    except UnicodeDecodeError as error:
        raise ConfigError([f"{path}: not UTF-8; save it as UTF-8"]) from error
    except yaml_file.Unreadable as error:
        raise ConfigError([f"{path}:{error.place.line}:{error.place.column}: {error.text}"]) from error
    wrong = [(problem.place, problem.text) for problem in problems]
    found: list[PromptText] = []
    if not isinstance(node, Mapping):
        wrong.append((node.place, 'must be names with texts, such as welcome: {en: "Welcome", zh: "欢迎"}'))
    else:
        for name, (place, texts) in node.items.items():
            found += _texts(name, place, texts, wrong)
    if wrong:
        raise ConfigError([f"{path}:{place.line}:{place.column}: {text}" for place, text in sorted(wrong)])
    return found


def _texts(name: str, place: Place, texts: yaml_file.Node, wrong: list[tuple[Place, str]]) -> list[PromptText]:
    if not NAME.fullmatch(name) or ".." in name or name.endswith("/"):
        wrong.append((place, "must be a sound file without its ending, such as custom/welcome"))
        return []
    if not isinstance(texts, Mapping) or not texts.items:
        wrong.append((texts.place, f'{name}: must be a text for each language: {{en: "Welcome", zh: "欢迎"}}'))
        return []
    found = []
    for language, (at, text) in texts.items.items():
        said = text.text.strip() if isinstance(text, Scalar) and text.text else ""
        if not LANGUAGE.fullmatch(language):
            wrong.append((at, f"{name}: a language has two letters, such as en or zh, or is like en-GB"))
        elif not said:
            wrong.append((at, f"{name}: says nothing in {language}; write what it shall say"))
        elif len(said) > MAX_CHARS:
            wrong.append((at, f"{name}: longer than {MAX_CHARS} characters; nobody listens that long"))
        else:
            found.append(PromptText(name, language, " ".join(said.split())))
    return found


def merged(*sources: Iterable[tuple[str, str, str]]) -> list[PromptText]:
    """Return all prompts, each once. Raises ConfigError where one name has two texts in one language."""
    texts: dict[tuple[str, str], str] = {}
    wrong = []
    for name, language, text in (prompt for source in sources for prompt in source):
        if texts.setdefault((name, language), text) != text:
            wrong.append(f"{name} ({language}) has two texts; give one of them another name")
    if wrong:
        raise ConfigError(wrong)
    return [PromptText(name, language, text) for (name, language), text in texts.items()]
