"""How are many callers and phones had at once, or one who says what no honest phone says? A bare SIP user agent.

One UDP socket and one thread for all dialogs; signalling only, no sound. For what a person hears use phones.py.
"""

from __future__ import annotations

import itertools
import re
import secrets
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

RETRANSMIT_S, RAREST_S, TRIED_S = 0.5, 4.0, 32.0  # RFC 3261, 17.1.2.2 and 13.3.1.4: T1, T2, 64 * T1
BUFFER_BYTES = 4 * 1024 * 1024
CRLF = "\r\n"


class Again(NamedTuple):
    """What is sent again: when, how long after that once more, and until when. Twice as rarely each time."""

    data: bytes
    at: float
    pause_s: float
    until: float

    @classmethod
    def of(cls, data: bytes) -> Again:
        now = time.monotonic()
        return cls(data, now + RETRANSMIT_S, RETRANSMIT_S, now + TRIED_S)

    def after(self, now: float) -> Again | None:
        pause_s = min(2 * self.pause_s, RAREST_S)
        return Again(self.data, now + pause_s, pause_s, self.until) if now + pause_s < self.until else None


class Dialog:
    """One call leg of the crowd."""

    def __init__(self, call_id: str, user: str, *, incoming: bool) -> None:
        self.call_id, self.user, self.incoming = call_id, user, incoming
        self.other = ""  # the other side's number
        self.local_tag = secrets.token_hex(6)
        self.local = self.remote = ""  # From/To values as we write them
        self.target = ""
        self.peer: tuple[str, int] = ("", 0)
        self.cseq = 1
        self.status = 0  # last SIP status of the INVITE
        self.began = time.monotonic()
        self.answered_at: float | None = None
        self.connected_at: float | None = None  # of one who is called: the other side knows that he has answered
        self.over_at: float | None = None
        self.ended_by = ""  # "us" or "them"
        self.waits_for_us: str = ""  # the response we would repeat
        self.resend: Again | None = None  # a request, or our answer to an INVITE, that nobody has answered
        self.invite = ""
        self.media_port = 0  # where the other side wants our sound

    @property
    def talking(self) -> bool:
        return self.answered_at is not None and self.over_at is None

    def __repr__(self) -> str:
        return f"{self.user}{'<' if self.incoming else '>'}{self.other} {self.status} {self.ended_by}"


class Crowd:
    """All user agents behind one address. `on_call` says what a phone does: a SIP status, 180 keeps it ringing."""

    def __init__(self, address: str, port: int, on_call: Callable[[Dialog], int] = lambda _: 180) -> None:
        self.address, self.port, self.on_call = address, port, on_call
        self.dialogs: dict[str, Dialog] = {}
        self.order: list[Dialog] = []  # incoming calls as they came
        self._numbers = itertools.count(1)
        self._lock = threading.RLock()
        self._stop = False
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER_BYTES)
        self._socket.bind((address, port))
        self._socket.settimeout(0.05)
        self._thread = threading.Thread(target=self._run, name=f"crowd-{address}", daemon=True)
        self._thread.start()

    # --- what one does ----------------------------------------------------------------------------------------------

    def call(self, host: str, port: int, number: str, user: str, *, display: str = "", extra: str = "") -> Dialog:
        """INVITE `number` there as `user`; `display` and `extra` (header lines) go out as they are."""
        with self._lock:
            dialog = Dialog(f"{next(self._numbers)}-{secrets.token_hex(6)}@{self.address}", user, incoming=False)
            dialog.other, dialog.peer = number, (host, port)
            dialog.target = f"sip:{number}@{host}:{port}"
            dialog.local = f"{display}<sip:{user}@{self.address}>;tag={dialog.local_tag}"
            dialog.remote = f"<{dialog.target}>"
            self.dialogs[dialog.call_id] = dialog
            self._request(dialog, "INVITE", self._sdp(), extra)
            return dialog

    def answer(self, dialog: Dialog) -> None:
        with self._lock:
            self._respond(dialog, 200)

    def refuse(self, dialog: Dialog, status: int) -> None:
        """Say no to a call that has rung for a while."""
        with self._lock:
            if dialog.over_at is None:
                self._respond(dialog, status)

    def hang_up(self, dialog: Dialog) -> None:
        with self._lock:
            if dialog.over_at is None:
                dialog.ended_by, dialog.over_at = "us", time.monotonic()
                if dialog.incoming and dialog.answered_at is None:
                    self._respond(dialog, 480)
                else:
                    dialog.cseq += 1
                    self._request(dialog, "BYE")

    def press(self, dialog: Dialog, digit: str) -> None:
        """A key, as SIP INFO."""
        with self._lock:
            dialog.cseq += 1
            kind = "Content-Type: application/dtmf-relay"
            self._request(dialog, "INFO", f"Signal={digit}{CRLF}Duration=100{CRLF}", kind)

    def give_up(self, dialog: Dialog) -> None:
        """Nobody answers this call: stop asking."""
        with self._lock:
            dialog.resend, dialog.over_at = None, time.monotonic()

    def forget(self, before: float) -> None:
        """Calls that were over at that monotonic time need no answer any more; `order` keeps them."""
        with self._lock:
            for call_id in [i for i, d in self.dialogs.items() if d.over_at is not None and d.over_at < before]:
                del self.dialogs[call_id]

    def talking(self) -> list[Dialog]:
        with self._lock:
            return [dialog for dialog in self.dialogs.values() if dialog.talking]

    def close(self) -> None:
        for dialog in self.talking():
            self.hang_up(dialog)
        end = time.monotonic() + 3.0
        while time.monotonic() < end and any(d.resend for d in list(self.dialogs.values())):
            time.sleep(0.02)
        self._stop = True
        self._thread.join(2.0)
        self._socket.close()

    # --- bytes out --------------------------------------------------------------------------------------------------

    def _sdp(self) -> str:
        media = ["v=0", f"o=- 1 1 IN IP4 {self.address}", "s=-", f"c=IN IP4 {self.address}", "t=0 0"]
        media += ["m=audio 9 RTP/AVP 0", "a=rtpmap:0 PCMU/8000", ""]
        return CRLF.join(media)

    def _request(self, dialog: Dialog, method: str, body: str = "", extra: str = "") -> None:
        cseq = dialog.cseq
        lines = [
            f"{method} {dialog.target} SIP/2.0",
            f"Via: SIP/2.0/UDP {self.address}:{self.port};branch=z9hG4bK{secrets.token_hex(8)}",
            f"From: {dialog.local}",
            f"To: {dialog.remote}",
            f"Call-ID: {dialog.call_id}",
            f"CSeq: {cseq} {method}",
            f"Contact: <sip:crowd@{self.address}:{self.port}>",
            "Max-Forwards: 70",
        ]
        if extra:
            lines.append(extra)
        if method == "INVITE":
            lines.append("Content-Type: application/sdp")
        lines += [f"Content-Length: {len(body)}", "", body]
        data = CRLF.join(lines).encode()
        self._socket.sendto(data, dialog.peer)
        if method != "ACK":
            dialog.resend = Again.of(data)

    def _respond(self, dialog: Dialog, status: int) -> None:
        dialog.status = status
        body = self._sdp() if status == 200 else ""
        data = self._response(dialog.invite, status, dialog.local_tag, body)
        dialog.waits_for_us = data
        if status == 200:
            dialog.answered_at = time.monotonic()
            dialog.resend = Again.of(data.encode())
        elif status >= 300:
            dialog.over_at, dialog.ended_by = time.monotonic(), dialog.ended_by or "us"
        self._socket.sendto(data.encode(), dialog.peer)

    def _response(self, request: str, status: int, tag: str, body: str = "") -> str:
        head = [f"SIP/2.0 {status} {'OK' if status == 200 else 'Answer'}"]
        head += [f"Via: {value}" for value in headers(request, "Via")]
        to = header(request, "To")
        head += [
            f"From: {header(request, 'From')}",
            f"To: {to if 'tag=' in to or status == 100 else to + ';tag=' + tag}",
        ]
        head += [f"Call-ID: {header(request, 'Call-ID')}", f"CSeq: {header(request, 'CSeq')}"]
        head += [f"Contact: <sip:crowd@{self.address}:{self.port}>"]
        if body:
            head.append("Content-Type: application/sdp")
        return CRLF.join([*head, f"Content-Length: {len(body)}", "", body])

    # --- bytes in ---------------------------------------------------------------------------------------------------

    def _run(self) -> None:
        while not self._stop:
            try:
                data, peer = self._socket.recvfrom(65536)
            except TimeoutError:
                data = b""
            except OSError:
                return
            with self._lock:
                if data.strip():
                    self._take(data.decode(errors="replace"), peer)
                self._repeat()

    def _repeat(self) -> None:
        now = time.monotonic()
        for dialog in self.dialogs.values():
            if dialog.resend is not None and now >= dialog.resend.at:
                self._socket.sendto(dialog.resend.data, dialog.peer)
                dialog.resend = dialog.resend.after(now)

    def _take(self, text: str, peer: tuple[str, int]) -> None:
        dialog = self.dialogs.get(header(text, "Call-ID"))
        if text.startswith("SIP/2.0 "):
            if dialog is not None:
                self._take_response(dialog, text, int(text[8:11]))
        elif text.startswith("INVITE "):
            self._take_invite(dialog, text, peer)
        elif text.startswith("ACK "):
            if dialog is not None:
                dialog.resend = None
                if dialog.connected_at is None and dialog.answered_at is not None:
                    dialog.connected_at = time.monotonic()
        else:
            self._socket.sendto(self._response(text, 200, "x").encode(), peer)
            if dialog is not None and text.startswith(("BYE ", "CANCEL ")):
                self._ended_by_them(dialog, text.startswith("CANCEL "))

    def _take_invite(self, dialog: Dialog | None, text: str, peer: tuple[str, int]) -> None:
        if dialog is None:
            user = text.partition("sip:")[2].partition("@")[0]
            dialog = Dialog(header(text, "Call-ID"), user, incoming=True)
            dialog.invite, dialog.peer = text, peer
            dialog.other = header(text, "From").partition("sip:")[2].partition("@")[0]
            dialog.remote, dialog.local = header(text, "From"), f"{header(text, 'To')};tag={dialog.local_tag}"
            dialog.target = header(text, "Contact").strip("<>")
            self.dialogs[dialog.call_id] = dialog
            self.order.append(dialog)
            self._respond(dialog, 180)
            status = self.on_call(dialog)
            if status != 180:
                self._respond(dialog, status)
        elif ";tag=" in header(text, "To"):  # a re-INVITE: the same media again
            self._socket.sendto(self._response(text, 200, dialog.local_tag, self._sdp()).encode(), peer)
        else:
            self._socket.sendto(dialog.waits_for_us.encode(), peer)

    def _take_response(self, dialog: Dialog, text: str, status: int) -> None:
        if status == 100:
            return
        if header(text, "CSeq").endswith("INVITE"):
            dialog.resend = None
            dialog.status = status
            if status >= 200:
                dialog.remote = header(text, "To")
                if status == 200 and dialog.answered_at is None:
                    dialog.answered_at = time.monotonic()
                    dialog.media_port = int(text.partition("m=audio ")[2].split(" ", 1)[0] or 0)
                    dialog.target = header(text, "Contact").strip("<>") or dialog.target
                if status >= 300 and dialog.over_at is None:
                    dialog.over_at, dialog.ended_by = time.monotonic(), "them"
                self._request(dialog, "ACK")
        elif status >= 200:
            dialog.resend = None

    def _ended_by_them(self, dialog: Dialog, cancelled: bool) -> None:
        dialog.resend = None
        if dialog.over_at is None:
            dialog.over_at, dialog.ended_by = time.monotonic(), "them"
            if cancelled:
                data = self._response(dialog.invite, 487, dialog.local_tag)
                dialog.waits_for_us, dialog.status = data, 487
                self._socket.sendto(data.encode(), dialog.peer)


def headers(text: str, name: str) -> list[str]:
    return re.findall(rf"^{name}[ ]*:[ ]*(.*?)\r?$", text, re.IGNORECASE | re.MULTILINE)


def header(text: str, name: str) -> str:
    found = headers(text, name)
    return str(found[0]) if found else ""


@contextmanager
def crowd(address: str, port: int, on_call: Callable[[Dialog], int] = lambda _: 180) -> Iterator[Crowd]:
    """A crowd for the length of a block; its calls are hung up at the end."""
    people = Crowd(address, port, on_call)
    try:
        yield people
    finally:
        people.close()
