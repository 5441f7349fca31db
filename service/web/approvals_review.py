"""What the review said, short enough for the first screen of a decision (R32, R33)."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from service import languages
from service.dates import short_date
from workflows.models import InputItem, InvitedField, JobField, ProgrammeVersion, Review

ANSWERS = {"accepted": _l("Diterima"), "rejected": _l("Tidak diterima"), "noted": _l("Dicatat")}
KINDS = {
    "comment": lazy_pgettext("one of them", "Masukan"),
    "amendment": _l("Usulan perubahan"),
    "objection": _l("Keberatan"),
}


def review_gist(session: Session, version: ProgrammeVersion) -> dict[str, Any] | None:
    """``gist`` for the first screen, ``fields`` for the picture, ``inputs`` folded; None without a review."""
    review = session.scalars(
        select(Review)
        .where(Review.version_id == version.id)
        .options(
            selectinload(Review.invited).joinedload(InvitedField.job_field),
            selectinload(Review.inputs).joinedload(InputItem.job_field),
        )
    ).one_or_none()
    if review is None:
        return None
    fields = _fields(review)
    return {
        "fields": fields,
        "gist": _gist(review, fields),
        "inputs": [_input(item) for item in review.voices],
        "span": f"{short_date(review.opens_on)} – {short_date(review.closes_on)}",
    }


def field_name(job_field: JobField) -> str:
    return job_field.name_en if languages.chosen() == "en" else job_field.name


def _fields(review: Review) -> list[dict[str, Any]]:
    counts: dict[int, int] = {}
    for item in review.voices:
        counts[item.job_field_id] = counts.get(item.job_field_id, 0) + 1
    rows = [(field_name(row.job_field), counts.get(row.job_field_id, 0)) for row in review.invited]
    return [{"name": name, "inputs": count, "heard": count > 0} for name, count in rows]


def _gist(review: Review, fields: list[dict[str, Any]]) -> list[dict[str, str]]:
    heard, total = sum(row["heard"] for row in fields), len(fields)
    rows = [
        {
            "text": _("%(heard)s dari %(total)s rumpun jabatan didengar", heard=heard, total=total),
            "tone": "leaf" if heard >= review.minimum_fields else "sun",
        },
        _answered(review.voices),
    ]
    return rows + [row for kind in ("amendment", "objection") for row in _of_kind(review.voices, kind)]


def _answered(inputs: list[InputItem]) -> dict[str, str]:
    answered = sum(item.disposition is not None for item in inputs)
    if answered == len(inputs):
        return {"text": _("%(count)s masukan, semuanya dijawab", count=len(inputs)), "tone": "leaf"}
    text = _("%(answered)s dari %(count)s masukan dijawab", answered=answered, count=len(inputs))
    return {"text": text, "tone": "sun"}


def _of_kind(inputs: list[InputItem], kind: str) -> list[dict[str, str]]:
    those = [item for item in inputs if item.kind == kind]
    accepted = sum(item.disposition == "accepted" for item in those)
    if not those:
        return []
    if kind == "amendment":
        text = _("%(count)s usulan perubahan, %(accepted)s diterima", count=len(those), accepted=accepted)
        return [{"text": text, "tone": "leaf"}]
    text = _("%(count)s keberatan, %(accepted)s diterima", count=len(those), accepted=accepted)
    return [{"text": text, "tone": "sun"}]


def _input(item: InputItem) -> dict[str, Any]:
    """Who spoke stays away: the field speaks, not the person."""
    return {
        "kind": str(KINDS[item.kind]),
        "field": field_name(item.job_field),
        "remote": item.from_remote,
        "contract": item.from_contract,
        "importance": item.importance,
        "text": item.text,
        "disposition": str(ANSWERS[item.disposition]) if item.disposition else "",
        "tone": {"accepted": "leaf", "rejected": "rust"}.get(item.disposition or "", "plain"),
        "answer": item.answer,
    }
