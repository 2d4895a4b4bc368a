"""Who calls and who answers in the benchmark? Callers and agents' phones, and what each saw and when.

One small SIP user agent for both, on asyncio, with the kernel's receive times. A phone answers at once, is free when
the BYE is over (200 for its own BYE received, or the other side's BYE received), and tells its next INVITE. Knows SIP
and nothing of queues, engines or Asterisk's inside; decides nothing about the order of callers.
"""

from __future__ import annotations

import asyncio
import random
import secrets
import time
from dataclasses import dataclass, field

from bench.assign_figures import CallerRecord
from bench.assign_sip import Dialog, Message, parse, response, sdp, uri_of, user_of
from bench.assign_wire import Wire

TALK_S = (0.9, 1.6)
CALLER_ENDS = 0.25  # of the talks; the others are ended by the phone
RESEND_S = (0.5, 1.0, 2.0, 4.0, 8.0)  # T1 and its doublings, RFC 3261 17.1
SWEEP_S = 0.2


@dataclass(eq=False)
class Caller:
    """A caller from INVITE to the end."""

    number: str
    dialog: Dialog
    wire: Wire
    record: CallerRecord
    leaving: bool = False  # hung up by itself
    phone: Phone | None = None


@dataclass(eq=False)
class Phone:
    """An agent's phone: free while `caller` is None."""

    number: str
    free_at_s: float
    caller: Caller | None = None
    dialog: Dialog | None = None
    invite: Message | None = None
    answer: bytes = b""
    ending: bool = False


@dataclass(eq=False)
class _Pending:
    """A request without a final answer, sent again until there is one."""

    wire: Wire
    data: bytes
    sent_s: float
    resent: int = 0
    rings: bool = False  # a provisional answer came: no more sending, RFC 3261 17.1.1.2


@dataclass
class Oddities:
    """What should not happen, counted and shown on stderr."""

    rung_while_busy: int = 0
    resent: int = 0
    refused: int = 0
    bye_refused: int = 0
    unknown_caller: int = 0
    talk_cut_off: int = 0
    unfinished: int = 0

    def __str__(self) -> str:
        shown = [f"{name} {value}" for name, value in vars(self).items() if value]
        return ", ".join(shown) or "none"


@dataclass
class Addresses:
    """Where everybody is: Asterisk, the phones' one socket, a socket for each trunk, the phones' numbers."""

    asterisk: tuple[str, int]
    phones: tuple[str, int]
    trunks: tuple[tuple[str, int], ...]
    agents: tuple[str, ...]


@dataclass(eq=False)
class People:
    """Callers and phones of one block. `dialled` are the queues' numbers, one of them by lot for each caller."""

    addresses: Addresses
    dialled: tuple[str, ...]
    lot: random.Random
    callers: dict[str, Caller] = field(default_factory=dict)
    oddities: Oddities = field(default_factory=Oddities)
    holding: bool = True  # talks do not end: the line can fill up, or empty, without being served
    refilling: bool = False  # each service brings a new caller
    measuring: bool = False
    services: int = 0

    def __post_init__(self) -> None:
        self.phones = {number: Phone(number, time.time()) for number in self.addresses.agents}
        self._by_call: dict[str, Caller | Phone] = {}
        self._pending: dict[tuple[str, str], _Pending] = {}
        self._next = 0
        # Not by lot: Asterisk takes a BYE with the branch of an earlier block for that one sent again [measured].
        self._tag = secrets.token_hex(6)

    async def __aenter__(self) -> People:
        there = self.addresses.asterisk
        self._phone_wire = Wire(self.addresses.phones, there, self._at_phones)
        self._wires = [Wire(trunk, there, self._at_callers) for trunk in self.addresses.trunks]
        self._sweeper = asyncio.create_task(self._sweep())
        return self

    async def __aexit__(self, *_: object) -> None:
        self.freeze()
        self._sweeper.cancel()
        for wire in (self._phone_wire, *self._wires):
            wire.close()

    # --- what a block asks for --------------------------------------------------------------------------------------

    def dial(self) -> None:
        """A new caller."""
        self._next += 1
        number = f"4930{self._next:06}"
        wire = self._wires[self._next % len(self._wires)]
        call_id = f"{self._tag}-{self._next}"
        local = f"<sip:{number}@{wire.here}>;tag=c{self._next}"
        uri = f"sip:{self.lot.choice(self.dialled)}@{self.addresses.asterisk[0]}:{self.addresses.asterisk[1]}"
        dialog = Dialog(call_id, wire.here, local, f"<{uri}>", uri)
        caller = Caller(number, dialog, wire, CallerRecord())
        self.callers[number] = self._by_call[call_id] = caller
        self._ask(wire, dialog, "INVITE", sdp(wire.host))

    @property
    def in_line(self) -> int:
        """Callers who were answered and wait for an agent."""
        return sum(
            1
            for caller in self.callers.values()
            if caller.record.answered_s is not None and caller.record.offered_s is None and caller.record.left_s is None
        )

    @property
    def talking(self) -> int:
        return sum(1 for phone in self.phones.values() if phone.caller is not None)

    @property
    def present(self) -> int:
        """Callers whose call is not over."""
        return sum(1 for caller in self.callers.values() if caller.record.left_s is None)

    def begin(self) -> None:
        """From now on talks end: the first ones spread over the length of a talk."""
        self.holding, self.refilling, self.measuring = False, True, True
        for phone in self.phones.values():
            if phone.caller is not None:
                self._end_later(phone, self.lot.uniform(0.0, TALK_S[1]))

    def freeze(self) -> None:
        """From now on nobody is served any more, and what is served is not measured."""
        self.holding, self.refilling, self.measuring = True, False, False

    def leave(self, caller: Caller) -> bool:
        """The caller hangs up, if he is there."""
        if caller.record.left_s is not None or caller.record.answered_s is None or caller.leaving:
            return False
        caller.leaving = True
        self._ask(caller.wire, caller.dialog, "BYE")
        return True

    def end_talks(self) -> None:
        """Every phone hangs up now."""
        for phone in self.phones.values():
            if phone.caller is not None and not phone.ending:
                self._hang_up(phone)

    def close_books(self) -> list[CallerRecord]:
        """Every caller's record; whoever is still there was left hanging."""
        for caller in self.callers.values():
            if caller.record.left_s is None:
                caller.record.lost = True
                self.oddities.unfinished += 1
        return [caller.record for caller in self.callers.values()]

    # --- sending ----------------------------------------------------------------------------------------------------

    def _ask(self, wire: Wire, dialog: Dialog, method: str, body: str = "") -> None:
        if method != "INVITE":
            dialog.cseq += 1
        data = dialog.request(method, f"{dialog.call_id}-{dialog.cseq}", body)
        self._pending[dialog.call_id, method] = _Pending(wire, data, time.time())
        wire.send(data)

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(SWEEP_S)
            now = time.time()
            for key, pending in list(self._pending.items()):
                waited = now - pending.sent_s
                if (
                    pending.resent < len(RESEND_S)
                    and not pending.rings
                    and waited > sum(RESEND_S[: pending.resent + 1])
                ):
                    pending.resent += 1
                    self.oddities.resent += 1
                    pending.wire.send(pending.data)
                elif waited > 32.0:
                    del self._pending[key]

    def _answered(self, message: Message) -> bool:
        """Note the answer to a request of ours; False where it answers nothing that is open."""
        key = (message.call_id, message.cseq_method)
        if message.code < 200:
            if key in self._pending:
                self._pending[key].rings = True
            return False
        return self._pending.pop(key, None) is not None

    # --- callers ----------------------------------------------------------------------------------------------------

    def _at_callers(self, data: bytes, stamp_s: float) -> None:
        message = parse(data)
        caller = self._by_call.get(message.call_id) if message else None
        if message is None or not isinstance(caller, Caller):
            return
        if message.method == "BYE":
            caller.wire.send(response(message, "200 OK"))
            self._caller_gone(caller, stamp_s)
        elif message.method and message.method != "ACK":
            caller.wire.send(response(message, "200 OK", contact=f"sip:{caller.number}@{caller.wire.here}"))
        elif message.cseq_method == "INVITE" and message.code >= 200:
            self._invite_answered(caller, message, stamp_s)
        elif self._answered(message):
            self.oddities.bye_refused += message.code >= 300
            self._caller_gone(caller, stamp_s)

    def _invite_answered(self, caller: Caller, message: Message, stamp_s: float) -> None:
        first = self._answered(message)
        dialog, record = caller.dialog, caller.record
        if message.code < 300:
            dialog.remote, dialog.target = message.headers["to"], uri_of(message.headers["contact"])
            caller.wire.send(dialog.request("ACK", f"{dialog.call_id}-ack"))
            if first:
                record.answered_s = stamp_s
            return
        refused = Dialog(dialog.call_id, dialog.here, dialog.local, message.headers["to"], dialog.target)
        caller.wire.send(refused.request("ACK", f"{dialog.call_id}-1"))  # the INVITE's branch: RFC 3261 17.1.1.3
        if first:
            self.oddities.refused += 1
            record.left_s, record.lost = stamp_s, True

    def _caller_gone(self, caller: Caller, stamp_s: float) -> None:
        record = caller.record
        if record.left_s is not None:
            return
        record.left_s = stamp_s
        record.lost = record.offered_s is None and not caller.leaving
        phone = caller.phone
        if phone is not None and phone.caller is caller and not phone.ending:
            self.oddities.talk_cut_off += 1

    # --- phones -----------------------------------------------------------------------------------------------------

    def _at_phones(self, data: bytes, stamp_s: float) -> None:
        message = parse(data)
        if message is None:
            return
        phone = self._by_call.get(message.call_id)
        if message.method == "INVITE" and phone is None:
            self._rung(message, stamp_s)
        elif not isinstance(phone, Phone) or phone.dialog is None or phone.dialog.call_id != message.call_id:
            self._stray(message)
        elif message.method == "INVITE":
            if phone.invite is not None and message.headers["cseq"] == phone.invite.headers["cseq"]:
                self._phone_wire.send(phone.answer)
            else:
                self._answer(phone, message)
        elif message.method == "BYE":
            self._phone_wire.send(response(message, "200 OK"))
            self._free(phone, stamp_s)
        elif message.method and message.method != "ACK":
            self._phone_wire.send(response(message, "200 OK"))
        elif message.cseq_method == "BYE" and self._answered(message):
            self._free(phone, stamp_s)

    def _stray(self, message: Message) -> None:
        """Something of a call that is over for the phone: a BYE that crossed ours, the answer to ours."""
        if message.code:
            self._answered(message)
        elif message.method != "ACK":
            self._phone_wire.send(response(message, "481 Call/Transaction Does Not Exist"))

    def _rung(self, invite: Message, stamp_s: float) -> None:
        phone = self.phones[user_of(invite.uri)]
        caller = self.callers.get(user_of(invite.headers["from"]))
        if phone.caller is not None or caller is None:
            self.oddities.rung_while_busy += phone.caller is not None
            self.oddities.unknown_caller += caller is None
            self._phone_wire.send(response(invite, "486 Busy Here", to=f"{invite.headers['to']};tag=busy"))
            return
        caller.record.offered_s, caller.record.agent_free_s = stamp_s, phone.free_at_s
        caller.record.measured = self.measuring
        self.services += self.measuring
        phone.caller, caller.phone, phone.ending = caller, phone, False
        to = f"{invite.headers['to']};tag=p{self.lot.getrandbits(40):x}"
        target = uri_of(invite.headers["contact"])
        phone.dialog = Dialog(invite.call_id, self._phone_wire.here, to, invite.headers["from"], target, cseq=100)
        self._by_call[invite.call_id] = phone
        self._answer(phone, invite)
        if self.refilling:
            self.dial()
        if not self.holding:
            self._end_later(phone, self.lot.uniform(*TALK_S))

    def _answer(self, phone: Phone, invite: Message) -> None:
        assert phone.dialog is not None
        phone.invite = invite
        contact = f"sip:{phone.number}@{self._phone_wire.here}"
        to = phone.dialog.local
        phone.answer = response(invite, "200 OK", to=to, contact=contact, body=sdp(self._phone_wire.host))
        self._phone_wire.send(phone.answer)

    def _end_later(self, phone: Phone, delay_s: float) -> None:
        asyncio.get_running_loop().call_later(delay_s, self._talk_over, phone, phone.caller)

    def _talk_over(self, phone: Phone, caller: Caller | None) -> None:
        if self.holding or caller is None or phone.caller is not caller or phone.ending:
            return
        if self.lot.random() < CALLER_ENDS:
            phone.ending = True
            self.leave(caller)
        else:
            self._hang_up(phone)

    def _hang_up(self, phone: Phone) -> None:
        assert phone.dialog is not None
        phone.ending = True
        self._ask(self._phone_wire, phone.dialog, "BYE")

    def _free(self, phone: Phone, stamp_s: float) -> None:
        if phone.caller is not None:
            phone.caller, phone.free_at_s = None, stamp_s
