"""What happens at nodes that speak and listen: play, say, menu, collect, survey, and the question before a callback?

Pure functions: `present` says what is to be heard now, `take` what a caller's keys mean; None: not one of ours.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cti.ivr import replies, survey, verbs
from cti.ivr.graph import everywhere, outcome_target, word_slug
from cti.ivr.moves import Go, Move
from cti.ivr.values import Secret
from cti.model import flow_nodes as nodes
from cti.model.flow_nodes import THEN, Node
from cti.model.spoken import Prompt, Slot

if TYPE_CHECKING:
    from cti.ivr.session import FlowSession

ASK, CONFIRM, PROMISE, ALLOWED = "", "confirm", "promise", "allowed"
DAY_S, HOUR_S = 86_400.0, 3_600.0
AFTER_A_DIGIT_S = 2.0  # of a survey: between the 1 and the 0 of a ten


def present(session: FlowSession, node: Node) -> Move | None:
    """Return the verb of a node that speaks and listens, or the way on if there is nothing to hear."""
    match node:
        case nodes.Play():
            return verbs.Play(session.voice.prompt(node.play), verbs.ALL_KEYS if node.barge_in else "")
        case nodes.Say():
            return verbs.Play(_said(session, node), verbs.ALL_KEYS)
        case nodes.Menu():
            return _menu(session, node)
        case nodes.Collect():
            return _collect(session, node)
        case nodes.Survey():
            return _question(session, node)
        case nodes.OfferCallback() if node.ask is not None and session.frame.stage != PROMISE:
            prompts = (*_again(session, node), *session.voice.prompt(node.ask))
            return verbs.Collect(prompts, first_digit_s=node.first_digit_s)
        case _:
            return None


def take(session: FlowSession, node: Node, reply: replies.Reply) -> Move | None:
    """Return what follows from `reply` at such a node."""
    if isinstance(reply, replies.Played):
        return Go(THEN, node.then) if isinstance(node, nodes.Play | nodes.Say) else None
    if isinstance(reply, replies.SurveyAllowed) and isinstance(node, nodes.Survey):
        return _allowed(session, node, reply)
    if not isinstance(reply, replies.Digits):
        return None
    keys = reply.digits
    ours = {way.name: way.target for way in everywhere(session.flow, node)}
    if len(keys) == 1 and keys in ours and not (session.frame.stage == CONFIRM and keys in "12"):
        scale = _scale(session, node)
        if scale is None or survey.score(scale, keys) is None:
            return Go(keys, ours[keys])
    match node:
        case nodes.Play() | nodes.Say():
            session.ahead = keys if len(keys) == 1 and keys in verbs.ALL_KEYS else ""
            return Go(THEN, node.then)
        case nodes.Menu():
            return Go(keys, node.keys[keys]) if keys in node.keys else _retry(session, node, keys)
        case nodes.Collect():
            return _collected(session, node, keys)
        case nodes.Survey():
            return _answered(session, node, keys)
        case nodes.OfferCallback():
            return _callback_wanted(session, node, keys)
        case _:
            return None


def _retry(session: FlowSession, node: nodes.Asking, keys: str) -> Move:
    """Ask again after silence or a wrong key; after so many tries leave by what went wrong last."""
    frame = session.frame
    frame.said = "wrong" if keys else "silent"
    frame.tries += 1
    if frame.tries >= node.tries:
        outcome = frame.said if frame.said in node.OUTCOMES else "silent"
        return Go(outcome, outcome_target(session.flow, node, outcome))
    return present(session, node) or Go("error", "")


def _again(session: FlowSession, node: nodes.Asking) -> tuple[verbs.Segment, ...]:
    """Return what is said before it asks again: the node's own words, else the flow's."""
    said = session.frame.said
    if not said or not session.frame.tries:
        return ()
    own: Prompt | None = getattr(node, said)
    return session.voice.prompt(own, said) if own is not None else session.voice.text(said)


def _said(session: FlowSession, node: nodes.Say) -> tuple[verbs.Segment, ...]:
    value = session.get(node.say)
    word = _as_word(value)
    if not isinstance(value, Secret) and word in node.words:
        return session.voice.prompt(node.words[word], f"word/{word_slug(node, word)}")
    said = () if node.words and node.otherwise else tuple(session.voice.value(Slot(node.say, node.kind)))
    if (not said or (session.voice.voiceless and isinstance(said[0], verbs.Spoken))) and node.otherwise is not None:
        return session.voice.prompt(node.otherwise, "otherwise")
    return said


def _as_word(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


# --- menu -------------------------------------------------------------------------------------------------------------


def _menu(session: FlowSession, node: nodes.Menu) -> Move:
    ahead, session.ahead = session.ahead, ""
    if ahead in node.keys:
        return Go(ahead, node.keys[ahead])
    return verbs.Collect((*_again(session, node), *session.voice.prompt(node.menu)), first_digit_s=node.first_digit_s)


# --- collect ----------------------------------------------------------------------------------------------------------


def _collect(session: FlowSession, node: nodes.Collect) -> Move:
    if session.frame.stage == CONFIRM:
        return verbs.Collect((*_again(session, node), *_read_back(session, node)), first_digit_s=node.first_digit_s)
    already, session.ahead = session.ahead, ""
    return verbs.Collect(
        (*_again(session, node), *session.voice.prompt(node.ask, "ask")),
        most=_limits(node)[1],
        end_key=node.end_key or "",
        at_once="".join(way.name for way in everywhere(session.flow, node)),
        already=already if already.isdecimal() else "",
        first_digit_s=node.first_digit_s,
        next_digit_s=node.next_digit_s,
        sensitive=_is_secret(session, node),
    )


def _collected(session: FlowSession, node: nodes.Collect, keys: str) -> Move:
    frame = session.frame
    if frame.stage == CONFIRM:
        if keys == "1":
            return Go(THEN, node.then)
        if keys == "2":
            frame.stage, frame.said = ASK, ""
            frame.tries += 1
            if frame.tries < node.tries:
                return _collect(session, node)
            return Go("failed", outcome_target(session.flow, node, "failed"))
        return _retry(session, node, keys)
    if not is_valid(node, keys):
        return _retry(session, node, keys)
    session.put(node.collect, keys)
    if _is_secret(session, node):
        frame.asked.pop(node.collect, None)
        frame.asked[node.collect] = frame.node
    elif node.confirm is not False:
        frame.stage, frame.said = CONFIRM, ""
        return _collect(session, node)
    return Go(THEN, node.then)


def is_valid(node: nodes.Collect, keys: str) -> bool:
    """Whether the caller's keys are what the node asks for: digits of the right number, pattern, range, check digit."""
    low, high = _limits(node)
    if not (keys.isascii() and keys.isdecimal() and low <= len(keys) <= high):
        return False
    if node.pattern is not None and re.fullmatch(node.pattern, keys) is None:
        return False
    if node.between is not None:
        least, _, most = node.between.partition("..")
        if not float(least) <= int(keys) <= float(most):
            return False
    return not node.luhn or luhn(keys)


def luhn(digits: str) -> bool:
    """Whether the last digit is the check digit of the others (ISO/IEC 7812-1, annex B)."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        double = int(digit) * 2
        total += int(digit) if place % 2 == 0 else double - 9 * (double > 9)
    return total % 10 == 0


def _limits(node: nodes.Collect) -> tuple[int, int]:
    low, _, high = node.length.partition("-")
    return int(low), int(high or low)


def _is_secret(session: FlowSession, node: nodes.Collect) -> bool:
    variable = session.flow.variables.get(node.collect)
    return variable is not None and variable.sensitive


def _read_back(session: FlowSession, node: nodes.Collect) -> tuple[verbs.Segment, ...]:
    if isinstance(node.confirm, Prompt):
        return session.voice.prompt(node.confirm, "confirm")
    value = session.voice.value(Slot(node.collect))
    return (*session.voice.text("confirm"), *value, *session.voice.text("confirm_keys"))


# --- survey -----------------------------------------------------------------------------------------------------------


def _scale(session: FlowSession, node: Node) -> str | None:
    return node.questions[session.frame.question].scale if isinstance(node, nodes.Survey) else None


def _skipped(session: FlowSession, node: nodes.Survey) -> Move:
    return Go("skipped", outcome_target(session.flow, node, "skipped"))


def _begin_survey(session: FlowSession, node: nodes.Survey) -> Move | None:
    """Return what comes before the first question: nothing, a look into who was asked when, or the way past it."""
    caller = session.caller
    if node.queues and session.served_in not in node.queues:
        return _skipped(session, node)
    if not survey.is_drawn(node.survey, node.salt, caller.identity, node.sample_percent):
        return _skipped(session, node)
    if not node.quiet_days:
        return None
    return verbs.MaySurvey(node.survey, caller.identity, caller.call, node.quiet_days * DAY_S)


def _allowed(session: FlowSession, node: nodes.Survey, reply: replies.SurveyAllowed) -> Move:
    if not reply.known:
        session.trouble("survey_unknown")
    return _question(session, node, may=True) if reply.yes else _skipped(session, node)


def _question(session: FlowSession, node: nodes.Survey, *, may: bool = False) -> Move:
    frame = session.frame
    if frame.question == 0 and frame.stage != ALLOWED:
        before = None if may else _begin_survey(session, node)
        if before is not None:
            return before
        session.tell(replies.Asked(session.flow.name, frame.node, node.survey, node.questions[0].name))
    frame.stage = ALLOWED
    frame.question = min(frame.question, len(node.questions) - 1)  # a checkpoint of another version
    asked = node.questions[frame.question]
    return verbs.Collect(
        (*_again(session, node), *session.voice.prompt(asked.ask, f"question/{asked.name}")),
        most=survey.SCALES[asked.scale].most_digits,
        end_key="#",
        first_digit_s=node.first_digit_s,
        next_digit_s=AFTER_A_DIGIT_S,
    )


def _answered(session: FlowSession, node: nodes.Survey, keys: str) -> Move:
    frame = session.frame
    asked = node.questions[frame.question]
    score = survey.score(asked.scale, keys)
    if score is None:
        return _retry(session, node, keys)
    low = survey.is_low(asked.scale, score, asked.low_below)
    work = node.follow_up if low and not frame.low else None  # one for a call, however many answers are low
    due_in_s = work.due_in_h * HOUR_S if work is not None else 0.0
    owner = work.owner if work is not None else ""
    call_in_h = work.callback_in_h if work is not None else None
    call_in_s = call_in_h * HOUR_S if call_in_h is not None else None
    answer = (node.survey, asked.name, asked.scale, score)
    session.tell(replies.Answered(session.flow.name, frame.node, *answer, owner, due_in_s, call_in_s))
    frame.low = frame.low or low
    frame.question += 1
    frame.tries, frame.said = 0, ""
    if frame.question < len(node.questions):
        return _question(session, node)
    outcome = "low" if frame.low else THEN
    return Go(outcome, outcome_target(session.flow, node, outcome))


# --- callback ---------------------------------------------------------------------------------------------------------


def _callback_wanted(session: FlowSession, node: nodes.OfferCallback, keys: str) -> Move:
    if keys == node.accept_key:
        session.frame.stage = PROMISE
        return promise(session, node)
    if keys:
        return Go("declined", outcome_target(session.flow, node, "declined"))
    return _retry(session, node, keys)


def promise(session: FlowSession, node: nodes.OfferCallback) -> Move:
    """Return the verb that takes the callback; refused where no number is known."""
    number = session.get(node.number)
    if not isinstance(number, str) or not number:
        return Go("refused", outcome_target(session.flow, node, "refused"))
    once = f"{session.caller.call}/{session.flow.name}/{session.frame.node}/{session.visits}"
    return verbs.TakeCallback(node.offer_callback, number, once, session.language)
