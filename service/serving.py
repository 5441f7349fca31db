"""A WSGI app on a port of its own, as a thread of this process, ended without a loose end."""

from __future__ import annotations

import threading
from typing import Any

import waitress


class Served:
    """A running server; ``stop()`` closes its port and ends its threads. ``port=0``: a free one, see ``.port``."""

    def __init__(
        self,
        app: Any,
        host: str,
        port: int,
        *,
        name: str = "served",
        threads: int = 4,
        connection_limit: int = 1000,
    ) -> None:
        self._server: Any = waitress.create_server(
            app, host=host, port=port, threads=threads, ident=None, connection_limit=connection_limit,
            asyncore_use_poll=True,
        )  # fmt: skip
        self.port = int(self._server.effective_port)
        self._thread = threading.Thread(target=self._server.run, name=name, daemon=True)
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
