"""Which answers do callers and agents share? One YAML file an article, in a folder beside center.yaml.

Its text is read aloud in a flow (a prompt `cti/articles/NAME`, see prompt_sources.py) and handed out by systems that
answer questions; changing the file changes both. Knows nothing of sound or flows.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from cti.model.errors import ConfigError

FOLDER = "articles"
PROMPTS = "cti/articles"  # their sounds, below a language's folder
MAX_CHARS = 1000  # longer is no answer on a telephone
NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?")

Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2}(-[A-Z]{2})?$")]
Said = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_CHARS)]


class Article(BaseModel):
    """In each language: a title, a short text to be read aloud, and `words` that people ask with."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: dict[Language, Said]
    text: dict[Language, Said] = Field(min_length=1)
    words: dict[Language, Annotated[tuple[str, ...], Field(min_length=1)]] = Field(default={})


def read(folder: Path) -> dict[str, Article]:
    """Return the articles of `folder` by name, which is the file's; none where there is no such folder.

    Raises ConfigError with every problem.
    """
    found: dict[str, Article] = {}
    wrong: list[str] = []
    for file in sorted(folder.glob("*.yaml")):
        article = _read(file, wrong)
        if article is not None:
            found[file.stem] = article
    if wrong:
        raise ConfigError(wrong)
    return found


def _read(file: Path, wrong: list[str]) -> Article | None:
    if not NAME.fullmatch(file.stem):
        wrong.append(f"{file}: an article is named with a-z, 0-9 and -, such as opening-hours.yaml; rename it")
        return None
    try:
        return Article.model_validate(yaml.safe_load(file.read_text(encoding="utf-8")))
    except OSError as error:
        wrong.append(f"{file}: cannot be read: {error.strerror}")
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = f":{mark.line + 1}:{mark.column + 1}" if mark is not None else ""
        wrong.append(f"{file}{place}: no YAML; correct it")
    except (yaml.YAMLError, UnicodeDecodeError):
        wrong.append(f"{file}: no YAML in UTF-8; correct it")
    except ValidationError as error:
        places = [(".".join(map(str, detail["loc"])), detail["msg"]) for detail in error.errors(include_input=False)]
        wrong += [f"{file}: {place or 'article'}: {text}" for place, text in places]
    return None
