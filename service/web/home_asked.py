"""What this person is asked just now: surveys to answer, reviews to speak in."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import exists, select
from sqlalchemy.orm import Session, joinedload

from service.web.approvals_view import deadline
from workflows.actor import Actor
from workflows.models import (
    InputItem,
    Invitation,
    InvitedField,
    Posting,
    ProgrammeVersion,
    Review,
    Survey,
    Wave,
)
from workflows.people import postings_on


def asked_of(session: Session, actor: Actor, day: date) -> list[dict[str, Any]]:
    """By the day on which it closes: {title, text, url, due, tone, closes_on}."""
    posting = postings_on(session, [actor.person], day).get(actor.person)
    rows = _surveys(session, actor, day) + (_reviews(session, actor, posting, day) if posting else [])
    return sorted(rows, key=lambda row: row["closes_on"])


def _surveys(session: Session, actor: Actor, day: date) -> list[dict[str, Any]]:
    invitations = session.scalars(
        select(Invitation)
        .join(Invitation.wave)
        .where(
            Invitation.respondent_id == actor.person,
            Invitation.answered.is_(False),
            Wave.status == "open",
            Wave.closes_on >= day,
        )
        .options(
            joinedload(Invitation.wave).joinedload(Wave.survey).joinedload(Survey.version),
            joinedload(Invitation.assessed),
        )
        .order_by(Invitation.id)
    )
    return [_survey(one, actor, day) for one in invitations]


def _survey(one: Invitation, actor: Actor, day: date) -> dict[str, Any]:
    about = (
        _("tentang Anda sendiri")
        if one.assessed_id == actor.person
        else _("tentang %(name)s", name=one.assessed.name)
    )
    due, tone = deadline(one.wave.closes_on, day)
    return {
        "title": one.wave.survey.version.title,
        "text": _("Survei %(about)s", about=about),
        "url": url_for("surveys.ask", invitation_id=one.id),
        "due": due,
        "tone": tone,
        "closes_on": one.wave.closes_on,
    }  # fmt: skip


def _reviews(session: Session, actor: Actor, posting: Posting, day: date) -> list[dict[str, Any]]:
    spoken = exists().where(InputItem.review_id == Review.id, InputItem.author_id == actor.person)
    reviews = session.scalars(
        select(Review)
        .join(Review.version)
        .join(InvitedField, InvitedField.review_id == Review.id)
        .where(
            InvitedField.job_field_id == posting.job_field_id,
            ProgrammeVersion.state == "participatory_review",
            ProgrammeVersion.closed_as.is_(None),
            Review.closed_at.is_(None),
            Review.opens_on <= day,
            Review.closes_on >= day,
            ~spoken,
        )
        .options(joinedload(Review.version))
        .order_by(Review.closes_on)
    )
    return [_review(one, day) for one in reviews]


def _review(one: Review, day: date) -> dict[str, Any]:
    due, tone = deadline(one.closes_on, day)
    return {
        "title": one.version.title,
        "text": _("Pembahasan bersama: rumpun jabatan Anda diundang memberi masukan"),
        "url": url_for("reviews.show", version_id=one.version_id),
        "due": due,
        "tone": tone,
        "closes_on": one.closes_on,
    }
