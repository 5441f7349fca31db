"""A weak link between a browser and our servers: slow, late, and cut where a test says.

Each ``Gate`` stands at the address that people use and hands requests on to the server behind it, one a
connection. Programs (the service asking its provider) are handed on untouched: their link is another one.
"""

from __future__ import annotations

import http.client
import socket
import struct
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import MappingProxyType
from typing import Any, Literal

HOST = "127.0.0.1"
PIECE = 625
"""Bytes sent at a time: a tenth of a second at 50 kbit/s."""
PATIENCE = 60.0
NOT_HANDED_ON = {"connection", "transfer-encoding", "content-length", "keep-alive"}
RESET_AT_ONCE = struct.pack("ii", 1, 0)

Fate = Literal["pass", "before", "after"]
"""``before``: the request never arrives. ``after``: it arrives and is worked on; the answer is lost."""
NameOf = Callable[[str, str, bytes], str]
"""(method, path without query, body) -> the step's name."""


class Line:
    """One radio for all gates. ``fates``: for a step's first, second ... request; all others pass."""

    def __init__(
        self,
        fates: Mapping[str, Sequence[Fate]] = MappingProxyType({}),
        *,
        bits_a_second: int = 50_000,
        delay: float = 2.0,
    ) -> None:
        self.bits_a_second, self.delay = bits_a_second, delay
        self.seen: list[tuple[str, Fate]] = []
        self._fates = {step: deque(fate) for step, fate in fates.items()}
        self._busy = 0
        self._radio, self._counting = threading.Lock(), threading.Lock()

    def fate_of(self, step: str) -> Fate:
        with self._counting:
            waiting = self._fates.get(step)
            fate: Fate = waiting.popleft() if waiting else "pass"
            self.seen.append((step, fate))
            return fate

    def send(self, out: socket.socket, data: bytes) -> None:
        for start in range(0, len(data), PIECE):
            piece = data[start : start + PIECE]
            with self._radio:
                time.sleep(len(piece) * 8 / self.bits_a_second)
            out.sendall(piece)

    def count(self, change: int) -> None:
        with self._counting:
            self._busy += change

    @property
    def quiet(self) -> bool:
        return self._busy == 0

    @property
    def never_reached(self) -> list[str]:
        """Steps with cuts that did not come about."""
        return [step for step, fates in self._fates.items() if set(fates) - {"pass"}]


class Gate:
    """``stop()`` closes the port. ``name_of`` names the steps of this gate."""

    def __init__(self, line: Line, port: int, behind: int, name_of: NameOf) -> None:
        members = {"line": line, "behind": behind, "name_of": staticmethod(name_of)}
        self._handler: type[_Handler] = type("Handler", (_Handler,), members)
        self._server = ThreadingHTTPServer((HOST, port), self._handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def through(self, line: Line) -> None:
        """From now on over this line."""
        self._handler.line = line

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Handler(BaseHTTPRequestHandler):
    line: Line
    behind: int
    name_of: NameOf

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if "python-requests" in self.headers.get("User-Agent", ""):
            self.connection.sendall(self._ask(body))
            return
        self.line.count(1)
        try:
            with suppress(OSError):  # the browser went away
                self._weakly(body)
        finally:
            self.line.count(-1)

    do_POST = do_GET

    def _weakly(self, body: bytes) -> None:
        fate = self.line.fate_of(self.name_of(self.command, self.path.partition("?")[0], body))
        time.sleep(self.line.delay)
        answer = b"" if fate == "before" else self._ask(body)
        if fate == "pass":
            self.line.send(self.connection, answer)
        else:
            self._cut()

    def _ask(self, body: bytes) -> bytes:
        """The whole answer as it goes over the wire."""
        asked = http.client.HTTPConnection(HOST, self.behind, timeout=PATIENCE)
        headers = {name: value for name, value in self.headers.items() if name.lower() != "connection"}
        asked.request(self.command, self.path, body or None, headers)
        answer = asked.getresponse()
        content = answer.read()
        asked.close()
        lines = [
            f"HTTP/1.1 {answer.status} {answer.reason}",
            f"Content-Length: {len(content)}",
            "Connection: close",
        ]
        lines += [
            f"{name}: {value}" for name, value in answer.getheaders() if name.lower() not in NOT_HANDED_ON
        ]
        return "\r\n".join([*lines, "", ""]).encode("latin-1") + content

    def _cut(self) -> None:
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_AT_ONCE)
        self.connection.close()

    def finish(self) -> None:
        with suppress(OSError, ValueError):  # cut already
            super().finish()

    def log_message(self, format: str, *args: Any) -> None:
        pass
