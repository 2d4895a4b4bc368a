"""What does an answer of Asterisk or of this machine mean for us, and what is to be done? PURE."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Literal, NamedTuple

Level = Literal["ok", "warn", "fail"]
Version = tuple[int, int, int]

WRITE_CLASSES = ("call", "agent", "originate", "reporting")  # asterisk/etc/manager.d/cti.conf
NEEDED_ACTIONS = {
    "Status": "call or reporting",
    "CoreShowChannels": "reporting",
    "CoreStatus": "reporting",
    "CoreSettings": "reporting",
    "Hangup": "call",
    "ControlPlayback": "call",
    "Originate": "originate",
}
EVENTS = frozenset({  # what the engine knows; asterisk/etc/manager.d/cti.conf lets through the same
    "FullyBooted", "Shutdown", "Newchannel", "Rename", "Hangup", "DialBegin", "DialEnd", "DTMFEnd", "BridgeEnter",
    "BridgeLeave", "BlindTransfer", "AttendedTransfer", "Hold", "Unhold", "OriginateResponse", "ContactStatus",
})  # fmt: skip
MODULES = {
    "app_dial": "rings the agents",
    "res_agi": "lets callers wait in the engine",
    "chan_pjsip": "phones and trunks",
    "res_musiconhold": "what callers hear",
    "app_stack": "Gosub of our dialplan",
    "app_exec": "ExecIf of our dialplan",
    "app_playback": "prompts",
    "func_uri": "escapes what our dialplan sends",
    "func_cut": "lists in our dialplan",
    "func_channel": "facts about the call",
    "func_rand": "spreads callers who come back",
    "app_read": "asks for a number to call back when no engine answers",
    "func_env": "keeps that number for the engine",
}
# Each: the first version of each branch that has the fix; a later branch has it from its first release. Read in
# release texts: GHSA-3rhj and GHSA-589g (22.10.1, 23.4.1), GHSA-33x6 for 20 and 21, CVE-2024-42365. The branches of
# GHSA-c7p6 and the other entries of GHSA-33x6 are inferred from sibling advisories of the same releases.
ADVISORIES: dict[str, tuple[str, tuple[Version, ...]]] = {
    "CVE-2024-42365": (
        "an AMI user with write=originate can write files",
        ((18, 24, 2), (20, 9, 2), (21, 4, 2), (22, 0, 0)),
    ),
    "GHSA-33x6-fj46-6rfh": (
        "AMI ListCategories reads outside the configuration",
        ((18, 26, 1), (20, 11, 1), (21, 6, 1), (22, 1, 1), (23, 0, 0)),
    ),
    "GHSA-c7p6-7mvq-8jq2": (
        "cli_permissions.conf does not keep shell commands out",
        ((18, 26, 2), (20, 14, 1), (21, 9, 1), (22, 4, 1), (23, 0, 0)),
    ),
    "GHSA-3rhj-hhw7-m6fw": ("AMI over HTTP can be crashed without a login", ((22, 10, 1), (23, 4, 1))),
    "GHSA-589g-qgf8-m6mx": ("one SIP NOTIFY without a login corrupts memory", ((22, 10, 1), (23, 4, 1))),
}
FORGERY_FILTER = "eventfilter(action(exclude),method(regex)) = [[:cntrl:]]{4}[^[:cntrl:]]"
FILES_PER_WAITING_CALL = 5  # in Asterisk, measured on 22.10.1 with music and an AGI session
ENOUGH_WAITING_CALLS = 1000


class Finding(NamedTuple):
    """One line of the doctor: `subject` is a node's name, or `here` for this machine."""

    level: Level
    subject: str
    check: str
    text: str
    remedy: str = ""


def parse_version(text: str) -> Version | None:
    """Return the version in `text` such as 22.10.1~dfsg; None for a build from git or a certified one."""
    found = re.match(r"^(?:Asterisk )?(\d+)\.(\d+)\.(\d+)", text)
    return (int(found[1]), int(found[2]), int(found[3])) if found else None


def judge_version(node: str, text: str) -> list[Finding]:
    """Say whether we know this Asterisk, and which known holes it has."""
    shown = re.sub(r"[^\w.+~ -]", "?", text)[:60] or "no version"
    version = parse_version(text)
    if version is None:
        remedy = "compare it with the advisories by hand; the engine is tested with 22.x releases"
        return [Finding("warn", node, "version", f"Asterisk {shown} is not a plain release", remedy)]
    if version[0] < 20:
        return [Finding("fail", node, "version", f"Asterisk {shown} is too old", "install Asterisk 22 LTS")]
    findings = [
        Finding("ok", node, "version", f"Asterisk {shown}")
        if version[0] >= 22
        else Finding("warn", node, "version", f"Asterisk {shown}: the engine is tested with 22", "plan for 22 LTS")
    ]
    open_holes = [name for name, (_, fixed) in ADVISORIES.items() if is_fixed(version, fixed) is False]
    unknown = [name for name, (_, fixed) in ADVISORIES.items() if is_fixed(version, fixed) is None]
    for name in open_holes:
        what, fixed = ADVISORIES[name]
        first = [".".join(map(str, v)) for v in fixed if v[0] == version[0]]
        remedy = f"upgrade to {first[0]} or later (a distribution may have patched its older version)"
        findings.append(Finding("warn", node, "advisory", f"{name}: {what}", remedy))
    if unknown:
        remedy = "read these advisories, or use 22 LTS"
        text = f"not known for this branch: {', '.join(unknown)}"
        findings.append(Finding("warn", node, "advisory", text, remedy))
    if not open_holes and not unknown:
        findings.append(
            Finding("ok", node, "advisory", f"has the fixes of all {len(ADVISORIES)} advisories known to us")
        )
    return findings


def is_fixed(version: Version, fixed: Iterable[Version]) -> bool | None:
    """Say whether `version` has a fix; None where nothing is known of its branch."""
    by_branch = {first[0]: first for first in fixed}
    if version[0] in by_branch:
        return version >= by_branch[version[0]]
    return True if version[0] > max(by_branch) else None


def judge_rights(node: str, allowed: Mapping[str, str]) -> list[Finding]:
    """Judge the answer of ListCommands: what it lists is exactly what this login may do (manager.c, 22)."""
    classes = {
        name: found[1].split(",") for name, text in allowed.items() if (found := re.search(r"Priv: ([\w,]+)", text))
    }
    findings = []
    lacking = {action: right for action, right in NEEDED_ACTIONS.items() if action not in allowed}
    if lacking:
        remedy = f"manager.conf: write = {','.join(WRITE_CLASSES)}"
        text = "not allowed: " + ", ".join(f"{action} ({right})" for action, right in lacking.items())
        findings.append(Finding("fail", node, "rights", text, remedy))
    excess: dict[str, str] = {}
    for action, needs in classes.items():
        if not set(needs) & set(WRITE_CLASSES):
            excess.setdefault(needs[0], action)
    if excess:
        text = "more than needed: " + ", ".join(
            f"{right} (allows {action})" for right, action in sorted(excess.items())
        )
        remedy = f"manager.conf: write = {','.join(WRITE_CLASSES)} and nothing else"
        findings.append(Finding("warn", node, "rights", text, remedy))
    return findings or [Finding("ok", node, "rights", "exactly what is needed")]


def judge_events(node: str, seen: Iterable[str], *, had_call: bool) -> list[Finding]:
    """Judge which events came while a probe call was made (`had_call`): some must, most must not."""
    names = set(seen)
    surplus = sorted(names - EVENTS)
    findings = []
    if surplus:
        text = f"events nobody needs arrive: {', '.join(surplus[:6])}{' ...' if len(surplus) > 6 else ''}"
        remedy = "manager.conf: one line eventfilter(name(Hangup)) = for each event in asterisk/etc/manager.d/cti.conf"
        findings.append(Finding("warn", node, "event filter", text, remedy))
    elif had_call:
        findings.append(Finding("ok", node, "event filter", "only events the engine knows arrived"))
    if had_call and not {"Newchannel", "Hangup"} <= names:
        remedy = "manager.conf: read = call,agent,user,dtmf,system, and eventfilter lines for Newchannel and Hangup"
        findings.append(Finding("fail", node, "events", "a call was made and its events did not arrive", remedy))
    return findings


def judge_modules(node: str, loaded: Mapping[str, bool | None]) -> list[Finding]:
    """Judge what IFMODULE said of each module; None where it said nothing."""
    missing = [name for name, there in loaded.items() if there is False]
    if missing:
        text = "not loaded: " + ", ".join(f"{name} ({MODULES[name]})" for name in missing)
        return [Finding("fail", node, "modules", text, "modules.conf: autoload = yes, or load = each of them")]
    if any(there is None for there in loaded.values()):
        remedy = "load func_module, or look yourself: module show like app_dial"
        return [Finding("warn", node, "modules", "Asterisk does not say which modules are loaded", remedy)]
    return [Finding("ok", node, "modules", f"all {len(loaded)} needed modules are loaded")]


def judge_skew(node: str, skew_s: float) -> Finding:
    """Judge the difference between the node's clock and ours."""
    if abs(skew_s) > 1.0:
        remedy = "run chrony or systemd-timesyncd on both machines; until then the measured event lag is wrong"
        return Finding("warn", node, "clock", f"differs by {skew_s:+.1f} s from this machine's", remedy)
    return Finding("ok", node, "clock", f"within {max(abs(skew_s), 0.01):.2f} s of this machine's")


def judge_asterisk_files(node: str, max_files: int) -> Finding:
    """Judge the limit of open files of the Asterisk process (CoreMaxFilehandles; 0 where it was never set)."""
    if max_files <= 0:
        remedy = "asterisk.conf: maxfiles = 65536, or LimitNOFILE of its unit"
        return Finding("warn", node, "open files", "Asterisk does not say its limit", remedy)
    calls = max_files // FILES_PER_WAITING_CALL
    if calls < ENOUGH_WAITING_CALLS:
        remedy = "asterisk.conf: maxfiles = 65536, or LimitNOFILE of its unit"
        return Finding("warn", node, "open files", f"{max_files}: enough for about {calls} waiting callers", remedy)
    return Finding("ok", node, "open files", f"{max_files}: enough for about {calls} waiting callers")


def judge_writetimeout(node: str, value_ms: int | None) -> Finding:
    """Judge `writetimeout` of our user; None where manager.conf could not be read."""
    remedy = "manager.conf, in the engine's user: writetimeout = 5000"
    if value_ms is None:
        text = "cannot be seen from here; with its default of 100 ms Asterisk cuts off a reader who pauses"
        return Finding("warn", node, "writetimeout", text, f"make sure of it: {remedy}")
    if value_ms < 1000:
        text = f"{value_ms} ms: Asterisk cuts off a reader who pauses that long"
        return Finding("warn", node, "writetimeout", text, remedy)
    return Finding("ok", node, "writetimeout", f"{value_ms} ms")


def judge_forgery(node: str, refused: bool | None) -> Finding:
    """Judge the filter against forged events: PJSIP lets line ends into a caller's number [measured, 22.10.1]."""
    remedy = "manager.conf, in the engine's user: " + FORGERY_FILTER
    if refused is None:
        text = "cannot be seen from here; without a filter a caller's number can forge AMI events"
        return Finding("warn", node, "forged events", text, f"make sure of it: {remedy}")
    if not refused:
        return Finding("fail", node, "forged events", "a caller's number can forge AMI events", remedy)
    return Finding("ok", node, "forged events", "filtered out")


def judge_rtp(node: str, start: int, end: int) -> Finding:
    """Judge the port range of rtp.conf: two ports a channel (RTP and RTCP)."""
    channels = max(0, end - start + 1) // 2
    text = f"ports {start} to {end}: {channels} channels with sound at a time"
    if channels < ENOUGH_WAITING_CALLS:
        return Finding("warn", node, "RTP ports", text, "rtp.conf: rtpstart, rtpend")
    return Finding("ok", node, "RTP ports", text)


def judge_phones(node: str, states: Mapping[str, str]) -> list[Finding]:
    """Judge the device states of the agents' phones: INVALID is unknown to Asterisk, UNAVAILABLE not registered."""
    unknown = sorted(agent for agent, state in states.items() if state == "INVALID")
    away = sorted(agent for agent, state in states.items() if state == "UNAVAILABLE")
    findings = []
    if unknown:
        text = f"no such phone in Asterisk: that of {_some(unknown)}"
        findings.append(
            Finding("fail", node, "phones", text, "correct agents.*.phone, or add the endpoints to pjsip.conf")
        )
    if away:
        text = f"not registered: the phone of {_some(away)}"
        findings.append(Finding("warn", node, "phones", text, "switch them on, or look at: pjsip show contacts"))
    return findings or [Finding("ok", node, "phones", f"{len(states)} phones are known and registered")]


def _some(names: list[str]) -> str:
    return ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")


def parse_asterisk_conf(text: str, section: str) -> dict[str, str]:
    """Return the keys of `[section]` in a file of Asterisk's format (comments begin with `;`; the last one wins)."""
    found: dict[str, str] = {}
    inside = False
    for raw in text.splitlines():
        line = raw.split(";", 1)[0].strip()
        if line.startswith("["):
            inside = line[1:].split("]")[0] == section
        elif inside and "=" in line:
            key, _, value = line.partition("=")
            found[key.strip()] = value.lstrip(">").strip()
    return found
