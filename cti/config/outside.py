"""What comes from outside the file? `*_env` and `*_file` keys, and the short forms a person may write.

Works on the tree before the schema sees it, so that every value keeps the place where the operator wrote its key.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from cti.config import yaml_file
from cti.config.explain import model_of
from cti.config.yaml_file import Problem, Scalar, Sequence
from cti.model.policy import Center
from cti.plain_file import read_plain

MAX_FILE_BYTES = 4096  # a secret, an address: never more
# In a check without the engine's environment: no follow-up complaints (long enough for a secret that signs).
STAND_IN = "not-known-here-in-a-check"
STAND_INS = {
    **dict.fromkeys(("secret", "former_secret", "token", "password", "sentinel_password", "host", "client"), STAND_IN),
    **dict.fromkeys(("origin", "issuer", "url"), f"https://{STAND_IN}"),
    "advertise": f"{STAND_IN}:4573",
    "store": f"postgresql://{STAND_IN}/cti",
}
REDIS_URL = f"rediss://{STAND_IN}:6379/0"


def allow_short_forms(tree: yaml_file.Mapping) -> None:
    """Take `queues: [sales, support]` of an agent, and `sales:` with nothing behind it, as plain memberships."""
    agents = tree.items.get("agents", (None, None))[1]
    for _, agent in agents.items.values() if isinstance(agents, yaml_file.Mapping) else ():
        if not isinstance(agent, yaml_file.Mapping) or "queues" not in agent.items:
            continue
        place, queues = agent.items["queues"]
        if isinstance(queues, Sequence) and all(isinstance(item, Scalar) for item in queues.items):
            names = [(item.text or "", item.place) for item in queues.items if isinstance(item, Scalar)]
            members = {name: (at, yaml_file.Mapping(at)) for name, at in names}
            agent.items["queues"] = place, yaml_file.Mapping(queues.place, dict(members))
        elif isinstance(queues, yaml_file.Mapping):
            for name, (at, member) in queues.items.items():
                if isinstance(member, Scalar) and member.text is None:
                    queues.items[name] = at, yaml_file.Mapping(at)


def plain_secrets(tree: yaml_file.Mapping) -> list[Problem]:
    """Return a complaint for each secret that stands in the file itself; call it before `resolve`."""
    return [
        Problem(mapping.items[key][0], (*path, key), f"a secret in plain text; better {key}_env or {key}_file")
        for path, mapping in _plumbing(tree)
        for key in ("secret", "former_secret", "token", "password", "sentinel_password")
        if key in mapping.items
    ]


def resolve(
    tree: yaml_file.Mapping, schema: type[BaseModel], environ: Mapping[str, str], folder: Path
) -> list[Problem]:
    """Replace every `x_env` and `x_file` of the plumbing by `x`, in place; return what is missing.

    A `*_file` name is relative to `folder`. No value found is ever part of a problem's text.
    """
    problems: list[Problem] = []
    for path, mapping in _plumbing(tree):
        model = model_of(schema, path)
        fields = set(model.model_fields) - set(Center.model_fields if not path else ()) if model else set()
        for key in list(mapping.items):
            stem, _, source = key.rpartition("_")
            if stem not in fields or source not in ("env", "file"):
                continue
            key_place, node = mapping.items.pop(key)
            here = (*path, key)
            if stem in mapping.items:
                problems.append(Problem(key_place, here, f"{stem} is given in two ways; keep one of them"))
                continue
            value, complaint = _fetch(stem, source, node, environ, folder)
            if complaint:
                problems.append(Problem(node.place, here, complaint))
                value = REDIS_URL if (*path, stem) == ("redis", "url") else STAND_INS.get(stem)
            if value is not None:
                mapping.items[stem] = key_place, Scalar(value, node.place)
    return problems


def _plumbing(tree: yaml_file.Mapping) -> Iterator[tuple[tuple[Any, ...], yaml_file.Mapping]]:
    yield (), tree
    for key in ("fastagi", "http", "web", "redis"):
        section = tree.items.get(key, (None, None))[1]
        if isinstance(section, yaml_file.Mapping):
            yield (key,), section
            provider = section.items.get("oidc", (None, None))[1]
            if isinstance(provider, yaml_file.Mapping):
                yield (key, "oidc"), provider
    for key in ("nodes", "hooks"):
        named = tree.items.get(key, (None, None))[1]
        for name, (_, node) in named.items.items() if isinstance(named, yaml_file.Mapping) else ():
            if isinstance(node, yaml_file.Mapping):
                yield (key, name), node


def _fetch(
    stem: str, source: str, node: yaml_file.Node, environ: Mapping[str, str], folder: Path
) -> tuple[str | None, str | None]:
    if not isinstance(node, Scalar) or not node.text:
        return None, "must be a name"
    if source == "env":
        value = environ.get(node.text)
        if not value:
            # A reload meets it, too, and nobody can give a running process a variable
            remedy = f"set it for the engine before its start, or name a file instead: {stem}_file"
            return None, f"the environment variable {node.text} is not set; {remedy}"
        return value, None
    try:
        data = read_plain(folder / Path(node.text).expanduser(), MAX_FILE_BYTES + 1)
        value = data.decode().rstrip("\r\n")
    except (OSError, ValueError, RuntimeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not readable as text"
        return None, f"this file cannot be read: {reason}"
    if not value or len(value) > MAX_FILE_BYTES:
        return None, "this file is empty" if not value else f"this file is larger than {MAX_FILE_BYTES} bytes"
    return value, None
