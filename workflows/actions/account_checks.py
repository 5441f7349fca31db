"""Accounts that are in order are looked at now and then: changed with us, suspended, deleted, moved (R26, R27).

Called in three parts, as every conversation with a site: ``claim_checks`` (a transaction), the calls (none),
``settle_checks`` (a transaction). An account that we made follows our name, e-mail and ID number, each only when it
changed with us; of others the difference is kept. The user name is never changed: people sign in by it.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session, joinedload

from workflows.access import grace_days
from workflows.accounts import MAY_NOT_UPDATE, is_usable, learner_of, number_print_of, print_of
from workflows.actions import accounts, lacks
from workflows.actions.account_looks import open_site
from workflows.actor import CLOCK
from workflows.clock import real_now, today
from workflows.errors import Refused
from workflows.events import site_stream
from workflows.history import record
from workflows.models import Batch, Enrolment, LmsAccount, Person, Site
from workflows.patience import PATIENCE, Patience
from workflows.people import number_on
from workflows.ports import AccountResult, AccountStatus, Concern, LearnerAccount, RowResult, RowStatus

ACCOUNTS_A_GO = 400
FEW_TO_VANISH = 3
SHARE_TO_VANISH = 0.2
"""More than so many, and more than this share, gone at once is not people leaving: nothing is believed."""
NOTHING_HELD: Mapping[str, object] = {"applied": "none", "applied_starts_at": None, "applied_ends_at": None}


@dataclass(frozen=True, slots=True)
class CheckWork:
    """Accounts of one site to look at. ``ours``: those that follow our data; ``sent``: what they were last given."""

    site_id: int
    people: tuple[LearnerAccount, ...]
    ours: frozenset[str]
    sent: Mapping[str, tuple[str, str]]
    """Fingerprints of name and e-mail, and of the ID number."""
    most_changes: int | None
    """None: as many as there are; 0: the right is wanting; 1: it is tried."""

    def to_change(self, results: Sequence[AccountResult]) -> list[LearnerAccount]:
        """Accounts of ours that were given other data than we have now, as far as they are still the same."""
        wanted = []
        for person, result in zip(self.people, results, strict=True):
            change = self.change_of(person, result)
            if change is not None:
                wanted.append(change)
        return wanted if self.most_changes is None else wanted[: self.most_changes]

    def change_of(self, person: LearnerAccount, result: AccountResult) -> LearnerAccount | None:
        """What this account shall be given: only that of which we now say otherwise than what was sent.

        Where it is not known what was sent, what the account shows. None: nothing, or it is not ours to change.
        """
        same = result.usable and result.remote_id == person.remote_id
        if not same or person.key not in self.ours:
            return None
        (data, number), now = self.sent[person.key], number_print_of(person)
        data_is_old = data != print_of(person) if data else bool({"name", "email"} & set(result.differs))
        number_is_old = bool(now) and (number != now if number else "idnumber" in result.differs)
        if data_is_old:
            return person if number_is_old else replace(person, idnumber="")
        return replace(person, given_name="", family_name="", email="") if number_is_old else None


def claim_checks(session: Session, *, hold: timedelta) -> CheckWork | None:
    """The accounts of one site that wait longest; nobody else gets them for ``hold``. None: nothing is due."""
    moment, day = real_now(session), today(session)
    due = (is_usable(), LmsAccount.check_at <= moment)
    site = session.scalars(
        select(Site)
        .join(LmsAccount, LmsAccount.site_id == Site.id)
        .where(*due, *open_site())
        .order_by(LmsAccount.check_at)
        .limit(1)
    ).first()
    if site is None:
        return None
    rows = session.scalars(
        select(LmsAccount)
        .where(LmsAccount.site_id == site.id, *due)
        .options(joinedload(LmsAccount.person).selectinload(Person.identifiers))
        .order_by(LmsAccount.check_at, LmsAccount.id)
        .limit(ACCOUNTS_A_GO)
        .with_for_update(skip_locked=True, of=LmsAccount)
    ).all()
    people = []
    for account in rows:
        account.check_at = moment + hold
        try:
            number = number_on(account.person, day)
        except Refused:
            number = ""
        people.append(replace(learner_of(site, account.person, number), remote_id=account.remote_id))
    lack = lacks.standing(session, site.id).get("update")
    return CheckWork(
        site.id,
        tuple(people),
        frozenset(str(one.person_id) for one in rows if one.ours and site.account_policy == "create"),
        {str(one.person_id): (one.sent_print, one.sent_number) for one in rows},
        None if lack is None else int(lack.try_after <= moment),
    )


def settle_checks(
    session: Session,
    *,
    work: CheckWork,
    results: Sequence[AccountResult],
    told: Sequence[RowResult],
    patience: Patience = PATIENCE,
) -> int:
    """Keep what was found and what was changed. How many accounts now say what we say."""
    if _too_many_vanished(results):
        again = real_now(session) + patience.look_pause(2)
        _put_off(session, work, again)
        lacks.note(session, site_id=work.site_id, kind="view", code="vanished", patience=patience)
        return 0
    lacks.over(session, site_id=work.site_id, kind="view")
    changes = {result.key: result for result in told}
    asked = {person.key: person for person in work.people}
    updated, refused = 0, ""
    for account, result in _rows(session, work, results):
        person = asked[result.key]
        if account.remote_id != person.remote_id or result.status is AccountStatus.AMBIGUOUS:
            account.check_at = real_now(session) + patience.check_pause()
            continue
        _found(session, account, result, person, patience)
        change, wanted = changes.get(result.key), work.change_of(person, result)
        if change is not None and wanted is not None:
            updated += _changed(session, account, person, change, patience)
            account.differs = account.differs or " ".join(_not_given(wanted, result))
            refused = change.code if change.concerns is Concern.RIGHTS else refused
        elif wanted is not None:
            account.update_code = MAY_NOT_UPDATE
            account.check_at = real_now(session) + patience.check_pause()
        elif account.ours and result.usable:
            account.sent_print = account.sent_print or print_of(person)
            account.sent_number = account.sent_number or number_print_of(person)
    if refused:
        lacks.note(session, site_id=work.site_id, kind="update", code=refused, patience=patience)
    elif updated:
        lacks.over(session, site_id=work.site_id, kind="update")
        record(session, "account.updated", stream=site_stream(work.site_id), actor=CLOCK, count=updated)
    return updated


def settle_unchecked(session: Session, *, work: CheckWork, patience: Patience = PATIENCE) -> None:
    """The site gave no answer: they are looked at again later."""
    _put_off(session, work, real_now(session) + patience.look_pause(1))


def _too_many_vanished(results: Sequence[AccountResult]) -> bool:
    gone = sum(result.status is AccountStatus.MISSING for result in results)
    return gone > FEW_TO_VANISH and gone > SHARE_TO_VANISH * len(results)


def _put_off(session: Session, work: CheckWork, until: object) -> None:
    session.execute(
        update(LmsAccount)
        .where(
            LmsAccount.site_id == work.site_id,
            LmsAccount.person_id.in_([uuid.UUID(person.key) for person in work.people]),
        )
        .values(check_at=until)
        .execution_options(synchronize_session=False)
    )


def _rows(
    session: Session, work: CheckWork, results: Sequence[AccountResult]
) -> list[tuple[LmsAccount, AccountResult]]:
    by_person = {uuid.UUID(result.key): result for result in results}
    rows = session.scalars(
        select(LmsAccount)
        .where(LmsAccount.site_id == work.site_id, LmsAccount.person_id.in_(by_person))
        .order_by(LmsAccount.id)
        .with_for_update()
    )
    return [(row, by_person[row.person_id]) for row in rows]


def _found(
    session: Session, account: LmsAccount, result: AccountResult, person: LearnerAccount, patience: Patience
) -> None:
    """Where the account is, and what that means for the rows of its person."""
    moved = result.usable and result.remote_id != account.remote_id
    if result.status is AccountStatus.MISSING:
        accounts.mark_gone(session, account)
        account.looks, account.check_at = 1, real_now(session) + patience.look_pause(1)
    else:
        accounts.keep(session, account, result, person, patience)
    if moved:
        _rows_of(session, account, status="waiting", next_attempt_at=None, **NOTHING_HELD)
    elif not result.usable:
        gone = NOTHING_HELD if account.remote_id is None else {}
        _rows_of(
            session,
            account,
            status="needs_account",
            error_code=account.status,
            error_text="" if account.reason == account.status else account.reason,
            **gone,
        )


def _rows_of(session: Session, account: LmsAccount, **values: object) -> None:
    """Rows of classes that are not over, of whoever shall take part."""
    over = today(session) - timedelta(days=grace_days(session) or 0)
    living = select(Batch.id).where(Batch.ends_on >= over)
    session.execute(
        update(Enrolment)
        .where(
            Enrolment.site_id == account.site_id,
            Enrolment.person_id == account.person_id,
            Enrolment.desired == "active",
            Enrolment.batch_id.in_(living),
        )
        .values(**values)
        .execution_options(synchronize_session=False)
    )


def _not_given(wanted: LearnerAccount, result: AccountResult) -> list[str]:
    """What the account says otherwise and was not told anew: it did not change with us."""
    told = {"name", "email"} if wanted.given_name or wanted.family_name else set()
    return [one for one in result.differs if one not in told and (one != "idnumber" or not wanted.idnumber)]


def _changed(
    session: Session, account: LmsAccount, person: LearnerAccount, change: RowResult, patience: Patience
) -> bool:
    """What became of giving the account our data."""
    if change.status is RowStatus.APPLIED:
        account.sent_print, account.differs, account.update_code = print_of(person), "", ""
        account.sent_number = number_print_of(person) or account.sent_number
        account.check_at = real_now(session) + patience.check_pause()
        return True
    account.update_code = MAY_NOT_UPDATE if change.concerns is Concern.RIGHTS else change.code
    soon = change.status is RowStatus.RETRY or change.code == "user_missing"
    account.check_at = real_now(session) + (patience.look_pause(1) if soon else patience.check_pause())
    if change.status is RowStatus.RETRY:
        account.update_code = ""
    return False
