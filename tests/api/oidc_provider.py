"""An OpenID Connect provider, as far as a sign-in needs one: for the tests of the API, and for those with a browser."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
from typing import Any
from urllib.parse import urlencode

from aiohttp import web
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

KEY = RSAKey.generate_key(2048, {"kid": "k1"})


class Somewhere:
    """A provider. `claims` replaces what his token says, `key` is what he signs with."""

    def __init__(self, now: float) -> None:
        self.now, self.key, self.claims, self.issuer = now, KEY, dict[str, Any](), ""
        self.refuses = False
        self.asked: dict[str, str] = {}
        self.told: dict[str, Any] = {}

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_get("/.well-known/openid-configuration", self._configuration)
        app.router.add_get("/authorize", self._authorize)
        app.router.add_get("/keys", self._keys)
        app.router.add_post("/token", self._token)
        return app

    async def _configuration(self, _request: web.Request) -> web.Response:
        ends = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "keys"}
        found = {name: f"{self.issuer}/{path}" for name, path in ends.items()}
        return web.json_response({"issuer": self.issuer, **found})

    async def _authorize(self, request: web.Request) -> web.Response:
        """What a browser comes to: he is recognised at once, or, as he has wished, not."""
        self.asked = dict(request.query)
        told = {"state": self.asked["state"]} | ({"error": "access_denied"} if self.refuses else {"code": "c1"})
        return web.Response(status=302, headers={"Location": f"{self.asked['redirect_uri']}?{urlencode(told)}"})

    async def _keys(self, request: web.Request) -> web.StreamResponse:
        """In two pieces, as an answer of some kB comes over a real line."""
        text = json.dumps(KeySet([KEY]).as_dict(private=False)).encode()
        response = web.StreamResponse(headers={"Content-Type": "application/json"})
        await response.prepare(request)
        for piece in (text[:100], text[100:]):
            await response.write(piece)
            await asyncio.sleep(0.02)  # a segment of its own
        return response

    async def _token(self, request: web.Request) -> web.Response:
        self.told = {**await request.post(), "authorization": request.headers.get("Authorization", "")}
        challenge = base64.urlsafe_b64encode(hashlib.sha256(self.told["code_verifier"].encode()).digest())
        assert challenge.rstrip(b"=").decode() == self.asked["code_challenge"]
        claims = {"iss": self.issuer, "aud": "cti", "nonce": self.asked["nonce"], "iat": int(self.now)}
        claims |= {"exp": int(self.now) + 300, "preferred_username": "eva"} | self.claims
        return web.json_response({"id_token": jwt.encode({"alg": "RS256", "kid": "k1"}, claims, self.key)})
