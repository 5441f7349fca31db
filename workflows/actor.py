"""Who acts: a person with the roles of that day, or the clock."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from workflows.clock import today
from workflows.mandates import holdings_of
from workflows.models import RoleGrant

OFFICE_GIVES = {"hrd_agency_head": ("hrd_agency_head", "hrd_agency")}
"""Roles that an office carries with it; every other office gives the role of its own name."""


@dataclass(frozen=True, slots=True)
class Actor:
    person_id: uuid.UUID | None
    roles: frozenset[str]

    @property
    def person(self) -> uuid.UUID:
        """The person's id; the clock has none and must not come here."""
        if self.person_id is None:
            raise ValueError("the clock is no person")
        return self.person_id


CLOCK = Actor(None, frozenset({"clock"}))
OPERATOR = Actor(None, frozenset({"operator"}))
"""Whoever runs the command on the service's own machine."""


def load_actor(session: Session, person_id: uuid.UUID, token_roles: Iterable[str] = ()) -> Actor:
    """The person with the roles of today: from the token, from grants, from offices held today."""
    day = today(session)
    roles = {"asn", *token_roles}
    roles.update(
        session.scalars(
            select(RoleGrant.role).where(
                RoleGrant.person_id == person_id,
                RoleGrant.valid_from <= day,
                or_(RoleGrant.valid_to.is_(None), RoleGrant.valid_to >= day),
            )
        )
    )
    for holding in holdings_of(session, person_id, day):
        roles.update(OFFICE_GIVES.get(holding.office.role, (holding.office.role,)))
    return Actor(person_id, frozenset(roles))
