"""How does the demo's configuration differ from the one it starts from? Only in where things are. PURE."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SECRET_ENV, TOKEN_ENV = "CTI_DEMO_AMI_SECRET", "CTI_DEMO_AGI_TOKEN"
SECRET_KEY, TOKEN_KEY = "secret_env", "token_env"
GUEST = "you"
_POLICY = ("name", "queues", "agents", "entries", "breaks", "missed_offers", "settle_s", "hours", "flows")
SHOP = "shop"  # the lookup of the example's flows that the demo's own backend answers
ALWAYS = {"mon-sun": "open"}  # whoever tries the demo at night wants to see it work


@dataclass(frozen=True)
class Places:
    """Where the demo's Asterisk and engine are. Addresses are HOST:PORT; secrets go through the environment."""

    ami_host: str
    ami_port: int
    ami_user: str
    agi: str
    http: str
    folder: Path
    control: Path
    callback_spool: Path | None = None
    shop: str = ""  # the address of the sample backend, where the demo has one
    recordings: Path | None = None
    sounds: Path | None = None
    web: str = ""  # where the pages are, where there are any


def demo_center(tree: Mapping[str, Any], home: Path, places: Places, *, guest_phone: str = "") -> dict[str, Any]:
    """Return the policy of `tree`, which stands in the folder `home`, with the plumbing of a demo: open day and night.

    `guest_phone`: add an agent for the person who tries the demo; he begins logged out.
    """
    center = _flows_from(home, {key: copy.deepcopy(tree[key]) for key in _POLICY if key in tree})
    center["hours"] = {
        name: {**{key: hours[key] for key in ("zone",) if key in hours}, "weekly": ALWAYS}
        for name, hours in (center.get("hours") or {}).items()
    }
    if "flows" in center and places.recordings is not None:
        center["flows"]["recordings"] = str(places.recordings)
    if "flows" in center and places.sounds is not None:
        center["flows"] |= {"voice": "espeak-ng", "sounds": str(places.sounds)}
    if lookups := copy.deepcopy(dict(tree.get("lookups") or {})):
        if places.shop and SHOP in lookups:
            lookups[SHOP]["base_url"] = places.shop
        center["lookups"] = lookups
    if guest_phone:
        center["agents"] = {**(center.get("agents") or {}), GUEST: _guest(center, guest_phone)}
    node: dict[str, Any] = {"host": places.ami_host, "port": places.ami_port, "username": places.ami_user}
    plumbing: dict[str, Any] = {
        "nodes": {"node1": {**node, "secret_env": SECRET_ENV}},
        "fastagi": {"listen": places.agi, "token_env": TOKEN_ENV},
        "http": {"listen": places.http},
        "state_dir": str(places.folder / "state"),
        "control": str(places.control),
        "queue_log": str(places.folder / "queue_log"),
    }
    if places.web:
        plumbing["web"] = {"listen": places.web}
    if places.callback_spool is not None:
        plumbing["callback_spool"] = str(places.callback_spool)
    return {**center, **plumbing}


def own_center(
    tree: Mapping[str, Any], home: Path, places: Places, *, agi: str | None, allow_host: str | None
) -> dict[str, Any]:
    """Return `tree`, which stands in `home`, with its first node put where the operator says; the rest as he wrote it.

    `agi` and `allow_host` (an address that Asterisk calls from) change the door for callers only where given.
    """
    center = _flows_from(home, copy.deepcopy(dict(tree)))
    name, node = next(iter((center.get("nodes") or {"node1": {}}).items()))
    node = {
        key: value for key, value in node.items() if key.split("_")[0] not in ("host", "port", "username", "secret")
    }
    node |= {"host": places.ami_host, "port": places.ami_port, "username": places.ami_user, "secret_env": SECRET_ENV}
    center["nodes"] = {name: node}
    fastagi = {key: value for key, value in (center.get("fastagi") or {}).items() if not key.startswith("token")}
    fastagi["token_env"] = TOKEN_ENV
    if agi:
        fastagi["listen"] = agi
    if allow_host:
        fastagi["allow"] = [*fastagi.get("allow", ["127.0.0.0/8"]), allow_host]
    center["fastagi"] = fastagi
    return center | {"state_dir": str(places.folder / "state"), "control": str(places.control)}


def _flows_from(home: Path, center: dict[str, Any]) -> dict[str, Any]:
    """The file moves, the folder of its flows stays where it is."""
    flows = center.get("flows")
    if isinstance(flows, dict) and "folder" in flows:
        flows["folder"] = str(home.absolute() / str(flows["folder"]))
    return center


def _guest(center: Mapping[str, Any], phone: str) -> dict[str, Any]:
    queues = center.get("queues") or {}
    needed: dict[str, int] = {}
    for queue in queues.values():
        for skill, level in ((queue or {}).get("requires") or {}).items():
            needed[skill] = max(level, needed.get(skill, 1))
    return {"name": "You", "phone": phone, "skills": needed, "queues": list(queues)}
