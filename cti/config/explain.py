"""What is wrong, in an operator's words? Problems of the schema, and names that nothing in the file defines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from collections.abc import Mapping as Names
from types import UnionType
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel, SecretStr, ValidationError

from cti.config.yaml_file import Mapping, Path, Problem, Scalar, Sequence, locate
from cti.model import node_rules, policy
from cti.suggest import did_you_mean

MOST_UNKNOWN = 100  # keys whose near words are looked for; a file of something else has any number of them
WORDS = {
    "missing": "is missing",
    "model_type": "must be keys with values",
    "dict_type": "must be keys with values",
    "tuple_type": "must be a list: [one, two]",
    "string_type": "must be one word or text",
    "float_parsing": "must be a number",
    "float_type": "must be a number",
    "int_parsing": "must be a whole number",
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "finite_number": "must be a number",
    "greater_than": "must be more than {gt:g}",
    "greater_than_equal": "must be at least {ge:g}",
    "less_than": "must be less than {lt:g}",
    "less_than_equal": "must be at most {le:g}",
    "too_short": "must not be empty",
    "string_too_short": "must not be empty",
    "string_too_long": "is too long",
    "ip_any_network": 'must be a network such as "10.0.0.0/24", with no bits set behind the mask',
    "path_type": "must be a path",
}
EXAMPLES = {  # where "keys with values" or a list of words does not say enough; * is any name
    ("campaigns", "*", "mode"): "mode: progressive (one dial for each free agent) is the one to begin with",
    ("campaigns", "*", "caller_ids"): "the name of a pool of outbound.caller_ids, such as caller_ids: own",
    ("campaigns", "*", "dispositions"): "such as {sold: {means: reached}, later: {means: again, after_s: 3600}}",
    ("campaigns", "*", "dispositions", "*"): "such as {means: reached}",
    ("outbound", "caller_ids"): 'such as {own: {numbers: ["+493012345"]}}',
    ("outbound", "caller_ids", "*"): 'such as {numbers: ["+493012345"]}',
    ("outbound", "caller_ids", "*", "numbers"): 'such as ["+493012345"]',
    ("outbound", "trunks"): 'such as {carrier: {dial: "PJSIP/{number}@carrier"}}',
}
SECONDS = " of seconds, without a unit: 20"
PATTERNS = {  # what each pattern of the schema means to a person
    policy.Name: "must begin with a letter and have up to 40 of A-Z a-z 0-9 _ -",
    policy.Digit: "must be one key of a phone: 0 to 9, * or #",
    policy.Number: "must be a number to dial: up to 20 of 0-9 + * #",
    policy.Phone: "must be technology/endpoint, such as PJSIP/1001",
    policy.SoundFile: "must be a sound file without its ending, such as custom/welcome",
    policy.MusicClass: "must be a class of musiconhold.conf: up to 40 of A-Z a-z 0-9 _ -",
    node_rules.Why: "must be one line that says why, of up to 80 characters",
    policy.Goto: "must be context,exten,priority in one of our contexts, such as cti-fallback,6002,1",
}


def _meanings() -> Iterator[tuple[str, str]]:
    for annotated, meaning in PATTERNS.items():
        for constraint in get_args(annotated)[1:]:
            yield constraint.pattern, meaning


MEANING_OF_PATTERN = dict(_meanings())


def in_words(
    error: ValidationError, tree: Mapping, schema: type[BaseModel], meanings: dict[str, str] | None = None
) -> list[Problem]:
    """Return the schema's complaints with their places. Values are never repeated: they may be secret or personal.

    `meanings` says in words what further patterns of the schema want.
    """
    known_patterns = MEANING_OF_PATTERN | (meanings or {})
    problems, unknown = [], 0
    details = error.errors(include_url=False, include_input=False)
    around = {detail["loc"][:-1] for detail in details}
    for detail in details:
        kind, path, context = detail["type"], detail["loc"], detail.get("ctx", {})
        if kind == "default_factory_not_called" or (kind == "too_short" and path in around):
            continue  # follows from another error, which is reported: an item that is wrong counts as none
        about_key = kind == "extra_forbidden" or path[-1:] == ("[key]",)
        path = path[:-1] if path[-1:] == ("[key]",) else path
        if kind == "extra_forbidden" and (unknown := unknown + 1) > MOST_UNKNOWN:
            continue
        if kind == "extra_forbidden":
            model = model_of(schema, path[:-1])
            text = "unknown key" + did_you_mean(str(path[-1]), keys_of(model) if model else ())
        elif kind in ("enum", "literal_error"):
            known = re.findall(r"'([^']*)'", str(context.get("expected", "")))
            text = f"must be {' or '.join(known)}{_meant(tree, path, known)}"
        elif kind == "string_pattern_mismatch":
            text = known_patterns.get(context.get("pattern", ""), "has a form that is not allowed here")
        elif kind == "value_error":
            text = str(context.get("error", detail["msg"]))
        else:
            text = WORDS.get(kind, detail["msg"]).format(**context)
            text += SECONDS if kind == "float_parsing" and str(path[-1]).endswith("_s") else ""
        text += _example(path) if not about_key else ""
        problems.append(Problem(locate(tree, path, key=about_key), path, text))
    if unknown > MOST_UNKNOWN:
        problems.append(Problem(tree.place, (), f"{unknown - MOST_UNKNOWN} more unknown keys"))
    return problems


def _example(path: Path) -> str:
    for known, example in EXAMPLES.items():
        if len(known) == len(path) and all(want in ("*", step) for want, step in zip(known, path, strict=True)):
            return f": {example}"
    return ""


def _meant(tree: Mapping, path: Path, known: list[str]) -> str:
    node: Any = tree
    for step in path:
        node = node.items.get(str(step), (None, None))[1] if isinstance(node, Mapping) else None
    return did_you_mean(node.text, known) if isinstance(node, Scalar) and node.text else ""


def model_of(schema: type[BaseModel], path: Path) -> type[BaseModel] | None:
    """Return the model that describes the keys at `path`, if a model does."""
    found: Any = schema
    for step in path:
        if isinstance(found, type) and issubclass(found, BaseModel):
            field = found.model_fields.get(str(step))
            found = _bare(field.annotation) if field else None
        elif get_origin(found) is dict:
            found = _bare(get_args(found)[1])
        elif get_origin(found) is tuple:
            found = _bare(get_args(found)[0])
        else:
            return None
    return found if isinstance(found, type) and issubclass(found, BaseModel) else None


def keys_of(model: type[BaseModel]) -> list[str]:
    """Return the keys an operator may write in `model`, secrets with their two other forms."""
    keys = [field.alias or name for name, field in model.model_fields.items()]
    for name, field in model.model_fields.items():
        if SecretStr in (_bare(field.annotation), field.annotation):
            keys += [f"{name}_env", f"{name}_file"]
    return keys


def _bare(annotation: Any) -> Any:
    """Return the annotation without Annotated and without `| None`."""
    while hasattr(annotation, "__metadata__"):
        annotation = annotation.__origin__
    if get_origin(annotation) in (Union, UnionType):
        rest = [choice for choice in get_args(annotation) if choice is not type(None)]
        return _bare(rest[0]) if len(rest) == 1 else None
    return annotation


_MISSING = {
    "skill": "no agent has the skill",
    "group": "no agent is in the group",
    "hours": "there are no opening hours named",
    "pool": "outbound.caller_ids has no",
}


def unknown_references(tree: Mapping) -> list[Problem]:
    """Return every queue, skill, group, agent and node that is named somewhere and defined nowhere."""
    everybody = _children(tree, "agents")
    return unknown_among(
        tree,
        {
            "queue": _names(tree, "queues"),
            "node": _names(tree, "nodes"),
            "agent": _names(tree, "agents"),
            "hours": _names(tree, "hours"),
            "skill": {name for _, agent in everybody for name, _, _ in _keys(agent, "skills")},
            "group": {name for _, agent in everybody for name, _, _ in _items(agent, "groups", ())},
            "pool": _names(_child(tree, "outbound"), "caller_ids"),
            "campaign": _names(tree, "campaigns"),
        },
    )


def unknown_among(tree: Mapping, defined: Names[str, set[str]]) -> list[Problem]:
    """As `unknown_references`, where what is defined stands elsewhere than in `tree`."""
    problems = []
    for path, kind, name, place in _references(tree):
        known = defined[kind]
        if name in known:
            continue
        what = _MISSING.get(kind, f"there is no {kind}")
        problems.append(Problem(place, path, f'{what} "{name[:60]}"{did_you_mean(name, known)}'))
    return problems


def _references(tree: Mapping) -> Iterator[tuple[Path, str, str, Any]]:
    for queue, settings in _children(tree, "queues"):
        here: Path = ("queues", queue)
        for name, place, _ in _keys(settings, "requires"):
            yield (*here, "requires", name), "skill", name, place
        for key in ("on_max_wait", "on_full", "on_nobody", "on_closed"):
            yield from _queue_in(_child(settings, key), (*here, key))
        yield from _one(settings, "hours", "hours", here)
        for name, place, path in _items(_child(settings, "blending"), "behind", (*here, "blending")):
            yield path, "queue", name, place
        yield from _queue_in(_child(_child(settings, "on_long_wait"), "to"), (*here, "on_long_wait", "to"))
        yield from _in_rings(_child(settings, "rings"), (*here, "rings"))
        for digit, leave in _children(settings, "keys"):
            yield from _queue_in(leave, (*here, "keys", digit))
    for agent, settings in _children(tree, "agents"):
        for name, place, _ in _keys(settings, "queues"):
            yield ("agents", agent, "queues", name), "queue", name, place
        for name, place, _ in _keys(settings, "phones"):
            yield ("agents", agent, "phones", name), "node", name, place
    for number, settings in _children(tree, "entries"):
        yield from _queue_in(settings, ("entries", number))
        for name, place, _ in _keys(settings, "requires"):
            yield ("entries", number, "requires", name), "skill", name, place
        for name, place, path in _items(settings, "preferred", ("entries", number)):
            yield path, "agent", name, place
    for name, settings in _children(tree, "campaigns"):
        yield from _queue_in(settings, ("campaigns", name))
        yield from _one(settings, "hours", "hours", ("campaigns", name))
        yield from _one(settings, "caller_ids", "pool", ("campaigns", name))
    outbound = _child(tree, "outbound")
    yield from _one(_child(outbound, "callbacks"), "caller_ids", "pool", ("outbound", "callbacks"))
    for name, settings in _children(outbound, "visits"):
        yield from _queue_in(settings, ("outbound", "visits", name))
        yield from _one(settings, "leads_of", "campaign", ("outbound", "visits", name))


def _one(node: Any, key: str, kind: str, here: Path) -> Iterator[tuple[Path, str, str, Any]]:
    named = _child(node, key)
    if isinstance(named, Scalar) and named.text:
        yield (*here, key), kind, named.text, named.place


def _in_rings(rings: Any, here: Path) -> Iterator[tuple[Path, str, str, Any]]:
    for number, ring in enumerate(rings.items if isinstance(rings, Sequence) else ()):
        for name, place, _ in _keys(ring, "accept"):
            yield (*here, number, "accept", name), "skill", name, place
        for key, kind in (("groups", "group"), ("queues", "queue")):
            for name, place, path in _items(ring, key, (*here, number)):
                yield path, kind, name, place


def _queue_in(node: Any, path: Path) -> Iterator[tuple[Path, str, str, Any]]:
    queue = _child(node, "queue")
    if isinstance(queue, Scalar) and queue.text:
        yield (*path, "queue"), "queue", queue.text, queue.place


def _items(node: Any, key: str, here: Path) -> list[tuple[str, Any, Path]]:
    """Return the words of a list with their places."""
    child = _child(node, key)
    words = enumerate(child.items if isinstance(child, Sequence) else ())
    return [(word.text, word.place, (*here, key, n)) for n, word in words if isinstance(word, Scalar) and word.text]


def _child(node: Any, key: str) -> Any:
    return node.items.get(key, (None, None))[1] if isinstance(node, Mapping) else None


def _keys(node: Any, key: str) -> list[tuple[str, Any, Any]]:
    child = _child(node, key)
    return [(name, *found) for name, found in child.items.items()] if isinstance(child, Mapping) else []


def _children(node: Any, key: str) -> list[tuple[str, Any]]:
    return [(name, value) for name, _, value in _keys(node, key)]


def _names(tree: Any, key: str) -> set[str]:
    return {name for name, _ in _children(tree, key)}
