"""Does an engine with `web:` let its first administrator in, and nobody else, to the same answers as its socket?"""

from __future__ import annotations

import datetime
import ipaddress
import ssl
import stat
import threading
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, ClassVar

import aiohttp
import pytest
import structlog
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from sqlalchemy import select

from cti.api.operation import Row
from cti.metrics.live import LiveView
from cti.metrics.snapshot import MAX_LISTED
from cti.model.changes import Changed, Kind
from cti.model.errors import ConfigError
from cti.model.policy import Center, Queue
from cti.model.words import CallId, ContactId, QueueName
from cti.store.database import open_store
from cti.store.kept_answers import KeptAnswers
from cti.store.people_tables import kept_answer
from cti.web_room import PASSWORD_FILE, SECRET_FILE, finders
from tests.api.doubles import FakeCallbacks, FakeFollowUps, FakePolicy
from tests.running import HOST, Running
from tests.waiting import until

pytestmark = pytest.mark.contract

POLICY = {
    "queues": {"sales": {}, "support": {}},
    "agents": {"anna": {"phone": "PJSIP/1001", "queues": ["sales"]}, "ben": {"phone": "PJSIP/1002"}},
    "entries": {"6001": {"queue": "sales"}},
}


@pytest.fixture
async def running(tmp_path: Path) -> AsyncIterator[Running]:
    made = Running(tmp_path)
    made.write(POLICY, web={"listen": f"{HOST}:0"})
    async with made.start():
        yield made


async def test_an_answer_that_was_kept_for_its_day_goes_without_another_request(tmp_path: Path) -> None:
    made = Running(tmp_path)
    url = f"sqlite:///{tmp_path}/kept.db"
    made.write(POLICY, web={"listen": f"{HOST}:0"}, store=url)
    store = open_store(url)
    KeptAnswers(store).begin("eva", "k1", "d", 5.0)

    def kept() -> int:
        with store.engine.connect() as connection:
            return len(connection.execute(select(kept_answer)).all())

    assert kept() == 1
    async with made.start():
        await until(lambda: kept() == 0)
    store.close()


async def test_the_first_administrator_signs_in_and_is_written_down(tmp_path: Path) -> None:
    made = Running(tmp_path)
    made.write(POLICY, web={"listen": f"{HOST}:0"})
    file = tmp_path / PASSWORD_FILE
    with structlog.testing.capture_logs() as logs:
        async with made.start(), aiohttp.ClientSession() as session:
            password = file.read_text().strip()
            assert stat.S_IMODE(file.stat().st_mode) == 0o600
            address = made.app.web.address
            assert (await _status(session, f"{address}/api/v1/queues")) == 401
            body = {"name": "admin", "password": password}
            async with session.post(f"{address}/api/v1/sign-in", json=body) as answer:
                found = await answer.json()
            assert found["user"]["role"] == "admin"
            cookies = {"cti": answer.cookies["cti"].value}
            made.caller()
            async with session.get(f"{address}/api/v1/calls", cookies=cookies) as answer:
                on_the_web: Any = await answer.json()
            assert on_the_web["calls"][0]["caller"] == "+4930"
            said = {"X-CSRF-Token": found["csrf"], "Origin": address}
            asked = {"reason": "lunch", "by": "somebody-else"}
            for action in ("login", "pause"):
                url = f"{address}/api/v1/agents/anna/{action}"
                async with session.post(
                    url, json=asked if action == "pause" else {}, cookies=cookies, headers=said
                ) as answer:
                    assert answer.status == 200, await answer.text()
            _, audit = await made.ask("GET", "/api/v1/audit")
            rows = [(row["what"], row["user"], row["by"], row["uid"]) for row in audit["audit"]]
            assert rows[0] == ("agent.pause", "admin", "admin", None)
            assert ("sign_in", "admin", "admin", None) in rows
            new = {"old": password, "new": "a-better-one-by-far"}
            async with session.post(f"{address}/api/v1/me/password", json=new, cookies=cookies, headers=said) as answer:
                assert answer.status == 200, await answer.text()
        assert not file.exists()
        async with made.start():
            assert not file.exists()
    assert password not in str(logs) and "a-better-one-by-far" not in str(logs)


async def test_pages_are_served_with_headers_that_let_them_load_nothing_else(running: Running) -> None:
    async with aiohttp.ClientSession() as session:
        for path in ("/api/docs", "/api/docs.css", "/api/v1/openapi.json"):
            assert await _status(session, running.app.web.address + path) == 200
    async with aiohttp.ClientSession() as session, session.get(f"{running.app.web.address}/supervisor") as answer:
        assert answer.status == 200 and answer.content_type == "text/html"
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["Cache-Control"] == "no-cache"


async def _status(session: aiohttp.ClientSession, url: str) -> int:
    async with session.get(url) as answer:
        return answer.status


async def test_the_engine_speaks_tls_itself(tmp_path: Path) -> None:
    made = Running(tmp_path)
    certificate, key = _self_signed(tmp_path)
    made.write(POLICY, web={"listen": f"{HOST}:0", "tls": {"certificate": str(certificate), "key": str(key)}})
    context = ssl.create_default_context(cafile=str(certificate))
    async with made.start(), aiohttp.ClientSession() as session:
        body = {"name": "admin", "password": (tmp_path / PASSWORD_FILE).read_text().strip()}
        url = f"{made.app.web.address}/api/v1/sign-in"
        assert url.startswith("https://")
        async with session.post(url, json=body, ssl=context) as answer:
            assert answer.status == 200
            cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-cti=") and "Secure" in cookie and "Domain" not in cookie


async def test_a_certificate_that_cannot_be_used_is_said(tmp_path: Path) -> None:
    made = Running(tmp_path)
    made.write(POLICY, web={"listen": f"{HOST}:0", "tls": {"certificate": "none.pem", "key": "none.key"}})
    with pytest.raises(ConfigError, match=r"web\.tls: cannot use none\.pem"):
        async with made.start():
            pass


class _OnLoop(LiveView):
    """Says on which thread a contact was looked up, and that nobody takes the whole picture for it."""

    threads: ClassVar[list[threading.Thread]] = []

    def contact(self, contact: str, now: float) -> dict[str, Any] | None:
        self.threads.append(threading.current_thread())
        return super().contact(contact, now)

    def snapshot(self, now: float, *, max_listed: int = MAX_LISTED) -> dict[str, Any]:
        raise AssertionError("no picture for the sake of one row")


async def test_the_guard_finds_contacts_beyond_the_listed_and_on_the_loop_that_feeds_them() -> None:
    view = _OnLoop(Center(queues={"sales": Queue()}))
    for number in range(MAX_LISTED + 1):
        name = f"node1/{number}.1"
        more: dict[str, Any] = {"contact": ContactId(name), "call": CallId(name), "queue": QueueName("sales")}
        view.apply(Changed(Kind.CONTACT, name, "", "waiting", 1.0, "CallArrived", **more))
    find = finders(view, lambda: 2.0, FakeCallbacks(), FakeFollowUps(), FakePolicy())
    row = await find[Row.CONTACT](f"node1/{MAX_LISTED}.1")
    assert row is not None and row["queue"] == "sales"
    assert await find[Row.CONTACT]("node1/none") is None
    assert set(view.threads) == {threading.current_thread()}


async def test_the_guard_finds_a_follow_up_by_its_number_open_or_done() -> None:
    find = finders(
        LiveView(Center(queues={"sales": Queue()})), lambda: 2.0, FakeCallbacks(), FakeFollowUps(), FakePolicy()
    )
    found = [await find[Row.FOLLOW_UP](word) for word in ("1", "2", "3", "x", "")]
    assert [row and row["id"] for row in found] == [1, 2, None, None, None]
    assert (await find[Row.CALLBACK]("2") or {})["state"] == "kept"


def _self_signed(folder: Path) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    day = datetime.timedelta(days=1)
    now = datetime.datetime.now(datetime.UTC)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(1).not_valid_before(now - day).not_valid_after(now + day)
    names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(HOST))])
    signed = made.add_extension(names, critical=False).sign(key, hashes.SHA256())
    certificate, private = folder / "cert.pem", folder / "key.pem"
    certificate.write_bytes(signed.public_bytes(Encoding.PEM))
    private.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return certificate, private


async def test_what_seals_codes_is_made_once_for_the_engines_user_only(tmp_path: Path) -> None:
    made = Running(tmp_path)
    made.write(POLICY, web={"listen": f"{HOST}:0"})
    file, found = tmp_path / SECRET_FILE, []
    for _ in range(2):
        async with made.start():
            found.append(file.read_text())
            assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert found[0] == found[1] and len(found[0].strip()) >= 32
    file.write_text("cut")
    with pytest.raises(ConfigError, match="bring it back"):
        async with made.start():
            pass
    made.write(POLICY, web={"listen": f"{HOST}:0", "secret": "said-in-the-configuration"})
    async with made.start():
        assert file.read_text() == "cut"
