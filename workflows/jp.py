"""Lesson hours (JP) by the form table (R4). No number stands here: the table holds them with their source."""

from __future__ import annotations

from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from workflows.errors import N_, Refused
from workflows.models import TrainingForm


def form_on(session: Session, code: str, day: date) -> TrainingForm:
    """The rule of a form in force on a day."""
    found = session.scalars(
        select(TrainingForm)
        .where(
            TrainingForm.code == code,
            TrainingForm.valid_from <= day,
            or_(TrainingForm.valid_to.is_(None), TrainingForm.valid_to >= day),
        )
        .order_by(TrainingForm.valid_from.desc())
    ).first()
    if found is None:
        raise Refused("unknown_form", N_("Bentuk pelatihan ini tidak dikenal."), rule="R4", field="form_code")
    return found


def compute_jp(session: Session, *, form_code: str, days: int, planned_jp: int, day: date) -> int | None:
    """JP of a programme of this form, or None while the table has no rule for it."""
    form = form_on(session, form_code, day)
    value = form.jp_value or 0
    if form.jp_rule == "programme":
        return planned_jp
    if form.jp_rule == "per_day":
        return days * value
    if form.jp_rule == "fixed":
        return value
    if form.jp_rule == "cap_per_day":
        return _within_cap(form, days * value, planned_jp)
    return None


def _within_cap(form: TrainingForm, most: int, planned_jp: int) -> int:
    if planned_jp > most:
        raise Refused(
            "over_daily_cap",
            N_(
                "%(form)s paling banyak %(cap)s JP sehari: jadwal ini memuat paling banyak %(most)s JP. "
                "Tambah hari atau kurangi JP. Sumber: %(source)s."
            ),
            rule="R4",
            field="planned_jp",
            form=form.name,
            cap=form.jp_value,
            most=most,
            source=form.source_document,
        )
    return planned_jp
