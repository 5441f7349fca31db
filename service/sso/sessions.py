"""Login sessions in our table: found by the cookie's hash, ended by us, by time or by the provider."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from service.sso.claims import instant_at, text_at, texts_at
from service.sso.keys import hashed, new_key
from service.sso.models import LoginSession
from service.sso.settings import SsoSettings


@dataclass(frozen=True, slots=True)
class Login:
    """Who is signed in, as one request sees it."""

    session_id: int
    person_id: uuid.UUID
    iss: str
    sub: str
    sid: str | None
    auth_time: datetime | None
    acr: str | None
    amr: tuple[str, ...]
    roles: tuple[str, ...]
    last_seen_at: datetime


def find_login(session: Session, key: str, settings: SsoSettings, now: datetime) -> Login | None:
    """The login that ``key`` opens, or None: there is none, it was ended, its time is over. One query."""
    row = session.scalar(
        select(LoginSession).where(LoginSession.key_hash == hashed(key), LoginSession.ended_at.is_(None))
    )
    if row is None or now - row.last_seen_at > settings.idle or now - row.created_at > settings.absolute:
        return None
    return _login(row)


def open_login(
    session: Session, person_id: uuid.UUID, facts: Mapping[str, Any], device: str, now: datetime
) -> tuple[str, LoginSession]:
    """A new row and the key for its cookie; ``facts`` come from ``token_facts``."""
    key = new_key()
    row = LoginSession(key_hash=hashed(key), person_id=person_id, device=device, created_at=now, **facts)
    row.last_seen_at = now
    session.add(row)
    return key, row


def renew_login(session: Session, session_id: int, facts: Mapping[str, Any], now: datetime) -> str:
    """Step-up: the same row under a new key, with what the new token says."""
    key = new_key()
    values = {**facts, "key_hash": hashed(key), "last_seen_at": now}
    session.execute(update(LoginSession).where(LoginSession.id == session_id).values(**values))
    return key


def touch_login(session: Session, session_id: int, now: datetime) -> None:
    session.execute(update(LoginSession).where(LoginSession.id == session_id).values(last_seen_at=now))


def needs_touch(login: Login, settings: SsoSettings, now: datetime) -> bool:
    """Not every request writes: a tenth of the idle time is exact enough."""
    return now - login.last_seen_at > min(settings.idle / 10, timedelta(minutes=5))


def end_login(session: Session, session_id: int, why: str, now: datetime) -> str:
    """End it; returns the ID token for the provider's logout and forgets it."""
    row = session.get(LoginSession, session_id)
    if row is None or row.ended_at is not None:
        return ""
    token, row.id_token, row.refresh_token = row.id_token, "", ""
    row.ended_at, row.ended_why = now, why
    return token


def token_facts(claims: Mapping[str, Any], id_token: str, roles: list[str]) -> dict[str, Any]:
    """The columns of a session that come from a token."""
    return {
        "iss": claims["iss"],
        "sub": claims["sub"],
        "sid": text_at(claims, "sid"),
        "id_token": id_token,
        "auth_time": instant_at(claims, "auth_time"),
        "acr": text_at(claims, "acr"),
        "amr": texts_at(claims, "amr"),
        "roles": roles,
    }


def _login(row: LoginSession) -> Login:
    return Login(
        row.id,
        row.person_id,
        row.iss,
        row.sub,
        row.sid,
        row.auth_time,
        row.acr,
        tuple(row.amr),
        tuple(row.roles),
        row.last_seen_at,
    )
