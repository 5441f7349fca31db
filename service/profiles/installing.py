"""Reference data of a profile goes into the database; done again, it changes only what differs."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from service.profiles.profile import Profile
from workflows.models import (
    ApprovalRequest,
    ApprovalStep,
    AssignmentKind,
    Ceiling,
    Competency,
    JobField,
    LegalParameter,
    MandateRule,
    Office,
    Partner,
    TrainingForm,
    Unit,
    UnitChange,
)

Entity = TypeVar("Entity", bound=Any)


def install_profile(session: Session, profile: Profile) -> None:
    """Write or bring up to date what the profile says. Rows that it does not name stay as they are.

    A parameter, rule of mandates or ceiling that an administrator has corrected is not overwritten: the profile
    only adds what is missing there (R1: an administrator can correct every number of law).
    A unit that a letter has changed here (renamed, moved, merged, closed) is no longer the profile's to change, nor
    are the offices of such units.
    """
    _plain(session, JobField, profile.job_fields, lambda row: {"code": row.code})
    _plain(session, AssignmentKind, profile.assignment_kinds, lambda row: {"code": row.code})
    _plain(session, Competency, profile.competencies, lambda row: {"code": row.code})
    _plain(session, Partner, profile.partners, lambda row: {"code": row.code})
    _units(session, profile)
    _offices(session, profile)
    _steps(session, profile)
    add_missing(session, profile)
    session.flush()


def _plain(
    session: Session, model: type[Entity], rows: Iterable[Any], key: Callable[[Any], dict[str, Any]]
) -> None:
    for row in rows:
        values = {name: getattr(row, name) for name in row.__slots__}
        _put(session, model, key(row), values)


def _units(session: Session, profile: Profile) -> None:
    ours = _changed_here(session)
    rows = [row for row in profile.units if row.code not in ours]
    for row in rows:
        values = {
            "name": row.name,
            "short_name": row.short_name,
            "kind": row.kind,
            "is_remote": row.is_remote,
        }
        _put(session, Unit, {"code": row.code}, values)
    session.flush()
    ids = _ids(session, Unit)
    for row in rows:
        if row.parent not in ours:
            _put(session, Unit, {"code": row.code}, {"parent_id": ids.get(row.parent)})


def _changed_here(session: Session) -> set[str]:
    """Codes of units whose name, place or end a letter decided, and of those that ended before."""
    changed = select(UnitChange.unit_id).where(UnitChange.status == "in_force")
    query = select(Unit.code).where(or_(Unit.valid_to.is_not(None), Unit.id.in_(changed)))
    return set(session.scalars(query))


def _offices(session: Session, profile: Profile) -> None:
    units, ours = _ids(session, Unit), _changed_here(session)
    for row in profile.offices:
        values = {"role": row.role, "title": row.title, "unit_id": units.get(row.unit)}
        _put(session, Office, {"code": row.code}, values, only_new=row.unit in ours)
    session.flush()
    ids = _ids(session, Office)
    for row in profile.offices:
        _put(session, Office, {"code": row.code}, {"above_id": ids.get(row.above)})


def _steps(session: Session, profile: Profile) -> None:
    """A chain under which somebody has asked for approval stays as it is (R18); a changed one has a new name."""
    used = session.scalars(select(ApprovalRequest.id).where(ApprovalRequest.chain == profile.chain)).first()
    for row in profile.steps:
        values = {name: getattr(row, name) for name in row.__slots__}
        key = {"chain": profile.chain, "seq": row.seq}
        _put(session, ApprovalStep, key, values, only_new=used is not None)


def add_missing(session: Session, profile: Profile) -> None:
    """Dated numbers of law, rules of mandates, forms and ceilings that are not there yet; nothing is changed."""
    for parameter in profile.parameters:
        values = {name: getattr(parameter, name) for name in parameter.__slots__}
        values["value"] = json.dumps(parameter.value, ensure_ascii=False)
        key = {"key": parameter.key, "valid_from": parameter.valid_from}
        _put(session, LegalParameter, key, values, only_new=True)
    for mandate in profile.mandates:
        values = {name: getattr(mandate, name) for name in mandate.__slots__}
        key = {"office": mandate.office, "kind": mandate.kind, "valid_from": mandate.valid_from}
        _put(session, MandateRule, key, values, only_new=True)
    for form in profile.forms:
        values = {name: getattr(form, name) for name in form.__slots__}
        key = {"code": form.code, "valid_from": form.valid_from}
        _put(session, TrainingForm, key, values, only_new=True)
    for ceiling in profile.ceilings:
        values = {name: getattr(ceiling, name) for name in ceiling.__slots__}
        key = {"fiscal_year": ceiling.fiscal_year, "code": ceiling.code}
        _put(session, Ceiling, key, {**values, "held": 0}, only_new=True)


def _put(
    session: Session,
    model: type[Entity],
    key: Mapping[str, Any],
    values: Mapping[str, Any],
    *,
    only_new: bool = False,
) -> None:
    found = session.scalars(select(model).filter_by(**key)).first()
    if found is None:
        session.add(model(**{**key, **values}))
    elif not only_new:
        for name, value in values.items():
            if getattr(found, name) != value:
                setattr(found, name, value)


def _ids(session: Session, model: type[Entity]) -> dict[str, int]:
    return {row.code: row.id for row in session.scalars(select(model))}
