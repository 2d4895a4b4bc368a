"""Where is a caller in a flow, and what happens next? A reply goes in, the next verb comes out; `now` is an argument.

The caller never falls out of it: every reply, also an impossible one, gives a verb, and the last verb is Hangup.
What each kind of node does stands in asking.py, doing.py and deciding.py; this file walks.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from cti.ivr import asking, deciding, doing, replies, verbs
from cti.ivr.book import FlowBook
from cti.ivr.caller import Caller, HoursState
from cti.ivr.frame import Frame
from cti.ivr.graph import goes_back_to, reads
from cti.ivr.moves import Go, Move
from cti.ivr.values import Plain, Unfit, Value, fit, plain
from cti.ivr.voice import Voice
from cti.model import flow_nodes as nodes
from cti.model.flow import BUILT_IN, Flow
from cti.model.flow_nodes import BACK, ERROR, HANGUP, REPEAT, RETURN, Node

MAX_QUIET_NODES = 60  # nodes in a row without anything from the caller: a loop
MAX_NODES = 2000  # in one call: whoever plays with the keys for hours
MAX_TROUBLES = 3  # errors without anything from the caller between them: the way out of errors is broken itself
MAX_DEPTH = 8  # subflows within subflows
MAX_ODD_REPLIES = 3

EXPECTED: dict[type[verbs.Verb], tuple[type[replies.Reply], ...]] = {
    verbs.Play: (replies.Played, replies.Digits),
    verbs.Collect: (replies.Digits,),
    verbs.Lookup: (replies.Found, replies.NotFound, replies.Down),
    verbs.Record: (replies.Recorded, replies.NotRecorded),
    verbs.Enqueue: (replies.QueueEnded,),
    verbs.TakeCallback: (replies.CallbackTaken, replies.CallbackRefused),
    verbs.MaySurvey: (replies.SurveyAllowed,),
    verbs.Transfer: (replies.Transferred,),
}
SPEAKING = (verbs.Play, verbs.Collect, verbs.Record)

Hours: TypeAlias = Callable[[str, float], HoursState | None]


class FlowSession:
    """One call in one flow. `hours(name, now)` says whether the hours of that name are open, None if there are none.

    `strict`: a bug of ours raises (tests) instead of sending this one caller to the flow's way out of errors.
    """

    def __init__(self, book: FlowBook, flow: str, caller: Caller, hours: Hours, *, strict: bool = False) -> None:
        self.book, self.caller, self.hours, self.strict = book, caller, hours, strict
        self.frames: list[Frame] = []
        self.language = book.flows[flow].languages[0]
        self.verb: verbs.AnyVerb = verbs.Hangup(why="error")
        self.ahead = ""  # a key pressed while something was said that goes on by itself: it is for the next menu
        self.visits = 0
        self.quiet = self.troubles = self._odd = 0
        self._facts: list[replies.AnyFact] = []
        self.served_in = caller.served_in
        self.voice = Voice(self)
        self.now = 0.0
        self.push(book.flows[flow])

    # --- the contract ---------------------------------------------------------------------------------------------

    def begin(self, now: float) -> verbs.AnyVerb:
        """Return the first verb. `now` is epoch seconds."""
        self.now = now
        return self._guarded(lambda: self._arrive(self.flow.start))

    def step(self, now: float, reply: replies.AnyReply) -> verbs.AnyVerb:
        """Return what to do after `reply`. After a Hangup nothing follows: it comes back unchanged."""
        self.now = max(now, self.now)
        if self.over:
            return self.verb
        if isinstance(reply, replies.Gone):
            return self._say(verbs.Hangup(why="gone"))
        return self._guarded(lambda: self._take(reply))

    @property
    def over(self) -> bool:
        """Whether the last verb has been given."""
        return isinstance(self.verb, verbs.Hangup) and self.visits > 0

    def facts(self) -> list[replies.AnyFact]:
        """Return what happened since this was last asked."""
        told, self._facts = self._facts, []
        return told

    def resume(self, now: float) -> verbs.AnyVerb:
        """Return the verb of the node where the session stands, as if it had just been entered."""
        self.now = now
        return self._guarded(self._present)

    # --- for the nodes ----------------------------------------------------------------------------------------------

    @property
    def frame(self) -> Frame:
        return self.frames[-1]

    @property
    def flow(self) -> Flow:
        return self.frames[-1].flow

    @property
    def node(self) -> Node:
        frame = self.frames[-1]
        return frame.flow.nodes[frame.node]

    def get(self, name: str) -> Value:
        """Return the value of a variable, one's own or built in; None where it is not known."""
        if name in BUILT_IN:
            found = {"caller": self.caller.number, "dialled": self.caller.dialled, "language": self.language}[name]
            return found or None
        return self.frame.values.get(name)

    def values(self) -> dict[str, Plain]:
        """Return all variables for a formula, secrets revealed: only its result leaves it."""
        known = {name: self.get(name) for name in BUILT_IN} | self.frame.values
        return {name: plain(value) for name, value in known.items()}

    def put(self, name: str, raw: object, frame: Frame | None = None) -> None:
        """Give a variable a value; where it is none of its kind, it is not known. Undeclared ones are left out."""
        frame = frame or self.frame
        variable = frame.flow.variables.get(name)
        if variable is None:
            return
        try:
            frame.values[name] = fit(variable, raw)
        except Unfit:
            frame.values[name] = None
            self.tell(replies.Trouble(frame.flow.name, frame.node, "unfit_value", name))

    def tell(self, fact: replies.AnyFact) -> None:
        self._facts.append(fact)

    def trouble(self, what: str, detail: str = "") -> None:
        self.tell(replies.Trouble(self.flow.name, self.frame.node, what, detail))

    # --- walking ----------------------------------------------------------------------------------------------------

    def _guarded(self, rule: Callable[[], verbs.AnyVerb]) -> verbs.AnyVerb:
        if self.strict:
            return rule()
        try:
            return rule()
        except Exception:
            # A bug of ours costs this caller at most his place in the flow, never an answer.
            try:
                return self._fail("bug")
            except Exception:
                return self._say(verbs.Hangup(why="error"))

    def _take(self, reply: replies.AnyReply) -> verbs.AnyVerb:
        if isinstance(reply, replies.Broken):
            return self._fail("broken")
        if isinstance(reply, replies.PromptMissing) and isinstance(self.verb, SPEAKING):
            return self._without(reply.files)
        if not isinstance(reply, EXPECTED.get(type(self.verb), ())):
            return self._odd_reply()
        if _from_caller(reply):
            self.quiet = self.troubles = 0
        self._odd = 0
        if isinstance(reply, replies.QueueEnded):
            self.served_in = reply.served_in or self.served_in
        for take in (asking.take, doing.take):
            move = take(self, self.node, reply)
            if move is not None:
                return self._walk(move)
        return self._odd_reply()

    def _odd_reply(self) -> verbs.AnyVerb:
        self._odd += 1
        self.trouble("unexpected_reply")
        if self._odd > MAX_ODD_REPLIES:
            self._odd = 0
            return self._fail("unexpected_reply")
        return self.verb

    def _walk(self, move: Move) -> verbs.AnyVerb:
        while isinstance(move, Go):
            self.tell(replies.Left(self.flow.name, self.frame.node, move.way))
            move = self._next(move.target)
        return self._say(move)

    def _next(self, target: str) -> Move:
        """Follow a target until a verb or another way; what is no node is dealt with here."""
        self.quiet += 1  # here, where every step passes: `then: back` is a circle, too
        if self.quiet > MAX_QUIET_NODES:
            return self._failing("loop")
        if target == REPEAT:
            self.frame.tries, self.frame.stage = 0, ""
            return self._at_node()
        if target == BACK:
            return self._back()
        if target == HANGUP:
            return verbs.Hangup()
        if target == RETURN:
            return self._return()
        if target not in self.flow.nodes:
            return self._failing("no_way_out")
        return self._enter(target)

    def _enter(self, name: str) -> Move:
        frame = self.frame
        name = self._asking_first(name)
        frame.enter(name)
        self.visits += 1
        if self.visits > MAX_NODES:
            return self._failing("loop")
        self._forget_secrets(frame)
        if goes_back_to(self.node):
            frame.remember(name)
        self.tell(replies.Entered(self.flow.name, name, self.language))
        return self._at_node()

    def _at_node(self) -> Move:
        node = self.node
        if isinstance(node, nodes.Subflow):
            return self._into(node)
        if isinstance(node, nodes.Hangup):
            return verbs.Hangup(self.voice.prompt(node.hangup) if node.hangup else ())
        for present in (asking.present, doing.present, deciding.present):
            move = present(self, node)
            if move is not None:
                return move if isinstance(move, Go) else self._audible(move)
        return self._failing("bug")

    def _audible(self, move: verbs.AnyVerb) -> Move:
        """A verb with nothing to hear: what was only said goes on, what asks would be a riddle in silence."""
        if isinstance(move, SPEAKING) and not move.prompts:
            if isinstance(move, verbs.Play):
                return asking.take(self, self.node, replies.Played()) or self._failing("bug")
            return self._failing("mute")
        return move

    def _arrive(self, target: str) -> verbs.AnyVerb:
        return self._walk(self._next(target))

    def _present(self) -> verbs.AnyVerb:
        frame = self.frame
        asks_first = self._asking_first(frame.node)
        return self._walk(self._enter(asks_first) if asks_first != frame.node else self._at_node())

    def _asking_first(self, name: str) -> str:
        """Return the node that asks for a secret which `name` needs and another process had, or `name` itself."""
        frame = self.frame
        for secret in reads(frame.flow.nodes[name]) if frame.lost else ():
            if secret in frame.lost and frame.values.get(secret) is None:
                return frame.lost.pop(secret)
        return name

    def _say(self, verb: verbs.AnyVerb) -> verbs.AnyVerb:
        self.visits = max(1, self.visits)
        if not isinstance(verb, verbs.Play):
            self.ahead = ""
        self.verb = verb
        return verb

    def _back(self) -> Move:
        frame = self.frame
        if len(frame.history) > 1 or not goes_back_to(self.node):
            if goes_back_to(self.node) and frame.history:
                frame.history.pop()
            if frame.history:
                return self._enter(frame.history[-1])
        elif len(self.frames) > 1 and self.frames[-2].history:
            self.frames.pop()
            return self._enter(self.frame.history[-1])
        frame.tries, frame.stage = 0, ""
        return self._at_node()

    def _into(self, node: nodes.Subflow) -> Move:
        flow = self.book.flows.get(node.subflow)
        if flow is None or len(self.frames) >= MAX_DEPTH:
            return self._failing("no_subflow" if flow is None else "depth")
        given = deciding.computed(self, node.give)
        frame = self.push(flow)
        for name, value in given.items():
            self.put(name, value, frame)
        if self.language not in flow.languages:
            self.trouble("language", self.language)
        return self._next(flow.start)

    def _return(self) -> Move:
        if len(self.frames) == 1:
            return verbs.Hangup(why="returned")
        left = self.frames.pop()
        node = self.node
        if not isinstance(node, nodes.Subflow):
            return self._failing("bug")
        for name, theirs in node.take.items():
            self.put(name, left.values.get(theirs))
        return Go(nodes.THEN, node.then)

    def _fail(self, what: str) -> verbs.AnyVerb:
        return self._walk(self._failing(what))

    def _failing(self, what: str) -> Move:
        """The flow's way out of errors: of this flow, else of those it was called from; at last an apology."""
        self.trouble(what)
        self.troubles += 1
        self.quiet = 0
        if self.troubles <= MAX_TROUBLES and self.visits <= MAX_NODES:
            for depth in range(len(self.frames), 0, -1):
                target = self.frames[depth - 1].flow.on.get(ERROR)
                if target is not None and target not in (REPEAT, BACK):
                    del self.frames[depth:]
                    return Go(ERROR, target)
        return verbs.Hangup(self.voice.text("sorry"), "error")

    def _without(self, files: tuple[str, ...]) -> verbs.AnyVerb:
        """The same again without these files; other languages stand in where they can."""
        assert isinstance(self.verb, SPEAKING)
        gone = self.voice.lose(self.verb.prompts, files)
        if gone is None:
            return self._odd_reply()
        for file in gone:
            self.trouble("prompt_missing", file)
        return self._present()

    # --- inside -----------------------------------------------------------------------------------------------------

    def push(self, flow: Flow) -> Frame:
        """Begin a flow with variables of its own; it stands at its start, and nothing has been entered."""
        frame = Frame(flow, self.caller.customer)
        self.frames.append(frame)
        return frame

    def _forget_secrets(self, frame: Frame) -> None:
        held = frame.secrets()
        for name in held - self.book.secrets_needed(frame.flow.name, frame.node):
            frame.values[name] = None


def _from_caller(reply: Any) -> bool:
    match reply:
        case replies.Digits(digits=digits):
            return bool(digits)
        case replies.Recorded() | replies.CallbackTaken():
            return True
        case replies.QueueEnded(outcome=outcome) | replies.Transferred(outcome=outcome):
            return outcome in ("talked", "answered", "left")
        case _:
            return False
