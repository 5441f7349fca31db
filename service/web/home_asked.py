"""What this person is asked just now: surveys to answer, reviews to speak in."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session, joinedload

from service.web.approvals_view import deadline
from workflows.actor import Actor
from workflows.models import (
    InputItem,
    Invitation,
    InvitedField,
    Need,
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
    rows = _entered(session, actor) + _surveys(session, actor, day)
    rows += _reviews(session, actor, posting, day) if posting else []
    return sorted(rows, key=lambda row: row["closes_on"])


def _entered(session: Session, actor: Actor) -> list[dict[str, Any]]:
    """What an operator entered in this person's name, until the person says whether it is theirs."""
    found = []
    needs = session.scalars(select(Need).where(*_unanswered(Need, actor)).options(joinedload(Need.operator)))
    for need in needs:
        url = url_for("needs.show", need_id=need.id)
        found.append(_asked_about(need, _("Kebutuhan: %(text)s", text=need.service[:90]), url))
    inputs = session.scalars(
        select(InputItem)
        .where(*_unanswered(InputItem, actor))
        .options(joinedload(InputItem.operator), joinedload(InputItem.review).joinedload(Review.version))
    )
    for item in inputs:
        version = item.review.version
        url = url_for("reviews.show", version_id=version.id)
        found.append(_asked_about(item, _("Masukan: %(text)s", text=version.title), url))
    return found


def _unanswered(entry: type[Need] | type[InputItem], actor: Actor) -> tuple[ColumnElement[bool], ...]:
    return (
        entry.author_id == actor.person,
        entry.entered_by.is_not(None),
        entry.confirmed_at.is_(None),
        entry.withdrawn_at.is_(None),
    )


def _asked_about(entry: Need | InputItem, title: str, url: str) -> dict[str, Any]:
    name = entry.operator.name if entry.operator else ""
    return {
        "title": title,
        "text": _("%(name)s menginputnya atas nama Anda. Benarkan, atau nyatakan keberatan.", name=name),
        "url": url,
        "due": "",
        "tone": "sun",
        "closes_on": date.max,
    }


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
