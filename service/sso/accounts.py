"""Whose account is it? A sub is linked to a person by the NIP of a verified token; nobody is created."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from service.sso.models import SsoAccount
from service.sso.problems import SsoRefused

FindPerson = Callable[[Session, str], Sequence[uuid.UUID]]


def person_of(
    session: Session, iss: str, sub: str, nip: str, find_person: FindPerson, now: datetime
) -> uuid.UUID:
    """The one person of this account; refuses none, two, and whoever is linked otherwise (R12)."""
    found = find_person(session, nip)
    if len(found) != 1:
        raise SsoRefused("person_ambiguous" if found else "person_unknown")
    person_id = found[0]
    linked = or_(SsoAccount.sub == sub, SsoAccount.person_id == person_id)
    rows = session.scalars(select(SsoAccount).where(SsoAccount.iss == iss, linked)).all()
    if any(row.sub != sub or row.person_id != person_id for row in rows):
        raise SsoRefused("account_mismatch")
    account = rows[0] if rows else SsoAccount(iss=iss, sub=sub, person_id=person_id, linked_at=now)
    account.last_login_at = now
    session.add(account)
    return person_id
