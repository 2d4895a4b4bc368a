"""How does the simulated exchange speak FastAGI? The client side of one call: environment, then the engine's commands.

Every prompt exists, but for those of exchange.no_sound; a caller presses what his people (exchange.press) press.

Knows the bytes of AGI, the dialplan's contract (asterisk/etc/extensions_cti.conf) and the
exchange; nothing of the engine.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from typing import cast
from urllib.parse import quote

from cti.sim.channels import Call, DialResult, Leg
from cti.sim.exchange import PROMPT_S, Exchange

MAX_LINE_BYTES = 16 * 1024
DIGIT_S = 0.5
SPEECH_S = 3.0  # whoever is asked to speak does so long
SAMPLES_A_SECOND = 8000
ALL_KEYS = "0123456789*#ABCD"
_WORD = re.compile(r'"((?:\\.|[^"\\])*)"|(\S+)')
_VARIABLE = re.compile(r"\$\{([A-Za-z0-9_()]+)\}")


def words(line: str) -> list[str]:
    """An AGI command's words: quotes hold blanks, a backslash takes the next character literally."""
    return [re.sub(r"\\(.)", r"\1", match[1]) if match[1] is not None else match[2] for match in _WORD.finditer(line)]


def environment(request: str, call: Call | None, arguments: list[str], channel: str, uniqueid: str) -> bytes:
    """The agi_ lines that Asterisk sends first."""
    caller = call.caller if call is not None else ""
    fields = [
        ("network", "yes"),
        ("network_script", request.split("/", 3)[3]),
        ("request", request),
        ("channel", channel),
        ("language", "en"),
        ("type", "PJSIP"),
        ("uniqueid", uniqueid),
        ("version", "22.0.0"),
        ("callerid", caller),
        ("calleridname", "unknown"),
        ("context", call.place if call is not None else "cti-agent-ask"),
        ("extension", call.dialled if call is not None else "s"),
        ("priority", "1"),
        ("enhanced", "0.0"),
        ("accountcode", ""),
        *((f"arg_{n}", argument) for n, argument in enumerate(arguments, 1)),
    ]
    return "".join(f"agi_{key}: {value}\n" for key, value in fields).encode() + b"\n"


def arguments(node: str, call: Call) -> list[str]:
    """What cti-inbound hands over."""
    answered = str(int(call.answered_s)) if call.dial_status == "ANSWER" else ""
    values = {
        "entry": str(call.entry),
        "ticket": call.variables.get("CTI_TICKET", ""),
        "dialstatus": call.dial_status,
        "answered_s": answered,
        "dialled": call.dialled,
        "queue": call.variables.get("CTI_QUEUE", ""),
        "flow": call.variables.get("CTI_FLOW", ""),
        "linkedid": call.uniqueid,
        "node": node,
        "attempt": call.attempt,
        "amdstatus": _amd_status(call),
        "amdcause": "",
        "joined": call.variables.get("BRIDGERESULT", ""),
    }
    return [f"{key}={quote(value, safe='')}" for key, value in values.items()]


def _amd_status(call: Call) -> str:
    if not call.attempt or not call.variables.get("CTI_AMD"):
        return ""
    return "MACHINE" if call.heard == "machine" else "HUMAN"


class AgiClient(asyncio.Protocol):
    """One AGI() of one call, from the connection to its end. `over(done)`: done is what CTI_DONE says."""

    transport: asyncio.Transport

    def __init__(
        self,
        exchange: Exchange,
        call: Call,
        request: str,
        over: Callable[[AgiClient, bool], None],
        join: Callable[[Call, str, Callable[[DialResult], None]], None],
    ) -> None:
        self.exchange, self.call, self.request = exchange, call, request
        self._over, self._join = over, join
        self._rest = b""
        self._todo: list[str] = []
        self._busy = False
        self._hungup = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)  # uvloop's is none by inheritance
        self.call.variables["CTI_DONE"] = self.call.variables["CTI_NEXT"] = ""
        call = self.call
        self.transport.write(environment(self.request, call, arguments(call.node, call), call.channel, call.uniqueid))

    def connection_lost(self, exc: Exception | None) -> None:
        self._over(self, self.call.variables.get("CTI_DONE") == "1")

    def hung_up(self) -> None:
        """The caller has left the AGI (hung up or transferred): say HANGUP; a few commands are still answered."""
        if not self._hungup:
            self._hungup = True
            self.transport.write(b"HANGUP\n")
            asyncio.get_running_loop().call_later(5.0, self.transport.close)

    def data_received(self, data: bytes) -> None:
        self._rest += data
        if len(self._rest) > MAX_LINE_BYTES:
            self.transport.abort()
            return
        *lines, self._rest = self._rest.split(b"\n")
        self._todo += [line.decode("utf-8", "replace").strip() for line in lines if line.strip()]
        self._next()

    def _next(self) -> None:
        while self._todo and not self._busy:
            self._command(words(self._todo.pop(0)))

    def _answer(self, text: str) -> None:
        if not self.transport.is_closing():
            self.transport.write(f"{text}\n".encode())

    def _later(self, text: str) -> None:
        """The answer of a command that took its time."""
        self._busy = False
        self._answer(text)
        self._next()

    def _command(self, command: list[str]) -> None:
        verb = " ".join(command[:2]).upper()
        if verb == "SET VARIABLE" and len(command) == 4:
            self._set(command[2], command[3])
            self._answer("200 result=1")
        elif verb == "EXEC MSET" and len(command) > 2:
            pairs = (pair.partition("=") for pair in command[2].split(","))
            for name, _, value in pairs:
                self._set(name, value)
            self._answer("200 result=0")
        elif verb == "GET VARIABLE":
            self._answer(f"200 result=1 ({self._value(command[2])})")
        elif verb == "GET FULL" and len(command) > 3:
            self._answer(f"200 result=1 ({_VARIABLE.sub(lambda name: self._value(name[1]), command[3])})")
        elif verb == "SET MUSIC":
            self._answer("200 result=0")
        elif self._hungup:
            self._answer("511 Command Not Permitted on a dead channel or intercept routine")
        elif verb == "STREAM FILE" and self.exchange.no_sound(command[2]):
            self._answer("200 result=-1 endpos=0")  # [measured on 22.10.1]
        elif verb == "STREAM FILE":
            length_s = PROMPT_S if "digits/" not in command[2] else DIGIT_S
            self._listen(length_s, command[3] if len(command) > 3 else "", " endpos=8000")
        elif verb == "WAIT FOR" and len(command) > 3:
            self._listen(int(command[3]) / 1000, ALL_KEYS)
        elif verb == "RECORD FILE" and len(command) > 5:
            said_s = min(int(command[5]) / 1000, SPEECH_S)
            self._listen(said_s, command[4], f" (timeout) endpos={int(SAMPLES_A_SECOND * said_s)}")
        elif verb == "CHANNEL STATUS":
            self._answer("200 result=6")  # up
        elif verb == "EXEC DIAL" and len(command) > 2:
            self._dial(command[2])
        elif verb == "EXEC BRIDGE" and len(command) > 2:
            self._busy = True
            self._join(self.call, command[2].partition(",")[0], self._bridged)
        elif verb == "EXEC WAITFORSILENCE":
            self._listen(SPEECH_S, "")
        elif command[0].upper() == "HANGUP":
            self._answer("200 result=1")
            self.exchange.hang_up_call(self.call)
        else:
            self._answer("510 Invalid or unknown command")

    def _value(self, name: str) -> str:
        if name == "DIALSTATUS":
            return self.call.dial_status
        if name == "ANSWEREDTIME":
            return str(int(self.call.answered_s)) if self.call.dial_status == "ANSWER" else ""
        return self.call.variables.get(name, "")

    def _listen(self, length_s: float, keys: str, more: str = "") -> None:
        """Something is heard, or waited for, so long; one of `keys` ends it and is the answer."""
        self._busy = True
        pressed = ""

        def ear(digit: str) -> None:
            nonlocal pressed
            if digit in keys:
                pressed = digit
                self.exchange.stop_play(self.call)

        def over(caller_there: bool) -> None:
            self.call.ear = None
            result = ord(pressed) if pressed else 0
            self._later(f"200 result={result if caller_there else -1}{more}")

        self.call.ear = ear if keys else None
        self.exchange.play(self.call, over, length_s)

    def _set(self, name: str, value: str) -> None:
        if name == "DIALSTATUS":
            self.call.dial_status = value
        self.call.variables[name] = value

    def _dial(self, argument: str) -> None:
        """`PJSIP/1001&PJSIP/1002,15,gm(default)`"""
        targets, timeout, *_ = [*argument.split(","), "", ""]
        self._busy = True
        named = [(target, target) for target in targets.split("&") if target]
        self.exchange.dial(self.call, named, float(timeout or 3600), self._dialled)

    def _bridged(self, result: DialResult) -> None:
        """Its answer is 0, whoever has left."""
        talked = result.leg is not None
        self.call.variables["BRIDGERESULT"] = "SUCCESS" if talked else "NONEXISTENT"
        self._later("200 result=0")

    def _dialled(self, result: DialResult) -> None:
        cause = result.leg.cause if result.leg is not None else result.cause
        self.call.variables["HANGUPCAUSE"] = str(cause)
        self._later(f"200 result={0 if result.caller_there else -1}")


class WaitingClient(asyncio.Protocol):
    """The AGI() of an agent who waits for a customer. `over` is called when the engine has ended it."""

    transport: asyncio.Transport

    def __init__(self, exchange: Exchange, leg: Leg, request: str, over: Callable[[Leg], None]) -> None:
        self.exchange, self.leg, self.request = exchange, leg, request
        self._over = over
        self._gone = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)  # uvloop's is none by inheritance
        leg = self.leg
        given = [f"mark={leg.uniqueid.partition('-')[2]}", f"node={leg.node}"]
        self.transport.write(environment(self.request, None, given, leg.channel, leg.uniqueid))

    def connection_lost(self, exc: Exception | None) -> None:
        if not self._gone:
            self._over(self.leg)

    def leaves(self) -> None:
        """He is with his customer, or has hung up."""
        if not self._gone:
            self._gone = True
            self.transport.write(b"HANGUP\n")
            self.transport.close()

    def data_received(self, data: bytes) -> None:
        """Every prompt takes its time; the engine sends the next command when it has the answer."""
        verb = " ".join(words(data.decode("utf-8", "replace"))[:2]).upper()
        if verb == "STREAM FILE":
            self.exchange.agenda.after(PROMPT_S, lambda: self._answer("200 result=0 endpos=8000"))
        else:
            self._answer("200 result=1")
            if verb == "HANGUP":
                self.exchange.hang_up_leg(self.leg)

    def _answer(self, text: str) -> None:
        if not self.transport.is_closing():
            self.transport.write(f"{text}\n".encode())
