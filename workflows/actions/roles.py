"""Use cases about roles that a person holds apart from any office."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from workflows.actor import Actor
from workflows.clock import today
from workflows.errors import N_, Conflict, Denied, NotFound, Refused
from workflows.events import person_stream
from workflows.guards import must_have_reason
from workflows.history import record
from workflows.models import Person, RoleGrant
from workflows.people import person_in_service
from workflows.roles import GRANTED
from workflows.rules import ROLE_WORDS, require

LONGEST_REASON = 200


def grant_role(
    session: Session,
    *,
    actor: Actor,
    person_id: uuid.UUID,
    role: str,
    reason: str,
    valid_from: date | None = None,
    valid_to: date | None = None,
) -> RoleGrant:
    """Give a person a role from today or a later day on. Roles that sign come with an office only (R8, R11)."""
    require(actor, "role.grant")
    day = today(session)
    begins = valid_from or day
    if role not in GRANTED:
        raise Refused(
            "role_by_office",
            N_("Peran ini melekat pada jabatan: catat pejabatnya dengan nomor surat pada jabatan itu."),
            rule="R8",
            field="role",
        )
    if actor.person_id == person_id:
        raise Denied(
            "own_role", N_("Peran untuk diri sendiri diberikan oleh administrator lain."), rule="R12"
        )
    must_say_why(reason)
    if begins < day or (valid_to is not None and valid_to < begins):
        raise Refused(
            "role_dates",
            N_("Peran berlaku mulai hari ini atau sesudahnya, dan berakhir sesudah dimulai."),
            field="valid_from",
        )
    person = person_in_service(session, person_id)
    session.get(Person, person_id, with_for_update=True)
    if _held(session, person_id, role, begins, valid_to):
        raise Conflict(
            "role_held",
            N_("Orang ini sudah memegang peran %(role)s pada tanggal itu."),
            role=ROLE_WORDS[role],
        )
    grant = RoleGrant(
        person_id=person.id, role=role, valid_from=begins, valid_to=valid_to, reason=reason.strip()
    )
    session.add(grant)
    session.flush()
    record(
        session,
        "role.granted",
        stream=person_stream(person.id),
        actor=actor,
        personal={"reason": grant.reason},
        role=role,
        valid_from=begins.isoformat(),
        valid_to=valid_to.isoformat() if valid_to else None,
    )
    return grant


def end_grant(session: Session, *, actor: Actor, grant_id: int, reason: str) -> RoleGrant:
    """Take the role back at once: yesterday was its last day. The last administrator stays."""
    require(actor, "role.grant")
    must_say_why(reason)
    grant = session.get(RoleGrant, grant_id)
    if grant is None:
        raise NotFound("no_grant", N_("Pemberian peran ini tidak ada."))
    day = today(session)
    if grant.role == "administrator":
        _must_leave_one(session, grant, day)
    session.refresh(grant, with_for_update=True)
    if grant.valid_to is not None and grant.valid_to < day:
        raise Conflict("role_over", N_("Peran ini sudah berakhir."))
    grant.valid_to = day - timedelta(days=1)
    record(
        session,
        "role.ended",
        stream=person_stream(grant.person_id),
        actor=actor,
        personal={"reason": reason.strip()},
        role=grant.role,
    )
    return grant


def _held(session: Session, person_id: uuid.UUID, role: str, begins: date, ends: date | None) -> bool:
    query = select(RoleGrant.id).where(
        RoleGrant.person_id == person_id,
        RoleGrant.role == role,
        or_(RoleGrant.valid_to.is_(None), RoleGrant.valid_to >= begins),
    )
    if ends is not None:
        query = query.where(RoleGrant.valid_from <= ends)
    return session.scalars(query.limit(1)).first() is not None


def _must_leave_one(session: Session, grant: RoleGrant, day: date) -> None:
    """Locks all administrators, so that two of them cannot end each other at the same moment."""
    others = session.scalars(
        select(RoleGrant)
        .join(Person, Person.id == RoleGrant.person_id)
        .where(
            RoleGrant.role == "administrator",
            RoleGrant.valid_from <= day,
            or_(RoleGrant.valid_to.is_(None), RoleGrant.valid_to >= day),
            Person.left_on.is_(None),
        )
        .order_by(RoleGrant.id)
        .with_for_update(of=RoleGrant)
        .execution_options(populate_existing=True)
    ).all()
    lasting = [row for row in others if row.id != grant.id and row.person_id != grant.person_id]
    if not lasting:
        raise Refused(
            "last_administrator",
            N_("Ini administrator terakhir. Berikan peran administrator kepada orang lain lebih dahulu."),
        )


def must_say_why(reason: str) -> None:
    """A reason of at most ``LONGEST_REASON`` characters, else Refused."""
    must_have_reason(reason)
    if len(reason) > LONGEST_REASON:
        raise Refused(
            "too_long",
            N_("Terlalu panjang: paling banyak %(most)s huruf."),
            field="reason",
            most=LONGEST_REASON,
        )
