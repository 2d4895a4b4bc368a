"""What does app_queue say for all queues at once? [general], unwritten defaults, and what follows a missed offer."""

from __future__ import annotations

from cti.importing.options import FALSE, GENERAL, LOG_RESTRICTED, TRUE, Options
from cti.importing.report import Kind, Report
from cti.importing.yaml_text import Said, Value

NO_EFFECT = {
    "monitor-type": "no effect without monitor-format",
    LOG_RESTRICTED: "no effect in [general]: app_queue reads it in a queue alone",
}
ALWAYS_ON = ("autofill", "shared_lastcall", "force_longest_waiting_caller", "negative_penalty_invalid")
GENERAL_ON = {
    "autofill": "every free agent gets a caller at once",
    "shared_lastcall": "wrap-up belongs to the agent: no queue rings him meanwhile",
    "force_longest_waiting_caller": "one order holds over all queues: tier, then urgency, then who came first",
    "negative_penalty_invalid": "no effect on members in this file: app_queue makes a negative penalty 0 there",
    "persistentmembers": "agents are in this file and stay; who is logged in outlives a restart of the engine",
    "log_membername_as_agent": "queue_log names the agent as this file does",
    "log_unpause_on_reason_change": "a change of the break's reason is one change of status",
    "log-caller-id-name": "the caller's name is not written to queue_log",
}
GENERAL_OFF = {
    "autofill": "nobody waits beside a free agent: all free agents get callers at once",
    "shared_lastcall": "wrap-up belongs to the agent and holds in all queues, as with shared_lastcall = yes",
    "force_longest_waiting_caller": "one order holds over all queues, as with yes: tier, then urgency, then who came",
}


def note_general(general: Options, queues: list[Options], report: Report) -> None:
    """Note what each option of [general] comes to, and the defaults on which the queues rely."""
    said = {name: setting for name in GENERAL if (setting := general.find(name)) is not None}
    for name, setting in sorted(said.items()):
        if name in NO_EFFECT:
            report.same(setting, NO_EFFECT[name])
            continue
        on = setting.value.lower() in TRUE or (
            name == "force_longest_waiting_caller" and setting.value.lower() == "prio"
        )
        if not on and setting.value.lower() not in FALSE:
            general.refuse(setting, "must be yes or no")
            continue
        text = GENERAL_ON[name] if on else GENERAL_OFF.get(name, "")
        if text:
            (report.same if name in ALWAYS_ON and on else report.lost)(setting, text)
        else:
            report.same(setting, "off")
    if "shared_lastcall" not in said and any(each.whole("wrapuptime", 0) > 0 for each in queues):
        report.note(Kind.DIFFERS, "no shared_lastcall", GENERAL_OFF["shared_lastcall"])
    silent = [each.section.place for each in queues if each.find("ringinuse") is None]
    if silent:
        text = "yes is app_queue's default; here an agent who has a call is never rung"
        report.note(Kind.DIFFERS, "no ringinuse", text, *silent)


def missed_offers(all_of: list[Options], report: Report) -> dict[str, Value]:
    """app_queue says it for each queue; here it is one rule, since it is about the agent."""
    pausing = [each for each in all_of if each.text("autopause").lower() in (*TRUE, "all")]
    for options in all_of:
        setting = options.find("autopause")
        if setting is None:
            continue
        if options in pausing and setting.value.lower() in TRUE:
            report.differs(setting, "a break holds in all queues, as with autopause = all")
        if pausing and options not in pausing:
            report.lost(setting, "one rule for all queues: others have autopause, so an agent is paused here as well")
    if pausing and len(pausing) < len(all_of) and any(each.find("autopause") is None for each in all_of):
        silent = [each.section.place for each in all_of if each.find("autopause") is None]
        text = "one rule for all queues: others have autopause, so an agent is paused for these as well"
        report.note(Kind.DIFFERS, "no autopause", text, *silent)
    for name in ("autopausebusy", "autopauseunavail"):
        for options in all_of:
            setting = options.find(name)
            if setting is not None and options.truth(name, default=False) and options not in pausing:
                report.same(setting, "no effect without autopause")
    retry_s = max((each.whole("retry", 5) for each in all_of), default=5)
    keys: dict[str, Value] = {
        "pause_after_missed": Said(1 if pausing else 0, "autopause; 0 = never"),
        "pause_after_rejected": Said(int(any(e.truth("autopausebusy", False) for e in pausing)), "autopausebusy"),
        "pause_after_unreachable": Said(
            int(any(e.truth("autopauseunavail", False) for e in pausing)), "autopauseunavail"
        ),
        "not_again_s": Said(
            retry_s if 0 < retry_s <= 86_400 else 5, "retry: after so long this caller may ring the same agent again"
        ),
    }
    retries = {each.whole("retry", 5) for each in all_of}
    for options in all_of:
        setting = options.find("retry")
        if setting is not None:
            text = "became not_again_s: the next agent is asked at once, only the same one not before so long"
            report.differs(setting, text if len(retries) == 1 else f"{text}; one time for all queues, the longest")
    return {"missed_offers": keys}
