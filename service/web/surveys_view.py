"""What the pages of surveys show: both waves, my invitations, one questionnaire."""

from __future__ import annotations

import json
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from workflows.actions.surveys import response, scale, survey_of
from workflows.actor import Actor
from workflows.clock import today
from workflows.errors import N_, NotFound
from workflows.models import Invitation, ProgrammeVersion, Survey, Wave
from workflows.parameters import whole_number
from workflows.rules import allowed, require


def survey_state(session: Session, version: ProgrammeVersion, actor: Actor) -> dict[str, Any]:
    """``waves`` with their response and what this person can do, the questions, or the right to prepare."""
    survey = survey_of(session, version.id)
    alive = version.closed_as is None and version.state in ("approved", "running")
    return {
        "survey": survey,
        "can_prepare": survey is None and alive and allowed(actor, "survey.prepare"),
        "questions": json.loads(survey.questions) if survey else [],
        "waves": [_wave(session, wave, actor, alive) for wave in survey.waves] if survey else [],
        "least": least(session),
    }


def _wave(session: Session, wave: Wave, actor: Actor, alive: bool) -> dict[str, Any]:
    invited, answered = response(session, wave)
    due = wave.opens_on <= today(session)
    return {
        "kind": wave.kind,
        "title": wave_word(wave.kind),
        "chip": _chip(wave.status),
        "status": wave.status,
        "opens_on": wave.opens_on,
        "closes_on": wave.closes_on,
        "invited": invited,
        "answered": answered,
        "can_open": alive and wave.status == "planned" and due and allowed(actor, "survey.open"),
        "can_close": wave.status == "open" and allowed(actor, "survey.close"),
    }


def wave_word(kind: str) -> str:
    return str(_("Sebelum pelatihan") if kind == "before" else _("Sesudah pelatihan"))


def _chip(status: str) -> tuple[str, str, str]:
    if status == "open":
        return _("Sedang dibuka"), "sea", "edit"
    return (_("Ditutup"), "leaf", "check") if status == "closed" else (_("Direncanakan"), "plain", "calendar")


def least(session: Session) -> int:
    """From how many answers on results are shown (R37)."""
    return whole_number(session, "survey.least_answers", today(session))


def my_invitations(session: Session, actor: Actor) -> dict[str, list[dict[str, Any]]]:
    """Those of open waves: ``open`` still to be answered, ``done`` answered; the one that ends first on top."""
    rows = session.scalars(
        select(Invitation)
        .join(Wave)
        .join(Survey)
        .join(ProgrammeVersion)
        .where(
            Invitation.respondent_id == actor.person,
            Wave.status == "open",
            ProgrammeVersion.closed_as.is_(None),
        )
        .options(
            joinedload(Invitation.wave).joinedload(Wave.survey).joinedload(Survey.version),
            joinedload(Invitation.assessed),
        )
        .order_by(Wave.closes_on, Invitation.id)
    ).all()
    return {
        "open": [_invitation(row) for row in rows if not row.answered],
        "done": [_invitation(row) for row in rows if row.answered],
    }


def _invitation(row: Invitation) -> dict[str, Any]:
    return {
        "id": row.id,
        "title": row.wave.survey.version.title,
        "when": wave_word(row.wave.kind),
        "about": about(row),
        "closes_on": row.wave.closes_on,
    }


def about(row: Invitation) -> str:
    if row.relation == "self":
        return str(_("tentang diri Anda sendiri"))
    return str(_("tentang %(name)s", name=row.assessed.name))


def questionnaire(session: Session, actor: Actor, invitation_id: int) -> dict[str, Any]:
    """One invitation as a form. Only the one who was invited may see it."""
    row = session.get(Invitation, invitation_id)
    if row is None:
        raise NotFound("no_invitation", N_("Undangan survei ini tidak ada."))
    require(actor, "survey.answer", ["respondent"] if row.respondent_id == actor.person_id else [])
    return {
        "invitation": row,
        "about": about(row),
        "when": wave_word(row.wave.kind),
        "wave": row.wave,
        "version": row.wave.survey.version,
        "questions": json.loads(row.wave.survey.questions),
        "choices": choices(*scale(session)),
        "least": least(session),
    }


def choices(low: int, high: int) -> list[tuple[int, str]]:
    """(score, word) from low to high; a scale of five has words of its own, others only at their ends."""
    ends = {low: _("Sangat tidak sesuai"), high: _("Sangat sesuai")}
    if high - low == 4:
        ends.update({low + 1: _("Tidak sesuai"), low + 2: _("Cukup sesuai"), low + 3: _("Sesuai")})
    return [(score, ends.get(score, "")) for score in range(low, high + 1)]
