"""What becomes of thirty dials in the air when the engine is killed, or Asterisk restarted? Nobody is dialled twice.

The town counts the calls that reached each number; each attempt has its result in the end.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from .centre import Centre
from .crowd import crowd
from .selling import Selling, town_numbers
from .town import BUSY, NO_ANSWER, Habit, Town
from .waiting import until

pytestmark = pytest.mark.acceptance

FLOWS = Path(__file__).with_name("campaign_flows")
IN_THE_AIR = 30
LEADS = 40
AGAIN_S = 600  # whoever has to be called again is not while a test lasts


@pytest.fixture
def selling(centre: Centre, tmp_path: Path) -> Iterator[Selling]:
    """A campaign that has thirty lines, and whose callees let it ring for long."""
    centre.phones("1001", "1002")
    written = {
        "notify": {
            "mode": "agentless",
            "flow": "notify",
            "lines": IN_THE_AIR,
            "ring_timeout_s": 10,
            "max_attempts": 3,
            "retry": {
                "unknown": {"after_s": AGAIN_S},
                "cancelled": {"after_s": AGAIN_S},
                "not_dialled": {"after_s": 2},
            },
        }
    }
    with crowd(centre.lab.descriptor["trunks"][2]["identify_ip"], 5060) as people:
        yield Selling(centre, Town(people), tmp_path, written, flows={"folder": str(FLOWS)})
        centre.clear()


def ring(selling: Selling) -> list[str]:
    """Thirty phones ring at the same time; the numbers of all leads."""
    numbers = town_numbers(7, LEADS)
    selling.town.lives_by(lambda number: NO_ANSWER)
    selling.start("notify", *numbers)
    selling.until(lambda: len(selling.town.open) == IN_THE_AIR, "thirty phones ring")
    return numbers


def nobody_twice(selling: Selling, numbers: list[str]) -> None:
    called = selling.town.times_called()
    assert set(called) <= set(numbers)
    twice = {number: times for number, times in called.items() if times > 1}
    assert not twice, f"dialled more than once: {twice}"
    assert not selling.unresolved()
    rang = selling.rows("SELECT id FROM attempt WHERE result <> 'not_dialled'")
    assert len(rang) == len(called), "each attempt is a call, and each call one"


def test_the_engine_is_killed(centre: Centre, selling: Selling) -> None:
    """While nobody lives some pick up, some refuse, some let it ring on; then the next process is there."""
    numbers = ring(selling)
    selling.engine.kill()
    habits = (Habit(200, 0.0, 5.0), BUSY, NO_ANSWER)
    selling.town.lives_by(lambda number: habits[int(number[-1]) % 3], forget=False)
    selling.until(lambda: len(selling.town.open) < IN_THE_AIR, "some have refused")
    selling.engine.start()
    selling.until(lambda: len(selling.town.times_called()) == LEADS, "the others are dialled, too")
    selling.until(lambda: not selling.town.open, "all calls are over")
    selling.until(lambda: not selling.unresolved(), "every attempt has its result", 40.0)
    nobody_twice(selling, numbers)
    known = {"answered", "hung_up", "busy", "no_answer", "unknown"}
    selling.until(lambda: set(selling.results("notify")) <= known, f"{selling.results('notify')}", 20.0)
    results = selling.results("notify")
    assert results["answered"] + results["hung_up"] and results["no_answer"]


def test_asterisk_is_restarted(centre: Centre, selling: Selling) -> None:
    """Whom it refused while it went down was not dialled, and is called when it is back; the others are not."""
    numbers = ring(selling)
    centre.lab.restart("node1")
    for call in selling.town.open:
        selling.town.forget(call)
    selling.town.lives_by(lambda number: BUSY, forget=False)
    centre.restarted("node1")
    centre.witness.again()
    selling.until(lambda: len(selling.town.times_called()) == LEADS, "the others are dialled", 60.0)
    selling.until(lambda: not selling.unresolved(), "every attempt has its result", 60.0)
    nobody_twice(selling, numbers)
    results = selling.results("notify")
    assert results["busy"] == LEADS - IN_THE_AIR
    assert results["cancelled"] + results["unknown"] == IN_THE_AIR, "told in its last moment, or never"
    until(lambda: not centre.witness.channels(), "no channel left")
