"""What would a caller hear, in writing? Verbs of a flow as lines of text, for trying and for people who read.

Sensitive digits are stars here, too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from cti.ivr import verbs
from cti.speech import english, mandarin

WEEKDAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
SIGNS = {"digits/star": "star", "digits/pound": "hash", "digits/a-m": "a.m.", "digits/p-m": "p.m."}
ENDS = {
    "done": "hangs up",
    "returned": "hangs up; beside a line: waits on",
    "error": "hangs up, because of an error",
    "gone": "the caller has hung up",
}
ONES, TENS = frozenset("123456789"), frozenset(f"{ten}0" for ten in range(2, 10))
JOINED = ("zh",)  # languages written without blanks


def heard(prompts: Sequence[verbs.Segment]) -> str:
    """Return what is heard as one text. A recorded file whose words nobody knows stands in brackets."""
    said: list[str] = []
    before = ""
    for part in prompts:
        word = (part.text or _core(part)) if isinstance(part, verbs.Sound) else part.text
        if said and word in ONES and said[-1].strip() in TENS:
            said[-1] = f"{said[-1][:-1]}{word}"  # 20 and 6: 26
            continue
        glued = part.language in JOINED and before == part.language
        said.append(word if glued or not said else f" {word}")
        before = part.language
    return "".join(said)


def _core(sound: verbs.Sound) -> str:
    words: Mapping[str, str] = mandarin.OWN if sound.language in JOINED else english.OWN
    own = words.get(sound.file)
    if own is not None:
        return own
    folder, _, name = sound.file.rpartition("/")
    if folder != "digits":
        return f"[{sound.file}]"
    kind, _, number = name.partition("-")
    if kind == "day" and number.isdecimal():
        return WEEKDAYS[int(number)]
    if kind == "mon" and number.isdecimal():
        return MONTHS[int(number)]
    if kind == "h":
        return f"{number}th" if number not in ("1", "2", "3") else {"1": "1st", "2": "2nd", "3": "3rd"}[number]
    return SIGNS.get(sound.file, name)


def lines(verb: verbs.AnyVerb) -> Iterator[str]:
    """Yield what happens to the caller: what he hears, then what is awaited or done."""
    if isinstance(verb, verbs.Play | verbs.Collect | verbs.Record | verbs.Hangup) and verb.prompts:
        yield f"says   {heard(verb.prompts)}"
    match verb:
        case verbs.Play():
            return
        case verbs.Collect():
            yield f"waits  {_awaited(verb)}"
        case verbs.Lookup():
            yield f"asks   {verb.source}: {verb.method} {verb.path}"
        case verbs.Record():
            yield f"records up to {verb.max_s:g} s" + (f" for {verb.queue}" if verb.queue else "")
        case verbs.Enqueue():
            more = [f"{skill} {level}" for skill, level in verb.requires.items()]
            more += [f"{verb.head_start_s:g} s head start"] if verb.head_start_s else []
            more += [f"first {', '.join(verb.preferred)}"] if verb.preferred else []
            more += [f"{name} {value}" for name, value in verb.customer.items()]
            yield f"queue  {verb.queue}" + (f" ({'; '.join(more)})" if more else "")
        case verbs.TakeCallback():
            yield f"call back for {verb.queue}: {verb.number}"
        case verbs.MaySurvey():
            yield f"asks whether the customer was asked within {verb.quiet_s / 86_400:g} days"
        case verbs.Transfer():
            yield f"transfers to {verb.to}"
        case verbs.Hangup():
            yield ENDS[verb.why]


def _awaited(verb: verbs.Collect) -> str:
    if verb.most == 1:
        return f"for a key ({verb.first_digit_s:g} s)"
    what = "digits, kept secret" if verb.sensitive else "digits"
    return f"for up to {verb.most} {what}" + (f", then {verb.end_key}" if verb.end_key else "")
