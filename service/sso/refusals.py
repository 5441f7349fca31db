"""Refused sign-ins that only people can mend: an entry for the administrator, without a NIP."""

from __future__ import annotations

import hashlib
import hmac
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from service.sso.models import RefusedSignIn

NOTED = frozenset({"person_unknown", "person_ambiguous", "person_left", "account_mismatch", "nip_missing"})
"""Refusals that a person can do nothing about alone."""
_SETTLED_KEPT = timedelta(days=90)


def masked(number: str) -> str:
    """``1990…003``: enough to talk about, too little to be the number."""
    return f"{number[:4]}…{number[-3:]}" if len(number) >= 12 else "…"


def keyed(number: str, key: str) -> str:
    """HMAC-SHA-256: NIPs are few enough to be tried, so that a salt beside the hash would not do."""
    return hmac.new(key.encode(), f"refused sign-in {number}".encode(), hashlib.sha256).hexdigest()


def note_refusal(session: Session, code: str, number: str, key: str, now: datetime) -> None:
    """One entry a case: the same person refused for the same reason again counts up."""
    session.execute(delete(RefusedSignIn).where(RefusedSignIn.settled_at < now - _SETTLED_KEPT))
    who = keyed(number, key)
    same = (RefusedSignIn.code == code) & (RefusedSignIn.who_hash == who)
    row = session.scalars(select(RefusedSignIn).where(same, RefusedSignIn.settled_at.is_(None))).first()
    if row is None:
        row = RefusedSignIn(code=code, who_hash=who, who_masked=masked(number), times=0, first_at=now)
        session.add(row)
    row.times, row.last_at = row.times + 1, now


def open_refusals(session: Session, limit: int) -> Sequence[RefusedSignIn]:
    """Those that are not settled, the latest first."""
    waiting = select(RefusedSignIn).where(RefusedSignIn.settled_at.is_(None))
    return session.scalars(waiting.order_by(RefusedSignIn.last_at.desc()).limit(limit)).all()


def settle_refusal(session: Session, refusal_id: int, by: uuid.UUID, now: datetime) -> bool:
    """Mark as done; False where there is none."""
    row = session.get(RefusedSignIn, refusal_id)
    if row is None:
        return False
    if row.settled_at is None:
        row.settled_at, row.settled_by = now, by
    return True
