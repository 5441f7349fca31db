"""A proxy in front of a Moodle that a test controls: it cuts, loses, delays and falsifies what passes through.

Each call has a ``Fate``; ``seen`` keeps function and fate of every one, in the order of arrival. It speaks HTTP/1.1
and keeps connections open, as a real one does, so that a cut also meets a connection that was used before.
"""

from __future__ import annotations

import http.client
import socket
import struct
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal, get_args
from urllib.parse import parse_qsl, urlencode

HOST = "127.0.0.1"
PATIENCE = 60.0
RESET_AT_ONCE = struct.pack("ii", 1, 0)
HTML = "text/html; charset=utf-8"
JSON = "application/json"
MAINTENANCE = b"<!DOCTYPE html><title>Site under maintenance</title>"
LOGIN = b"<!DOCTYPE html><title>Log in to the site</title>"
GATEWAY = b"<html><h1>%d</h1></html>"
NO_TOKEN = (
    b'{"exception":"moodle_exception","errorcode":"invalidtoken","message":"Invalid token - token not found"}'
)
PADDING = b" " * 40
"""JSON may begin with spaces: so even ``null`` is long enough to drip."""

Fate = Literal[
    "pass",
    "cut_before",  # the connection breaks, and the request never arrives
    "cut_after",  # the work is done, and the connection breaks
    "cut_half",  # the work is done, and half of the answer arrives
    "unavailable",  # 503 with a page, nothing is done
    "gateway_timeout",  # 504 although the work is done
    "html",  # a page at status 200, nothing is done
    "drip",  # the work is done, and the answer comes byte by byte
    "invalid_token",  # Moodle refuses the token
    "tail_lost",  # PHP takes so many fields of the form and drops the rest without a word
]
FATES: tuple[Fate, ...] = get_args(Fate)
FateOf = Callable[[str], Fate]
"""The function asked for -> what becomes of the call. Called once a call, by one thread at a time."""


@dataclass
class FaultProxy:
    """``start()`` listens; ``url`` is the site's address from then on; ``stop()`` closes the port.

    ``behind``: port of the real site; one that nobody listens on is answered 502, as by any gateway. ``fields``: how
    many fields a form keeps under ``tail_lost``; ``drip_seconds``: how long a dripping answer takes at least.
    """

    behind: int
    fate_of: FateOf = lambda function: "pass"
    fields: int = 100
    drip_seconds: float = 2.0
    latency: float = 0.0
    seen: list[tuple[str, str]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def start(self) -> FaultProxy:
        handler: type[_Handler] = type("Handler", (_Handler,), {"proxy": self})
        self._server = _Server((HOST, 0), handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()
        return self

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def __enter__(self) -> FaultProxy:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self._server.server_port}"

    def next(self, *fates: Fate, function: str | None = None) -> None:
        """The next calls (of that function) meet these, one each; all others pass."""
        left = list(fates)

        def fate_of(asked: str) -> Fate:
            return left.pop(0) if left and function in (None, asked) else "pass"

        self.fate_of = fate_of

    def calls(self, fate: str | None = None) -> Counter[str]:
        """How often each function was asked for (and met that fate)."""
        with self.lock:
            return Counter(function for function, met in self.seen if fate in (None, met))

    def fates(self) -> Counter[str]:
        with self.lock:
            return Counter(met for _, met in self.seen)

    def meet(self, function: str) -> Fate:
        with self.lock:
            fate = self.fate_of(function)
            self.seen.append((function, fate))
        return fate


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that are killed hang up; anything else is told."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    proxy: FaultProxy
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        fate = self.proxy.meet(dict(parse_qsl(body.decode())).get("wsfunction", ""))
        time.sleep(self.proxy.latency)
        with suppress(ConnectionError):  # the client went away
            self._carry_out(fate, body)

    def _carry_out(self, fate: Fate, body: bytes) -> None:
        if fate == "cut_before":
            return self._cut()
        if fate == "unavailable":
            return self._answer(503, HTML, MAINTENANCE)
        if fate == "html":
            return self._answer(200, HTML, LOGIN)
        if fate == "invalid_token":
            return self._answer(200, JSON, NO_TOKEN)
        if fate == "tail_lost":
            body = self._shortened(body)
        status, kind, content = self._ask(body)
        if fate == "cut_after":
            return self._cut()
        if fate == "gateway_timeout":
            return self._answer(504, HTML, GATEWAY % 504)
        if fate in ("drip", "cut_half"):
            return self._in_pieces(status, kind, PADDING + content, whole=fate == "drip")
        return self._answer(status, kind, content)

    def _shortened(self, body: bytes) -> bytes:
        return urlencode(parse_qsl(body.decode(), keep_blank_values=True)[: self.proxy.fields]).encode()

    def _ask(self, body: bytes) -> tuple[int, str, bytes]:
        """Status, type and bytes of the answer; 502 where nobody answers."""
        asked = http.client.HTTPConnection(HOST, self.proxy.behind, timeout=PATIENCE)
        headers = {"Content-Type": self.headers.get("Content-Type", "")}
        try:
            asked.request("POST", self.path, body, headers)
            answer = asked.getresponse()
            return answer.status, answer.getheader("Content-Type", ""), answer.read()
        except OSError:
            return 502, HTML, GATEWAY % 502
        finally:
            asked.close()

    def _head(self, status: int, kind: str, length: int) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(length))
        self.end_headers()

    def _answer(self, status: int, kind: str, content: bytes) -> None:
        self._head(status, kind, len(content))
        self.wfile.write(content)

    def _in_pieces(self, status: int, kind: str, content: bytes, *, whole: bool) -> None:
        self._head(status, kind, len(content))
        if not whole:
            self.wfile.write(content[: len(content) // 2])
            return self._cut()
        for place in range(len(PADDING)):
            self.wfile.write(content[place : place + 1])
            time.sleep(self.proxy.drip_seconds / len(PADDING))
        self.wfile.write(content[len(PADDING) :])
        return None

    def _cut(self) -> None:
        self.wfile.flush()
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_AT_ONCE)
        self.connection.close()

    def finish(self) -> None:
        with suppress(OSError, ValueError):  # cut already
            super().finish()

    def log_message(self, format: str, *args: Any) -> None:
        pass
