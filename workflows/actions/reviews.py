"""Use cases of the participatory review (R32, R33)."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.actions import approvals
from workflows.actions.versions import lock_version
from workflows.actor import Actor
from workflows.clock import now, today
from workflows.errors import N_, Conflict, NotFound, Refused
from workflows.events import version_stream
from workflows.guards import must_have_jp
from workflows.history import record
from workflows.lifecycle import ensure_state, move
from workflows.models import InputItem, InvitedField, ProgrammeVersion, Review
from workflows.on_behalf import author_of
from workflows.parameters import value_on, whole_number
from workflows.people import posting_on
from workflows.representation import representation, sentence_of_missing
from workflows.rules import require

IN_REVIEW = frozenset({"participatory_review"})
DISPOSITIONS = ("accepted", "rejected", "noted")
INPUT_KINDS = ("comment", "amendment", "objection")


def open_review(
    session: Session,
    *,
    actor: Actor,
    version_id: int,
    opens_on: date,
    closes_on: date,
    invited: Collection[int],
) -> Review:
    """Invite job fields for these days. Opened again after a return, it keeps what was said and answered."""
    version = lock_version(session, version_id)
    day = today(session)
    minimum = whole_number(session, "review.minimum_fields", day)
    move(
        session,
        version,
        "open_review",
        actor=actor,
        told={"closes_on": closes_on.isoformat(), "invited": sorted(invited)},
        opens_on=opens_on,
        closes_on=closes_on,
        invited=invited,
        minimum=minimum,
    )
    needs_remote = bool(value_on(session, "review.needs_remote_district", day))
    needs_contract = bool(value_on(session, "review.needs_contract_staff", day))
    review = review_of(session, version.id)
    if review is None:
        review = Review(version_id=version.id)
        session.add(review)
    review.opens_on, review.closes_on, review.closed_at = opens_on, closes_on, None
    review.minimum_fields = minimum
    review.needs_remote, review.needs_contract = needs_remote, needs_contract
    kept = {row.job_field_id for row in review.invited}
    review.invited.extend(InvitedField(job_field_id=field) for field in sorted(set(invited) - kept))
    session.flush()
    return review


def give_input(
    session: Session,
    *,
    actor: Actor,
    version_id: int,
    kind: str,
    text: str,
    importance: int,
    author_id: uuid.UUID | None = None,
) -> InputItem:
    """One ASN of an invited job field says something and rates the programme's importance (1-5).

    ``author_id``: the colleague for whom an operator of the unit enters it; it is the colleague's field that is
    invited and heard (R32).
    """
    version = lock_version(session, version_id)
    review = _must_have_review(session, version)
    person = author_of(session, actor, author_id)
    posting = posting_on(session, person.id, today(session))
    is_invited = posting.job_field_id in {row.job_field_id for row in review.invited}
    require(actor, "review.give_input", ["invited"] if is_invited else [])
    _must_take_input(session, version, review)
    if kind not in INPUT_KINDS:
        raise Refused("input_kind", N_("Pilih jenis masukan."), field="kind")
    if not text.strip():
        raise Refused("empty", N_("Tulis masukan Anda."), field="text")
    if not 1 <= importance <= 5:
        raise Refused("importance", N_("Nilai kepentingan adalah 1 sampai 5."), field="importance")
    item = InputItem(
        review=review,
        author_id=person.id,
        entered_by=actor.person if person.id != actor.person else None,
        job_field_id=posting.job_field_id,
        from_remote=posting.unit.is_remote,
        from_contract=person.employment_kind != "pns",
        kind=kind,
        text=text.strip(),
        importance=importance,
        given_at=now(session),
    )
    session.add(item)
    session.flush()
    stream, field = version_stream(version.id), posting.job_field.name
    if item.entered_by is None:
        record(session, "review.input_given", stream=stream, actor=actor, input=item.id, job_field=field)
    else:
        record(
            session,
            "review.input_given_for",
            stream=stream,
            actor=actor,
            personal={"behalf_of": person.name},
            input=item.id,
            job_field=field,
        )
    return item


def answer_input(
    session: Session, *, actor: Actor, input_id: int, disposition: str, answer: str
) -> InputItem:
    """The official answer (R33): accepted, rejected or noted, always with words."""
    found = session.get(InputItem, input_id)
    if found is None:
        raise NotFound("no_input", N_("Masukan ini tidak ada."))
    version = lock_version(session, found.review.version_id)
    require(actor, "review.answer_input")
    ensure_state(version, IN_REVIEW)
    item = session.get_one(InputItem, input_id, populate_existing=True)
    if item.disposition is not None:
        raise Conflict("answered", N_("Masukan ini sudah dijawab."), rule="R33")
    if item.withdrawn_at is not None:
        raise Conflict("input_withdrawn", N_("Masukan ini sudah ditarik oleh pengusulnya."), rule="R33")
    if disposition not in DISPOSITIONS:
        raise Refused(
            "disposition", N_("Pilih: diterima, ditolak, atau dicatat."), rule="R33", field="disposition"
        )
    if not answer.strip():
        raise Refused("empty", N_("Tulis jawaban resmi."), rule="R33", field="answer")
    item.disposition, item.answer = disposition, answer.strip()
    item.answered_by, item.answered_at = actor.person, now(session)
    record(
        session,
        "review.input_answered",
        stream=version_stream(version.id),
        actor=actor,
        input=item.id,
        disposition=disposition,
    )
    return item


def close_review(session: Session, *, actor: Actor, version_id: int) -> Review:
    """End the first phase; refused until enough fields have spoken and every input is answered. Makes the request."""
    version = lock_version(session, version_id)
    require(actor, "review.close")
    ensure_state(version, IN_REVIEW)
    review = _must_have_review(session, version)
    if review.closed_at is not None:
        raise Conflict("review_closed", N_("Pembahasan sudah ditutup."), rule="DOMAIN 3.1")
    heard = representation(session, review)
    if heard.missing:
        sentence, values = sentence_of_missing(heard)
        raise Refused("not_representative", sentence, rule="R32", **values)
    unanswered = [item for item in review.voices if item.disposition is None]
    if unanswered:
        raise Refused(
            "unanswered",
            N_("%(count)s masukan belum dijawab resmi. Jawab semuanya sebelum menutup."),
            rule="R33",
            count=len(unanswered),
        )
    must_have_jp(version)
    review.closed_at = now(session)
    record(session, "review.closed", stream=version_stream(version.id), actor=actor, heard=len(heard.spoken))
    approvals.make_request(session, actor=actor, version=version)
    return review


def return_for_changes(session: Session, *, actor: Actor, version_id: int, reason: str) -> ProgrammeVersion:
    """Back to ``proposed``: the content must be discussed again. Voids an open request, releases its money."""
    version = lock_version(session, version_id)
    move(
        session,
        version,
        "return_for_changes",
        actor=actor,
        personal={"reason": reason.strip()},
        reason=reason,
    )
    approvals.void_request(session, actor=actor, version=version)
    review = _must_have_review(session, version)
    review.closed_at = None
    return version


def review_of(session: Session, version_id: int) -> Review | None:
    """The review of a version, once it was opened."""
    return session.scalars(select(Review).where(Review.version_id == version_id)).one_or_none()


def _must_have_review(session: Session, version: ProgrammeVersion) -> Review:
    review = review_of(session, version.id)
    if review is None:
        raise Conflict("no_review", N_("Pembahasan program ini belum dibuka."))
    return review


def _must_take_input(session: Session, version: ProgrammeVersion, review: Review) -> None:
    ensure_state(version, IN_REVIEW)
    if review.closed_at is not None:
        raise Conflict("review_closed", N_("Pembahasan sudah ditutup."), rule="DOMAIN 3.1")
    day = today(session)
    if not review.opens_on <= day:
        raise Conflict("review_not_begun", N_("Pembahasan belum dimulai."))
