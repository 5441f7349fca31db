"""Rights that our service lacks for a part of the work: one alarm, a cheap try now and then, and it ends by itself.

create: making accounts. update: changing accounts of ours. unenrol: taking people out. completion: asking who has
completed. view: seeing people at all (known accounts vanish without an error). Everything else goes on meanwhile.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, case, func, select, update
from sqlalchemy.orm import Session

from workflows.accounts import MAY_NOT_CREATE, MAY_NOT_UPDATE
from workflows.actor import CLOCK
from workflows.clock import now, real_now
from workflows.errors import N_
from workflows.events import site_stream
from workflows.history import record
from workflows.models import CoursePoll, Enrolment, LmsAccount, Site, SiteLack
from workflows.patience import PATIENCE, Patience
from workflows.ports import Concern, RowResult, RowStatus

NOT_ALLOWED = "nopermissions"
COURSES_TO_TELL = 2
LATELY = timedelta(days=1)
WORDS = {
    "create": N_("membuat akun"),
    "update": N_("mengubah akun buatan kami"),
    "unenrol": N_("mengeluarkan peserta"),
    "completion": N_("melihat siapa yang selesai"),
    "view": N_("melihat akun"),
}
"""What our service may not do, after "tidak boleh"."""


def standing(session: Session, site_id: int) -> Mapping[str, SiteLack]:
    """The rights that this site lacks now, by kind. One query, mostly empty."""
    rows = session.scalars(select(SiteLack).where(SiteLack.site_id == site_id))
    return {row.kind: row for row in rows}


def note(session: Session, *, site_id: int, kind: str, code: str, patience: Patience = PATIENCE) -> None:
    """The site refused this part of the work for want of a right. The alarm is raised once."""
    session.get_one(Site, site_id, with_for_update=True)
    lack = session.get(SiteLack, (site_id, kind), populate_existing=True)
    again = real_now(session) + patience.right_every
    if lack is not None:
        lack.code, lack.try_after, lack.trials = code, again, lack.trials + 1
        return
    session.add(
        SiteLack(site_id=site_id, kind=kind, code=code, since=now(session), try_after=again, trials=0)
    )
    session.flush()
    record(session, "site.lacks", stream=site_stream(site_id), actor=CLOCK, right=WORDS[kind], code=code)


def over(session: Session, *, site_id: int, kind: str) -> bool:
    """It worked: whatever waited for this right goes on at once. False: nothing was wanting."""
    if session.get(SiteLack, (site_id, kind)) is None:
        return False
    session.get_one(Site, site_id, with_for_update=True)
    lack = session.get(SiteLack, (site_id, kind), populate_existing=True)
    if lack is None:
        return False
    session.delete(lack)
    _release(session, site_id, kind, real_now(session))
    record(session, "site.lack_over", stream=site_stream(site_id), actor=CLOCK, right=WORDS[kind])
    return True


def without_leaving(
    session: Session,
    *,
    site_id: int,
    results: Sequence[RowResult],
    leaving: Collection[str],
    patience: Patience = PATIENCE,
) -> Sequence[RowResult]:
    """The results of a run as the site's breaker shall see them: that people may not be taken out (``leaving``: those
    rows by key) stops nothing else. A refusal that the whole course gives is left as it is."""
    refused = {
        one.key: one.code
        for one in results
        if one.key in leaving and one.concerns is Concern.RIGHTS and one.code == NOT_ALLOWED
    }
    if refused:
        code = next(iter(refused.values()))
        note(session, site_id=site_id, kind="unenrol", code=code, patience=patience)
    elif any(one.key in leaving and one.status is RowStatus.APPLIED for one in results):
        over(session, site_id=site_id, kind="unenrol")
    return [replace(one, concerns=Concern.ROW) if one.key in refused else one for one in results]


def judge_completion(
    session: Session, *, site_id: int, course_ref: str, code: str, patience: Patience = PATIENCE
) -> None:
    """A course does not tell who has completed. One alone may simply not track it; all of them: a right is wanting.

    While it is wanting, one course tries it: this one, unless another is to be asked soon.
    """
    lately = now(session) - LATELY
    troubled, told = session.execute(
        select(
            func.coalesce(func.sum(case((CoursePoll.trouble == code, 1), else_=0)), 0),
            func.coalesce(func.sum(case((_answered_since(lately), 1), else_=0)), 0),
        ).where(CoursePoll.site_id == site_id)
    ).one()
    if told or troubled < COURSES_TO_TELL:
        return
    note(session, site_id=site_id, kind="completion", code=code, patience=patience)
    again = real_now(session) + patience.right_every
    others = select(CoursePoll.course_ref).where(
        CoursePoll.site_id == site_id,
        CoursePoll.trouble == code,
        CoursePoll.course_ref != course_ref,
        CoursePoll.due_at <= again,
    )
    if session.scalars(others.limit(1)).first() is None:
        session.get_one(CoursePoll, (site_id, course_ref)).due_at = again


def _answered_since(moment: datetime) -> ColumnElement[bool]:
    return (CoursePoll.trouble == "") & (CoursePoll.answered_at >= moment)


def try_soon(session: Session, site_id: int) -> None:
    """A person wants every lack of the site tried at once."""
    for lack in standing(session, site_id).values():
        lack.try_after = real_now(session)


def _release(session: Session, site_id: int, kind: str, moment: datetime) -> None:
    account = update(LmsAccount).where(LmsAccount.site_id == site_id)
    waits = {
        "create": account.where(LmsAccount.reason == MAY_NOT_CREATE).values(check_at=moment, looks=0),
        "update": account.where(LmsAccount.update_code == MAY_NOT_UPDATE).values(check_at=moment),
        "unenrol": update(Enrolment)
        .where(Enrolment.site_id == site_id, Enrolment.status == "waiting", Enrolment.desired == "removed")
        .values(next_attempt_at=None),
        "completion": update(CoursePoll)
        .where(CoursePoll.site_id == site_id, CoursePoll.trouble != "")
        .values(due_at=moment),
    }
    if kind in waits:
        session.execute(waits[kind].execution_options(synchronize_session=False))
