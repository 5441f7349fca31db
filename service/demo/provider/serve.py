"""The provider on its own port, as a thread of this process."""

from __future__ import annotations

import threading
from typing import Any

import waitress
from flask import Flask


class Served:
    """A running server; ``stop()`` closes its port and ends its threads."""

    def __init__(self, app: Flask, host: str, port: int) -> None:
        self._server: Any = waitress.create_server(
            app, host=host, port=port, threads=4, ident=None, connection_limit=1000, asyncore_use_poll=True
        )
        self.port = int(self._server.effective_port)
        self._thread = threading.Thread(target=self._server.run, name="identity-provider", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Workers first: one that is answering would pull a closed trigger. Sockets are closed in the
        loop's own thread: closed from outside, its poll would fail."""
        if not self._thread.is_alive():
            return
        self._server.task_dispatcher.shutdown()
        self._server.trigger.pull_trigger(self._close)
        self._thread.join(timeout=5)

    def _close(self) -> None:
        for channel in list(self._server.active_channels.values()):
            channel.handle_close()
        self._server.close()


def serve_provider(app: Flask, host: str, port: int) -> Served:
    return Served(app, host, port)
