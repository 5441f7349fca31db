"""A PostgreSQL of one test alone, that may be stopped and started again: nothing that was committed is lost by that."""

from __future__ import annotations

import ctypes
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import psycopg
from sqlalchemy import URL

from tests.support.postgres_keeper import SETTINGS, plain_environment, prepare
from tests.support.postgres_programs import as_user, find_programs, readable_programs, unprivileged

PR_SET_PDEATHSIG = 1
START_SECONDS = 60.0
OURS = {**SETTINGS, "synchronous_commit": "on"}


class OwnPostgres:
    """``start()`` may be called again after ``crash()``; ``remove()`` leaves nothing behind."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="bangkom-own-"))
        self.folder.chmod(0o755)
        self.user = unprivileged()
        self.programs = readable_programs(find_programs(), self.user, self.folder / "programs")
        self.place = prepare(self.folder, self.user)
        self._run(
            "initdb", "-D", self.data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"
        )
        self.server: subprocess.Popen[bytes] | None = None

    @property
    def data(self) -> Path:
        return self.place / "data"

    @property
    def url(self) -> str:
        made = URL.create(
            "postgresql+psycopg", "postgres", database="postgres", query={"host": str(self.place)}
        )
        return made.render_as_string()

    def start(self) -> None:
        options = [part for name, value in OURS.items() for part in ("-c", f"{name}={value}")]
        self.server = subprocess.Popen(
            [self.programs / "postgres", "-D", self.data, "-k", self.place, *options],
            cwd=self.place, env=plain_environment(), start_new_session=True, preexec_fn=_go_with_us,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **as_user(self.user),
        )  # fmt: skip
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            assert self.server.poll() is None, "PostgreSQL did not start"
            assert time.monotonic() < deadline, "PostgreSQL gave no answer"
            time.sleep(0.05)

    def crash(self) -> None:
        """Every connection breaks off at once; what was committed is there again after ``start()``."""
        if self.server is not None:
            self.server.send_signal(signal.SIGQUIT)
            self.server.wait(timeout=20)
            self.server = None

    def remove(self) -> None:
        self.crash()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _answers(self) -> bool:
        try:
            with psycopg.connect(host=str(self.place), user="postgres", dbname="postgres") as connection:
                connection.execute("SELECT 1")
        except psycopg.OperationalError:
            return False
        return True

    def _run(self, program: str, *arguments: object) -> None:
        subprocess.run(
            [self.programs / program, *(str(one) for one in arguments)],
            check=True, cwd=self.place, env=plain_environment(), stdout=subprocess.DEVNULL, **as_user(self.user),
        )  # fmt: skip


def _go_with_us() -> None:
    """The server ends when the test's process does, however that ends."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGQUIT)
