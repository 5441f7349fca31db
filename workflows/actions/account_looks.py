"""Whoever has no account is looked for again, by itself and politely; found, the enrolment goes on unasked (R26).

The look itself is the next run about the course: rows "perlu akun" simply wait again, some people at a time.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import ColumnElement, exists, select, tuple_, update
from sqlalchemy.orm import Session

from workflows.accounts import DELETED, MAY_NOT_CREATE, MAY_NOT_UPDATE, TRIAL, is_lacking
from workflows.actions import lacks
from workflows.actions.breaker import try_now
from workflows.actor import Actor
from workflows.clock import real_now
from workflows.errors import N_, Conflict, NotFound
from workflows.events import site_stream
from workflows.history import record
from workflows.models import Enrolment, LmsAccount, Site, SiteLack
from workflows.open_sites import may_be_written, stopped
from workflows.patience import PATIENCE, Patience
from workflows.rules import require

PEOPLE_A_GO = 200
"""So many people are looked for again at a time: one call of a look-up by number."""


def open_site() -> tuple[ColumnElement[bool], ...]:
    """Sites that take calls about accounts now."""
    return (*may_be_written(), ~stopped(Site.id, ""))


def release_due(session: Session, patience: Patience = PATIENCE) -> int:
    """Rows of people whose time has come are due again. How many people."""
    moment = real_now(session)
    _begin_trials(session, patience)
    due = session.scalars(
        select(LmsAccount)
        .join(Site, Site.id == LmsAccount.site_id)
        .where(is_lacking(), LmsAccount.check_at <= moment, *open_site())
        .order_by(LmsAccount.check_at, LmsAccount.id)
        .limit(PEOPLE_A_GO)
        .with_for_update(skip_locked=True, of=LmsAccount)
    ).all()
    for account in due:
        account.check_at = None
    _send_again(session, [(account.site_id, account.person_id) for account in due])
    return len(due)


def _begin_trials(session: Session, patience: Patience) -> None:
    """Where a right is wanting, one person tries whether it is back; nobody waits for it any more: it is over."""
    moment = real_now(session)
    for lack in session.scalars(
        select(SiteLack)
        .join(Site, Site.id == SiteLack.site_id)
        .where(SiteLack.kind.in_(("create", "update")), SiteLack.try_after <= moment, *open_site())
    ).all():
        one = _who_tries(session, lack)
        if one is None:
            lacks.over(session, site_id=lack.site_id, kind=lack.kind)
            continue
        one.check_at = moment
        if lack.kind == "create":
            one.reason = TRIAL
            lack.try_after = moment + patience.right_every


def _who_tries(session: Session, lack: SiteLack) -> LmsAccount | None:
    waits = (
        LmsAccount.reason.in_((MAY_NOT_CREATE, TRIAL))
        if lack.kind == "create"
        else LmsAccount.update_code == MAY_NOT_UPDATE
    )
    query = select(LmsAccount).where(LmsAccount.site_id == lack.site_id, waits)
    query = query.where(has_rows()) if lack.kind == "create" else query
    return session.scalars(query.order_by(LmsAccount.id).limit(1).with_for_update()).first()


def _send_again(session: Session, whom: Sequence[tuple[int, uuid.UUID]]) -> None:
    if whom:
        session.execute(
            update(Enrolment)
            .where(
                tuple_(Enrolment.site_id, Enrolment.person_id).in_(whom), Enrolment.status == "needs_account"
            )
            .values(status="waiting", next_attempt_at=None)
            .execution_options(synchronize_session=False)
        )


def look_again(session: Session, *, actor: Actor, site_id: int, reasons: Sequence[str] = ()) -> int:
    """A person wants whoever lacks an account looked for now (``reasons``: only those). How many people."""
    require(actor, "account.look_again")
    _must_be_there(session, site_id)
    try_now(session, site_id)
    lacks.try_soon(session, site_id)
    query = select(LmsAccount.id).where(LmsAccount.site_id == site_id, is_lacking(), has_rows())
    if reasons:
        query = query.where(LmsAccount.reason.in_(reasons))
    ids = session.scalars(query.order_by(LmsAccount.id).with_for_update(of=LmsAccount)).all()
    for start in range(0, len(ids), 500):
        session.execute(
            update(LmsAccount)
            .where(LmsAccount.id.in_(ids[start : start + 500]))
            .values(check_at=real_now(session), looks=0)
            .execution_options(synchronize_session=False)
        )
    if ids:
        record(session, "account.looked_again", stream=site_stream(site_id), actor=actor, count=len(ids))
    return len(ids)


def allow_new(session: Session, *, actor: Actor, account_id: int) -> LmsAccount:
    """The account that we held was deleted on the site: a new one may be made all the same."""
    require(actor, "account.allow_new")
    account = session.get(LmsAccount, account_id, with_for_update=True)
    if account is None:
        raise NotFound("no_account", N_("Akun ini tidak ada."))
    if account.reason != DELETED:
        raise Conflict("not_deleted", N_("Akun ini tidak lagi menunggu dibuat baru."), rule="R26")
    account.reason, account.looks, account.check_at = "", 0, real_now(session)
    record(
        session, "account.new_allowed", stream=site_stream(account.site_id), actor=actor, account=account.id
    )
    return account


def has_rows() -> ColumnElement[bool]:
    """Somebody waits for this account."""
    return exists().where(
        Enrolment.site_id == LmsAccount.site_id,
        Enrolment.person_id == LmsAccount.person_id,
        Enrolment.status == "needs_account",
    )


def _must_be_there(session: Session, site_id: int) -> None:
    if session.get(Site, site_id, with_for_update=True) is None:
        raise NotFound("no_site", N_("Situs ini tidak ada."))
