"""What people decide about a course that breaks: at the brake, about accounts that are gone, about differences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from service.jobs import rewind as looks
from workflows.accounts import DELETED
from workflows.actions import account_looks, drift, enrolments, holds, rewind
from workflows.models import DriftFinding, LmsAccount, SiteRewind, SyncHold

if TYPE_CHECKING:
    from tests.support.sync_model import Town

SITE = "lms"


def decide_holds(town: Town, how: str) -> None:
    """Each plan that waits is read and approved, or turned down."""
    verb = {"approve": holds.approve, "decline": holds.decline}[how]
    for hold_id in _open(town, select(SyncHold.id).where(SyncHold.status == "open")):

        def decide(session: Session, hold_id: int = hold_id) -> None:
            verb(
                session,
                actor=town.world.actor(session, "planner"),
                hold_id=hold_id,
                fingerprint=holds.print_of(session, hold_id),
                reason="sudah dibaca",
            )
            town.met[f"hold {how}d"] += 1

        town.wish(decide)


def allow_new_accounts(town: Town) -> None:
    """Whose account was deleted gets another one."""
    for account_id in _open(town, select(LmsAccount.id).where(LmsAccount.reason == DELETED)):

        def allow(session: Session, account_id: int = account_id) -> None:
            actor = town.world.actor(session, "planner")
            account_looks.allow_new(session, actor=actor, account_id=account_id)
            town.met["account again"] += 1

        town.wish(allow)


def look_for_accounts(town: Town) -> None:
    town.wish(
        lambda session: account_looks.look_again(
            session, actor=town.world.actor(session, "planner"), site_id=town.world.site
        )
    )


def take_as_it_is(town: Town) -> None:
    """The site stopped because accounts are gone from it: a person looks, and has it taken as it is now."""
    if not _open(town, select(SiteRewind.id).where(SiteRewind.status == "open")):
        return
    with town.world.trying() as session:
        actor = town.world.actor(session, "planner")
    if looks.look_again(town.jobs(), actor, SITE):
        return
    town.met["went back"] += 1
    town.wish(lambda session: rewind.repair(session, actor=actor, code=SITE, reason="akun dihapus di situs"))


def mend_differences(town: Town) -> None:
    """Read what differs and have it mended, and send again what failed."""

    def mend(session: Session) -> None:
        actor = town.world.actor(session, "planner")
        open_ones = session.scalars(
            select(DriftFinding.id).where(DriftFinding.ended_at.is_(None), DriftFinding.status == "open")
        ).all()
        drift.repair(session, actor=actor, version_id=town.version_id, finding_ids=open_ones)

    town.wish(mend)
    town.wish(
        lambda session: enrolments.retry(
            session, actor=town.world.actor(session, "planner"), version_id=town.version_id
        )
    )


def _open(town: Town, ids: Select[tuple[int]]) -> list[int]:
    with town.world.trying() as session:
        return list(session.scalars(ids))
