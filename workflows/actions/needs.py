"""Use cases about needs."""

from __future__ import annotations

import uuid

from sqlalchemy.orm import Session

from workflows.actor import Actor
from workflows.clock import now, today
from workflows.errors import N_, Conflict, NotFound, Refused
from workflows.events import need_stream
from workflows.guards import must_have_reason
from workflows.history import record
from workflows.models import Need
from workflows.on_behalf import author_of
from workflows.people import posting_on
from workflows.rules import require

LONGEST = 4000
LONGEST_SINCE = 120


def file_need(
    session: Session,
    *,
    actor: Actor,
    problem: str,
    since: str,
    service: str,
    author_id: uuid.UUID | None = None,
) -> Need:
    """Three fields and no more: what is hard, since when, which service suffers.

    ``author_id``: the colleague for whom an operator of the unit enters it; None: the actor's own need.
    """
    require(actor, "need.file")
    author = author_of(session, actor, author_id)
    _must_be_text("problem", problem, LONGEST)
    _must_be_text("since", since, LONGEST_SINCE)
    _must_be_text("service", service, LONGEST)
    need = Need(
        author_id=author.id,
        entered_by=actor.person if author.id != actor.person else None,
        unit_id=posting_on(session, author.id, today(session)).unit_id,
        problem=problem.strip(),
        since=since.strip(),
        service=service.strip(),
        filed_at=now(session),
    )
    session.add(need)
    session.flush()
    stream = need_stream(need.id)
    if need.entered_by is None:
        record(session, "need.filed", stream=stream, actor=actor, need=need.id)
    else:
        personal = {"behalf_of": author.name}
        record(session, "need.filed_for", stream=stream, actor=actor, personal=personal, need=need.id)
    return need


def complete_need(
    session: Session,
    *,
    actor: Actor,
    need_id: int,
    competency_id: int,
    level_required: int,
    level_measured: int,
    performance_gap: str,
) -> Need:
    """The agency or the direct superior adds competency, levels (1-5) and the gap of performance."""
    need = get_need(session, need_id)
    posting = posting_on(session, need.author_id, today(session))
    is_superior = actor.person_id is not None and posting.superior_id == actor.person_id
    require(actor, "need.complete", ["superior"] if is_superior else [])
    _must_be_open(need)
    for level in (level_required, level_measured):
        if not 1 <= level <= 5:
            raise Refused(
                "level",
                N_("Tingkat kompetensi adalah 1 sampai 5."),
                rule="PermenPANRB 38/2017",
                field="level_required",
            )
    need.competency_id = competency_id
    need.level_required, need.level_measured = level_required, level_measured
    need.performance_gap = performance_gap.strip()
    record(session, "need.completed", stream=need_stream(need.id), actor=actor, need=need.id)
    return need


def decline_need(session: Session, *, actor: Actor, need_id: int, reason: str) -> Need:
    """The agency says why a need is not taken up; the author reads it."""
    require(actor, "need.decline")
    need = get_need(session, need_id)
    _must_be_open(need)
    must_have_reason(reason)
    need.status, need.answer = "declined", reason.strip()
    record(
        session, "need.declined", stream=need_stream(need.id), actor=actor, personal={"reason": need.answer}
    )
    return need


def get_need(session: Session, need_id: int) -> Need:
    """The need, locked until the end of the transaction; NotFound when there is none."""
    need = session.get(Need, need_id, with_for_update=True)
    if need is None:
        raise NotFound("no_need", N_("Kebutuhan ini tidak ada."))
    return need


def _must_be_open(need: Need) -> None:
    if need.status != "filed":
        raise Conflict("need_settled", N_("Kebutuhan ini sudah ditindaklanjuti."))


def _must_be_text(field: str, text: str, most: int) -> None:
    if not text.strip():
        raise Refused("empty", N_("Isi bagian ini."), field=field)
    if len(text) > most:
        raise Refused(
            "too_long", N_("Terlalu panjang: paling banyak %(most)s huruf."), field=field, most=most
        )
