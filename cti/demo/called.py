"""What became of those whom the engine calls, as it says and as they say themselves? Two records, compared. PURE.

The engine's rows are those of its control API; theirs are lines `NUMBER WORD`. Holds numbers, hands out counts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

KEPT = "kept"
OPEN = {"promised": "not due yet", "due": "in line", "in_line": "in line", "dialling": "being called"}
_CALL_BEGINS = ("rings", "busy")
_WORDS = {"picked_up": "picked up", "busy": "busy", "missed": "not at home"}

Rows = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Called:
    """Counts. `promises` by state in words; `seen` is what the called say, None where nobody asked them.

    `broken`: promises that the engine calls kept, and whose owners never spoke with anybody.
    """

    promises: Mapping[str, int]
    campaigns: tuple[Campaign, ...] = ()
    seen: Mapping[str, int] | None = None
    broken: int = 0

    @property
    def asked(self) -> int:
        return sum(self.promises.values())

    def lines(self) -> list[str]:
        """For the summary; nothing where nobody was to be called."""
        found = []
        if self.asked:
            found.append(f"  callbacks  {self.asked} promised: {_parts(self.promises)}")
        found += [f"  campaign   {each.text()}" for each in self.campaigns]
        dials = sum((self.seen or {}).values())
        if self.seen and dials:
            found.append(f"  called     {dials} dials, as those called saw it: {_parts(self.seen)}")
        return found

    def short(self) -> str:
        """For a line of the screen: `callbacks 3 of 7 kept  autumn 38 of 300 reached, 4 in the air`."""
        parts = [f"callbacks {self.promises.get(KEPT, 0)} of {self.asked} kept"] if self.asked else []
        return "  ".join([*parts, *(each.short() for each in self.campaigns if each.dialled)])


@dataclass(frozen=True)
class Campaign:
    """One campaign: its leads by what became of them, and how many dials that took."""

    name: str
    leads: int
    reached: int
    others: Mapping[str, int]  # outcomes besides
    left: int
    dialled: int
    in_the_air: int

    def text(self) -> str:
        ends = {"reached": self.reached, **self.others, "left to call": self.left}
        return f"{self.name}, {self.leads} leads: {_parts(ends)}; {self.dialled} dials"

    def short(self) -> str:
        return f"{self.name} {self.reached} of {self.leads} reached, {self.in_the_air} in the air"


def called(callbacks: Rows, campaigns: Rows, said: Iterable[str] | None = None) -> Called:
    """Compare the engine's rows with what those `said` who were called (None: nobody asked them)."""
    states = Counter(OPEN.get(str(row["state"]), str(row["state"])) for row in callbacks)
    rows = tuple(_campaign(row) for row in campaigns if row.get("leads"))
    if said is None:
        return Called(states, rows)
    heard = [(number, word) for number, _, word in (line.strip().partition(" ") for line in said) if word]
    spoke = {number for number, word in heard if word == "picked_up"}
    kept = [row for row in callbacks if row["state"] == KEPT and row["tries"]]
    broken = len([row for row in kept if _bare(row) not in spoke])
    return Called(states, rows, _seen(heard), broken)


def promised_numbers(callbacks: Rows) -> frozenset[str]:
    """Whom the engine has promised a call, whatever became of it; without the plus."""
    return frozenset(_bare(row) for row in callbacks)


def _seen(heard: Sequence[tuple[str, str]]) -> dict[str, int]:
    words = Counter(word for _, word in heard)
    counts = {text: words[word] for word, text in _WORDS.items()}
    rings_on = sum(words[word] for word in _CALL_BEGINS) - sum(counts.values())
    return {text: count for text, count in {**counts, "still ringing": rings_on}.items() if count > 0}


def _campaign(row: Mapping[str, Any]) -> Campaign:
    states = row["states"]
    others = {name.replace("_", " "): count for name, count in states.items() if name not in ("due", "held", "reached")}
    in_the_air = row["dialling"] + row["connected"]
    return Campaign(
        row["name"], row["leads"], states.get("reached", 0), others, row["leads_left"], row["dialled"], in_the_air
    )


def _parts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.items() if count)


def _bare(row: Mapping[str, Any]) -> str:
    return str(row["number"]).removeprefix("+")
