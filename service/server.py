"""Serving the app with waitress, and the runner beside it."""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Callable
from types import FrameType

from flask import Flask
from waitress.server import create_server

from service.app import create_app
from service.claims import AnotherRunner
from service.config import Settings
from service.current import bangkom
from service.worker import Runner

log = logging.getLogger("bangkom.server")
CROWD = 1000
"""Connections held at once: each browser keeps up to six open, and waitress would stop at 100."""
PATIENCE = 15.0
"""Longer than a dead runner's claim lives: after a crash the next start takes it over."""


def serve(settings: Settings, *, host: str, port: int) -> None:
    app = create_app(settings)
    runner = start_runner(app, settings) if settings.runner else None
    server = create_server(
        app,
        host=host,
        port=port,
        threads=settings.threads,
        connection_limit=CROWD,
        asyncore_use_poll=True,
        clear_untrusted_proxy_headers=False,
    )
    log.info("serving on http://%s:%s", host, port)
    run_until_signal(server.run, server.close)
    if runner is not None:
        runner.stop()


def work(app: Flask) -> None:
    """Only the runner, until a signal."""
    with app.app_context():
        runner = Runner(bangkom().jobs, app.app_context, every=bangkom().settings.sweep_seconds)
    runner.start(PATIENCE)
    stop = threading.Event()
    run_until_signal(stop.wait, stop.set)
    runner.stop()


def start_runner(app: Flask, settings: Settings) -> Runner:
    """Take the claim in the background: pages do not wait for a dead runner's claim to run out."""
    with app.app_context():
        runner = Runner(bangkom().jobs, app.app_context, every=settings.sweep_seconds)
    app.extensions["bangkom_runner"] = runner

    def begin() -> None:
        try:
            runner.start(PATIENCE)
        except AnotherRunner as error:
            log.critical("%s; this process serves pages without background work", error)

    threading.Thread(target=begin, name="bangkom-runner-start", daemon=True).start()
    return runner


def run_until_signal(run: Callable[[], object], close: Callable[[], object]) -> None:
    """Call ``run``; Ctrl-C and SIGTERM call ``close``."""

    def end(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, end)
    try:
        run()
    except (KeyboardInterrupt, SystemExit):
        log.info("stopping")
    finally:
        close()
