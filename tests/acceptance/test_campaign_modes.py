"""Do campaigns dial as their modes promise on a real Asterisk? One engine for all of them, a town that is called, and
phones that hear what those hear who find no agent."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from . import voices
from .centre import Centre
from .crowd import crowd
from .selling import ABROAD, HEARING, NARROW, Selling, has_answered, town_numbers
from .tones import Ear
from .town import BUSY, CONGESTION, NO_ANSWER, PICKS_UP, Habit, Town
from .waiting import until

pytestmark = pytest.mark.acceptance

FLOWS = Path(__file__).with_name("campaign_flows")
SAFE = {"play": ["custom/sorry"]}
PATIENT = Habit(200, stays_s=60.0)  # hears the message to its end; who goes before it has not been abandoned
ANSWERED_BEFORE = 1000  # in the legal window: what a power campaign may spend
WRITTEN = {
    "progressive": {"mode": "progressive", "queue": "sales"},
    "power": {
        "mode": "power",
        "queue": "sales",
        "ratio": 3,
        "safe_harbour": SAFE,
        "dispositions": {"no_more": {"means": "do_not_call"}},
    },
    "leaving": {"mode": "power", "queue": "sales", "ratio": 4, "safe_harbour": SAFE, "ring_timeout_s": 30},
    "predictive": {"mode": "predictive", "queue": "sales", "evidence_answers": 0, "safe_harbour": SAFE},
    "next": {"mode": "progressive", "queue": "sales"},
    "preview": {"mode": "preview", "queue": "sales", "preview_s": 20},
    "listening": {
        "mode": "progressive",
        "queue": "sales",
        "lines": 1,
        "machines": {"detect": True, "amd": {"after_greeting_silence_s": 0.7}, "said": ["said_machine"]},
        "dispositions": {"said_machine": {"means": "again"}},
    },
    "notify": {"mode": "agentless", "flow": "notify", "lines": 10},
}


@pytest.fixture(scope="module")
def selling(session_centre: Centre, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Selling]:
    session_centre.phones("1001", "1002")
    assert session_centre.world
    folder = tmp_path_factory.mktemp("selling")
    for name in ("power", "leaving", "predictive"):
        has_answered(folder / "state" / "cti.db", name, ANSWERED_BEFORE)
    with crowd(session_centre.lab.descriptor["trunks"][2]["identify_ip"], 5060) as people:
        try:
            yield Selling(session_centre, Town(people), folder, WRITTEN, flows={"folder": str(FLOWS)})
        finally:
            session_centre.clear()


@pytest.fixture
def centre(selling: Selling) -> Iterator[Centre]:
    """Whatever a test does, it leaves nothing behind."""
    for name in ("a1001", "a1002"):
        selling.engine.do(name, "login")
    selling.agents(200)
    try:
        yield selling.centre
        selling.nothing_is_left()
    finally:
        for name in WRITTEN:
            selling.engine.ask(f"/v1/campaigns/{name}/stop", "POST", {})
        selling.centre.tidy()


def test_progressive_dials_for_free_agents_and_every_lead_ends_once(centre: Centre, selling: Selling) -> None:
    town, numbers = selling.town, town_numbers(4, 10)
    habits = dict(zip(numbers, (*[Habit(200, 0.3, 1.0)] * 6, BUSY, BUSY, NO_ANSWER, CONGESTION), strict=True))
    town.lives_by(habits.__getitem__)
    selling.start("progressive", *numbers)
    selling.until_done("progressive")
    assert town.times_called() == dict.fromkeys(numbers, 1)
    assert town.most_at_once <= 2, "two agents, two dials"
    expected = {"answered": 6, "busy": 2, "no_answer": 1, "congestion": 1}
    until(lambda: selling.results("progressive") == expected, f"{selling.results('progressive')}")
    assert selling.outcomes("progressive") == {"reached": 6, "exhausted": 4}


def test_power_dials_several_for_each_agent_and_who_finds_nobody_hears_why(
    centre: Centre, selling: Selling, tmp_path: Path
) -> None:
    """One agent and three who pick up: one talks, two hear the message within the time that the law gives."""
    selling.engine.do("a1002", "logout")
    selling.start("power", *(f"{HEARING}0{row}" for row in (1, 2, 3)))
    phones = [centre.world.ringing() for _ in range(3)]
    ears = []
    for number, phone in enumerate(phones):
        phone.answer()
        phone.wait("confirmed")
        phone.record(tmp_path / f"{number}.wav")
        ears.append(Ear(tmp_path / f"{number}.wav"))
    until(lambda: sum("sorry" in ear.names() for ear in ears) == 2, f"two hear the message: {ears}", 15.0)
    until(lambda: sum(phone.over for phone in phones) == 2, "and are released")
    assert [row["activity"] for row in selling.engine.part("agents")].count("talking") == 1
    next(phone for phone in phones if not phone.over).hangup()
    until(lambda: selling.results("power") == {"abandoned": 2, "answered": 1}, f"{selling.results('power')}")
    now = selling.now("power")
    assert (now["answered"], now["abandoned"]) == (ANSWERED_BEFORE + 3, 2)


def test_power_reaches_everybody_once_whatever_they_do(centre: Centre, selling: Selling) -> None:
    town, numbers = selling.town, town_numbers(1, 12)
    habits = dict(zip(numbers, (PICKS_UP, BUSY, NO_ANSWER, CONGESTION, PICKS_UP, Habit(404)) * 2, strict=True))
    town.lives_by(habits.__getitem__)
    selling.start("power", *numbers)
    selling.until_done("power")
    assert town.times_called() == dict.fromkeys(numbers, 1)
    assert town.most_at_once > 2, "more dials than agents"
    results = selling.results("power")
    assert results["busy"] == results["no_answer"] == results["congestion"] == results["invalid"] == 2


def test_all_agents_leave_while_dials_are_in_the_air(centre: Centre, selling: Selling) -> None:
    """Nobody new is dialled; who answers hears the message; each ends in a stated result."""
    town, numbers = selling.town, town_numbers(2, 30)
    town.lives_by(lambda number: NO_ANSWER)
    selling.start("leaving", *numbers)
    selling.until(lambda: len(town.open) == 8, "eight phones ring")
    for name in ("a1001", "a1002"):
        assert selling.engine.do(name, "logout") == 200
    town.lives_by(lambda number: PATIENT if int(number[-1]) % 2 else BUSY, forget=False)
    selling.until(lambda: not town.open, "those in the air have ended")
    selling.nothing_is_left()
    assert len(town.calls) == 8, "no new dials"
    until(lambda: selling.results("leaving") == {"abandoned": 4, "busy": 4}, f"{selling.results('leaving')}")
    assert "no agents" in selling.now("leaving")["pacing"]


def test_predictive_learns_and_dials_ahead(centre: Centre, selling: Selling) -> None:
    town, numbers = selling.town, town_numbers(3, 72)
    town.lives_by(lambda number: Habit(200 if number[-1] == "5" else 486, 0.3, 1.5))
    selling.start("predictive", *numbers)
    selling.until_done("predictive")
    assert town.times_called() == dict.fromkeys(numbers, 1)
    assert town.most_at_once > 2, "more dials than agents"
    now = selling.now("predictive")
    assert now["answered"] - ANSWERED_BEFORE == 7
    assert now["abandoned"] == selling.results("predictive")["abandoned"]


def test_agentless_tells_and_connects_whoever_presses_a_key(centre: Centre, selling: Selling, tmp_path: Path) -> None:
    selling.start("notify", f"{HEARING}11", f"{HEARING}12", f"{HEARING}13")
    phones = [centre.world.ringing() for _ in range(3)]
    busy = phones.pop()
    busy.busy()
    ears = []
    for number, phone in enumerate(phones):
        phone.answer()
        phone.wait("confirmed")
        phone.record(tmp_path / f"{number}.wav")
        ears.append(Ear(tmp_path / f"{number}.wav"))
    for ear in ears:
        ear.until("menu", timeout_s=15.0)
    phones[0].press("1")
    ears[1].until("bye", timeout_s=20.0)
    phones[1].wait("disconnected")
    assert not phones[0].over
    until(lambda: "talking" in [row["activity"] for row in selling.engine.part("agents")], "he talks to an agent")
    phones[0].hangup()
    until(lambda: selling.results("notify") == {"answered": 2, "busy": 1}, f"{selling.results('notify')}")
    assert selling.outcomes("notify") == {"reached": 2, "exhausted": 1}


def test_preview_dials_nobody_before_the_agent_says_so(centre: Centre, selling: Selling) -> None:
    """He skips the first, takes the second: his phone rings, then the customer's."""
    selling.agents(180)
    selling.engine.do("a1002", "logout")
    first, second = f"{HEARING}21", f"{HEARING}22"
    selling.start("preview", first, second)
    until(lambda: selling.preview("a1001"), "he sees a lead")
    assert selling.preview("a1001")["number"] == first and not selling.results("preview")
    assert json.loads(selling.engine.command("agent", "skip", "a1001", "not_today"))["ok"]
    until(lambda: (selling.preview("a1001") or {}).get("number") == second, "he sees the next one")
    assert not centre.world.incoming and not centre.phone("1001").incoming
    assert selling.engine.do("a1001", "preview/accept") == 200
    phone = centre.rings("1001")
    assert not centre.world.incoming, "nobody is called before he is there"
    phone.answer()
    customer = centre.world.ringing()
    customer.answer()
    customer.hears()
    phone.hears()
    phone.hangup()
    customer.wait("disconnected")
    until(lambda: selling.results("preview") == {"answered": 1}, f"{selling.results('preview')}")
    assert selling.outcomes("preview") == {"due": 1, "reached": 1}
    assert selling.engine.do("a1001", "preview/skip") == 409, "there is nobody to decide about"


def test_who_wants_no_more_calls_is_not_dialled_by_the_next_campaign(centre: Centre, selling: Selling) -> None:
    """One says so by a key in a flow, another one to an agent; the third is called."""
    by_key, to_agent, third = (f"{HEARING}3{row}" for row in (1, 2, 3))
    selling.start("notify", by_key)
    phone = centre.world.ringing()
    phone.answer()
    phone.wait("confirmed")
    until(lambda: selling.engine.part("status")["in_flow"] == 1, "he is in the flow")
    until(lambda: phone.press("9") or bool(selling.unwanted()), "his wish is kept", 20.0)
    phone.wait("disconnected")
    selling.start("power", to_agent)
    phone = centre.world.ringing()
    phone.answer()
    until(lambda: "talking" in [row["activity"] for row in selling.engine.part("agents")], "he talks to an agent")
    talking = next(row["id"] for row in selling.engine.part("agents") if row["activity"] == "talking")
    assert selling.engine.do(talking, "disposition", reason="no_more") == 200
    phone.hangup()
    until(lambda: len(selling.unwanted()) == 2, "his wish is kept, too")
    assert selling.unwanted() == {by_key: "notify: pressed_nine", to_agent: "power: no_more"}
    selling.start("next", by_key, to_agent, third)
    until(lambda: selling.outcomes("next")["do_not_call"] == 2, f"{selling.outcomes('next')}")
    centre.world.ringing().busy()
    until(lambda: selling.results("next")["busy"] == 1, "the third was called")
    assert not centre.world.incoming


def test_a_trunk_bears_what_it_bears_and_a_number_without_one_rings_at_nobodys(
    centre: Centre, selling: Selling
) -> None:
    town, numbers = selling.town, [f"{NARROW}00{row}" for row in range(1, 9)]
    town.lives_by(lambda number: Habit(486, 1.5))
    selling.start("notify", *numbers, f"{ABROAD}79460018")
    selling.until(lambda: selling.results("notify")["busy"] >= 8, f"{selling.results('notify')}")
    assert town.times_called() == dict.fromkeys(numbers, 1)
    assert town.most_at_once <= 3
    began = [call.began for call in town.calls]
    assert max(sum(at <= other < at + 0.9 for other in began) for at in began) <= 4, "a bucket of two, and two a second"
    assert selling.now("notify")["not_dialled"]["no_trunk"] >= 1
    assert selling.outcomes("notify")["due"] == 1, "it is asked again when there may be a trunk"


def test_amd_is_told_how_to_listen_and_tells_how_it_judged(centre: Centre, selling: Selling, tmp_path: Path) -> None:
    """Real speech: a machine's greeting, and a person who says hello and waits."""
    selling.start("listening", f"{HEARING}41", f"{HEARING}42")
    for row, (voice, result) in enumerate(((voices.MACHINE, "machine"), (voices.PERSON, "said_machine")), 1):
        said = voices.write(centre.lab, tmp_path / f"says{row}.wav", voice)
        centre.world.voice(centre.line_of_the_world, said)
        phone = centre.world.ringing()
        phone.answer()
        phone.wait("confirmed")
        if result != "machine":
            until(lambda: "talking" in [agent["activity"] for agent in selling.engine.part("agents")], "he talks", 15.0)
            talking = next(each["id"] for each in selling.engine.part("agents") if each["activity"] == "talking")
            assert selling.engine.do(talking, "disposition", reason=result) == 200
            phone.hangup()
        phone.wait("disconnected")
        until(lambda word=result: selling.results("listening")[word] == 1, f"{selling.results('listening')}")  # type: ignore[misc]
    found = json.loads(selling.engine.command("campaign", "amd", "listening"))
    assert (found["heard"], found["noted"], found["wrong"]) == ({"human": 1, "machine": 1}, {"human": 1}, {"human": 1})
    causes = {str(heard): str(cause) for heard, cause in selling.rows("SELECT heard, cause FROM amd_verdict")}
    assert causes["human"].endswith("-700"), f"our own silence after a greeting: {causes}"
    assert 0.5 < found["listened_p50_s"] < 6.0
