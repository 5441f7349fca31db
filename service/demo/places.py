"""Where a demo keeps its things, on which ports it speaks, and the secrets it made for itself."""

from __future__ import annotations

import json
import os
import secrets
import socket
from dataclasses import asdict, dataclass
from pathlib import Path

HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Ports:
    """Three servers: the pages, the identity provider, the learning site."""

    app: int
    provider: int
    sandbox: int

    @staticmethod
    def from_first(first: int) -> Ports:
        return Ports(first, first + 1, first + 2)

    @staticmethod
    def free() -> Ports:
        """Three that nobody uses now (tests)."""
        sockets = [socket.socket() for _ in range(3)]
        for one in sockets:
            one.bind((HOST, 0))
        numbers = [one.getsockname()[1] for one in sockets]
        for one in sockets:
            one.close()
        return Ports(*numbers)

    def taken(self) -> list[int]:
        """Which of them somebody else listens on."""
        return [port for port in (self.app, self.provider, self.sandbox) if _listens(port)]


@dataclass(frozen=True, slots=True)
class Secrets:
    """Made once for a demo and kept in its folder; worthless anywhere else."""

    secret_key: str
    client_secret: str
    site_token: str
    xapi_key: str
    xapi_secret: str


@dataclass(frozen=True, slots=True)
class Places:
    folder: Path
    ports: Ports

    @property
    def app_url(self) -> str:
        return f"http://{HOST}:{self.ports.app}"

    @property
    def issuer(self) -> str:
        return f"http://{HOST}:{self.ports.provider}"

    @property
    def site_url(self) -> str:
        return f"http://{HOST}:{self.ports.sandbox}"

    @property
    def database(self) -> Path:
        return self.folder / "bangkom.sqlite3"

    @property
    def accounts(self) -> Path:
        return self.folder / "accounts.json"

    @property
    def survey_secrets(self) -> Path:
        return self.folder / "survey-secrets"

    @property
    def seals(self) -> Path:
        return self.folder / "seals"

    @property
    def unfinished(self) -> Path:
        """Stands while the seed runs: found at a start, the data is half made and must be made anew."""
        return self.folder / "unfinished"

    def secrets(self) -> Secrets:
        path = self.folder / "secrets.json"
        if path.exists():
            return Secrets(**json.loads(path.read_text()))
        made = Secrets(*(secrets.token_urlsafe(32) for _ in range(5)))
        self.folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            json.dump(asdict(made), file)
        return made


def _listens(port: int) -> bool:
    with socket.socket() as one:
        one.settimeout(0.5)
        return one.connect_ex((HOST, port)) == 0
