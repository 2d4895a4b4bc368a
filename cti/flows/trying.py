"""How does a flow feel to a caller? Walks through it with typed words instead of a telephone: no Asterisk, no network.

Typed words and answers in, lines of text out; reading a terminal is cli/flow.py's.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jmespath
import yaml
from jmespath.exceptions import JMESPathError

from cti.flows import said
from cti.ivr import replies, verbs
from cti.ivr.book import FlowBook
from cti.ivr.caller import Caller
from cti.ivr.session import FlowSession
from cti.ivr.values import Secret
from cti.model.errors import ConfigError
from cti.model.flow_nodes import QUEUE_OUTCOMES, Transfer
from cti.suggest import did_you_mean

MISSING = object()
NOTHING: Mapping[str, Any] = {}
GONE = ("hangup", "h")
LOOKUP_WORDS = ("notfound", "down")
NO_ANSWER = 'an answer is JSON such as {"status": "shipped"}; notfound and down are answers, too'
ENDS_OF_LINE = ("talked", *QUEUE_OUTCOMES)
ENDS_OF_TRANSFER = ("answered", *Transfer.OUTCOMES)


@dataclass(frozen=True)
class Pretended:
    """The hours that a walk pretends: open, closed, holiday, special_day or closing_soon."""

    word: str
    now: float

    @property
    def open(self) -> bool:
        return self.word in ("open", "closing_soon")

    @property
    def why(self) -> str:
        return self.word if self.word in ("holiday", "special_day") else "weekly"

    @property
    def closes_at(self) -> float | None:
        return self.now if self.word == "closing_soon" else None


class Walk:
    """One pretended call."""

    def __init__(
        self, book: FlowBook, flow: str, caller: Caller, *, hours: str = "open", answers: Mapping[str, Any] = NOTHING
    ) -> None:
        self._answers = answers
        self._session = FlowSession(book, flow, caller, lambda _name, now: Pretended(hours, now), strict=True)
        self._now = 0.0
        self.verb = self._session.begin(self._now)

    @property
    def over(self) -> bool:
        return self._session.over

    def lines(self) -> Iterator[str]:
        """Yield what happened on the way to the present verb, then what the verb does."""
        for fact in self._session.facts():
            match fact:
                case replies.Entered():
                    yield f"[{fact.flow}/{fact.node}]"
                case replies.CallsUnwanted():
                    yield f"       wants no more calls: {fact.reason}"
                case replies.SplitTaken():
                    yield f"       split {fact.split}: {fact.share}"
                case replies.Asked():
                    yield f"       survey {fact.survey}"
                case replies.Answered():
                    yield f"       answer {fact.question}: {fact.score} ({fact.scale})"
                case replies.Trouble():
                    yield f"       trouble: {fact.what}{f' ({fact.detail})' if fact.detail else ''}"
                case _:
                    continue
        yield from said.lines(self.verb)

    def question(self) -> str:
        """Return what may be typed now."""
        match self.verb:
            case verbs.Play():
                return "Enter: heard, or a key"
            case verbs.Collect():
                return "keys, Enter: silence"
            case verbs.Lookup():
                return 'JSON of the answer such as {"status": "shipped"}, notfound, down'
            case verbs.Record():
                return "seconds recorded, Enter: nothing said"
            case verbs.Enqueue():
                return f"Enter: talked to an agent; or {', '.join(ENDS_OF_LINE[1:])}"
            case verbs.TakeCallback():
                return "Enter: taken; or refused"
            case verbs.MaySurvey():
                return "Enter: he was not; or asked"
            case _:
                return f"Enter: answered; or {', '.join(ENDS_OF_TRANSFER[1:])}"

    def known_answer(self) -> str | None:
        """Return the answer that the answers file has for the present lookup, as it would be typed."""
        if not isinstance(self.verb, verbs.Lookup):
            return None
        found = self._answers.get(_request(self.verb), MISSING)
        return None if found is MISSING else found if isinstance(found, str) else json.dumps(found, default=str)

    def echo(self, typed: str) -> str:
        """Return `typed` as it may be shown."""
        secret = isinstance(self.verb, verbs.Collect) and self.verb.sensitive
        return "*" * len(typed) if secret and typed not in GONE else typed

    def type(self, typed: str) -> str:
        """Go on with what was typed. Return what is wrong with it, "" if nothing is; then nothing has happened."""
        typed = typed.strip()
        if typed in GONE:
            reply: replies.AnyReply | str = replies.Gone()
        else:
            reply = _reply(self.verb, typed)
        if isinstance(reply, str):
            return reply
        self._now += 1
        self.verb = self._session.step(self._now, reply)
        return ""


def _reply(verb: verbs.AnyVerb, typed: str) -> replies.AnyReply | str:
    match verb:
        case verbs.Play():
            if not typed:
                return replies.Played()
            return replies.Digits(typed) if typed in verb.stop_on and len(typed) == 1 else f"{typed} does nothing here"
        case verbs.Collect():
            if any(key not in verbs.ALL_KEYS for key in typed):
                return "only the keys 0 to 9, * and #; hangup ends the call"
            if verb.end_key and typed != verb.end_key:
                typed = typed.removesuffix(verb.end_key)
            return replies.Digits("" if typed == verb.end_key and verb.most > 1 else typed)
        case verbs.Lookup():
            return _answer(verb, typed)
        case verbs.Record():
            if typed and not (typed.isascii() and typed.isdecimal()):
                return "seconds as a whole number, or Enter: nothing said"
            return replies.Recorded(float(typed or 0))
        case verbs.Enqueue():
            return _one_of(ENDS_OF_LINE, typed) or replies.QueueEnded(typed or "talked")
        case verbs.MaySurvey():
            return _one_of(("", "asked"), typed) or replies.SurveyAllowed(yes=typed != "asked")
        case verbs.TakeCallback():
            refused = replies.CallbackRefused("not_allowed") if typed else replies.CallbackTaken()
            return _one_of(("", "refused"), typed) or refused
        case verbs.Transfer():
            return _one_of(ENDS_OF_TRANSFER, typed) or replies.Transferred(typed or "answered")
        case _:
            return replies.Gone()


def _one_of(words: tuple[str, ...], typed: str) -> str:
    """Return what is wrong with `typed`; "" where it is one of `words` or nothing."""
    if not typed or typed in words:
        return ""
    return f"{typed[:40]}: Enter, {' or '.join(filter(None, words))}{did_you_mean(typed, words)}"


def _answer(verb: verbs.Lookup, typed: str) -> replies.AnyReply | str:
    if typed == "notfound":
        return replies.NotFound()
    if typed in ("down", ""):
        return replies.Down("typed")
    try:
        answer = json.loads(typed)
        if not isinstance(answer, dict | list):
            return NO_ANSWER
        return replies.Found({name: jmespath.search(path, answer) for name, path in verb.into.items()})
    except (json.JSONDecodeError, RecursionError):
        return NO_ANSWER
    except JMESPathError:
        return replies.Down("bad_path")


def _request(verb: verbs.Lookup) -> str:
    """Return the key of the answers file: METHOD PATH with its values, without what follows a ?."""
    path = verb.path
    for name, value in verb.values.items():
        path = path.replace(f"{{{name}}}", "***" if isinstance(value, Secret) else str(value))
    return f"{verb.method} {path.partition('?')[0]}"


def read_answers(path: Path) -> dict[str, Any]:
    """Return the answers of a file `GET /orders/1: {status: shipped}` (YAML or JSON). Raises ConfigError."""
    try:
        found = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError([f"{path}: cannot be read: {error.strerror}"]) from None
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError):
        raise ConfigError([f"{path}: is neither YAML nor JSON"]) from None
    if not isinstance(found, dict):
        raise ConfigError([f"{path}: must be requests with answers, such as GET /orders/1: {{status: shipped}}"])
    for request, answer in found.items():
        if not isinstance(answer, dict | list) and answer not in LOOKUP_WORDS:
            hint = did_you_mean(str(answer)[:60], LOOKUP_WORDS)
            raise ConfigError([f"{path}: {request}: must be JSON in braces, notfound or down{hint}"])
    return {str(key): value for key, value in found.items()}


def split_script(script: str) -> list[str]:
    """Return the words of a script `1,,12345678#,{"a": [1, 2]},hangup`: commas inside JSON do not divide."""
    words, depth, word = [], 0, ""
    for char in script:
        if char == "," and depth == 0:
            words.append(word)
            word = ""
            continue
        depth += (char in "{[") - (char in "}]")
        word += char
    return [*words, word]
