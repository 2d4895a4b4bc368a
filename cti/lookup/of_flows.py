"""How does a flow's question reach a system, and what does the flow hear? Verb to Request, answer to reply.

The only place that knows both; secret values are revealed here and go nowhere but into the request.
"""

from __future__ import annotations

from typing import Literal

from cti.ivr import replies, verbs
from cti.ivr.values import Secret
from cti.lookup.client import Lookups
from cti.model.lookups import Down, Found, NotFound, Part, Request, Value


async def answer(lookups: Lookups, verb: verbs.Lookup) -> replies.Found | replies.NotFound | replies.Down:
    """Return the reply to `verb`, within the system's timeout_s. Never raises."""
    match await lookups.ask(request_of(verb)):
        case Found(values):
            return replies.Found(dict(values))
        case NotFound():
            return replies.NotFound()
        case Down(why):
            return replies.Down(str(why))


def request_of(verb: verbs.Lookup) -> Request:
    """Return what is to be asked. Which type a value must have is the flow's own check: any scalar is taken."""
    values: dict[str, Value] = {
        name: value.reveal() if isinstance(value, Secret) else value for name, value in verb.values.items()
    }
    method: Literal["GET", "POST"] = "POST" if verb.method == "POST" else "GET"
    return Request(
        system=verb.source,
        method=method,
        path=verb.path,
        values=values,
        send={field: values.get(variable) for field, variable in verb.send.items()},
        into={variable: Part(path) for variable, path in verb.into.items()},
        once=verb.once if method == "POST" else "",
    )
