"""How do others reach this engine? What it writes into the address book, from its configuration."""

from __future__ import annotations

import secrets

from cti.config.settings import Settings
from cti.config.web import Web
from cti.joined.door import Whereabouts
from cti.people.sealing import Seal

MOST_OF_ADDRESS = 64  # characters of it in a name: the store takes 80 (routing_owner.engine)
SEAL_CHARS = 16  # enough that two secrets differ in it


def whereabouts(settings: Settings) -> Whereabouts:
    """Return where an engine of these settings is reached, under a name that no other process ever has."""
    listen = settings.http.listen
    if listen.host in ("0.0.0.0", "::"):
        listen = listen._replace(host=settings.fastagi.advertise.host)
    return Whereabouts(
        engine=f"{str(settings.fastagi.advertise)[:MOST_OF_ADDRESS]}-{secrets.token_hex(6)}",
        agi=str(settings.fastagi.advertise),
        http=str(listen),
        web="" if settings.web is None else settings.web.origins(settings.web.listen.port)[0],
        seal=_seal(settings.web),
    )


def _seal(web: Web | None) -> str:
    if web is None or web.secret is None:
        return ""
    return Seal(web.secret.get_secret_value()).mark("the secret of joined engines")[:SEAL_CHARS]
