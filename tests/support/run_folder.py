"""The folder of one test run: shared by its workers, gone when the run is over, however it ends."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

PREFIX = "bangkom-test-"
MEMORY_DISK = Path("/dev/shm")
ENOUGH_BYTES = 768 * 1024 * 1024
LONGEST_BASE = 60  # a unix socket's path holds 107 bytes in all


@dataclass(frozen=True)
class RunFolder:
    path: Path

    @property
    def databases(self) -> Path:
        return self.path / "sqlite"

    @property
    def server(self) -> Path:
        return self.path / "postgresql"

    @property
    def keeper_pid(self) -> Path:
        return self.path / "keeper.pid"

    @contextmanager
    def lock(self, name: str) -> Iterator[None]:
        """One worker at a time; released by the kernel when its holder dies."""
        with (self.path / f"{name}.lock").open("w") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield

    def remove(self) -> None:
        shutil.rmtree(self.path, ignore_errors=True)


def make_run_folder() -> RunFolder:
    """A new folder owned by this process; folders whose process is dead are swept on the way."""
    base = _base()
    _sweep(base)
    path = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir=base))
    folder = RunFolder(path)
    folder.databases.mkdir()
    return folder


def _base() -> Path:
    # Copying a template takes 16 ms in memory and up to 600 ms on a busy disk.
    if os.access(MEMORY_DISK, os.W_OK | os.X_OK) and shutil.disk_usage(MEMORY_DISK).free > ENOUGH_BYTES:
        return MEMORY_DISK
    temporary = Path(tempfile.gettempdir())
    return temporary if len(str(temporary)) <= LONGEST_BASE else Path("/tmp")


def _sweep(base: Path) -> None:
    for path in base.glob(f"{PREFIX}*-*"):
        pid = path.name.removeprefix(PREFIX).split("-")[0]
        if pid.isdigit() and not _lives(int(pid)):
            shutil.rmtree(path, ignore_errors=True)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
