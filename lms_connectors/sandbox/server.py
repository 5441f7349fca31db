"""The stand-in on a port: waitress in a thread, and a second thread that sends what still waits."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Any

from waitress import wasyncore
from waitress.server import create_server

from lms_connectors.sandbox.app import SandboxApp


@dataclass
class SandboxServer:
    """A running stand-in. ``stop()`` closes the port and waits for both threads."""

    app: SandboxApp
    host: str
    port: int
    resend_every: float = 5.0
    _stopped: threading.Event = field(default_factory=threading.Event, repr=False)
    _sockets: dict[int, Any] = field(default_factory=dict, repr=False)
    _threads: list[threading.Thread] = field(default_factory=list, repr=False)

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"

    def start(self) -> SandboxServer:
        self._server = create_server(
            self.app, map=self._sockets, host=self.host, port=self.port, threads=8, ident=None
        )
        self.port = int(self._server.effective_port)
        for work, name in ((self._serve, "sandbox"), (self._resend, "sandbox-outbox")):
            thread = threading.Thread(target=work, name=name, daemon=True)
            thread.start()
            self._threads.append(thread)
        return self

    def stop(self) -> None:
        self._stopped.set()
        for thread in self._threads:
            thread.join(timeout=5)

    def _serve(self) -> None:
        """waitress's own loop ends only when every client has hung up; this one ends when it is told to."""
        while not self._stopped.is_set():
            wasyncore.loop(timeout=0.1, map=self._sockets, count=1)
        self._server.task_dispatcher.shutdown(timeout=1)
        wasyncore.close_all(self._sockets)

    def _resend(self) -> None:
        """As the site's cron job, which looks every minute; the demo is not that patient."""
        while not self._stopped.wait(self.resend_every):
            if self.app.outbox.standing().waiting:
                self.app.outbox.send()


def serve_sandbox(app: SandboxApp, host: str, port: int, *, resend_every: float = 5.0) -> SandboxServer:
    """Serve on ``host:port`` (0: a free port, see ``.port``) in threads of this process."""
    return SandboxServer(app, host, port, resend_every).start()
