"""Whom does an OpenID Connect provider say this is? The checks of an ID token (OpenID Connect Core 1.0, 3.1.3.7)."""

from __future__ import annotations

import importlib
from typing import Any

from cti.model.errors import CtiError

ALGORITHMS = ["RS256", "PS256", "ES256", "EdDSA"]  # signed by the provider's own key: none, and no shared secret
LEEWAY_S = 60


class NotTold(CtiError):
    """The token tells nothing that we may believe; the text says which check failed, and nothing of the token."""


def prepare() -> None:
    """Load what checks signatures: some tenths of a second, for which no loop at work may stand still."""
    importlib.import_module("joserfc.jwt")


def name_in(token: str, keys: dict[str, Any], *, issuer: str, client: str, nonce: str, claim: str, now: float) -> str:
    """Return what `claim` says of whom `issuer` has recognised for us, now (epoch seconds). Raises NotTold."""
    from joserfc import jwt  # a fifteenth of a start, and most engines have no provider
    from joserfc.errors import JoseError
    from joserfc.jwk import KeySet

    try:
        claims = jwt.decode(token, KeySet.import_key_set(keys), algorithms=ALGORITHMS).claims  # type: ignore[arg-type]
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise NotTold(f"its signature: {type(error).__name__}") from None
    audience = claims.get("aud")
    heard = audience if isinstance(audience, list) else [audience]
    checks = {
        "iss": claims.get("iss") == issuer,
        "aud": client in heard and (len(heard) == 1 or claims.get("azp") == client),
        "nonce": claims.get("nonce") == nonce,
        "exp": isinstance(claims.get("exp"), int | float) and now < claims["exp"] + LEEWAY_S,
        "iat": isinstance(claims.get("iat"), int | float) and claims["iat"] - LEEWAY_S <= now,
        claim: isinstance(claims.get(claim), str),
    }
    if wrong := [check for check, holds in checks.items() if not holds]:
        raise NotTold(f"its {', '.join(wrong)}")
    return str(claims[claim])
