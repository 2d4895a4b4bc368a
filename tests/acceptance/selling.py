"""What does a test of campaigns have at hand? One engine with a campaign of each mode, its lists, and whom they call.

The town (many, without sound) is dialled by trunk3 at +493091..., four phones with sound by trunk4 at +493090...
"""

from __future__ import annotations

import datetime
import json
import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from cti.model.books import KeepCampaign
from cti.model.dialling import CampaignName, CampaignState
from cti.model.lead import AnswersOfDay
from cti.store import campaigns
from cti.store.database import open_store
from cti.store.lead_loading import LeadNumber, NewLead, add_portion, begin_list, finish_list

from .centre import Centre, agent
from .town import Town
from .waiting import until

ALWAYS = {"weekly": {"mon-sun": "00:00-24:00"}}
BERLIN = ("Europe/Berlin",)
PATIENCE_S = 90.0
AGENTS = ("1001", "1002")
TOWN, HEARING = "+493091", "+493090"  # who is called without sound, and with
NARROW, ABROAD = "+493092", "+4420"  # the town by a trunk with three lines; where no trunk goes
TRUNKS = {
    "town": {"dial": "PJSIP/{number}@trunk3", "numbers": [TOWN], "lines": 60, "calls_per_s": 50},
    "narrow": {"dial": "PJSIP/{number}@trunk3", "numbers": [NARROW], "lines": 3, "calls_per_s": 2},
    "hearing": {"dial": "PJSIP/{number}@trunk4", "numbers": [HEARING], "calls_per_s": 50},
}
SAYS = {"sold": "Sold", "no_more": "No more calls", "said_machine": "A machine"}
OPEN_STATES = "state IN ('intended', 'sent')"


class Selling:
    """The campaigns of one engine. Agents pick up by themselves."""

    def __init__(self, centre: Centre, town: Town, folder: Path, written: Mapping[str, Any], **more: Any) -> None:
        self.centre, self.town, self._lists = centre, town, 0
        self.agents(200)
        common = {"window": ALWAYS, "ring_timeout_s": 4, "max_attempts": 1}
        self.engine = centre.open(
            folder,
            {
                "sales": {
                    "wrap_up_s": 0,
                    "dispositions": SAYS,
                },
                "support": {"wrap_up_s": 0},
            },
            {f"a{number}": agent(number, "sales") for number in AGENTS},
            outbound={"region": "DE", "zone": BERLIN[0], "trunks": TRUNKS},
            campaigns={name: common | dict(each) for name, each in written.items()},
            **more,
        )

    def agents(self, code: int) -> None:
        """What their phones do by themselves: 200 picks up, 180 rings on."""
        for number in AGENTS:
            self.centre.phone(number).auto(f"{number}@node1", code)

    # --- lists and campaigns ----------------------------------------------------------------------------------------

    def load(self, campaign: str, *numbers: str) -> None:
        """A list of leads with one number each."""
        self._lists += 1
        load_list(self.engine.database, campaign, f"{self._lists}.csv", *numbers)

    def ask(self, action: str, campaign: str) -> Any:
        return json.loads(self.engine.command("campaign", action, campaign))

    def start(self, campaign: str, *numbers: str) -> None:
        """Let it dial a list of these numbers."""
        self.load(campaign, *numbers)
        assert self.ask("start", campaign)["ok"]

    def now(self, campaign: str) -> dict[str, Any]:
        """How it stands."""
        status, answer = self.engine.ask("/v1/campaigns")
        assert status == 200
        return next(row for row in answer["campaigns"] if row["name"] == campaign)

    def preview(self, agent: str) -> dict[str, Any] | None:
        """Whom an agent sees."""
        found: dict[str, Any] | None = self.engine.ask(f"/v1/agents/{agent}/preview")[1]["preview"]
        return found

    # --- what became of it ------------------------------------------------------------------------------------------

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with sqlite3.connect(self.engine.database) as store:
            return list(store.execute(query))

    def outcomes(self, campaign: str) -> Counter[str]:
        """How many of its leads stand in each state."""
        query = f"SELECT lead.state FROM lead JOIN lead_list ON lead_list.id = lead.list WHERE campaign = '{campaign}'"
        return Counter(str(row[0]) for row in self.rows(query))

    def results(self, campaign: str) -> Counter[str]:
        """How many of its attempts came to what."""
        return Counter(str(row[0]) for row in self.rows(f"SELECT result FROM attempt WHERE campaign = '{campaign}'"))

    def unwanted(self) -> dict[str, str]:
        """Whom nobody may call any more, and why."""
        return {str(number): str(why) for number, why in self.rows("SELECT pattern, reason FROM do_not_call")}

    def unresolved(self) -> int:
        return len(self.rows(f"SELECT id FROM attempt WHERE {OPEN_STATES}"))

    def done(self, campaign: str) -> bool:
        return not {"due", "held"} & set(self.outcomes(campaign))

    def until(self, condition: Callable[[], bool], what: str, timeout_s: float = PATIENCE_S) -> None:
        """Wait, while the town does what it does."""

        def turned() -> bool:
            self.town.turn()
            return condition()

        until(turned, what, timeout_s)

    def until_done(self, campaign: str) -> None:
        self.until(lambda: self.done(campaign), f"all leads of {campaign} are done: {self.outcomes(campaign)}")

    def nothing_is_left(self) -> None:
        """No channel, no open attempt, and nothing wrong in the books."""
        self.until(lambda: not self.centre.witness.channels(), "no channel left in Asterisk")
        self.until(lambda: not self.unresolved(), "every attempt has its result")
        status = self.engine.part("status")
        assert status["bugs"] == 0 and status["inconsistent"] == 0, status


def load_list(database: Path, campaign: str, file: str, *numbers: str, **columns: str) -> None:
    """Put a list of leads, each with one number and the same other columns, into the store of an engine.

    It may run already, or not be there yet.
    """
    database.parent.mkdir(parents=True, exist_ok=True)
    store, now = open_store(f"sqlite:///{database}"), time.time()
    try:
        name = begin_list(store, campaign, file, "tests", now)
        rows = [
            NewLead(row, (LeadNumber(number, BERLIN),), data=json.dumps(columns))
            for row, number in enumerate(numbers, 1)
        ]
        add_portion(store, name, rows, now)
        finish_list(store, name, len(rows), len(rows), {(BERLIN[0], 5)}, now)
    finally:
        store.close()


def town_numbers(series: int, count: int) -> list[str]:
    """So many numbers of the town; each series has its own."""
    return [f"{TOWN}{series:02d}{row:03d}" for row in range(1, count + 1)]


def has_answered(database: Path, campaign: str, answers: int) -> None:
    """Before the engine starts: the campaign's legal window holds so many answered calls of today, none abandoned."""
    database.parent.mkdir(parents=True, exist_ok=True)
    store = open_store(f"sqlite:///{database}")
    try:
        today = datetime.datetime.now(ZoneInfo(BERLIN[0])).date().toordinal()
        answered = (AnswersOfDay(today, answers, 0),)
        campaigns.keep(store, [KeepCampaign(CampaignName(campaign), CampaignState.READY, time.time(), "", answered)])
    finally:
        store.close()
