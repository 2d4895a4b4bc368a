"""Can this Asterisk place our calls: are the dialplan's new contexts there, the modules, the trunks? Asked of one node.

Where the configuration names no trunk, only whether phones can be asked to answer by themselves. Nobody is called.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from cti.config.settings import Settings
from cti.doctor.rules import Finding
from cti.outbound.ways import endpoint_of as endpoint_of
from cti.switch.originate import AGENT_CONTEXT, AGENT_MARK, AUTO_ANSWER, CALL_CONTEXT, CALL_MARK

CONTEXTS = {
    f"{CALL_CONTEXT},{CALL_MARK}x,1": "customers whom we call",
    f"{AGENT_CONTEXT},{AGENT_MARK}x,1": "agents who are rung before their customer",
}
LISTENING = ("app_amd", "app_waitforsilence")
REMEDY = "install the extensions_cti.conf of this version, then: dialplan reload"


async def examine_outbound(
    node: str,
    settings: Settings,
    value: Callable[[str], Awaitable[str]],
    exists: Callable[[str], Awaitable[bool]],
) -> list[Finding]:
    """`value` asks for a dialplan function's, `exists` for a place of the dialplan. Raises what they raise."""
    findings = []
    asked = [each.auto_answer for each in settings.agents.values()]
    asked += [each.auto_answer for each in settings.campaigns.values()]
    if any(asked) and not await exists(",".join(AUTO_ANSWER)):
        text = "phones shall answer by themselves (auto_answer), and the dialplan has nothing that asks them to"
        findings.append(Finding("fail", node, "outbound", text, REMEDY))
    if not settings.outbound.trunks:
        return findings
    findings += [
        Finding("fail", node, "outbound", f"the dialplan has no place for {whom}", REMEDY)
        for place, whom in CONTEXTS.items()
        if not await exists(place)
    ]
    if any(campaign.machines.detect for campaign in settings.campaigns.values()):
        loaded = {name: await value(f"IFMODULE({name}.so)") for name in LISTENING}
        findings += judge_listening(node, loaded)
    states = {name: await value(f"DEVICE_STATE({endpoint_of(t.dial)})") for name, t in settings.outbound.trunks.items()}
    return findings + judge_trunks(node, states)


def judge_listening(node: str, loaded: Mapping[str, str]) -> list[Finding]:
    """Judge what IFMODULE said of the modules that listen for machines."""
    missing = [name for name, there in loaded.items() if there == "0"]
    if not missing:
        return []
    remedy = "modules.conf: load = each of them; app_amd needs an amd.conf, an empty one will do"
    text = f"a campaign detects answering machines, and not loaded: {', '.join(missing)}"
    return [Finding("fail", node, "outbound", text, remedy)]


def judge_trunks(node: str, states: Mapping[str, str]) -> list[Finding]:
    """Judge the device states of the trunks' endpoints: INVALID is unknown to Asterisk, UNAVAILABLE not reached."""
    unknown = [name for name, state in states.items() if state == "INVALID"]
    away = [name for name, state in states.items() if state == "UNAVAILABLE"]
    findings = []
    if unknown:
        text = f"no such endpoint in Asterisk: that of outbound.trunks {', '.join(unknown)}"
        findings.append(Finding("fail", node, "outbound", text, "correct its dial, or add the endpoint to pjsip.conf"))
    if away:
        text = f"not reachable: outbound.trunks {', '.join(away)}"
        findings.append(Finding("warn", node, "outbound", text, "look at: pjsip show contacts, pjsip show endpoints"))
    return findings or [Finding("ok", node, "outbound", f"{len(states)} trunks are known")]
