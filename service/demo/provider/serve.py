"""The provider on its own port, as a thread of this process."""

from __future__ import annotations

from flask import Flask

from service.serving import Served


def serve_provider(app: Flask, host: str, port: int) -> Served:
    return Served(app, host, port, name="identity-provider")
