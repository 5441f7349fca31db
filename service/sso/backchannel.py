"""Back-channel logout: the provider says that somebody has signed out, we end the sessions.

OpenID Connect Back-Channel Logout 1.0. Every check is in ``checks``, stage ``logout``.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from service.sso.checks import Seen, run_checks
from service.sso.keys import hashed, real_now
from service.sso.models import LoginSession, SsoLogoutToken
from service.sso.problems import SsoRefused
from service.sso.relying import RelyingParty

_KEPT = timedelta(days=1)


def obey_logout_token(party: RelyingParty, token: str) -> None:
    """End what ``token`` names, once. Raises SsoRefused, or ProviderDown when its keys cannot be had."""
    header, claims = party.provider.read_logout_token(token)
    now = real_now()
    run_checks("logout", Seen(party.settings, now, claims=claims, header=header))
    try:
        with party.writing() as session:
            _once(session, claims, now)
            _end(session, claims, now)
    except IntegrityError:
        raise SsoRefused("unsafe", "logout_replayed") from None


def _once(session: Session, claims: Mapping[str, Any], now: datetime) -> None:
    """Two copies at once meet at the unique hash."""
    session.execute(delete(SsoLogoutToken).where(SsoLogoutToken.seen_at < now - _KEPT))
    name = hashed(f"{claims['iss']} {claims['jti']}")
    if session.scalar(select(SsoLogoutToken.id).where(SsoLogoutToken.jti_hash == name)):
        raise SsoRefused("unsafe", "logout_replayed")
    session.add(SsoLogoutToken(jti_hash=name, seen_at=now))
    session.flush()


def _end(session: Session, claims: Mapping[str, Any], now: datetime) -> None:
    """With a sid that session, else all of this person's."""
    named = [LoginSession.iss == claims["iss"], LoginSession.ended_at.is_(None)]
    columns = {"sid": LoginSession.sid, "sub": LoginSession.sub}
    named += [column == claims[name] for name, column in columns.items() if name in claims]
    values = {"ended_at": now, "ended_why": "backchannel", "id_token": "", "refresh_token": ""}
    session.execute(update(LoginSession).where(*named).values(**values))
