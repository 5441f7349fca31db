"""Where this person is signed in, and ending it there (sessions live in our table: DESIGN.md 5)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.sso import relying_party
from service.sso.keys import real_now
from service.sso.models import LoginSession, SsoAccount
from service.sso.sessions import end_login
from workflows.actions.roles import must_say_why
from workflows.actor import Actor
from workflows.errors import N_, Conflict, Denied, NotFound
from workflows.events import person_stream
from workflows.history import record
from workflows.models import Person
from workflows.rules import require

ENDED, BY_ADMINISTRATOR = "by_person", "by_administrator"


def open_sessions(session: Session, person_id: uuid.UUID) -> Sequence[LoginSession]:
    """Those whose time is not over, the last used first."""
    settings, now = relying_party().settings, real_now()
    return session.scalars(
        select(LoginSession)
        .where(
            LoginSession.person_id == person_id,
            LoginSession.ended_at.is_(None),
            LoginSession.last_seen_at >= now - settings.idle,
            LoginSession.created_at >= now - settings.absolute,
        )
        .order_by(LoginSession.last_seen_at.desc())
    ).all()


def end_one(session: Session, person_id: uuid.UUID, session_id: int) -> None:
    """NotFound for a session that is not this person's; one that is already ended stays ended."""
    row = session.get(LoginSession, session_id)
    if row is None or row.person_id != person_id:
        raise NotFound("no_session", N_("Perangkat ini tidak ada dalam daftar Anda."))
    end_login(session, session_id, ENDED, real_now())


def end_others(session: Session, person_id: uuid.UUID, keep: int) -> int:
    """All but the one in ``keep``; how many ended."""
    others = [row.id for row in _not_ended(session, person_id) if row.id != keep]
    for session_id in others:
        end_login(session, session_id, ENDED, real_now())
    return len(others)


def _not_ended(session: Session, person_id: uuid.UUID) -> Sequence[LoginSession]:
    mine = (LoginSession.person_id == person_id) & LoginSession.ended_at.is_(None)
    return session.scalars(select(LoginSession).where(mine)).all()


def end_for(session: Session, actor: Actor, person_id: uuid.UUID, session_id: int | None = None) -> int:
    """An administrator ends somebody's sign-ins, all or one, and the history says so; how many ended."""
    require(actor, "session.end")
    if session.get(Person, person_id) is None:
        raise NotFound("no_person", N_("Orang ini tidak ada."))
    chosen = [row.id for row in _not_ended(session, person_id) if session_id in (None, row.id)]
    for one in chosen:
        end_login(session, one, BY_ADMINISTRATOR, real_now())
    if chosen:
        stream = person_stream(person_id)
        record(session, "person.signed_out", stream=stream, actor=actor, count=len(chosen))
    return len(chosen)


def account_of(session: Session, person_id: uuid.UUID) -> SsoAccount | None:
    """The account of the configured provider with which this person signs in."""
    mine = SsoAccount.iss == relying_party().settings.issuer, SsoAccount.person_id == person_id
    return session.scalars(select(SsoAccount).where(*mine)).one_or_none()


def release_account(session: Session, actor: Actor, person_id: uuid.UUID, reason: str) -> None:
    """The provider made a new account for this person: the next one with the person's number is linked (R12).

    Whoever is signed in with the old one is signed out. Nobody does it for themselves: they would sign twice.
    """
    require(actor, "account.release")
    if actor.person_id == person_id:
        raise Denied(
            "own_account", N_("Kaitan akun Anda sendiri dilepas oleh administrator lain."), rule="R12"
        )
    must_say_why(reason)
    account = account_of(session, person_id)
    if account is None:
        raise Conflict("no_account", N_("Orang ini tidak terkait dengan akun SSO mana pun."))
    end_for(session, actor, person_id)
    session.delete(account)
    record(
        session,
        "person.account_released",
        stream=person_stream(person_id),
        actor=actor,
        personal={"reason": reason.strip()},
    )
