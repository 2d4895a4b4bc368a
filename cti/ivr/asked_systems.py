"""How does a flow's Lookup become a question to a system of yours, and its answer a reply? Words to words; asks nobody.

Secrets are revealed here and nowhere else: into the body of the question.
"""

from __future__ import annotations

from cti.ivr.replies import AnyReply, Down, Found, NotFound
from cti.ivr.values import Plain, plain
from cti.ivr.verbs import Lookup
from cti.model import lookups


def request(verb: Lookup) -> lookups.Request:
    """Return the question. Which type a value has is the flow's own look-out: any is taken."""
    values: dict[str, Plain] = {name: plain(value) for name, value in verb.values.items()}
    return lookups.Request(
        system=verb.source,
        method="POST" if verb.method == "POST" else "GET",
        path=verb.path,
        values={name: value for name, value in values.items() if f"{{{name}}}" in verb.path},
        send={field: values.get(name) for field, name in verb.send.items()},
        into={name: lookups.Part(path) for name, path in verb.into.items()},
        once=verb.once,
    )


def reply(answer: lookups.Answer) -> AnyReply:
    """Return the answer as the session takes it."""
    match answer:
        case lookups.Found(values=values):
            return Found(dict(values))
        case lookups.NotFound():
            return NotFound()
        case lookups.Down(why=why):
            return Down(str(why))
