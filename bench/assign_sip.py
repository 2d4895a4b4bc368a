"""What do the few SIP messages of a call look like on the wire? Just enough of RFC 3261 for a measuring instrument.

Pure text: no socket, no clock. Understands what chan_pjsip sends with its long header names, no proxies, no TCP.
"""

from __future__ import annotations

from dataclasses import dataclass

MEDIA_PORT = 40_000  # nobody listens there: with silent music and no speech no RTP is ever sent


@dataclass(frozen=True)
class Message:
    """A request (`method` is set, `code` is 0) or a response. Header names are lower case; only Via may repeat."""

    method: str
    uri: str
    code: int
    vias: tuple[str, ...]
    headers: dict[str, str]

    @property
    def call_id(self) -> str:
        return self.headers.get("call-id", "")

    @property
    def cseq_method(self) -> str:
        return self.headers.get("cseq", "").rpartition(" ")[2]


def parse(data: bytes) -> Message | None:
    """The message in a datagram, or None where there is none."""
    head, _, _ = data.decode("latin-1").partition("\r\n\r\n")
    first, *lines = head.split("\r\n")
    words = first.split(" ", 2)
    if len(words) < 3:
        return None
    vias: list[str] = []
    headers: dict[str, str] = {}
    for line in lines:
        name, _, value = line.partition(":")
        name, value = name.strip().lower(), value.strip()
        if name == "via":
            vias.append(value)
        else:
            headers.setdefault(name, value)
    if words[0] == "SIP/2.0":
        return Message("", "", int(words[1]), tuple(vias), headers)
    return Message(words[0], words[1], 0, tuple(vias), headers)


def user_of(address: str) -> str:
    """The user part of a URI, or of the one in a From or To."""
    return address.partition("sip:")[2].partition("@")[0]


def uri_of(address: str) -> str:
    """The bare URI in a Contact."""
    return address.partition("<")[2].partition(">")[0] or address.partition(";")[0]


@dataclass
class Dialog:
    """One side of a call: what its next request says. `local` and `remote` are whole From and To values."""

    call_id: str
    here: str  # host:port
    local: str
    remote: str
    target: str
    cseq: int = 1

    def request(self, method: str, branch: str, body: str = "") -> bytes:
        """A request within the dialog, or the INVITE that begins it."""
        user = user_of(self.local)
        kind = "Content-Type: application/sdp\r\n" if body else ""
        return (
            f"{method} {self.target} SIP/2.0\r\nVia: SIP/2.0/UDP {self.here};branch=z9hG4bK{branch};rport\r\n"
            f"Max-Forwards: 70\r\nFrom: {self.local}\r\nTo: {self.remote}\r\nCall-ID: {self.call_id}\r\n"
            f"CSeq: {self.cseq} {method}\r\nContact: <sip:{user}@{self.here}>\r\n{kind}"
            f"Content-Length: {len(body)}\r\n\r\n{body}"
        ).encode("latin-1")


def response(request: Message, status: str, *, to: str = "", contact: str = "", body: str = "") -> bytes:
    """An answer such as "200 OK"; `to` is the To value with our tag where the request had none."""
    headers = request.headers
    lines = [f"SIP/2.0 {status}", *(f"Via: {via}" for via in request.vias)]
    lines += [f"From: {headers['from']}", f"To: {to or headers['to']}"]
    lines += [f"Call-ID: {headers['call-id']}", f"CSeq: {headers['cseq']}"]
    if contact:
        lines.append(f"Contact: <{contact}>")
    if body:
        lines.append("Content-Type: application/sdp")
    return ("\r\n".join([*lines, f"Content-Length: {len(body)}"]) + f"\r\n\r\n{body}").encode("latin-1")


def sdp(host: str) -> str:
    """One G.711 stream."""
    return (
        f"v=0\r\no=- 1 1 IN IP4 {host}\r\ns=-\r\nc=IN IP4 {host}\r\nt=0 0\r\n"
        f"m=audio {MEDIA_PORT} RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n"
    )
