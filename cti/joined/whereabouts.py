"""How do others reach this engine? What it writes into the address book, from its configuration."""

from __future__ import annotations

import secrets

from cti.config.settings import Settings
from cti.joined.door import Whereabouts


def whereabouts(settings: Settings) -> Whereabouts:
    """Return where an engine of these settings is reached, under a name that no other process ever has."""
    return Whereabouts(
        engine=f"{settings.fastagi.advertise}-{secrets.token_hex(6)}",
        agi=str(settings.fastagi.advertise),
        http=str(settings.http.listen),
        web="" if settings.web is None else settings.web.origins(settings.web.listen.port)[0],
    )
