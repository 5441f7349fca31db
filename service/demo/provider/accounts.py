"""The made-up people who can sign in: a JSON file, read again when it changes."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Account:
    sub: str
    name: str
    email: str
    nip: str
    preferred_username: str
    roles: tuple[str, ...] = ()
    label: str = ""
    """What the person is in the demo, e.g. "Sekda - contoh"; labelled accounts are listed first."""

    def claims(self) -> dict[str, Any]:
        """Shaped like Keycloak's: roles under ``realm_access``."""
        return {
            "sub": self.sub,
            "name": self.name,
            "email": self.email,
            "nip": self.nip,
            "preferred_username": self.preferred_username,
            "realm_access": {"roles": list(self.roles)},
        }

    def matches(self, words: list[str]) -> bool:
        text = f"{self.name} {self.label} {self.preferred_username} {self.nip}".casefold()
        return all(word in text for word in words)


class Accounts:
    """The file, kept in memory until it changes. A missing file is an empty list."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._seen: tuple[int, int] | None = None
        self._by_sub: dict[str, Account] = {}

    def get(self, sub: str) -> Account | None:
        return self._current().get(sub)

    def by_username(self, name: str) -> Account | None:
        wanted = name.strip().casefold()
        return next((a for a in self._current().values() if a.preferred_username.casefold() == wanted), None)

    def labelled(self) -> list[Account]:
        return [account for account in self._current().values() if account.label]

    def search(self, text: str, limit: int = 20) -> list[Account]:
        words = text.casefold().split()
        found = [account for account in self._current().values() if words and account.matches(words)]
        return found[:limit]

    def _current(self) -> Mapping[str, Account]:
        with self._lock:
            seen = self._stamp()
            if seen != self._seen:
                self._by_sub = {account.sub: account for account in self._read()} if seen else {}
                self._seen = seen
            return self._by_sub

    def _stamp(self) -> tuple[int, int] | None:
        try:
            status = self._path.stat()
        except FileNotFoundError:
            return None
        return status.st_mtime_ns, status.st_size

    def _read(self) -> list[Account]:
        rows = json.loads(self._path.read_text(encoding="utf-8"))
        return [_account(row) for row in rows]


def _account(row: Mapping[str, Any]) -> Account:
    names = ("sub", "name", "email", "nip", "preferred_username")
    texts = {name: str(row[name]) for name in names}
    return Account(**texts, roles=tuple(row.get("roles", ())), label=str(row.get("label", "")))
