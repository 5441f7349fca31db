"""Use cases of those in whose name an operator entered something: they confirm it, or object to it."""

from __future__ import annotations

from sqlalchemy.orm import Session

from workflows.actions.needs import get_need
from workflows.actions.versions import lock_version
from workflows.actor import Actor
from workflows.clock import now
from workflows.errors import N_, Conflict, NotFound, Refused
from workflows.events import need_stream, version_stream
from workflows.history import record
from workflows.models import InputItem, Need
from workflows.on_behalf import LONGEST_REASON
from workflows.rules import require


def confirm_need(session: Session, *, actor: Actor, need_id: int) -> Need:
    """The author says that it is theirs."""
    need = _own_need(session, actor, need_id)
    need.confirmed_at = now(session)
    record(session, "need.confirmed", stream=need_stream(need.id), actor=actor, need=need.id)
    return need


def object_to_need(session: Session, *, actor: Actor, need_id: int, reason: str) -> Need:
    """The author does not stand by it: a waiting need is withdrawn; one that was settled keeps the objection."""
    need = _own_need(session, actor, need_id)
    words = _reason(reason)
    need.withdrawn_at = now(session)
    if need.status == "filed":
        need.status = "withdrawn"
    record(
        session,
        "need.objected",
        stream=need_stream(need.id),
        actor=actor,
        personal={"reason": words},
        need=need.id,
        status=need.status,
    )
    return need


def confirm_input(session: Session, *, actor: Actor, input_id: int) -> InputItem:
    """The author says that it is theirs."""
    item = _own_input(session, actor, input_id)
    item.confirmed_at = now(session)
    stream = version_stream(item.review.version_id)
    record(session, "review.input_confirmed", stream=stream, actor=actor, input=item.id)
    return item


def object_to_input(session: Session, *, actor: Actor, input_id: int, reason: str) -> InputItem:
    """The author does not stand by it: while the review is open it is heard no more (R32); after that it is noted."""
    item = _own_input(session, actor, input_id)
    words = _reason(reason)
    item.withdrawn_at = now(session)
    record(
        session,
        "review.input_objected",
        stream=version_stream(item.review.version_id),
        actor=actor,
        personal={"reason": words},
        input=item.id,
    )
    return item


def _own_need(session: Session, actor: Actor, need_id: int) -> Need:
    need = get_need(session, need_id)
    _must_be_answered_by(actor, need)
    return need


def _own_input(session: Session, actor: Actor, input_id: int) -> InputItem:
    found = session.get(InputItem, input_id)
    if found is None:
        raise NotFound("no_input", N_("Masukan ini tidak ada."))
    lock_version(session, found.review.version_id)
    item = session.get_one(InputItem, input_id, populate_existing=True)
    _must_be_answered_by(actor, item)
    return item


def _must_be_answered_by(actor: Actor, entry: Need | InputItem) -> None:
    is_author = actor.person_id is not None and entry.author_id == actor.person_id
    require(actor, "behalf.answer", ["author"] if is_author else [])
    if entry.entered_by is None:
        raise Conflict("own_entry", N_("Ini Anda tulis sendiri, bukan diinput orang lain."), rule="R12")
    if entry.confirmed_at is not None or entry.withdrawn_at is not None:
        raise Conflict("entry_answered", N_("Anda sudah menyatakan sikap atas isian ini."), rule="R12")


def _reason(text: str) -> str:
    words = text.strip()
    if not words or len(words) > LONGEST_REASON:
        raise Refused(
            "reason_missing",
            N_("Tulis alasannya, paling banyak %(most)s huruf."),
            field="reason",
            most=LONGEST_REASON,
        )
    return words
