"""Accounts of a site: which of our fields goes where, which are usable, and why a person lacks one (R26)."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Sequence

from sqlalchemy import ColumnElement, or_, update
from sqlalchemy.orm import Session

from workflows.clock import real_now
from workflows.models import LmsAccount, Person, Site
from workflows.people import given_and_family
from workflows.ports import LearnerAccount

USABLE = ("found", "made")
"""Statuses of an account that can be enrolled."""
DELETED = "deleted"
"""The account that we held is gone from the site: another one is used when there is one, none is made unasked."""
MAY_NOT_CREATE = "may_not_create"
MAY_NOT_UPDATE = "may_not_update"
TRIAL = "trial"
"""The one person by whom it is tried whether the right to make accounts is back."""
PEOPLE_AT_ONCE = 500


def learner_of(site: Site, person: Person, number: str) -> LearnerAccount:
    """The person as this site should know them. ``number``: NIP or NI PPPK of the day, as text."""
    fields = {"number": number, "person": str(person.id), "email": person.email, "none": ""}
    given, family = given_and_family(person.name)
    return LearnerAccount(
        key=str(person.id),
        username=fields[site.username_from],
        idnumber=fields[site.idnumber_from],
        email=fields[site.email_from],
        given_name=given,
        family_name=family,
    )


def print_of(learner: LearnerAccount) -> str:
    """Fingerprint of what an account is given of us: name and e-mail."""
    given = (learner.given_name, learner.family_name, learner.email)
    return hashlib.sha256("\n".join(given).encode()).hexdigest()


def number_print_of(learner: LearnerAccount) -> str:
    """Fingerprint of the ID number that an account is given of us; empty where we give none.

    Of the person as well, so that nobody who holds a list of numbers finds them again by it.
    """
    text = f"{learner.key}\n{learner.idnumber}"
    return hashlib.sha256(text.encode()).hexdigest() if learner.idnumber else ""


def is_usable() -> ColumnElement[bool]:
    """The account of a person can be enrolled."""
    return LmsAccount.remote_id.is_not(None) & LmsAccount.status.in_(USABLE)


def is_lacking() -> ColumnElement[bool]:
    """The person has no account that can be used."""
    return or_(LmsAccount.remote_id.is_(None), LmsAccount.status.not_in(USABLE))


def data_changed(session: Session, person_ids: Sequence[uuid.UUID]) -> None:
    """Name, e-mail or number of these people changed: their accounts are looked at soon, on every site."""
    for start in range(0, len(person_ids), PEOPLE_AT_ONCE):
        session.execute(
            update(LmsAccount)
            .where(LmsAccount.person_id.in_(person_ids[start : start + PEOPLE_AT_ONCE]))
            .values(check_at=real_now(session), looks=0)
            .execution_options(synchronize_session=False)
        )


def settings_changed(session: Session, site_id: int) -> None:
    """The site's rules of accounts changed: who is looked for, made and told may change for everybody there."""
    session.execute(
        update(LmsAccount)
        .where(LmsAccount.site_id == site_id)
        .values(check_at=real_now(session), looks=0)
        .execution_options(synchronize_session=False)
    )
