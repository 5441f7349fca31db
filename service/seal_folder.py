"""Seals of the history as files in one folder, outside the database: ``000042-2027-03-18.txt`` (R39)."""

from __future__ import annotations

import fcntl
import os
import re
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from workflows.ports import SealName

_NAME = re.compile(r"(\d{6,})-(\d{4}-\d{2}-\d{2})\.txt")


class SealFolder:
    """``workflows.ports.SealStore`` in a folder that all machines of the service share and only they may write.

    The file system must know hard links: a file gets its name when it is whole and on the disk, and never over
    another.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def names(self) -> Sequence[SealName]:
        if not self.folder.is_dir():
            return []
        found = (_named(entry.name) for entry in os.scandir(self.folder))
        return sorted((name for name in found if name is not None), key=lambda name: name.number)

    def read(self, number: int) -> bytes:
        for path in self.folder.glob(f"{number:06d}-*.txt"):
            if _named(path.name) is not None:
                return path.read_bytes()
        raise FileNotFoundError(number)

    def add(self, name: SealName, text: bytes) -> None:
        if not self.folder.is_dir():
            self._make()
        draft = self.folder / f".{secrets.token_hex(8)}"
        try:
            _write(draft, text)
            with self._alone():
                if any(known.number == name.number for known in self.names()):
                    raise FileExistsError(name.number)
                os.link(draft, self.folder / file_name(name))
        finally:
            draft.unlink(missing_ok=True)
        _sync_folder(self.folder)

    def _make(self) -> None:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except FileExistsError as error:  # a file lies there, which is not "that number exists"
            raise NotADirectoryError(str(self.folder)) from error

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Two machines around midnight name two days: one number still goes to one of them."""
        with (self.folder / ".lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def file_name(name: SealName) -> str:
    return f"{name.number:06d}-{name.day.isoformat()}.txt"


def _named(text: str) -> SealName | None:
    found = _NAME.fullmatch(text)
    try:
        return SealName(int(found[1]), date.fromisoformat(found[2])) if found else None
    except ValueError:
        return None


def _write(path: Path, text: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o444)
    with os.fdopen(handle, "wb") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
