"""A form open past the session's end: kept for the same person in the same browser, sent once after signing in.

Never kept: files, secrets, more than ``MOST_BYTES``; nor a form whose session nobody here remembers, since then
nobody knows whose it is.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import CursorResult, delete, select, update
from sqlalchemy.orm import Session

from service.sso.keys import hashed
from service.sso.models import KeptForm, LoginSession

LIVES = timedelta(minutes=15)
MOST_BYTES = 64 * 1024
MOST_FIELDS = 400
MOST_OF_ONE_PERSON = 10
SENT_AGAIN = "kept_form"
"""The hidden field of the page that sends a kept form: its id."""
_SECRET = re.compile(r"token|passw|sandi|secret|rahasia|otp|^kept_form$", re.IGNORECASE)

Fields = Sequence[tuple[str, str]]
Claim = Literal["taken", "sent", "foreign", "gone"]


def fit_to_keep(fields: Fields) -> list[list[str]] | None:
    """The fields without secrets; None where they are too many, too long or none."""
    left = [[name, value] for name, value in fields if not _SECRET.search(name)]
    size = sum(len(name.encode()) + len(value.encode()) for name, value in left)
    return left if 0 < len(left) <= MOST_FIELDS and size <= MOST_BYTES else None


def owner_of(session: Session, session_key: str) -> uuid.UUID | None:
    """Whose session this key once opened, also when it is over."""
    if not session_key:
        return None
    return session.scalar(select(LoginSession.person_id).where(LoginSession.key_hash == hashed(session_key)))


def keep_form(
    session: Session, owner: uuid.UUID, browser: str, path: str, fields: list[list[str]], now: datetime
) -> int:
    """Keep it, and drop what is too old or too many. The new row's id."""
    forget_old(session, now)
    mine = select(KeptForm.id).where(KeptForm.person_id == owner).order_by(KeptForm.id.desc())
    surplus = session.scalars(mine.offset(MOST_OF_ONE_PERSON - 1)).all()
    session.execute(delete(KeptForm).where(KeptForm.id.in_(surplus)))
    row = KeptForm(
        browser_hash=hashed(browser),
        person_id=owner,
        path=path,
        fields=fields,
        kept_at=now,
        expires_at=now + LIVES,
    )
    session.add(row)
    session.flush()
    return row.id


def find_kept(
    session: Session, form_id: int, person: uuid.UUID, browser: str, now: datetime
) -> KeptForm | None:
    """The form that waits for this person in this browser; None for another's, a sent one, an old one."""
    row = session.get(KeptForm, form_id)
    if row is None or row.person_id != person or row.browser_hash != hashed(browser):
        return None
    return row if row.used_at is None and row.expires_at > now else None


def claim_kept(session: Session, form_id: int, person: uuid.UUID, browser: str, now: datetime) -> Claim:
    """Take it for sending. One statement decides between two at once.

    ``gone``: its time is over and the row with it; what stands on the page is then a form like any other.
    """
    row = session.get(KeptForm, form_id)
    if row is None:
        return "gone"
    if row.person_id != person or row.browser_hash != hashed(browser):
        return "foreign"
    unused = (KeptForm.id == form_id) & KeptForm.used_at.is_(None)
    change = update(KeptForm).where(unused).values(used_at=now)
    result = session.execute(change.execution_options(synchronize_session=False))
    return "taken" if isinstance(result, CursorResult) and result.rowcount == 1 else "sent"


def settle_kept(session: Session, form_id: int, *, sent: bool) -> None:
    """After sending: forget the text, or, when it was not accepted, let it wait again."""
    values: dict[str, object] = {"fields": []} if sent else {"used_at": None}
    session.execute(update(KeptForm).where(KeptForm.id == form_id).values(**values))


def forget_old(session: Session, now: datetime) -> None:
    session.execute(delete(KeptForm).where(KeptForm.expires_at < now))
