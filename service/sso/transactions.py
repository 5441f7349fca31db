"""Trips to the provider: in a table, bound to the browser, single use. Several tabs each have their own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CursorResult, delete, select, update
from sqlalchemy.orm import Session

from service.sso.client import Begun
from service.sso.keys import hashed
from service.sso.models import LoginTransaction
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
    if row.kind == "stepup" and row.session_id != login_id:
        raise SsoRefused("other_session")
    if row.expires_at <= now:
        raise _late(row)
    trip = _trip(row)
    _mark_used(session, row.id, now)
    return trip


def typed_in(session: Session, trip_id: int, login_id: int) -> Mapping[str, Any]:
    """What waits in a step-up of this session that came to nothing; empty if there is none."""
    mine = (LoginTransaction.id == trip_id) & (LoginTransaction.session_id == login_id)
    row = session.scalar(select(LoginTransaction).where(mine, LoginTransaction.kind == "stepup"))
    return dict(row.payload) if row else {}


def forget_typed(session: Session, trip_id: int) -> None:
    session.execute(update(LoginTransaction).where(LoginTransaction.id == trip_id).values(payload={}))


def _late(row: LoginTransaction) -> SsoRefused:
    late = SsoRefused("too_late")
    late.retry = row.id if row.kind == "stepup" else None
    return late


def _mark_used(session: Session, row_id: int, now: datetime) -> None:
    """One statement decides between two that come back at once."""
    unused = (LoginTransaction.id == row_id) & LoginTransaction.used_at.is_(None)
    change = update(LoginTransaction).where(unused).values(used_at=now, code_verifier="", nonce="")
    result = session.execute(change.execution_options(synchronize_session=False))
    if not isinstance(result, CursorResult) or result.rowcount != 1:
        raise SsoRefused("already_used")


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
