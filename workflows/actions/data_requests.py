"""Use cases about what people ask of their own data: correction, erasure (UU 27/2022)."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from workflows.actions.erasure import erase_words_of
from workflows.actor import Actor
from workflows.clock import now, today
from workflows.errors import N_, Conflict, Denied, NotFound, Refused
from workflows.events import person_stream
from workflows.history import record
from workflows.models import DataRequest
from workflows.models.privacy import REQUEST_KINDS, REQUEST_OUTCOMES
from workflows.parameters import whole_number
from workflows.rules import require

LONGEST = 4000
MOST_OPEN = 5


def file_request(session: Session, *, actor: Actor, kind: str, text: str) -> DataRequest:
    """``kind``: correction | erasure. Always about the own data; so many may wait at a time and no more."""
    require(actor, "request.file")
    if kind not in REQUEST_KINDS:
        raise Refused("kind", N_("Pilih apa yang Anda minta."), field="kind")
    _must_be_text("text", text)
    open_ = select(func.count()).where(DataRequest.person_id == actor.person, DataRequest.outcome.is_(None))
    if (session.scalar(open_) or 0) >= MOST_OPEN:
        raise Conflict(
            "too_many", N_("Masih ada %(most)s permintaan Anda yang menunggu jawaban."), most=MOST_OPEN
        )
    moment = now(session)
    hours = whole_number(session, "privacy.answer_hours", today(session))
    row = DataRequest(
        person_id=actor.person,
        kind=kind,
        text=text.strip(),
        filed_at=moment,
        due_at=moment + timedelta(hours=hours),
    )
    session.add(row)
    session.flush()
    stream = person_stream(actor.person)
    record(session, "request.filed", stream=stream, actor=actor, request=row.id, kind=kind)
    return row


def answer_request(
    session: Session, *, actor: Actor, request_id: int, outcome: str, answer: str, erase: bool = False
) -> DataRequest:
    """The officer answers, once. ``erase``: the person's words in the history go whose term is over; what may not go
    yet stays, and how many went is kept."""
    require(actor, "request.answer")
    row = get_request(session, request_id)
    session.refresh(row, with_for_update=True)
    if row.person_id == actor.person_id:
        raise Denied("own_request", N_("Permintaan Anda sendiri dijawab oleh petugas lain."), rule="R12")
    if row.outcome is not None:
        raise Conflict("answered", N_("Permintaan ini sudah dijawab."))
    if outcome not in REQUEST_OUTCOMES:
        raise Refused("outcome", N_("Pilih jawabannya."), field="outcome")
    _must_be_text("answer", answer)
    if erase and (row.kind != "erasure" or outcome == "refused"):
        raise Refused(
            "erase", N_("Hanya permintaan penghapusan yang dikabulkan yang menghapus sesuatu."), field="erase"
        )
    row.erased = erase_words_of(session, row.person_id) if erase else 0
    row.outcome, row.answer = outcome, answer.strip()
    row.answered_by, row.answered_at = actor.person, now(session)
    record(
        session,
        "request.answered",
        stream=person_stream(row.person_id),
        actor=actor,
        request=row.id,
        outcome=outcome,
        erased=row.erased,
    )
    return row


def get_request(session: Session, request_id: int) -> DataRequest:
    """NotFound when there is none."""
    row = session.get(DataRequest, request_id)
    if row is None:
        raise NotFound("no_request", N_("Permintaan ini tidak ada."))
    return row


def _must_be_text(field: str, text: str) -> None:
    if not text.strip():
        raise Refused("empty", N_("Isi bagian ini."), field=field)
    if len(text) > LONGEST:
        raise Refused(
            "too_long", N_("Terlalu panjang: paling banyak %(most)s huruf."), field=field, most=LONGEST
        )
