"""Who people are on a site, as a run of sync finds it out: whom to ask for, and what became of the asking (R26)."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from workflows.accounts import DELETED, MAY_NOT_CREATE, TRIAL, learner_of, number_print_of, print_of
from workflows.actions import lacks, sync_rows
from workflows.clock import now, real_now, today
from workflows.errors import Refused
from workflows.models import LmsAccount, Person, Site
from workflows.patience import PATIENCE, Patience
from workflows.people import number_on
from workflows.ports import AccountResult, AccountStatus, Concern, LearnerAccount

NO_NUMBER = "no_number"


@dataclass(slots=True)
class Settled:
    """``usable``: person -> account there. ``reasons``: why the others have none."""

    usable: dict[uuid.UUID, str] = field(default_factory=dict)
    reasons: dict[uuid.UUID, AccountResult] = field(default_factory=dict)


def learners(session: Session, site: Site, asking: Mapping[int, uuid.UUID]) -> Iterator[LearnerAccount]:
    """The people to look up (enrolment id -> person id). One without a number waits for a person; others go on.

    Nobody is made whose account was deleted there, nor anybody but one while the right to make accounts is wanting.
    """
    day, may_create = today(session), "create" not in lacks.standing(session, site.id)
    refused: dict[uuid.UUID, Refused] = {}
    for some in sync_rows.pieces(list(dict.fromkeys(asking.values()))):
        people = select(Person).where(Person.id.in_(some)).options(selectinload(Person.identifiers))
        found, known = {one.id: one for one in session.scalars(people)}, accounts_of(session, site.id, some)
        for person_id in some:
            account = known.get(person_id)
            reason = account.reason if account else ""
            try:
                learner = learner_of(site, found[person_id], number_on(found[person_id], day))
            except Refused as refusal:
                refused[person_id] = refusal
                _keep_numberless(session, site.id, person_id, account)
                continue
            yield replace(
                learner,
                remote_id=account.remote_id if account else None,
                may_be_made=reason != DELETED and (may_create or reason == TRIAL),
            )
    lacking = [row for row, person_id in asking.items() if person_id in refused]
    sync_rows.write(session, [
        {"id": row.id, "status": "needs_account", "error_code": refused[asking[row.id]].code,
         "error_text": refused[asking[row.id]].sentence, "attempts": row.attempts + 1}
        for row in sync_rows.locked(session, lacking)
    ])  # fmt: skip


def settle(
    session: Session,
    *,
    site_id: int,
    people: Iterable[LearnerAccount],
    results: Sequence[AccountResult],
    patience: Patience = PATIENCE,
) -> Settled:
    """Keep what the site said about these people; ``people`` are those that were asked for, in any order."""
    site, settled = session.get_one(Site, site_id), Settled()
    ids = [uuid.UUID(result.key) for result in results]
    known = {
        key: one for some in sync_rows.pieces(ids) for key, one in accounts_of(session, site_id, some).items()
    }
    asked = {person.key: person for person in people}
    wanting = "create" in lacks.standing(session, site_id)
    refusal, made = "", False
    for person_id, told in zip(ids, _told_apart(session, site_id, results), strict=True):
        account = known.get(person_id) or LmsAccount(site_id=site_id, person_id=person_id, reason="", looks=0)
        result = _with_reason(site, account, told, wanting)
        keep(session, account, result, asked.get(result.key), patience)
        session.add(account)
        if result.usable and result.remote_id:
            settled.usable[person_id] = result.remote_id
        else:
            settled.reasons[person_id] = result
        if told.concerns is Concern.RIGHTS:
            refusal = told.reason
        made = made or told.status is AccountStatus.MADE
    if refusal:
        lacks.note(session, site_id=site_id, kind="create", code=refusal, patience=patience)
    elif made and wanting:
        lacks.over(session, site_id=site_id, kind="create")
    return settled


def _with_reason(site: Site, account: LmsAccount, result: AccountResult, wanting: bool) -> AccountResult:
    """Why nobody was found, where the site cannot know: the account we held is gone, or we may make none."""
    if result.concerns is Concern.RIGHTS:
        return replace(result, reason=MAY_NOT_CREATE)
    if result.status is not AccountStatus.MISSING:
        return result
    if account.reason == DELETED:
        return replace(result, reason=DELETED)
    if wanting and site.account_policy == "create":
        return replace(result, reason=MAY_NOT_CREATE)
    return result


def keep(
    session: Session,
    account: LmsAccount,
    result: AccountResult,
    asked: LearnerAccount | None,
    patience: Patience = PATIENCE,
) -> None:
    """Write down what was found, and when it is looked at next. ``asked``: what we say of the person."""
    moment = real_now(session)
    account.username, account.status, account.checked_at = result.username, result.status.value, now(session)
    if result.usable:
        account.remote_id, account.reason, account.looks = result.remote_id, "", 0
        account.differs = " ".join(result.differs)
        if result.status is AccountStatus.MADE:
            account.made_ref, account.update_code = result.remote_id or "", ""
            account.sent_print = print_of(asked) if asked else ""
            account.sent_number = number_print_of(asked) if asked else ""
        due = account.ours and asked is not None and _is_behind(account, asked)
        account.check_at = moment if due else moment + patience.check_pause()
        return
    account.remote_id = result.remote_id if result.status is AccountStatus.SUSPENDED else None
    account.reason = result.reason or result.status.value
    waits = account.reason == MAY_NOT_CREATE
    account.check_at = None if waits else moment + patience.look_pause(account.looks + 1)
    account.looks += 1


def _is_behind(account: LmsAccount, asked: LearnerAccount) -> bool:
    """What the account was last given is known, and is not what we say now."""
    number = number_print_of(asked)
    if account.sent_print not in ("", print_of(asked)):
        return True
    return bool(number) and account.sent_number not in ("", number)


def forget_gone(session: Session, *, site_id: int, remote_ids: Collection[str]) -> int:
    """These accounts are no longer on the site: their people are looked for anew, and nobody is made unasked."""
    gone = session.scalars(
        select(LmsAccount)
        .where(LmsAccount.site_id == site_id, LmsAccount.remote_id.in_(remote_ids))
        .order_by(LmsAccount.id)
        .with_for_update()
    ).all()
    for account in gone:
        mark_gone(session, account)
    return len(gone)


def mark_gone(session: Session, account: LmsAccount) -> None:
    """Nothing of the account that we held is true any more."""
    account.remote_id, account.made_ref, account.differs = None, "", ""
    account.status, account.reason, account.checked_at = AccountStatus.MISSING.value, DELETED, now(session)


def accounts_of(
    session: Session, site_id: int, person_ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, LmsAccount]:
    """What is known of these people there, by person."""
    found = session.scalars(
        select(LmsAccount).where(LmsAccount.site_id == site_id, LmsAccount.person_id.in_(person_ids))
    )
    return {account.person_id: account for account in found}


def _keep_numberless(
    session: Session, site_id: int, person_id: uuid.UUID, account: LmsAccount | None
) -> None:
    if account is None:
        account = LmsAccount(site_id=site_id, person_id=person_id, looks=0)
        session.add(account)
    keep(session, account, AccountResult(str(person_id), AccountStatus.REFUSED, reason=NO_NUMBER), None)


def _told_apart(session: Session, site_id: int, results: Sequence[AccountResult]) -> list[AccountResult]:
    """One account of the site belongs to one person; a second person who gets it is a case for people."""
    owners: dict[str, str] = {}
    for some in sync_rows.pieces([result.remote_id for result in results if result.remote_id]):
        rows = select(LmsAccount.remote_id, LmsAccount.person_id).where(
            LmsAccount.site_id == site_id, LmsAccount.remote_id.in_(some)
        )
        owners |= {str(remote_id): str(person_id) for remote_id, person_id in session.execute(rows)}
    return [
        result
        if not result.remote_id or owners.setdefault(result.remote_id, result.key) == result.key
        else replace(result, status=AccountStatus.AMBIGUOUS, remote_id=None, reason="shared_account")
        for result in results
    ]
