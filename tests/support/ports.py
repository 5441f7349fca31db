"""Ports for the servers that tests start."""

from __future__ import annotations

import os
import secrets
import socket
from collections import deque

WORKERS = 8
"""Ports are dealt out so that this many workers of one run never meet."""
_given: deque[int] = deque(maxlen=200)


def free_port() -> int:
    """Below the range from which the system takes ports for outgoing connections: nobody grabs it meanwhile.

    None of the last 200 again: between asking and listening another test would take it for free.
    """
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % WORKERS
    while True:
        port = 20_000 + WORKERS * secrets.randbelow(12_000 // WORKERS) + worker
        if port in _given:
            continue
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)):
                _given.append(port)
                return port
