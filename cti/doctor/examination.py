"""Is everything there that the engine relies on? Asks each Asterisk and this machine, and changes nothing in either.

The judging is doctor/rules.py's; this module asks. The one thing it does is a probe call between our own contexts.
"""

from __future__ import annotations

import asyncio
import ipaddress
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from pathlib import Path

import aiohttp

from cti.config.check import exits
from cti.config.settings import AsteriskNode, Settings
from cti.doctor import rules
from cti.doctor.joined import examine_joined, judge_engines
from cti.doctor.local import examine_beside, examine_machine
from cti.doctor.outbound import examine_outbound
from cti.doctor.probe import ProbeListener
from cti.doctor.rules import Finding
from cti.doctor.sounds import WantedSound, examine_sounds, of_queues
from cti.switch.ami import AmiDisconnected, AmiLink, AmiLoginRefused, AmiRefused, AmiTimeout

LOGIN_TIMEOUT_S = 8.0
PROBE_TIMEOUT_S = 4.0
EVENTS_S = 2.0  # how long events are watched
DEFAULT_ETC = Path("/etc/asterisk")
INCLUDE_REMEDY = 'extensions.conf: #include "extensions_cti.conf" (asterisk/etc), then: dialplan reload'

__all__ = ["Finding", "examine"]


async def examine(settings: Settings, etc: Path = DEFAULT_ETC, sounds: Iterable[WantedSound] = ()) -> list[Finding]:
    """Return every finding, this machine first, then node by node. `etc` is the folder of a local Asterisk.

    `sounds` are looked for on each node, besides those that the queues play.
    """
    wanted = [*of_queues(settings), *sounds]
    findings = [*await examine_machine(settings.state_dir), *await examine_joined(settings)]
    async with ProbeListener(settings.fastagi) as listener:
        if listener.taken:
            findings.append(await _engine_there(settings))
        elif listener.why_not:
            text = f"cannot listen on {settings.fastagi.listen}: {listener.why_not}"
            findings.append(Finding("fail", "here", "FastAGI", text, "correct fastagi.listen"))
        for name, node in settings.nodes.items():
            if _is_here(node.host):
                findings += await examine_beside(name, node.username, etc)
            else:
                findings += [rules.judge_writetimeout(name, None), rules.judge_forgery(name, None)]
            findings += await _Node(name, node, settings, listener, wanted).examine()
    return findings


class _Node:
    """One Asterisk under examination."""

    def __init__(
        self,
        name: str,
        node: AsteriskNode,
        settings: Settings,
        listener: ProbeListener,
        sounds: Sequence[WantedSound],
    ) -> None:
        self.name, self.node, self.settings, self.listener, self.sounds = name, node, settings, listener, sounds
        self.seen: set[str] = set()
        self.link = AmiLink(
            name,
            node.host,
            node.port,
            node.username,
            node.secret.get_secret_value(),
            on_event=self._event,
            connect_timeout_s=LOGIN_TIMEOUT_S / 2,
            boot_timeout_s=LOGIN_TIMEOUT_S / 2,
        )

    def _event(self, event: Mapping[str, str]) -> None:
        self.seen.add(str(event.get("Event", "")))

    async def examine(self) -> list[Finding]:
        await self.link.start()
        try:
            await self.link.wait_up(LOGIN_TIMEOUT_S)
        except AmiLoginRefused:
            text = f"{self.node.host}:{self.node.port} refuses the login of {self.node.username}"
            remedy = (
                "compare nodes.*.username and secret with manager.conf, and its permit= with this machine's address"
            )
            return [Finding("fail", self.name, "AMI", text, remedy)]
        except AmiTimeout:
            text = f"{self.node.host}:{self.node.port}: {self.link.reason}"
            remedy = (
                "does Asterisk run, is manager.conf enabled = yes, does bindaddr fit, does a firewall stand between?"
            )
            return [Finding("fail", self.name, "AMI", text, remedy)]
        else:
            text = f"{self.node.host}:{self.node.port}: logged in as {self.node.username}"
            return [Finding("ok", self.name, "AMI", text), *await self._logged_in()]
        finally:
            await self.link.close()

    async def _logged_in(self) -> list[Finding]:
        began = time.monotonic()
        findings: list[Finding] = []
        checks: tuple[tuple[str, Callable[[], Awaitable[list[Finding]]]], ...] = (
            ("version", self._settings),
            ("rights", self._rights),
            ("modules", self._modules),
            ("clock", self._clock),
            ("dialplan", self._dialplan),
            ("phones", self._phones),
            ("outbound", lambda: examine_outbound(self.name, self.settings, self._value, self._exists)),
        )
        for check, ask in checks:
            try:
                findings += await ask()
            except AmiRefused as refused:
                remedy = f"manager.conf: write = {','.join(rules.WRITE_CLASSES)}"
                findings.append(Finding("fail", self.name, check, f"Asterisk refuses to say: {refused}", remedy))
            except (AmiTimeout, AmiDisconnected):
                text = "Asterisk gave no answer in time"
                findings.append(Finding("fail", self.name, check, text, "look at its console and its load"))
        had_call, found = await self._probe()
        await asyncio.sleep(max(0.0, EVENTS_S - (time.monotonic() - began)))
        return [*findings, *found, *rules.judge_events(self.name, self.seen, had_call=had_call)]

    async def _settings(self) -> list[Finding]:
        answer = await self.link.action({"Action": "CoreSettings"})
        files = str(answer.get("CoreMaxFilehandles", ""))
        return [
            *rules.judge_version(self.name, str(answer.get("AsteriskVersion", ""))),
            rules.judge_asterisk_files(self.name, int(files) if files.isdecimal() else 0),
        ]

    async def _rights(self) -> list[Finding]:
        return rules.judge_rights(self.name, await self.link.action({"Action": "ListCommands"}))

    async def _modules(self) -> list[Finding]:
        words = {"1": True, "0": False}
        loaded = {name: words.get(await self._value(f"IFMODULE({name}.so)")) for name in rules.MODULES}
        return rules.judge_modules(self.name, loaded)

    async def _clock(self) -> list[Finding]:
        before = time.time()
        answer = await self.link.action({"Action": "Ping"})
        middle = (before + time.time()) / 2
        return [rules.judge_skew(self.name, float(answer.get("Timestamp", middle)) - middle)]

    async def _dialplan(self) -> list[Finding]:
        if not await self._exists("cti-settings,s,1"):
            return [Finding("fail", self.name, "dialplan", "our contexts are not there", INCLUDE_REMEDY)]
        findings = []
        for number in self.settings.entries:
            if not await self._exists(f"cti-inbound,{number},1"):
                text = f"entry {number} has no place in cti-inbound"
                findings.append(Finding("warn", self.name, "dialplan", text, INCLUDE_REMEDY))
        for path, goto in _gotos(self.settings):
            if not await self._exists(goto):
                text = f"{path} leads to {goto}, which does not exist"
                findings.append(Finding("fail", self.name, "dialplan", text, "correct it, or add it to the dialplan"))
        written = await self._written()
        node = written.get("CTI_NODE", self.name)
        if node != self.name:
            text = f"calls itself {node}, and the configuration calls it {self.name}: every caller would be refused"
            remedy = "the key under nodes and CTI_NODE in extensions_cti.conf must be the same name"
            findings.append(Finding("fail", self.name, "dialplan", text, remedy))
        engines = [engine for engine in written.get("CTI_ENGINES", "").split("&") if engine]
        advertised = str(self.settings.fastagi.advertise)
        if engines and advertised not in engines:
            text = f"sends callers to {', '.join(engines)}, and the engine says it is reached at {advertised}"
            remedy = "correct CTI_ENGINES in extensions_cti.conf, or fastagi.advertise"
            findings.append(Finding("fail", self.name, "dialplan", text, remedy))
        findings += judge_engines(self.name, self.settings, engines)
        return findings or [Finding("ok", self.name, "dialplan", "our contexts are there and lead to this engine")]

    async def _written(self) -> dict[str, str]:
        """What cti-settings sets."""
        lines = await self.link.list_action(
            {"Action": "ShowDialPlan", "Context": "cti-settings"}, until_event="ShowDialPlanComplete"
        )
        data = (str(line.get("AppData", "")).partition("=") for line in lines)
        return {name: value for name, _, value in data if name.startswith("CTI_")}

    async def _phones(self) -> list[Finding]:
        states = {}
        for agent, policy in self.settings.agents.items():
            phone = policy.phones.get(self.name, policy.phone)
            states[agent] = await self._value(f"DEVICE_STATE({phone})")
        return rules.judge_phones(self.name, states) if states else []

    async def _probe(self) -> tuple[bool, list[Finding]]:
        """Make a Local call that enters our AGI: Asterisk must come back to us. It rings nobody."""
        if self.listener.why_not:
            return False, []
        exten = self.listener.expect()
        refused_before = self.listener.refused_peers
        try:
            await self.link.action(
                {
                    "Action": "Originate",
                    "Channel": f"Local/{exten}@cti-outbound",
                    "Context": "cti-outbound",
                    "Exten": "cti-doctor",
                    "Priority": "1",
                    "Timeout": "5000",
                    "Async": "true",
                }
            )
        except (AmiRefused, AmiTimeout, AmiDisconnected):
            remedy = "manager.conf: write = call,agent,originate,reporting"
            return False, [Finding("fail", self.name, "FastAGI", "the probe call could not be made", remedy)]
        came = await self.listener.arrived(exten, PROBE_TIMEOUT_S)
        if came is None:
            return True, [self._nobody_came(refused_before)]
        path, channel = came
        findings = [self._judge_path(path), *await self._digit(channel)]
        findings += await examine_sounds(self.name, self.listener.session(exten), self.sounds)
        self.listener.let_go(exten)
        await asyncio.sleep(0.3)  # its Hangup is on the way
        return True, findings

    async def _digit(self, channel: str) -> list[Finding]:
        """Let the probe call press a digit, as a caller who leaves the line does."""
        try:
            await self.link.action({"Action": "PlayDTMF", "Channel": channel, "Digit": "1", "Receive": "true"})
        except (AmiRefused, AmiTimeout, AmiDisconnected):
            return []
        for _ in range(10):
            if "DTMFEnd" in self.seen:
                return [Finding("ok", self.name, "digits", "callers' digits arrive")]
            await asyncio.sleep(0.1)
        remedy = "manager.conf: read = call,agent,user,dtmf,system, and eventfilter(name(DTMFEnd)) ="
        return [Finding("fail", self.name, "digits", "a caller's digit did not arrive", remedy)]

    def _judge_path(self, path: str) -> Finding:
        token = self.settings.fastagi.token
        given = path.strip("/").split("/")
        if token is not None and given[1:2] != [token.get_secret_value()]:
            remedy = "CTI_TOKEN in extensions_cti.conf and fastagi.token must be the same"
            return Finding("fail", self.name, "FastAGI", "Asterisk reaches us, with another token than ours", remedy)
        return Finding("ok", self.name, "FastAGI", f"Asterisk reaches us at {self.settings.fastagi.advertise}")

    def _nobody_came(self, refused_before: int) -> Finding:
        if self.listener.refused_peers > refused_before:
            text = "Asterisk came from an address outside fastagi.allow"
            return Finding("fail", self.name, "FastAGI", text, "add its network to fastagi.allow")
        text = f"Asterisk did not come to {self.settings.fastagi.advertise} within {PROBE_TIMEOUT_S:g} s"
        remedy = "CTI_ENGINES in extensions_cti.conf must name that address; no firewall may stand between"
        return Finding("fail", self.name, "FastAGI", text, remedy)

    async def _value(self, variable: str) -> str:
        try:
            return str((await self.link.action({"Action": "Getvar", "Variable": variable})).get("Value", ""))
        except AmiRefused:
            return ""

    async def _exists(self, place: str) -> bool:
        return await self._value(f"DIALPLAN_EXISTS({place})") != "0"


def _gotos(settings: Settings) -> list[tuple[str, str]]:
    found = []
    for name, queue in settings.queues.items():
        found += [(f"queues.{name}.{'.'.join(key)}", leave.goto) for key, leave in exits(queue) if leave.goto]
    return found


async def _engine_there(settings: Settings) -> Finding:
    """Something listens where FastAGI should: our engine, as its readiness page tells, or a stranger."""
    address = settings.http.listen
    host = "127.0.0.1" if address.host in ("0.0.0.0", "::") else address.host
    url = f"http://{address._replace(host=host)}/readyz"
    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=2.0)) as session,
            session.get(url) as response,
        ):
            status = response.status
    except (OSError, aiohttp.ClientError, TimeoutError):
        remedy = f"see who it is: ss -ltnp 'sport = :{settings.fastagi.listen.port}'"
        text = f"{settings.fastagi.listen} is taken, and no engine answers at {url}"
        return Finding("warn", "here", "FastAGI", text, remedy)
    if status == 200:
        text = (
            "the engine is running and ready; the probe call from Asterisk was left out, as it needs the engine's port"
        )
        return Finding("ok", "here", "FastAGI", text)
    return Finding("warn", "here", "FastAGI", "an engine is running and not ready", f"its reasons: curl {url}")


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
