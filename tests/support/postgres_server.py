"""One PostgreSQL server for the whole run: the one given, or one that is started on first use."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
from sqlalchemy import URL, make_url

from tests.support.postgres_programs import NoPostgres
from tests.support.run_folder import RunFolder

GIVEN = "BANGKOM_TEST_DATABASE_URL"
START_SECONDS = 60.0


def server_url(folder: RunFolder, owner: int) -> URL:
    """The address of the maintenance database; whoever comes first starts the server."""
    given = os.environ.get(GIVEN)
    if given:
        return make_url(given).set(drivername="postgresql+psycopg")
    with folder.lock("server"):
        if not folder.keeper_pid.exists():
            _start(folder, owner)
    return _own_url(folder)


def stop_server(folder: RunFolder) -> None:
    """Ends the server of this run, if there is one, and waits until it is gone."""
    if not folder.keeper_pid.exists():
        return
    pid = int(folder.keeper_pid.read_text())
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + 10
    while folder.server.exists() and time.monotonic() < deadline:
        time.sleep(0.02)


def _own_url(folder: RunFolder) -> URL:
    return URL.create(
        "postgresql+psycopg", "postgres", database="postgres", query={"host": str(folder.server)}
    )


def _start(folder: RunFolder, owner: int) -> None:
    script = Path(__file__).with_name("postgres_keeper.py")
    log = folder.path / "keeper.log"
    with log.open("wb") as output:
        keeper = subprocess.Popen(
            [sys.executable, "-P", script, folder.path, str(owner)],
            stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True,
        )  # fmt: skip
    _wait_for_answer(_own_url(folder), keeper, log)
    folder.keeper_pid.write_text(str(keeper.pid))
    keeper.returncode = 0  # it outlives this worker on purpose: nobody waits for it here


def _wait_for_answer(url: URL, keeper: subprocess.Popen[bytes], log: Path) -> None:
    """The socket's file comes before the server is ready: only its own answer counts."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if keeper.poll() is not None:
            raise NoPostgres(f"PostgreSQL did not start:\n{log.read_text()[-2000:]}")
        try:
            with psycopg.connect(
                host=url.query["host"], user=url.username, dbname=url.database
            ) as connection:
                connection.execute("SELECT 1")
                return
        except psycopg.OperationalError:
            time.sleep(0.05)
    raise NoPostgres(f"PostgreSQL gave no answer within {START_SECONDS:.0f} s:\n{log.read_text()[-2000:]}")
