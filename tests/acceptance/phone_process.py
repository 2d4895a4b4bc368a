"""What does one desk of real SIP phones do? A process of its own around pjsua2, told by JSON lines on stdin.

It must not know Asterisk or the engine: it is a phone. pjsua2 allows 4 calls and 8 accounts a process, and its audio
needs no sound card (null device). Everything happens in one thread, so that no callback meets another.
First line in: {"address", "port", "lines": [{"name", "uri", "registrar"?, "user"?, "password"?}]}; then one command a
line; out: one event a line.
"""

from __future__ import annotations

import json
import os
import select
from collections.abc import Callable
from typing import Any

import pjsua2 as pj

POLL_MS = 8
ORPHAN_CHECK_POLLS = 25
DTMF_IS_UPDATE = 1  # pjmedia/stream.h: PJMEDIA_STREAM_DTMF_IS_UPDATE; the bindings leave it out


class Phone:
    """All lines of this process, and the calls on them by handle."""

    def __init__(self, out_fd: int, settings: dict[str, Any]) -> None:
        self._out_fd = out_fd
        self.running = True
        self.calls: dict[str, LineCall] = {}
        self.over: list[LineCall] = []  # freed outside of pjsua2's own callbacks
        self._incoming = 0
        self._parent = os.getppid()
        self._commands: dict[str, Callable[[dict[str, Any]], None]] = {
            "line": self._add_line,
            "unregister": lambda c: self.lines[c["line"]].setRegistration(False),
            "register": lambda c: self.lines[c["line"]].setRegistration(True),
            "auto": lambda c: setattr(self.lines[c["line"]], "auto", c["code"]),
            "voice": lambda c: setattr(self.lines[c["line"]], "voice", c["file"]),
            "call": self._call,
            "answer": lambda c: self.calls[c["call"]].reply(c.get("code", 200)),
            "hangup": lambda c: self.calls[c["call"]].hangup(pj.CallOpParam(True)),
            "dtmf": self._dtmf,
            "record": lambda c: self.calls[c["call"]].record(c["file"]),
            "hold": lambda c: self.calls[c["call"]].setHold(pj.CallOpParam(True)),
            "unhold": self._unhold,
            "blind": lambda c: self.calls[c["call"]].xfer(c["to"], pj.CallOpParam(True)),
            "attended": lambda c: self.calls[c["call"]].xferReplaces(self.calls[c["other"]], pj.CallOpParam(True)),
            "rtp": self._rtp,
            "quit": self._quit,
        }
        self.endpoint = self._start(settings)
        self.tone = pj.ToneGenerator()
        self.tone.createToneGenerator(8000, 1)
        self._play_tone()
        self.lines: dict[str, Line] = {}
        for line in settings["lines"]:
            self._add_line(line)
        self.tell("ready")

    def _start(self, settings: dict[str, Any]) -> pj.Endpoint:
        endpoint = pj.Endpoint()
        endpoint.libCreate()
        config = pj.EpConfig()
        config.uaConfig.threadCnt = 0
        config.uaConfig.mainThreadOnly = True
        config.logConfig.level = config.logConfig.consoleLevel = 1
        config.medConfig.clockRate = config.medConfig.sndClockRate = 8000
        config.medConfig.ecTailLen = 0
        config.medConfig.noVad = True  # a phone that says nothing sends packets all the same
        config.medConfig.sndAutoCloseTime = -1  # the null device is the clock of all media
        endpoint.libInit(config)
        endpoint.audDevManager().setNullDev()
        for codec in endpoint.codecEnum2():
            endpoint.codecSetPriority(codec.codecId, 255 if codec.codecId.startswith("PCMU") else 0)
        self._address = settings["address"]
        transport = pj.TransportConfig()
        transport.port, transport.boundAddress = settings["port"], self._address
        self._transport = endpoint.transportCreate(pj.PJSIP_TRANSPORT_UDP, transport)
        endpoint.libStart()
        return endpoint

    def _play_tone(self) -> None:
        tone = pj.ToneDesc()
        tone.freq1, tone.freq2, tone.on_msec, tone.off_msec = 440, 0, 1000, 0
        tones = pj.ToneDescVector()
        tones.append(tone)
        self.tone.play(tones, True)

    # --- commands -------------------------------------------------------------------------------------------------

    def obey(self, command: dict[str, Any]) -> None:
        """Carry out one command; what goes wrong becomes an `error` event."""
        self._bury()
        try:
            self._commands[command["do"]](command)
        except KeyError as error:
            self.tell("error", command=command, what=f"unknown: {error}")
        except pj.Error as error:
            self.tell("error", command=command, what=error.reason, call=command.get("call"))

    def _bury(self) -> None:
        """Free ended calls before their number in pjsua is used again: a late end would hang up the new call."""
        self.endpoint.libHandleEvents(0)
        self.over.clear()

    def _add_line(self, line: dict[str, Any]) -> None:
        config = pj.AccountConfig()
        config.idUri = line["uri"]
        config.sipConfig.transportId = self._transport
        config.mediaConfig.transportConfig.boundAddress = self._address
        config.mediaConfig.transportConfig.publicAddress = self._address
        config.natConfig.viaRewriteUse = config.natConfig.contactRewriteUse = 0
        if line.get("registrar"):
            config.regConfig.registrarUri = line["registrar"]
            config.sipConfig.authCreds.append(pj.AuthCredInfo("digest", "*", line["user"], 0, line["password"]))
        account = Line(self, line["name"])
        self.lines[line["name"]] = account
        account.create(config)

    def _call(self, command: dict[str, Any]) -> None:
        call = LineCall(self, self.lines[command["line"]], command["call"])
        self.calls[call.handle] = call
        try:
            call.makeCall(command["to"], pj.CallOpParam(True))
        except pj.Error:
            self.over.append(self.calls.pop(call.handle))
            raise

    def _dtmf(self, command: dict[str, Any]) -> None:
        parameters = pj.CallSendDtmfParam()
        parameters.method = pj.PJSUA_DTMF_METHOD_SIP_INFO if command["info"] else pj.PJSUA_DTMF_METHOD_RFC2833
        parameters.digits = command["digits"]
        self.calls[command["call"]].sendDtmf(parameters)

    def _unhold(self, command: dict[str, Any]) -> None:
        parameters = pj.CallOpParam(True)
        parameters.opt.flag = pj.PJSUA_CALL_UNHOLD
        self.calls[command["call"]].reinvite(parameters)

    def _rtp(self, command: dict[str, Any]) -> None:
        call = self.calls.get(command["call"])
        self.tell("rtp", call=command["call"], received=call.received() if call else -1)

    def _quit(self, _command: dict[str, Any]) -> None:
        self.running = False

    # --- events ---------------------------------------------------------------------------------------------------

    def incoming(self, line: Line, call_id: int, invite: str) -> None:
        self._incoming += 1
        call = LineCall(self, line, f"in{self._incoming}", call_id)
        self.calls[call.handle] = call
        info = call.getInfo()
        asked = [row for row in invite.splitlines() if row.lower().startswith(("call-info:", "alert-info:"))]
        self.tell("incoming", line=line.name, call=call.handle, remote=info.remoteUri, asked=asked)
        call.reply(180 if line.auto in (180, 200) else line.auto)
        if line.auto == 200 or (line.auto == 180 and any("answer-after=0" in row for row in asked)):  # as phones do
            call.reply(200)

    def tell(self, event: str, **fields: Any) -> None:
        os.write(self._out_fd, (json.dumps({"event": event, **fields}) + "\n").encode())

    def run(self) -> None:
        """Until told to quit, or until whoever started us is gone."""
        pending, polls = b"", 0
        while self.running:
            self.endpoint.libHandleEvents(POLL_MS)
            self.over.clear()
            polls += 1
            if polls % ORPHAN_CHECK_POLLS == 0 and os.getppid() != self._parent:
                return
            if select.select([0], [], [], 0)[0]:
                chunk = os.read(0, 65536)
                if not chunk:
                    return
                *lines, pending = (pending + chunk).split(b"\n")
                for line in lines:
                    self.obey(json.loads(line))


class Line(pj.Account):  # type: ignore[misc]
    """One account. `auto`: what to answer by itself; 180 rings on. `voice`: a file, said once; "" is our tone."""

    def __init__(self, phone: Phone, name: str) -> None:
        super().__init__()
        self.phone, self.name, self.auto, self.voice = phone, name, 180, ""

    def onRegState(self, prm: Any) -> None:
        self.phone.tell("registered" if prm.code == 200 and prm.expiration else "unregistered", line=self.name)

    def onIncomingCall(self, prm: Any) -> None:
        self.phone.incoming(self, prm.callId, prm.rdata.wholeMsg)


class LineCall(pj.Call):  # type: ignore[misc]
    """One call leg of a phone."""

    def __init__(self, phone: Phone, line: Line, handle: str, call_id: int = pj.PJSUA_INVALID_ID) -> None:
        super().__init__(line, call_id)
        self.phone, self.line, self.handle = phone, line, handle
        self.recorder: pj.AudioMediaRecorder | None = None
        self.player: pj.AudioMediaPlayer | None = None

    def reply(self, code: int) -> None:
        parameters = pj.CallOpParam(True)
        parameters.statusCode = code
        self.answer(parameters)

    def record(self, file: str) -> None:
        """Write what is heard, from now on, or from the moment that there is sound."""
        self.recorder = pj.AudioMediaRecorder()
        self.recorder.createRecorder(file)
        self._listen()

    def _listen(self) -> None:
        for sound in self._sounds():
            sound.startTransmit(self.recorder)

    def _sounds(self) -> list[pj.AudioMedia]:
        info = self.getInfo()  # held: what is in it lives no longer than itself
        return [
            self.getAudioMedia(index)
            for index, media in enumerate(info.media)
            if media.type == pj.PJMEDIA_TYPE_AUDIO and media.status == pj.PJSUA_CALL_MEDIA_ACTIVE
        ]

    def received(self) -> int:
        """RTP packets heard so far."""
        if not self.hasMedia():
            return -1
        return int(self.getStreamStat(0).rtcp.rxStat.pkt)

    def onCallState(self, prm: Any) -> None:
        info = self.getInfo()
        state = info.stateText.lower()
        self.phone.tell("state", call=self.handle, state=state, code=info.lastStatusCode)
        if info.state == pj.PJSIP_INV_STATE_DISCONNECTED:
            self.recorder = self.player = None  # the recording's end is written now
            self.phone.calls.pop(self.handle, None)
            self.phone.over.append(self)

    def onCallMediaState(self, prm: Any) -> None:
        for sound in self._sounds():
            self._voice().startTransmit(sound)
        if self.recorder is not None:
            self._listen()

    def _voice(self) -> pj.AudioMedia:
        if not self.line.voice:
            return self.phone.tone
        if self.player is None:
            self.player = pj.AudioMediaPlayer()
            self.player.createPlayer(self.line.voice, pj.PJMEDIA_FILE_NO_LOOP)
        return self.player

    def onDtmfEvent(self, prm: Any) -> None:
        if not prm.flags & DTMF_IS_UPDATE:
            self.phone.tell("dtmf", call=self.handle, digit=prm.digit)

    def onCallTransferStatus(self, prm: Any) -> None:
        self.phone.tell("transfer", call=self.handle, code=prm.statusCode, final=bool(prm.finalNotify))
        prm.cont = not prm.finalNotify
        if prm.finalNotify and prm.statusCode // 100 == 2:
            self.hangup(pj.CallOpParam(True))  # as phones do; Asterisk waits for it


def main() -> None:
    out_fd = os.dup(1)
    os.dup2(2, 1)  # what pjsip prints is no event
    settings = json.loads(os.fdopen(0, "rb", buffering=0, closefd=False).readline())
    Phone(out_fd, settings).run()
    os._exit(0)  # pjsua2 closes noisily


if __name__ == "__main__":
    main()
