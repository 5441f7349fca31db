"""Keys, sessions, codes and tokens in files of one folder, so that a restart keeps everyone signed in."""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from joserfc.jwk import RSAKey

Row = dict[str, Any]
KINDS = ("sessions", "codes", "tokens", "pending", "moments")


class State:
    """Rows by kind and key; each has ``until`` (seconds since 1970) and is gone after it."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._file = folder / "state.json"
        self._lock = threading.RLock()
        self._rows: dict[str, dict[str, Row]] = {kind: {} for kind in KINDS}
        if self._file.exists():
            self._rows.update(json.loads(self._file.read_text(encoding="utf-8")))
        self.key = _signing_key(folder / "keys.json")

    def get(self, kind: str, key: str) -> Row | None:
        with self._lock:
            row = self._rows[kind].get(key)
            return dict(row) if row and row["until"] > time.time() else None

    def values(self, kind: str) -> list[Row]:
        with self._lock:
            return [dict(row) for row in self._rows[kind].values() if row["until"] > time.time()]

    def put(self, kind: str, key: str, row: Row, lives: float) -> None:
        with self._changing() as rows:
            rows[kind][key] = {**row, "until": time.time() + lives}

    def take(self, kind: str, key: str) -> Row | None:
        """Remove a row and return it: codes and pending steps are used once."""
        with self._changing() as rows:
            row = rows[kind].pop(key, None)
            return row if row and row["until"] > time.time() else None

    def drop(self, kind: str, name: str, value: object) -> list[Row]:
        """Remove the rows of this kind whose ``name`` is ``value``, and return them."""
        with self._changing() as rows:
            keys = [key for key, row in rows[kind].items() if row.get(name) == value]
            return [rows[kind].pop(key) for key in keys]

    @contextmanager
    def _changing(self) -> Iterator[dict[str, dict[str, Row]]]:
        with self._lock:
            yield self._rows
            now = time.time()
            for kind, rows in self._rows.items():
                self._rows[kind] = {key: row for key, row in rows.items() if row["until"] > now}
            _write_private(self._file, json.dumps(self._rows))


def _signing_key(file: Path) -> RSAKey:
    if not file.exists():
        key = RSAKey.generate_key(2048, {"use": "sig", "alg": "RS256"}, auto_kid=True)
        _write_private(file, json.dumps(key.as_dict(private=True)))
    return RSAKey.import_key(json.loads(file.read_text(encoding="utf-8")))


def _write_private(file: Path, text: str) -> None:
    """Whole or not at all, also when the process is killed."""
    fresh = file.with_suffix(".new")
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as out:
        out.write(text)
    fresh.replace(file)
