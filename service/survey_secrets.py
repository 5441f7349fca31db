"""Secrets of surveys as files in one folder: outside the database, readable by the service alone (R37)."""

from __future__ import annotations

import os
import secrets
from collections.abc import Sequence
from pathlib import Path


class FileSecrets:
    """``workflows.ports.SecretStore`` in a folder that all machines of the service share."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def create(self, name: str) -> None:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(self._path(name), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_bytes(32))
            file.flush()
            os.fsync(file.fileno())

    def read(self, name: str) -> bytes:
        return self._path(name).read_bytes()

    def destroy(self, name: str) -> None:
        """Overwrite, then remove; a file system that keeps old blocks may keep the old bytes for a while."""
        path = self._path(name)
        try:
            with path.open("r+b") as file:
                file.write(secrets.token_bytes(32))
                file.flush()
                os.fsync(file.fileno())
            path.unlink()
        except FileNotFoundError:
            return

    def names(self) -> Sequence[str]:
        return sorted(p.name for p in self.folder.iterdir()) if self.folder.is_dir() else []

    def _path(self, name: str) -> Path:
        if not name.isalnum():
            raise ValueError("the name of a secret is letters and digits")
        return self.folder / name
