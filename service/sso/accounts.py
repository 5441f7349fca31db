"""Whose account is it? A sub is linked to a person by the NIP of a verified token; nobody is created."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from service.sso.models import SsoAccount
from service.sso.problems import SsoRefused

FindPerson = Callable[[Session, str], Sequence[uuid.UUID]]
HasLeft = Callable[[Session, str], bool]


class Register(Protocol):
    """Who is who: ``find_person`` gives those in service with this number, ``has_left`` knows those who were."""

    @property
    def find_person(self) -> FindPerson: ...
    @property
    def has_left(self) -> HasLeft: ...


def person_of(
    session: Session, iss: str, sub: str, nip: str | None, register: Register, now: datetime
) -> uuid.UUID:
    """The one person of this account; refuses none, two, and whoever is linked otherwise (R12)."""
    person_id = _the_one(session, nip, register)
    linked = or_(SsoAccount.sub == sub, SsoAccount.person_id == person_id)
    rows = session.scalars(select(SsoAccount).where(SsoAccount.iss == iss, linked)).all()
    if any(row.sub != sub or row.person_id != person_id for row in rows):
        raise SsoRefused("account_mismatch")
    account = rows[0] if rows else SsoAccount(iss=iss, sub=sub, person_id=person_id, linked_at=now)
    account.last_login_at = now
    session.add(account)
    return person_id


def _the_one(session: Session, nip: str | None, register: Register) -> uuid.UUID:
    if nip is None:
        raise SsoRefused("nip_missing")
    found = register.find_person(session, nip)
    if len(found) > 1:
        raise SsoRefused("person_ambiguous")
    if not found:
        raise SsoRefused("person_left" if register.has_left(session, nip) else "person_unknown")
    return found[0]
