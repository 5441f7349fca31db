"""Trips to the provider: in a table, bound to the browser, single use. Several tabs each have their own."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CursorResult, delete, select, update
from sqlalchemy.orm import Session

from service.sso.client import Begun
from service.sso.keys import hashed
from service.sso.models import LoginSession, LoginTransaction
from service.sso.problems import SsoRefused

_KEPT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Purpose:
    """Why the browser is sent away and what happens on return."""

    kind: str
    next_path: str = "/"
    session_id: int | None = None
    expected_sub: str = ""
    fingerprint: str = ""
    payload: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Trip:
    """A used transaction, taken out of the database: its secrets are gone from there."""

    id: int
    kind: str
    nonce: str
    code_verifier: str
    next_path: str
    session_id: int | None
    expected_sub: str
    fingerprint: str
    payload: Mapping[str, Any]
    started_at: datetime


def open_trip(
    session: Session, begun: Begun, purpose: Purpose, browser: str, now: datetime, lives: timedelta
) -> None:
    """Remember a trip; ``browser`` is the key in the browser's cookie. Old rows go at the same time."""
    session.execute(delete(LoginTransaction).where(LoginTransaction.expires_at < now - _KEPT))
    session.add(
        LoginTransaction(
            state_hash=hashed(begun.state),
            browser_hash=hashed(browser),
            kind=purpose.kind,
            nonce=begun.nonce,
            code_verifier=begun.code_verifier,
            next_path=purpose.next_path,
            session_id=purpose.session_id,
            expected_sub=purpose.expected_sub,
            fingerprint=purpose.fingerprint,
            payload=dict(purpose.payload or {}),
            started_at=now,
            expires_at=now + lives,
        )
    )


def use_trip(session: Session, state: str, browser: str, login_id: int | None, now: datetime) -> Trip:
    """Take the trip that ``state`` names, once; refuse another browser or session, a second use, the late.

    A wrong browser or session does not use it up: whoever started it can still come back.
    """
    row = session.scalar(select(LoginTransaction).where(LoginTransaction.state_hash == hashed(state)))
    if row is None:
        raise SsoRefused("state_unknown")
    if not browser or row.browser_hash != hashed(browser):
        raise SsoRefused("other_browser")
    _must_be_usable(row, login_id, now)
    trip = _trip(row)
    if not _mark_used(session, row.id, now):
        raise _refused(row, "used", login_id)
    return trip


def typed_in(session: Session, trip_id: int, person_id: uuid.UUID, browser: str) -> Mapping[str, Any]:
    """What waits in a step-up of this person and browser that came to nothing; empty if there is none."""
    row = session.scalar(
        select(LoginTransaction)
        .join(LoginSession, LoginSession.id == LoginTransaction.session_id)
        .where(
            LoginTransaction.id == trip_id,
            LoginTransaction.kind == "stepup",
            LoginTransaction.browser_hash == hashed(browser),
            LoginSession.person_id == person_id,
        )
    )
    return dict(row.payload) if row else {}


def forget_typed(session: Session, trip_id: int) -> None:
    session.execute(update(LoginTransaction).where(LoginTransaction.id == trip_id).values(payload={}))


def _must_be_usable(row: LoginTransaction, login_id: int | None, now: datetime) -> None:
    """A used step-up says so whoever is signed in: its new session key may have been lost on the way."""
    if row.used_at is not None:
        raise _refused(row, "used", login_id)
    if row.kind == "stepup" and row.session_id != login_id:
        raise _refused(row, "other_session", login_id)
    if row.expires_at <= now:
        raise _refused(row, "too_late", login_id)


def _refused(row: LoginTransaction, what: str, login_id: int | None) -> SsoRefused:
    """With the way on: what was typed at a step-up of this session, else where the trip was going."""
    stepup = row.kind == "stepup"
    refused = SsoRefused({"used": "stepup_used" if stepup else "already_used"}.get(what, what))
    refused.next_path = row.next_path
    if stepup and row.payload and login_id == row.session_id:
        refused.retry = row.id
    refused.waiting = row.id if what == "other_session" else None
    return refused


def _mark_used(session: Session, row_id: int, now: datetime) -> bool:
    """One statement decides between two that come back at once; False for the second."""
    unused = (LoginTransaction.id == row_id) & LoginTransaction.used_at.is_(None)
    change = update(LoginTransaction).where(unused).values(used_at=now, code_verifier="", nonce="")
    result = session.execute(change.execution_options(synchronize_session=False))
    return isinstance(result, CursorResult) and result.rowcount == 1


def _trip(row: LoginTransaction) -> Trip:
    return Trip(
        row.id,
        row.kind,
        row.nonce,
        row.code_verifier,
        row.next_path,
        row.session_id,
        row.expected_sub,
        row.fingerprint,
        dict(row.payload),
        row.started_at,
    )
