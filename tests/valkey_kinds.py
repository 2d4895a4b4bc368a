"""How does a test get Valkeys of other kinds: a primary and its replica behind three sentinels, a cluster, and TLS?

All are real servers on loopback, and end with the process that started them. TLS is spoken by a server of the lab's, or
by a door before any other, as a terminating proxy would.
"""

from __future__ import annotations

import contextlib
import datetime
import ipaddress
import socket
import ssl
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import redis
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from tests.acceptance.waiting import until
from tests.valkey import HOST, OPEN, Guard, Valkey, free_port, program

PRIMARY = "mymaster"
PATIENT_MS = 30_000  # so long one may be silent until it is taken for dead: a busy machine is no death
START_S = 90.0  # until all have found one another, on a busy machine
IMPATIENT_MS = 500  # the same as soon as one is killed
SLOTS = 16384


class Sentinel(Valkey):
    """One of those who say who the primary is."""

    def __init__(self, folder: Path, port: int, servers: Sequence[Valkey], guard: Guard) -> None:
        super().__init__(folder, port, guard=guard)
        self.name = f"{port:040x}"
        primary, replica = servers
        self.lines = [
            *(f"{key} {value}" for key, value in guard.port(port).items()),
            f"bind {HOST}", f"dir {folder}", f"sentinel myid {self.name}",
            f"sentinel monitor {PRIMARY} {HOST} {primary.port} 2",
            f"sentinel known-replica {PRIMARY} {HOST} {replica.port}",
            f"sentinel down-after-milliseconds {PRIMARY} {PATIENT_MS}", f"sentinel failover-timeout {PRIMARY} 3000",
        ]  # fmt: skip
        if primary.guard.password:
            self.lines.append(f"sentinel auth-pass {PRIMARY} {primary.guard.password}")
        if guard.password:  # with which it asks the others, too
            self.lines.append(f"requirepass {guard.password}")

    def command(self) -> list[str]:
        file = self.folder / "sentinel.conf"
        file.write_text("\n".join(self.lines) + "\n")
        return [self.guard.program or program(), str(file), "--sentinel"]


class Watched:
    """A primary and a replica, and three sentinels who know one another from the beginning."""

    def __init__(self, folder: Path, guard: Guard, sentinel_password: str) -> None:
        self.guard, theirs = guard, replace(guard, password=sentinel_password)
        self.servers = [Valkey(_made(folder / f"server-{n}"), free_port(), guard=guard) for n in range(2)]
        self.sentinels = [
            Sentinel(_made(folder / f"sentinel-{n}"), free_port(), self.servers, theirs) for n in range(3)
        ]
        for each in self.sentinels:
            others = (other for other in self.sentinels if other is not each)
            each.lines += [f"sentinel known-sentinel {PRIMARY} {HOST} {other.port} {other.name}" for other in others]

    @property
    def rules(self) -> dict[str, Any]:
        """What center.yaml says of it."""
        told = {"sentinels": [f"{HOST}:{each.port}" for each in self.sentinels], "primary": PRIMARY}
        password = self.sentinels[0].guard.password
        theirs = {"sentinel_password": password} if password else {}
        return {"url": self.guard.url(1), **told, **theirs, **self.guard.rules()}  # that port is not asked

    def start(self) -> None:
        for server in self.servers:
            server.start()
        with asking(self.servers[1]) as replica:
            replica.replicaof(HOST, self.servers[0].port)
            until(lambda: replica.info("replication")["master_link_status"] == "up", "the replica in step", START_S)
        for sentinel in self.sentinels:
            sentinel.start()
        until(lambda: all(map(self._is_quorate, self.sentinels)), "the sentinels to reach one another", START_S)

    def primary(self) -> Valkey | None:
        """Who it is, as the last of the sentinels says."""
        with asking(self.sentinels[-1]) as sentinel:
            port = sentinel.sentinel_masters()[PRIMARY]["port"]
        return next((server for server in self.servers if server.port == port), None)

    def kill_primary(self) -> None:
        """The sentinels are told to be quick, and the first primary dies."""
        for sentinel in self.sentinels:
            with asking(sentinel) as asked:
                asked.execute_command("SENTINEL SET", PRIMARY, "down-after-milliseconds", IMPATIENT_MS)
        self.servers[0].stop()

    def cut_off(self) -> None:
        """The replica hears all that was written, and from now on nothing; the sentinels mend that after eight seconds
        only (SENTINEL_PUBLISH_PERIOD * 4, sentinel.c)."""
        with asking(self.servers[0]) as primary, asking(self.servers[1]) as replica:
            primary.wait(1, 5000)
            replica.replicaof("NO", "ONE")

    def _is_quorate(self, sentinel: Valkey) -> bool:
        with asking(sentinel) as asked, contextlib.suppress(redis.ResponseError):
            asked.execute_command("SENTINEL CKQUORUM", PRIMARY)  # an error where it is not
            return True
        return False


class Cluster:
    """Three primaries, and a replica of the one that has the slot of `key`."""

    def __init__(self, folder: Path, key: str, guard: Guard) -> None:
        tls = () if guard.certificate is None else ("--tls-cluster", "yes")
        more = (*tls, "--cluster-enabled", "yes", "--cluster-node-timeout", str(PATIENT_MS), "--cluster-port")
        self.nodes = [
            Valkey(_made(folder / f"node-{n}"), free_port(), *more, str(free_port()), guard=guard) for n in range(4)
        ]
        self._slot = redis.cluster.key_slot(key.encode())  # type: ignore[no-untyped-call]

    @property
    def rules(self) -> dict[str, Any]:
        """What center.yaml says of it."""
        others = [f"{HOST}:{each.port}" for each in self.nodes[1:]]
        return {"cluster": True, "nodes": others, **self.nodes[0].rules}

    @property
    def has_slot(self) -> Valkey:
        """The primary that has the key at the beginning; the last node is its replica."""
        return self.nodes[self._slot * 3 // SLOTS]  # slots are given out in three equal parts

    def start(self) -> None:
        for node in self.nodes:
            node.start()
        for at, node in enumerate(self.nodes):
            with asking(node) as asked:
                if at < 3:
                    first, last = -(-SLOTS * at // 3), -(-SLOTS * (at + 1) // 3) - 1
                    asked.execute_command("CLUSTER ADDSLOTSRANGE", first, last)
                for other in self.nodes[:at]:
                    asked.execute_command("CLUSTER MEET", HOST, other.port, int(other.more[-1]))
        until(lambda: all(map(self._is_whole, self.nodes)), "the cluster to be whole", START_S)
        with asking(self.has_slot) as primary, asking(self.nodes[3]) as replica:
            replica.execute_command("CLUSTER REPLICATE", primary.execute_command("CLUSTER MYID"))
            until(lambda: replica.info("replication").get("master_link_status") == "up", "the replica in step", START_S)

    def kill_primary(self) -> None:
        """The nodes are told to be quick, and the one that has the slot dies; its replica gets it."""
        for node in self.nodes:
            with asking(node) as asked:
                asked.config_set("cluster-node-timeout", IMPATIENT_MS)
        self.has_slot.stop()

    def _is_whole(self, node: Valkey) -> bool:
        with asking(node) as asked:
            told = asked.execute_command("CLUSTER INFO")
            return bool(told["cluster_state"] == "ok" and told["cluster_known_nodes"] == "4")


class TlsDoor:
    """A port that speaks TLS with `certificate` and its key, and passes on to `server`; `asks`: for ours, too."""

    def __init__(self, server: Valkey, certificate: Path, key: Path, *, asks: bool = False) -> None:
        self._to, self._context = server.port, ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self._context.load_cert_chain(certificate, key)
        if asks:
            self._context.verify_mode = ssl.CERT_REQUIRED
            self._context.load_verify_locations(certificate)
        self._listening = socket.create_server((HOST, 0))
        self.port = int(self._listening.getsockname()[1])
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listening.close()

    def _accept(self) -> None:
        while True:
            try:
                came, _ = self._listening.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(came,), daemon=True).start()

    def _serve(self, came: socket.socket) -> None:
        with (
            contextlib.suppress(OSError),
            came,
            self._context.wrap_socket(came, server_side=True) as inside,
            socket.create_connection((HOST, self._to)) as server,
        ):
            threading.Thread(target=_copy, args=(server, inside), daemon=True).start()
            _copy(inside, server)


@contextmanager
def watched(guard: Guard = OPEN, sentinel_password: str = "") -> Iterator[Watched]:
    """Start a primary, its replica and their sentinels, and end them."""
    with _folder() as folder:
        found = Watched(folder, guard, sentinel_password)
        try:
            found.start()
            yield found
        finally:
            for each in (*found.sentinels, *found.servers):
                each.stop()


@contextmanager
def cluster(key: str, guard: Guard = OPEN) -> Iterator[Cluster]:
    """Start a cluster whose last node is the replica of the primary of `key`, and end it."""
    with _folder() as folder:
        found = Cluster(folder, key, guard)
        try:
            found.start()
            yield found
        finally:
            for node in found.nodes:
                node.stop()


@contextmanager
def asking(server: Valkey) -> Iterator[Any]:
    """A plain client of one server."""
    client = redis.Redis(HOST, server.port, socket_timeout=5.0, decode_responses=True, **server.guard.login())
    try:
        yield client
    finally:
        client.close()


def certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate of its own for 127.0.0.1, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "redis")])
    day, now = datetime.timedelta(days=1), datetime.datetime.now(datetime.UTC)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(x509.random_serial_number()).not_valid_before(now - day).not_valid_after(now + day)
    names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(HOST))])
    signed = made.add_extension(names, critical=False).sign(key, hashes.SHA256())
    file, private = folder / "cert.pem", folder / "key.pem"
    file.write_bytes(signed.public_bytes(Encoding.PEM))
    private.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return file, private


def _copy(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65_536):
            target.sendall(data)
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_RDWR)


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


@contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="cti-valkey-", ignore_cleanup_errors=True) as name:
        yield Path(name)
