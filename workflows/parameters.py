"""Reading the dated numbers of law (R1). A missing one is a refusal that says which."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from workflows.errors import N_, Refused
from workflows.models import LegalParameter


def parameter_on(session: Session, key: str, day: date) -> LegalParameter:
    """The parameter in force on that day; the youngest where two overlap."""
    found = session.scalars(
        select(LegalParameter)
        .where(
            LegalParameter.key == key,
            LegalParameter.valid_from <= day,
            or_(LegalParameter.valid_to.is_(None), LegalParameter.valid_to >= day),
        )
        .order_by(LegalParameter.valid_from.desc())
    ).first()
    if found is None:
        raise Refused(
            "parameter_missing",
            N_(
                "Parameter %(key)s belum diisi untuk tanggal ini. Minta administrator mengisinya beserta sumbernya."
            ),
            rule="R1",
            key=key,
        )
    return found


def value_on(session: Session, key: str, day: date) -> Any:
    """The decoded value of a parameter on a day."""
    return json.loads(parameter_on(session, key, day).value)


def whole_number(session: Session, key: str, day: date) -> int:
    return int(value_on(session, key, day))
