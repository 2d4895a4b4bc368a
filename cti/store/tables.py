"""Which tables are there? The newest shape; how older ones get there is told by migrations/."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Float,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

metadata = MetaData()

Fact = BigInteger().with_variant(Integer, "sqlite")  # number of a fact: one count over both tables of facts

agent_status = Table(
    "agent_status",
    metadata,
    Column("agent", String(40), primary_key=True),
    Column("status", String(16), nullable=False),
    Column("reason", String(40), nullable=False),
    Column("since", Float, nullable=False),  # epoch seconds
)

routing_owner = Table(
    "routing_owner",
    metadata,
    Column("domain", String(40), primary_key=True),
    Column("token", BigInteger, nullable=False),  # of its newest owner: the greatest there ever was
    Column("engine", String(80), nullable=False),
    Column("since", Float, nullable=False),  # epoch seconds
)

callback_request = Table(
    "callback_request",
    metadata,
    Column("id", String(128), primary_key=True),  # the spool's id: the same request is never taken over twice
    Column("at", Float, nullable=False),  # epoch seconds: when the caller asked for it
    Column("caller", String(80), nullable=False),  # personal data
    Column("number", String(20), nullable=False),  # personal data
    Column("queue", String(40), nullable=False),
    Column("linkedid", String(150), nullable=False),
    Column("uniqueid", String(150), nullable=False),
    Column("state", String(16), nullable=False),  # "new"
    Column("taken_at", Float, nullable=False),  # epoch seconds: when we took it over
    Column("kind", String(16), nullable=False, server_default="callback"),  # or a CallbackKind
    Column("recording", String(300), nullable=False, server_default=""),  # of a voicemail: its path there, no ending
    Column("message_s", Float, nullable=False, server_default="0"),  # how long that is
    Column("connect", Integer, nullable=False, server_default="1"),  # 0: it is listened to, and nobody is called
    Column("since", Float),  # epoch seconds: when he began to wait, where that was before `at`
    Column("due_at", Float),  # epoch seconds: not to be called before; without it: at once
    Column("agent", String(40), nullable=False, server_default=""),  # who is to call; "": whoever is free
    Column("topic", String(80), nullable=False, server_default=""),
    Column("requires", Text, nullable=False, server_default="{}"),  # JSON: skills and their least levels
    Column("head_start_s", Float, nullable=False, server_default="0"),
    Column("customer", Text, nullable=False, server_default="{}"),  # JSON: what his flow knew; personal data
    Column("expires_at", Float),  # epoch seconds; without it: by the rules of callbacks
    Column("follow_up", Integer),  # id of the follow_up that wants this call
    Index("callback_request_state", "state", "at"),
)

callback = Table(
    "callback",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("request", String(128), nullable=False, unique=True),  # id of the callback_request
    Column("kind", String(16), nullable=False),  # model/dialling.CallbackKind
    Column("queue", String(40), nullable=False),
    Column("number", String(20), nullable=False),  # E.164; personal data
    Column("state", String(16), nullable=False),  # model/dialling.CallbackState
    Column("promised_at", Float, nullable=False),  # epoch seconds, as the next one
    Column("due_at", Float, nullable=False),
    Column("body", Text, nullable=False),  # model/promise.Promise as JSON; personal data
    Index("callback_state", "state", "due_at"),
    Index("callback_number", "number"),
    Index("callback_promised", "promised_at"),
    sqlite_autoincrement=True,  # an id names its attempts: never given twice
)

IS_OPEN = text("ended_at IS NULL")

contact_history = Table(
    "contact_history",
    metadata,
    Column("contact", String(200), primary_key=True),
    Column("call", String(200), nullable=False),  # the newest of the contact
    Column("caller", String(80), nullable=False),  # personal data; the only place of it in the history
    Column("queue", String(40), nullable=False),
    Column("since", Float, nullable=False),  # epoch seconds, as the next two
    Column("seen_at", Float, nullable=False),
    Column("ended_at", Float),
    Column("state", String(16), nullable=False),
    Column("outcome", String(16), nullable=False),  # of the newest visit
    Column("agent", String(40), nullable=False),
    Column("disposition", String(40), nullable=False, server_default=""),  # of the newest talk
    Index("contact_history_seen_at", "seen_at"),
    Index("contact_history_open", "seen_at", sqlite_where=IS_OPEN, postgresql_where=IS_OPEN),
    Index("contact_history_caller", "caller", "since"),
)

DECISION = "decision"
IS_DECISION = text(f"kind = '{DECISION}'")  # not a value that is handed over: SQLite would not see that its index fits

contact_fact = Table(
    "contact_fact",
    metadata,
    Column("id", Fact, primary_key=True, autoincrement=False),
    Column("contact", String(200), nullable=False),
    Column("at", Float, nullable=False),  # epoch seconds
    Column("kind", String(16), nullable=False),  # model/changes.Kind, or "decision": the first offer of one
    Column("version", String(16), nullable=False),  # of the policy that held
    Column("body", Text, nullable=False),  # model/changes.Changed as JSON, without personal data
    Index("contact_fact_contact", "contact", "id"),
    Index("contact_fact_at", "at"),
    Index("contact_fact_decision", "id", sqlite_where=IS_DECISION, postgresql_where=IS_DECISION),
)

agent_fact = Table(
    "agent_fact",
    metadata,
    Column("id", Fact, primary_key=True, autoincrement=False),
    Column("agent", String(40), nullable=False),
    Column("at", Float, nullable=False),  # epoch seconds
    Column("body", Text, nullable=False),  # history_facts.AgentState as JSON: how he stood from then on
    Index("agent_fact_agent", "agent", "id"),
    Index("agent_fact_at", "at"),
)

history_engine = Table(  # a row for each start of an engine: its facts' numbers end in it (store/fact_numbers.py)
    "history_engine",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("at", Float, nullable=False),  # epoch seconds
    Column("batch", Integer, nullable=False, server_default="0"),  # its newest one that is stored: history_batch.py
)

config_version = Table(
    "config_version",
    metadata,
    Column("version", String(16), primary_key=True),  # model/policy_version.py
    Column("at", Float, nullable=False),  # epoch seconds: when it first came into use
    Column("body", Text, nullable=False),  # model/policy.Center as JSON
)

live_change = Table(
    "live_change",
    metadata,
    Column("path", String(200), primary_key=True),  # queues.sales.target_s, agents.anna.queues.support
    Column("value", Text, nullable=False),  # JSON
    Column("by", String(64), nullable=False),
    Column("at", Float, nullable=False),  # epoch seconds
)

flow_version = Table(
    "flow_version",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", Float, nullable=False),  # epoch seconds: when it first came into force
    Column("by", String(64), nullable=False),
    Column("hash", String(64), nullable=False),  # of what the flows say: comments and file names are no part of it
    Column("body", Text, nullable=False),  # JSON: the text of each file by its name
)

flow_in_force = Table(
    "flow_in_force",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),  # the newest row is what holds
    Column("at", Float, nullable=False),  # epoch seconds
    Column("by", String(64), nullable=False),
    Column("number", Integer, nullable=False),  # of the flow_version
    Column("instead_of", String(64), nullable=False),  # after a roll back: the hash of the folder that does not hold
)

follow_up = Table(
    "follow_up",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("contact", String(200), nullable=False),
    Column("survey", String(40), nullable=False),
    Column("queue", String(40), nullable=False),  # in which he talked, and with whom
    Column("agent", String(40), nullable=False),
    Column("flow_version", Integer, nullable=False),
    Column("answer", String(60), nullable=False),  # QUESTION=SCORE
    Column("number", String(80), nullable=False),  # personal data
    Column("owner", String(40), nullable=False),  # an agent, a queue, or a name of the centre's own
    Column("opened_at", Float, nullable=False),  # epoch seconds, as the next two
    Column("due_at", Float, nullable=False),
    Column("done_at", Float),  # null: open
    Column("done_by", String(64), nullable=False),
    Column("outcome", String(200), nullable=False),
    Column("recording", String(300), nullable=False, server_default=""),  # of a message: its path there, no ending
    Column("callback", Integer),  # id of the callback that is promised for it
    UniqueConstraint("contact", "survey"),
    Index("follow_up_due", "done_at", "due_at"),
    sqlite_autoincrement=True,  # an id names the request for its call: never given twice
)

survey_asked = Table(
    "survey_asked",
    metadata,
    Column("customer", String(32), primary_key=True),  # a hash of who he is: personal data all the same
    Column("at", Float, nullable=False),  # epoch seconds: the newest time
    Column("call", String(200), nullable=False),
    Index("survey_asked_at", "at"),
)

lead_list = Table(
    "lead_list",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("campaign", String(40), nullable=False),
    Column("name", String(120), nullable=False),  # of the file
    Column("at", Float, nullable=False),  # epoch seconds: when its import began
    Column("by", String(64), nullable=False),
    Column("state", String(16), nullable=False),  # loading, ready; only of a ready one is anybody dialled
    Column("rows", Integer, nullable=False),  # in the file
    Column("leads", Integer, nullable=False),  # of these taken
    Column("loader", String(8), unique=True),  # "one" while it is being loaded: there is one import at a time
    Column("owner", String(80), nullable=False),  # host and process that load it
    Column("seen_at", Float, nullable=False),  # epoch seconds: when its import was last heard of
    Index("lead_list_campaign", "campaign", "state"),
    sqlite_autoincrement=True,  # an id names leads and their attempts: never given twice
)

lead_group = Table(  # which pairs of zones and priority the leads of a list have: what is due is found pair by pair
    "lead_group",
    metadata,
    Column("list", Integer, primary_key=True, autoincrement=False),
    Column("zones", String(160), primary_key=True),
    Column("priority", Integer, primary_key=True, autoincrement=False),
)

lead = Table(
    "lead",
    metadata,
    Column("id", Fact, primary_key=True, autoincrement=False),  # store/lead_loading.lead_id: list and row of the file
    Column("list", Integer, nullable=False),
    Column("state", String(16), nullable=False),  # store/leads.DUE, HELD, or what the campaign's rules say
    Column("zones", String(160), nullable=False),  # of the number that is next: names, blanks between
    Column("priority", Integer, nullable=False),  # 0 goes first, 9 last
    Column("next_at", Float, nullable=False),  # epoch seconds; 0: at once
    Column("number_index", Integer, nullable=False),  # which of its numbers is next, from 0
    Column("attempts", Integer, nullable=False),
    Column("result", String(40), nullable=False),  # of the newest attempt, or the final one
    Column("changed_at", Float, nullable=False),  # epoch seconds
    Column("name", String(200), nullable=False),  # personal data
    Column("consent", String(200), nullable=False),  # where the proof of the consent is
    Column("data", Text, nullable=False),  # JSON: the further columns of the file; personal data
    Index("lead_due", "list", "state", "zones", "priority", "next_at", "id"),
)

lead_number = Table(
    "lead_number",
    metadata,
    Column("lead", Fact, primary_key=True, autoincrement=False),
    Column("number_index", Integer, primary_key=True, autoincrement=False),  # 0 is dialled first
    Column("number", String(20), nullable=False),  # E.164; personal data
    Column("zones", String(160), nullable=False),
    Index("lead_number_number", "number"),
    sqlite_with_rowid=False,
)

do_not_call = Table(  # nothing is deleted: who asked when stays to be seen after the entry has ended
    "do_not_call",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("pattern", String(21), nullable=False),  # E.164, or its beginning and a *; personal data
    Column("campaign", String(40), nullable=False),  # "": of all campaigns
    Column("reason", String(80), nullable=False),
    Column("by", String(64), nullable=False),
    Column("at", Float, nullable=False),  # epoch seconds, as the next one
    Column("until", Float),  # null: for ever
    Column("ended_by", String(64), nullable=False),  # "": nobody did
    Index("do_not_call_pattern", "pattern"),
)

attempt = Table(
    "attempt",
    metadata,
    Column("id", String(120), primary_key=True),  # <campaign>-<lead>-<attempt_no>: it names the channel too
    Column("campaign", String(40), nullable=False),
    Column("lead", Fact, nullable=False),
    Column("attempt_no", Integer, nullable=False),  # from 1
    Column("number_index", Integer, nullable=False),
    Column("number", String(20), nullable=False),  # E.164; personal data
    Column("contact", String(200), nullable=False),
    Column("state", String(16), nullable=False),  # store/attempts.AttemptState
    Column("result", String(40), nullable=False),
    Column("rule", String(200), nullable=False),  # why it was made, and then: why it ended so
    Column("by", String(64), nullable=False),  # who decided: the engine, an agent, a supervisor
    Column("intended_at", Float),  # epoch seconds, as the next two
    Column("sent_at", Float),
    Column("ended_at", Float),
    Index("attempt_of_lead", "lead", "campaign", "attempt_no", unique=True),
    Index("attempt_number", "number", "intended_at"),
    Index("attempt_campaign", "campaign", "intended_at"),
    Index("attempt_open", "state", "intended_at"),
)

campaign = Table(
    "campaign",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("state", String(16), nullable=False),  # model/dialling.CampaignState
    Column("at", Float, nullable=False),  # epoch seconds
    Column("by", String(64), nullable=False),  # who wanted it so last; "": nobody did
    Column("answers", Text, nullable=False),  # JSON: the legal window, [day, answered, abandoned] for each day
)

hook_message = Table(
    "hook_message",
    metadata,
    Column("hook", String(40), primary_key=True),
    Column("id", String(40), primary_key=True),  # the same for all receivers of one occasion: told once to each
    Column("type", String(40), nullable=False),  # model/hooks.Told
    Column("at", Float, nullable=False),  # epoch seconds: when it happened
    Column("body", Text, nullable=False),  # what is sent; may hold personal data
    Column("state", String(16), nullable=False),  # waiting, sent, failed
    Column("tries", Integer, nullable=False),
    Column("next_at", Float, nullable=False),  # epoch seconds, as the next one
    Column("changed_at", Float, nullable=False),
    Column("answer", String(60), nullable=False),  # to the newest try: a status, or a word why there was none
    Index("hook_message_due", "hook", "state", "next_at"),
    Index("hook_message_over", "state", "changed_at"),
)

audit = Table(  # append-only
    "audit",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("at", Float, nullable=False),  # epoch seconds
    Column("uid", Integer),  # who asked, as the kernel knows him (SO_PEERCRED); null where nobody did
    Column("user", String(64), nullable=False),  # the name of that uid
    Column("by", String(64), nullable=False),  # whom he names
    Column("what", String(32), nullable=False),
    Column("on", String(160), nullable=False),  # an agent, a queue, a contact
    Column("detail", Text, nullable=False),  # JSON: what was asked for
    Column("result", String(16), nullable=False),  # done, refused, failed
    Column("reason", String(200), nullable=False),
    Index("audit_at", "at"),
)
