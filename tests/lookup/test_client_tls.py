"""Certificates are checked, always; your own authority is one line."""

from __future__ import annotations

import shutil
import ssl
import subprocess
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from cti.lookup.client import Lookups
from cti.model.errors import ConfigError
from cti.model.lookups import Down, NotFound, System, Why
from tests.lookup.shops import get

pytestmark = pytest.mark.contract


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key and a certificate of its own for 127.0.0.1, in one file."""
    program = shutil.which("openssl")
    if program is None:
        pytest.skip("NO OPENSSL: certificates were not tested")
    folder = tmp_path_factory.mktemp("tls")
    key, made = folder / "key.pem", folder / "cert.pem"
    words = [program, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    words += ["-keyout", str(key), "-out", str(made), "-days", "2", "-subj", "/CN=shop"]
    subprocess.run([*words, "-addext", "subjectAltName=IP:127.0.0.1"], check=True, capture_output=True, timeout=30)
    made.write_text(key.read_text() + made.read_text())
    return made


@pytest.mark.parametrize(
    ("host", "trusts", "answer"),
    [
        ("127.0.0.1", True, NotFound()),
        ("127.0.0.1", False, Down(Why.UNREACHABLE)),
        ("localhost", True, Down(Why.UNREACHABLE)),  # another name than the certificate's
    ],
)
async def test_only_a_certificate_that_fits_is_believed(
    certificate: Path, host: str, trusts: bool, answer: Any
) -> None:
    async def serve(request: web.Request) -> web.Response:
        return web.json_response(None)

    app = web.Application()
    app.router.add_get("/{tail:.*}", serve)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    server = TestServer(app, host="127.0.0.1")
    await server.start_server(ssl=context)
    fields: dict[str, Any] = {"ca_file": str(certificate)} if trusts else {}
    fields |= {"base_url": f"https://{host}:{server.port}", "networks": ["127.0.0.0/8"], "retries": 0}
    async with Lookups({"shop": System.model_validate(fields)}, {}) as lookups:
        assert await lookups.ask(get()) == answer
    await server.close()


def test_a_file_that_is_no_certificate_is_told_at_the_start(tmp_path: Path) -> None:
    (tmp_path / "x.pem").write_text("no certificate")
    for name, words in (("x.pem", "no certificate in PEM"), ("none.pem", "cannot be read")):
        system = System(base_url="https://shop.example.com", ca_file=str(tmp_path / name))
        with pytest.raises(ConfigError, match=f"lookups.shop.ca_file: {words}"):
            Lookups({"shop": system}, {})
