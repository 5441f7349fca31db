"""A bare application around the end point, with a store in a dictionary."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import orjson
from flask import Flask
from werkzeug.test import TestResponse

from lms_connectors.xapi.statement import ReadStatement
from service.xapi import XapiCredential, hash_secret, make_blueprint
from workflows.errors import Conflict

SITE = XapiCredential(
    key="kunci-moodle", secret_sha256=hash_secret("rahasia-é"), name="Moodle utama", site="http://moodle.test"
)
NOW = datetime(2026, 11, 24, 4, 0, 0, 5000, UTC)
ID = "8f87ccde-bb56-4c2e-ab83-44982ef22df0"
MAX_BYTES = 200_000


@dataclass
class Store:
    """Keeps what it is given, whole batches only; raises ``failure`` when told to."""

    kept: dict[str, ReadStatement] = field(default_factory=dict)
    batches: list[tuple[XapiCredential, list[ReadStatement]]] = field(default_factory=list)
    failure: Exception | None = None

    def receive(self, sender: XapiCredential, batch: list[ReadStatement]) -> list[str]:
        if self.failure is not None:
            raise self.failure
        for one in batch:
            known = self.kept.get(one.id)
            if known is not None and known.fingerprint != one.fingerprint:
                raise Conflict("statement_differs", "Isi pernyataan berbeda", rule="R28")
        self.batches.append((sender, batch))
        self.kept.update({one.id: one for one in batch})
        return [one.id for one in batch]


def basic(key: str, secret: str) -> str:
    return "Basic " + base64.b64encode(f"{key}:{secret}".encode()).decode()


GOOD = {
    "Authorization": basic("kunci-moodle", "rahasia-é"),
    "X-Experience-API-Version": "1.0.3",
    "Content-Type": "application/json",
}


class Bench:
    def __init__(self) -> None:
        self.store = Store()
        app = Flask("bench")
        app.register_blueprint(
            make_blueprint(
                credentials={SITE.key: SITE}.get,
                receive=lambda sender, batch: self.store.receive(sender, batch),
                now=lambda: NOW,
                max_bytes=MAX_BYTES,
            )
        )
        self.client = app.test_client()

    def ask(
        self, method: str = "POST", path: str = "/xapi/statements", body: Any = b"[]", **headers: str | None
    ) -> TestResponse:
        """A good request, with headers replaced (``_`` for ``-``) or, with None, left out."""
        wanted = {**GOOD, **{name.replace("_", "-"): value for name, value in headers.items()}}
        told = {name: value for name, value in wanted.items() if value is not None}
        data = body if isinstance(body, bytes) else orjson.dumps(body)
        return self.client.open(path, method=method, data=data, headers=told)
