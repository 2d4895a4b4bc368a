"""Do the pages that tell where things are say what is there? Paths and rooms in ARCHITECTURE.md, links in all."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

pytestmark = pytest.mark.unit

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "ARCHITECTURE.md").read_text()
LIKELY = ("cti", "", "web/src", "asterisk")
PATH = re.compile(r"`([\w.-]+(?:/[\w.*-]+)*/?)`")
LINK = re.compile(r"\]\((?!https?:)([^)#]+)")
PAGES = (
    "README.md",
    "ARCHITECTURE.md",
    "CONTRIBUTING.md",
    *sorted(f"docs/{page.name}" for page in ROOT.glob("docs/*.md")),
)


def named(line: str) -> list[str]:
    """Every file or folder that a line names: `acd/offers.py`, then `reach.py` beside it."""
    found, folder = [], ""
    for word in PATH.findall(line):
        if "/" in word:
            folder = word.rpartition("/")[0]
        if "/" in word or word.endswith((".py", ".ts", ".tsx", ".conf")):
            found.append(word if "/" in word else f"{folder}|{word}")
    return found


def exists(word: str) -> bool:
    """A decision is named by its number: `docs/adr/0008`."""
    folder, _, name = word.rpartition("|")
    tries = (f"{folder}/{name}" if folder else name, name)
    return any(
        any((ROOT / base).glob(path.rstrip("/") + ending)) for base in LIKELY for path in tries for ending in ("", "-*")
    )


def test_every_path_of_the_architecture_is_there() -> None:
    lost = [
        f"line {n}: {word}" for n, line in enumerate(PAGE.splitlines(), 1) for word in named(line) if not exists(word)
    ]
    assert not lost, "ARCHITECTURE.md names what is not there: " + ", ".join(lost)


def test_every_room_is_named() -> None:
    rooms = [folder.parent.name for folder in sorted((ROOT / "cti").glob("*/__init__.py"))]
    lost = [room for room in rooms if not re.search(rf"`{room}`|\b{room}/", PAGE)]
    assert not lost, f"add these rooms of cti/ to the table of ARCHITECTURE.md: {lost}"


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page: str) -> None:
    file = ROOT / page
    lost = [link for link in LINK.findall(file.read_text()) if not (file.parent / link.strip()).exists()]
    assert not lost, f"{page} links to what is not there: {lost}"


def test_what_is_not_there_is_noticed() -> None:
    assert named("| x | `acd/offers.py` (`fail`), `nowhere.py`; `Queue.rings` |") == ["acd/offers.py", "acd|nowhere.py"]
    assert exists("acd/offers.py") and exists("acd|offers.py") and not exists("acd|nowhere.py")
