"""Between sign-ins the provider is asked, in the background, whether somebody still is who they were.

OpenID Connect Core 1.0, 12, where the provider gives refresh tokens without being asked for offline access. What it
says changes the roles of the sign-in, or ends it; it is no fresh authentication and never makes a decision.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from service.sso.arrival import whole_claims
from service.sso.checks import Seen, run_checks
from service.sso.claims import roles_of
from service.sso.keys import real_now
from service.sso.models import LoginSession
from service.sso.pages import log_refusal
from service.sso.problems import ProviderDown, SsoRefused
from service.sso.relying import RelyingParty

log = logging.getLogger("bangkom.sso")
MOST_AT_ONCE = 50
ENDED = "refresh_refused"


@dataclass(frozen=True, slots=True)
class _Due:
    id: int
    sub: str
    auth_time: datetime | None
    closed: str


def refresh_facts(party: RelyingParty, answer: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """The columns of a session that come with a token answer: what to ask with, and when."""
    token, every = answer.get("refresh_token"), party.settings.refresh_every
    if party.seal is None or not every or not isinstance(token, str) or not token:
        return {"refresh_token": "", "refresh_at": None}
    return {"refresh_token": party.seal.close(token), "refresh_at": now + every}


def renew_due(party: RelyingParty) -> int:
    """Ask about those whose turn it is. How many were asked about."""
    with party.writing() as session:
        due = _claim(session, party.settings.refresh_every, party.settings.idle, real_now())
    for one in due:
        try:
            values = _ask(party, one)
        except ProviderDown as down:
            # Nobody is put out because the provider is away, nor waited for: the next turn asks again.
            log.warning("sso refresh: no answer, cause=%s", down.cause)
            break
        except SsoRefused as refused:
            log_refusal(refused)
            values = {"ended_at": real_now(), "ended_why": ENDED, "id_token": "", "refresh_token": ""}
        with party.writing() as session:
            _settle(session, one, values)
    return len(due)


def _claim(session: Session, every: timedelta, idle: timedelta, now: datetime) -> list[_Due]:
    """Those in use; their next turn is set before anybody is asked, so that two workers do not ask for one."""
    waiting = (
        select(LoginSession)
        .where(
            LoginSession.refresh_at <= now,
            LoginSession.ended_at.is_(None),
            LoginSession.refresh_token != "",
            LoginSession.last_seen_at >= now - idle,
        )
        .order_by(LoginSession.refresh_at)
        .limit(MOST_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    rows = session.scalars(waiting).all()
    for row in rows:
        row.refresh_at = now + every
    return [_Due(row.id, row.sub, row.auth_time, row.refresh_token) for row in rows]


def _ask(party: RelyingParty, one: _Due) -> dict[str, Any]:
    """The columns that change. Raises SsoRefused when the sign-in no longer stands, or the answer does not hold."""
    token = party.seal.open(one.closed) if party.seal else ""
    if not token:
        return {"refresh_token": ""}
    answer = party.provider.refresh(token)
    values = refresh_facts(party, answer, real_now()) if "refresh_token" in answer else {}
    if "id_token" not in answer:
        return values
    claims = party.provider.read_id_token(answer, "")
    seen = Seen(party.settings, real_now(), claims=claims, expected_sub=one.sub, signed_in_at=one.auth_time)
    run_checks("refresh", seen)
    whole = whole_claims(party, claims, answer)
    roles = roles_of(whole, party.settings.roles_claim, party.settings.role_map)
    return {**values, "id_token": answer["id_token"], "roles": roles}


def _settle(session: Session, one: _Due, values: dict[str, Any]) -> None:
    """Unless a step-up or a sign-out came in between: then this answer is about what no longer is."""
    same = (LoginSession.id == one.id) & (LoginSession.refresh_token == one.closed)
    session.execute(update(LoginSession).where(same, LoginSession.ended_at.is_(None)).values(**values))
