"""How is a connection made bad on purpose? A TCP proxy that can be cut, made slow or deaf, and given back."""

from __future__ import annotations

import contextlib
import selectors
import socket
import threading
import time
from collections.abc import Iterator

CHUNK = 65536
SLICE_BYTES = 64  # what a slow line passes at a time


class Proxy:
    """Listens at one address and forwards to another.

    `mode`: open, cut (refuses and drops), slow, or deaf (takes and passes nothing: a half-open connection).
    """

    def __init__(self, listen: tuple[str, int], target: tuple[str, int]) -> None:
        self.target = target
        self.mode = "open"
        self.bytes_per_s = 2000.0
        self.accepted = 0
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._server = socket.create_server(listen)
        self._server.settimeout(0.1)
        self.port: int = self._server.getsockname()[1]
        self._acceptor = threading.Thread(target=self._accept, name="proxy", daemon=True)
        self._acceptor.start()

    def cut(self) -> None:
        """Close every connection and accept none until `open`."""
        self.mode = "cut"
        with self._lock:
            for pair in self._pairs:
                for end in pair:
                    with contextlib.suppress(OSError):
                        end.shutdown(socket.SHUT_RDWR)

    def open(self) -> None:
        self.mode = "open"

    def close(self) -> None:
        self._stop.set()
        self.cut()
        self._acceptor.join(2.0)
        self._server.close()

    def _accept(self) -> None:
        while not self._stop.is_set():
            try:
                client, _ = self._server.accept()
            except TimeoutError:
                continue
            except OSError:
                return
            if self.mode == "cut":
                client.close()
                continue
            try:
                upstream = socket.create_connection(self.target, timeout=5.0)
            except OSError:
                client.close()
                continue
            self.accepted += 1
            with self._lock:
                self._pairs.append((client, upstream))
            threading.Thread(target=self._pump, args=(client, upstream), name="proxy-pump", daemon=True).start()

    def _pump(self, client: socket.socket, upstream: socket.socket) -> None:
        other = {client: upstream, upstream: client}
        with selectors.DefaultSelector() as ready, client, upstream:
            for end in other:
                ready.register(end, selectors.EVENT_READ, end)
            while not self._stop.is_set() and self.mode != "cut":
                if self.mode == "deaf":
                    time.sleep(0.05)
                    continue
                for key, _ in ready.select(0.1):
                    source: socket.socket = key.data
                    try:
                        data = source.recv(SLICE_BYTES if self.mode == "slow" else CHUNK)
                        if not data:
                            return
                        other[source].sendall(data)
                    except OSError:
                        return
                    if self.mode == "slow":
                        time.sleep(len(data) / self.bytes_per_s)


@contextlib.contextmanager
def proxy(listen: tuple[str, int], target: tuple[str, int]) -> Iterator[Proxy]:
    """A proxy for the length of a block."""
    between = Proxy(listen, target)
    try:
        yield between
    finally:
        between.close()
