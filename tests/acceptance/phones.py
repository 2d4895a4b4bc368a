"""How does a test use real SIP phones? A desk of phones in a process of its own, its lines, and their calls.

Blocks the caller (tests are plain functions); every wait has a deadline. Knows nothing of the engine.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

PROGRAM = Path(__file__).with_name("phone_process.py")
PATIENCE_S = 10.0
MAX_CALLS = 4  # pjsua2's own limit for one process


class PhoneError(AssertionError):
    """A phone did not do, or did not see, what was expected."""


class Call:
    """One call leg of a line, as the phone sees it."""

    def __init__(self, desk: Desk, line: str, handle: str, remote: str = "") -> None:
        self.desk, self.line, self.handle, self.remote = desk, line, handle, remote
        self.states: list[tuple[str, int, float]] = []  # state, SIP code, monotonic time
        self.asked: list[str] = []  # by the INVITE, to answer by itself: Call-Info and Alert-Info as they were written
        self.digits = ""
        self.transfer_codes: list[int] = []
        self.rtp_counts: list[int] = []

    @property
    def state(self) -> str:
        return self.states[-1][0] if self.states else "null"

    @property
    def code(self) -> int:
        """The last SIP status."""
        return self.states[-1][1] if self.states else 0

    @property
    def number(self) -> str:
        """The user part of the other side's address."""
        return self.remote.rpartition("sip:")[2].partition("@")[0]

    def answer(self) -> None:
        self._do("answer")

    def reject(self) -> None:
        """The button "reject": 603 Decline."""
        self._do("answer", code=603)

    def busy(self) -> None:
        self._do("answer", code=486)

    def refuse(self, code: int) -> None:
        """Any other final answer of SIP."""
        self._do("answer", code=code)

    def hangup(self) -> None:
        self._do("hangup")

    def press(self, digits: str, *, info: bool = False) -> None:
        """Send digits: as RFC 4733, or as SIP INFO."""
        self._do("dtmf", digits=digits, info=info)

    def record(self, file: Path) -> None:
        """Write what is heard to `file` (8 kHz, 16 bits), piece by piece as it is heard."""
        self._do("record", file=str(file))

    def hold(self) -> None:
        self._do("hold")

    def unhold(self) -> None:
        self._do("unhold")

    def transfer_blind(self, to: str) -> None:
        """REFER to a number of our own exchange."""
        self._do("blind", to=self.desk.uri(self.line, to))

    def transfer_attended(self, other: Call) -> None:
        """REFER with Replaces: the other side of this call meets the other side of `other`."""
        self._do("attended", other=other.handle)

    def rtp_received(self) -> int:
        """RTP packets heard so far; -1 without media."""
        asked = len(self.rtp_counts)
        self._do("rtp")
        self.desk.wait(lambda: len(self.rtp_counts) > asked, "an answer about RTP")
        return self.rtp_counts[-1]

    def hears(self, packets: int = 10, timeout_s: float = PATIENCE_S) -> None:
        """Wait until so many more RTP packets came in."""
        before = self.rtp_received()
        until = time.monotonic() + timeout_s
        while self.rtp_received() < before + packets:
            if time.monotonic() > until:
                raise PhoneError(f"{self} hears nothing: {before} -> {self.rtp_counts[-1]} packets")
            time.sleep(0.05)

    def wait(self, state: str, timeout_s: float = PATIENCE_S) -> Call:
        """Wait for a state: early, confirmed or disconnected."""
        where = {"early": 3, "connecting": 4, "confirmed": 5, "disconnected": 6}

        def reached() -> bool:
            if state != "disconnected" and self.state in ("disconnected", "disconnctd"):
                raise PhoneError(f"{self} ended with {self.code} before it was {state}")
            return any(seen[:6] == state[:6] or 6 > where.get(seen, 0) > where[state] for seen, _, _ in self.states)

        self.desk.wait(reached, f"{self} {state}", timeout_s)
        return self

    @property
    def over(self) -> bool:
        return self.state.startswith("disconn")

    def _do(self, what: str, **fields: Any) -> None:
        self.desk.send(do=what, call=self.handle, **fields)

    def __repr__(self) -> str:
        return f"call {self.handle} of {self.line} ({[state for state, _, _ in self.states]})"


class Desk:
    """One process with up to 8 lines and 4 calls. Lines are named NUMBER or NUMBER@NODE."""

    def __init__(self, address: str, port: int, log: Path) -> None:
        self.address, self.port, self._log = address, port, log
        self.calls: dict[str, Call] = {}
        self.incoming: list[Call] = []
        self.registered: set[str] = set()
        self.errors: list[str] = []
        self.hosts: dict[str, str] = {}  # line -> host:port of its exchange
        self._ready = False
        self._numbers = itertools.count(1)
        self._changed = threading.Condition()

    def start(self, lines: list[Mapping[str, str]]) -> None:
        """`lines`: name, uri, exchange (host:port), and user and password where it registers."""
        self._process = subprocess.Popen(
            [sys.executable, str(PROGRAM)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log.open("ab"),
            start_new_session=True,
        )
        threading.Thread(target=self._read, name=f"phones-{self.address}", daemon=True).start()
        self._send({"address": self.address, "port": self.port, "lines": [self._known(line) for line in lines]})
        self.wait(lambda: self._ready, "the phones to start")
        for line in lines:
            if "user" in line:
                self._until_registered(line["name"], True)

    def _known(self, line: Mapping[str, str]) -> dict[str, str]:
        self.hosts[line["name"]] = line["exchange"]
        return {**line, **({"registrar": f"sip:{line['exchange']}"} if "user" in line else {})}

    def add_line(self, name: str, uri: str, exchange: str) -> None:
        """A line more, that does not register."""
        self.send(**{"do": "line", **self._known({"name": name, "uri": uri, "exchange": exchange})})

    def leave(self) -> None:
        """Told to end; `stop` waits for it."""
        with contextlib.suppress(OSError):
            self._send({"do": "quit"})

    def stop(self) -> None:
        try:
            self.leave()
            self._process.wait(3.0)
        except (OSError, subprocess.TimeoutExpired):
            self._process.kill()
            self._process.wait(3.0)

    # --- what a person does -----------------------------------------------------------------------------------------

    def call(self, line: str, number: str) -> Call:
        """Dial a number."""
        call = Call(self, line, f"out{next(self._numbers)}")
        self.calls[call.handle] = call
        self.send(do="call", line=line, call=call.handle, to=self.uri(line, number))
        return call

    def uri(self, line: str, number: str) -> str:
        return f"sip:{number}@{self.hosts[line]}"

    def ringing(self, line: str = "", timeout_s: float = PATIENCE_S) -> Call:
        """Wait for the next call that comes in (on `line`), which rings until somebody does something about it."""
        found = self.wait(lambda: self._first_incoming(line), f"a call to {line or 'any line'}", timeout_s)
        assert isinstance(found, Call)
        self.incoming.remove(found)
        return found

    def _first_incoming(self, line: str) -> Call | None:
        return next((call for call in self.incoming if call.line.partition("@")[0].startswith(line)), None)

    def auto(self, line: str, code: int) -> None:
        """What the line answers by itself: 180 rings on, 200 answers at once, 486 is busy, 603 declines."""
        self.send(do="auto", line=line, code=code)

    def voice(self, line: str, file: Path | None = None) -> None:
        """What the line says once it is answered: a wav file (8 kHz, 16 bits), once; without one our tone, for ever."""
        self.send(do="voice", line=line, file=str(file or ""))

    def register(self, line: str, registered: bool = True) -> None:
        self.send(do="register" if registered else "unregister", line=line)
        self._until_registered(line, registered)

    def _until_registered(self, line: str, registered: bool) -> None:
        self.wait(lambda: (line in self.registered) == registered, f"{line} registered={registered}")

    def hang_up_all(self) -> None:
        """Leave nothing behind for the next test."""
        for call in list(self.calls.values()):
            if not call.over:
                call.hangup()
        self.wait(lambda: all(call.over for call in self.calls.values()), f"the end of all calls: {self.calls}")

    def forget(self) -> None:
        """All calls are over: begin anew."""
        self.wait(lambda: all(call.over for call in self.calls.values()), f"the end of all calls: {self.calls}")
        self.calls.clear()
        self.incoming.clear()
        self.errors.clear()
        for line in self.hosts:
            self.auto(line, 180)
            self.voice(line)

    # --- the pipe ---------------------------------------------------------------------------------------------------

    def send(self, **command: Any) -> None:
        self._send(command)

    def _send(self, command: Mapping[str, Any]) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write((json.dumps(command) + "\n").encode())
        self._process.stdin.flush()

    def wait(self, condition: Callable[[], Any], what: str, timeout_s: float = PATIENCE_S) -> Any:
        """The first true value of `condition`; it is asked again after every event."""
        until = time.monotonic() + timeout_s
        with self._changed:
            while not (value := condition()):
                left_s = until - time.monotonic()
                if left_s <= 0:
                    raise PhoneError(f"phones at {self.address}: no {what} within {timeout_s} s; errors: {self.errors}")
                self._changed.wait(left_s)
            return value

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            with self._changed:
                self._take(json.loads(line))
                self._changed.notify_all()

    def _take(self, event: dict[str, Any]) -> None:
        call = self.calls.get(event.get("call") or "")
        match event["event"]:
            case "ready":
                self._ready = True
            case "registered":
                self.registered.add(event["line"])
            case "unregistered":
                self.registered.discard(event["line"])
            case "incoming":
                call = Call(self, event["line"], event["call"], event["remote"])
                call.asked = event["asked"]
                self.calls[call.handle] = call
                self.incoming.append(call)
            case "state" if call is not None:
                call.states.append((event["state"], event["code"], time.monotonic()))
            case "dtmf" if call is not None:
                call.digits += event["digit"]
            case "transfer" if call is not None:
                call.transfer_codes.append(event["code"])
            case "rtp" if call is not None:
                call.rtp_counts.append(event["received"])
            case "error":
                self.errors.append(str(event["what"]))
                if call is not None and event["command"]["do"] == "call":
                    call.states.append(("disconnected", 0, time.monotonic()))


@contextmanager
def desk(address: str, port: int, lines: list[Mapping[str, str]], log: Path) -> Iterator[Desk]:
    """Phones for the length of a block."""
    phones = Desk(address, port, log)
    phones.start(lines)
    try:
        yield phones
    finally:
        phones.stop()
