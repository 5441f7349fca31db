"""Sign-ins that ended long ago go, by the machine's time (UU 27/2022: no longer than needed)."""

from __future__ import annotations

from sqlalchemy import ColumnElement, CursorResult, delete, func, select
from sqlalchemy.orm import Session

from service.sso.keys import real_now
from service.sso.models import LoginSession, LoginTransaction
from workflows.actions.erasure import months_before
from workflows.clock import today
from workflows.parameters import whole_number


def old_sessions(session: Session) -> int:
    """How many may go today."""
    return session.scalar(select(func.count()).where(_old(session))) or 0


def erase_sessions(session: Session) -> int:
    """Erase them, with what is left of their trips to the provider. How many went."""
    old = select(LoginSession.id).where(_old(session))
    session.execute(delete(LoginTransaction).where(LoginTransaction.session_id.in_(old)))
    gone = session.execute(
        delete(LoginSession).where(_old(session)).execution_options(synchronize_session=False)
    )
    return gone.rowcount if isinstance(gone, CursorResult) else 0


def _old(session: Session) -> ColumnElement[bool]:
    """Last seen before the term: whether ended or run out, nobody can use it any more."""
    months = whole_number(session, "retention.sign_in_months", today(session))
    return LoginSession.last_seen_at < months_before(real_now(), months)
