"""What do callers live through at each kind of node, and what must come of it? Data for test_flow_nodes.py."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from cti.ivr import replies
from tests.contract.flow_lines import Line, Scene, hears, scene, told
from tests.ivr.flows import flow
from tests.waiting import until

END: tuple[str, dict[str, Any]] = ("FlowEnded", {})
NO_SOUND = ("FlowTold", {"node": "a", "what": "trouble", "detail": "prompt_missing"})
MUTE = ("FlowTold", {"node": "a", "what": "trouble", "detail": "mute"})
IS_DOWN = ("FlowTold", {"node": "a", "what": "trouble", "detail": "lookup_down"})
ASKED = ("FlowTold", {"what": "asked", "detail": "after.how"})
SATISFIED = ("SurveyAnswered", {"survey": "after", "question": "how", "scale": "csat", "score": 5})
SORRY = "sorry"
BYE = "b: {hangup: {file: s/b}}"
MANY = "1" * 1000


@dataclass(frozen=True)
class Story:
    """`sounds`: what is played, in this order; `told`: what the core hears of it, with fields that matter here."""

    scene: Scene
    walk: Callable[[Line], Awaitable[None]]
    sounds: tuple[str, ...]
    told: tuple[tuple[str, dict[str, Any]], ...] = (END,)


def steps(*parts: Callable[[Line], Awaitable[None]]) -> Callable[[Line], Awaitable[None]]:
    async def walk(line: Line) -> None:
        await line.calls()
        for part in parts:
            await part(line)

    return walk


def hear(*names: str) -> Callable[[Line], Awaitable[None]]:
    return lambda line: hears(line, *names)


def press(keys: str) -> Callable[[Line], Awaitable[None]]:
    return lambda line: line.presses(keys)


def hammer(keys: str) -> Callable[[Line], Awaitable[None]]:
    return lambda line: line.hammers(keys)


def waits(line: Line) -> Awaitable[None]:
    return line.until("WAIT FOR")


def speaks(line: Line) -> Awaitable[None]:
    return line.speaks()


def talk(line: Line) -> Awaitable[None]:
    return line.talks()


def colleague(line: Line) -> Awaitable[None]:
    return line.colleague_talks()


def too_long(line: Line) -> Awaitable[None]:
    return line.waits_too_long()


def in_line(line: Line) -> Awaitable[object]:
    return until(lambda: told(line), "he is in the line")


def end(line: Line) -> Awaitable[None]:
    return line.is_let_go()


MENU = """
a:
  menu: {file: s/a}
  keys: {'1': b, '2': c}
  tries: 2
  first_digit_s: 1
  wrong: {file: s/w}
  silent: {file: s/n}
  on: {failed: c}
"""
COLLECT = """
a:
  collect: d
  ask: {file: s/a}
  length: 2-4
  first_digit_s: 1
  next_digit_s: 1
  tries: 2
  wrong: {file: s/w}
  silent: {file: s/n}
  then: b
  on: {failed: c}
"""
DIGITS = "variables: {d: digits}"
LOOKUP = """
a: {lookup: shop, get: /x, into: {n: n}, then: b, on: {not_found: c, down: d}}
c: {hangup: {file: s/c}}
d: {hangup: {file: s/d}}
"""
NUMBER = "variables: {n: {type: number, default: 2}}"
EVERYWHERE = "everywhere: {'*': repeat, '9': back, '0': o}"
C, O = "c: {hangup: {file: s/c}}", "o: {hangup: {file: s/o}}"  # noqa: E741  (the letter)
SALES = ("FlowEnqueues", {"queue": "sales"})
THEIRS = flow("a: {say: n, then: return}", name="u", head=NUMBER)


def en(*names: str) -> tuple[str, ...]:
    """Sounds of the stories."""
    return tuple(name if "/" in name else f"en/s/{name}" for name in names)


def story(
    nodes: str, *walk: Callable[[Line], Awaitable[None]], sounds: tuple[str, ...], hears_of: Any = (END,), **more: Any
) -> Story:
    return Story(scene(nodes, *more.pop("others", ()), **more), steps(*walk), en(*sounds), hears_of)


STORIES: dict[str, Story] = {
    # --- said ---------------------------------------------------------------------------------------------------------
    "play": story(f"a: {{play: {{file: s/a}}, then: b}}\n{BYE}", end, sounds=("a", "b")),
    "play_cut_off": story(f"a: {{play: {{file: s/a}}, then: b}}\n{BYE}", hear("a"), press("5"), end, sounds=("a", "b")),
    "play_to_its_end": story(
        f"a: {{play: {{file: s/a}}, barge_in: false, then: b}}\n{BYE}", hear("a"), hammer("5"), end, sounds=("a", "b")
    ),
    "say": story(f"a: {{say: n, then: b}}\n{BYE}", end, sounds=("en/digits/2", "b"), head=NUMBER),
    "hangup": story("a: {hangup: {file: s/a}}", end, sounds=("a",)),
    "sound_gone": story(
        f"a: {{play: {{file: s/gone}}, then: b}}\n{BYE}", end, sounds=("gone", "b"), hears_of=(NO_SOUND, END)
    ),
    "menu_without_sound": story(
        f"a: {{menu: {{file: s/gone}}, keys: {{'1': b}}, on: {{failed: b}}}}\n{BYE}",
        end,
        sounds=("gone", SORRY),
        hears_of=(NO_SOUND, MUTE, END),
    ),
    # --- asked --------------------------------------------------------------------------------------------------------
    "menu": story(f"{MENU}\n{BYE}\n{C}", hear("a"), press("1"), end, sounds=("a", "b")),
    "menu_after_its_end": story(f"{MENU}\n{BYE}\n{C}", waits, press("2"), end, sounds=("a", "c")),
    "menu_wrong": story(
        f"{MENU}\n{BYE}\n{C}", hear("a"), press("7"), hear("a"), press("1"), end, sounds=("a", "w", "a", "b")
    ),
    "menu_silent": story(f"{MENU}\n{BYE}\n{C}", end, sounds=("a", "n", "a", "c")),
    "collect": story(f"{COLLECT}\n{BYE}\n{C}", hear("a"), press("1234"), end, sounds=("a", "b"), head=DIGITS),
    "collect_end_key": story(f"{COLLECT}\n{BYE}\n{C}", hear("a"), press("12#"), end, sounds=("a", "b"), head=DIGITS),
    "collect_too_short": story(
        f"{COLLECT}\n{BYE}\n{C}",
        hear("a"),
        press("1#"),
        hear("a"),
        press("12#"),
        end,
        sounds=("a", "w", "a", "b"),
        head=DIGITS,
    ),
    "collect_silent": story(f"{COLLECT}\n{BYE}\n{C}", end, sounds=("a", "n", "a", "c"), head=DIGITS),
    "a_thousand_digits": story(
        f"a: {{collect: d, ask: {{file: s/a}}, length: '1-20', then: b, on: {{failed: b}}}}\n{BYE}",
        hear("a"),
        hammer(MANY),
        end,
        sounds=("a", "b"),
        head=DIGITS,
    ),
    "repeat": story(
        f"a: {{menu: {{file: s/a}}, keys: {{'1': b}}, on: {{failed: c}}}}\n{BYE}\n{C}\n{O}",
        hear("a"),
        press("*"),
        hear("a"),
        press("1"),
        end,
        sounds=("a", "a", "b"),
        head=EVERYWHERE,
    ),
    "back": story(
        "a: {menu: {file: s/a}, keys: {'1': m}, on: {failed: c}}\n"
        f"m: {{menu: {{file: s/m}}, keys: {{'1': b}}, on: {{failed: c}}}}\n{BYE}\n{C}\n{O}",
        hear("a"),
        press("1"),
        hear("m"),
        press("9"),
        hear("a"),
        press("0"),
        end,
        sounds=("a", "m", "a", "o"),
        head=EVERYWHERE,
    ),
    "operator_while_something_is_said": story(
        f"a: {{play: {{file: s/a}}, then: b}}\n{BYE}\n{O}",
        hear("a"),
        press("0"),
        end,
        sounds=("a", "o"),
        head=EVERYWHERE,
    ),
    # --- decided ------------------------------------------------------------------------------------------------------
    "hours_open": story(f"a: {{hours: x, on: {{open: b, closed: c}}}}\n{BYE}\n{C}", end, sounds=("b",)),
    "hours_closed": story(
        f"a: {{hours: x, on: {{open: b, closed: c}}}}\n{BYE}\n{C}", end, sounds=("c",), hours="closed"
    ),
    "set_and_branch": story(
        f"a: {{set: {{n: n + 1}}, then: s}}\ns: {{branch: [{{if: n == 3, then: b}}], otherwise: c}}\n{BYE}\n{C}",
        end,
        sounds=("b",),
        head=NUMBER,
    ),
    "language": story(
        "a: {language: zh, then: p}\np: {hangup: {file: s/a}}", end, sounds=("zh/s/a",), head="languages: [en, zh]"
    ),
    "split": story(
        f"a: {{split: ab, shares: {{x: 1, y: 0}}, on: {{x: b, y: c}}}}\n{BYE}\n{C}",
        end,
        sounds=("b",),
        hears_of=(("FlowTold", {"flow": "t", "node": "a", "what": "split", "detail": "ab=x"}), END),
    ),
    # --- done ---------------------------------------------------------------------------------------------------------
    "lookup": story(
        f"{LOOKUP}\nb: {{say: n, then: h}}\nh: {{hangup: {{file: s/b}}}}",
        end,
        sounds=("en/digits/3", "b"),
        head=NUMBER,
        answer=replies.Found({"n": 3}),
    ),
    "lookup_not_found": story(f"{LOOKUP}\n{BYE}", end, sounds=("c",), head=NUMBER, answer=replies.NotFound()),
    "lookup_down": story(
        f"{LOOKUP}\n{BYE}", end, sounds=("d",), head=NUMBER, answer=replies.Down("timeout"), hears_of=(IS_DOWN, END)
    ),
    "record": story(
        f"a: {{record: d, ask: {{file: s/a}}, end_key: '#', then: b, on: {{empty: c, failed: c}}}}\n{BYE}\n{C}",
        speaks,
        press("#"),
        end,
        sounds=("a", "b"),
        head="variables: {d: text}",
    ),
    "voicemail": story(
        f"a: {{voicemail: sales, ask: {{file: s/a}}, then: b, on: {{empty: c, failed: c}}}}\n{BYE}\n{C}",
        speaks,
        press("#"),
        end,
        sounds=("a", "b"),
    ),
    "collect_confirmed": story(
        "a: {collect: d, ask: {file: s/a}, length: '2', confirm: {file: s/q}, then: b, on: {failed: c}}\n"
        f"{BYE}\n{C}",
        hear("a"),
        press("12"),
        hear("q"),
        press("2"),
        hear("a"),
        press("34"),
        hear("q"),
        press("1"),
        end,
        sounds=("a", "q", "a", "q", "b"),
        head=DIGITS,
    ),
    "subflow": story(
        f"a: {{subflow: u, give: {{n: '7'}}, take: {{n: n}}, then: s}}\n"
        f"s: {{branch: [{{if: n == 7, then: b}}], otherwise: c}}\n{BYE}\n{C}",
        end,
        sounds=("en/digits/7", "b"),
        head=NUMBER,
        others=(THEIRS,),
    ),
    # --- people -------------------------------------------------------------------------------------------------------
    "queue": story(
        f"a: {{queue: sales, head_start_s: 30, customer: {{n: n}}, then: b, on: {{failed: c}}}}\n{BYE}\n{C}",
        talk,
        end,
        sounds=("b",),
        head=NUMBER,
        hears_of=(("FlowEnqueues", {"queue": "sales", "head_start_s": 30.0, "customer": {"n": "2"}}), END),
    ),
    "queue_too_long": story(
        f"a: {{queue: nobody_serves, then: c, on: {{timed_out: b, failed: c}}}}\n{BYE}\n{C}",
        too_long,
        end,
        sounds=("b",),
        hears_of=(("FlowEnqueues", {"queue": "nobody_serves"}), END),
    ),
    "offer_callback": story(
        f"a: {{offer_callback: sales, ask: {{file: s/a}}, then: b, on: {{declined: c}}}}\n{BYE}\n{C}",
        hear("a"),
        press("1"),
        end,
        sounds=("a", "b"),
    ),
    "offer_callback_declined": story(
        f"a: {{offer_callback: sales, ask: {{file: s/a}}, then: b, on: {{declined: c}}}}\n{BYE}\n{C}",
        hear("a"),
        press("2"),
        end,
        sounds=("a", "c"),
    ),
    "transfer": story(
        f"a: {{transfer: office, then: b, on: {{failed: c}}}}\n{BYE}\n{C}", colleague, end, sounds=("b",)
    ),
    "transfer_to_nobody": story(f"a: {{transfer: nobody, then: b, on: {{failed: c}}}}\n{BYE}\n{C}", end, sounds=("c",)),
    "survey": story(
        "a: {queue: sales, then: q, on: {failed: b}}\n"
        f"q: {{survey: after, questions: [{{name: how, ask: {{file: s/a}}, scale: csat}}], then: b}}\n{BYE}",
        talk,
        hear("a"),
        press("5"),
        end,
        sounds=("a", "b"),
        hears_of=(SALES, ASKED, SATISFIED, END),
    ),
}

# Where a caller may hang up: one place in each kind of node that lasts.
LEAVING: dict[str, tuple[Scene, Callable[[Line], Awaitable[None]]]] = {
    "play": (STORIES["play"].scene, hear("a")),
    "menu": (STORIES["menu"].scene, hear("a")),
    "menu_while_a_key_is_awaited": (STORIES["menu"].scene, waits),
    "collect": (STORIES["collect"].scene, hear("a")),
    "record": (STORIES["record"].scene, speaks),
    "offer_callback": (STORIES["offer_callback"].scene, hear("a")),
    "voicemail": (STORIES["voicemail"].scene, speaks),
    "queue": (STORIES["queue_too_long"].scene, in_line),
    "transfer": (STORIES["transfer"].scene, lambda line: line.until("EXEC Dial")),
    "survey": (STORIES["survey"].scene, talk),
    "last_words": (STORIES["hangup"].scene, hear("a")),
}
