"""Statements on their way: queued with what they tell of, sent in arrays of up to 30, again until 200.

The plugin counts only status 200 as accepted and parks everything else until an administrator acts. The
stand-in keeps a refused batch in the queue instead, says what was answered, and tries it again.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass, field

import requests

from lms_connectors.http import TimedSession, Timeouts, failure_of
from lms_connectors.sandbox.rest import php_json
from lms_connectors.sandbox.statements import Statement
from lms_connectors.sandbox.store import Store

MAX_BATCH = 30
ACCEPTED = "200"


def queue(db: sqlite3.Connection, statements: Sequence[Statement]) -> None:
    db.executemany(
        "INSERT INTO outbox (statement) VALUES (?)", [(json.dumps(statement),) for statement in statements]
    )


@dataclass(frozen=True)
class Standing:
    """How many statements wait, how many arrived, and what the last refused batch was answered."""

    waiting: int
    sent: int
    answered: str


@dataclass
class Outbox:
    """Sends to ``<end_point>/statements`` with Basic ``key:secret``."""

    store: Store
    end_point: str
    key: str
    secret: str = field(repr=False)
    timeouts: Timeouts = (2.0, 10.0)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def send(self) -> Standing:
        """Send what waits, oldest first, until something is not accepted. One sender at a time."""
        with self._lock:
            while self._send_batch():
                pass
        return self.standing()

    def standing(self) -> Standing:
        with self.store.reading() as db:
            (waiting,) = db.execute("SELECT count(*) FROM outbox WHERE NOT sent").fetchone()
            (sent,) = db.execute("SELECT count(*) FROM outbox WHERE sent").fetchone()
            last = db.execute("SELECT answered FROM outbox WHERE NOT sent ORDER BY id LIMIT 1").fetchone()
        return Standing(waiting, sent, last["answered"] if last else "")

    def _send_batch(self) -> bool:
        with self.store.reading() as db:
            rows = db.execute(
                "SELECT * FROM outbox WHERE NOT sent ORDER BY id LIMIT ?", (MAX_BATCH,)
            ).fetchall()
        if not rows:
            return False
        answered = self._post([json.loads(row["statement"]) for row in rows])
        accepted = answered == ACCEPTED
        with self.store.writing() as db:
            db.executemany(
                "UPDATE outbox SET tries = tries + 1, answered = ?, sent = ? WHERE id = ?",
                [(answered, int(accepted), row["id"]) for row in rows],
            )
        return accepted

    def _post(self, statements: Sequence[Statement]) -> str:
        """What was answered: a status, or a word for a broken exchange."""
        pair = b64encode(f"{self.key}:{self.secret}".encode()).decode()
        headers = {
            "Authorization": f"Basic {pair}",
            "X-Experience-API-Version": "1.0.3",
            "Content-Type": "application/json",
        }
        with TimedSession(self.timeouts, connect_retries=0) as session:
            try:
                answer = session.post(
                    f"{self.end_point}/statements", data=php_json(statements), headers=headers
                )
            except requests.RequestException as error:
                return failure_of(error).code
        return str(answer.status_code)
