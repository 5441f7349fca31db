"""Accounts on the sites: looked for again where one is wanting, kept in step with our data where it is ours."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from service.jobs.context import JobContext
from workflows.actions import account_checks, account_looks, accounts, breaker
from workflows.actions.leases import must_hold
from workflows.actions.sync import CourseWork
from workflows.models import Site
from workflows.ports import (
    Concern,
    LearningPlatform,
    Permanent,
    Retryable,
    RowResult,
    RowStatus,
)
from workflows.sync_plan import Wish

log = logging.getLogger("bangkom.jobs.accounts")
HOLD = timedelta(minutes=10)
WITNESSES = 5
"""Accounts that were just enrolled: where the site does not show even these, it shows us nobody."""


def look_again(context: JobContext) -> int:
    """Whoever lacks an account is looked for again when the time has come: the next run does it. How many."""
    with context.writing() as session:
        return account_looks.release_due(session, context.patience)


def check_accounts(context: JobContext) -> int:
    """Some accounts of one site that wait longest. How many now say what we say."""
    with context.writing() as session:
        work = account_checks.claim_checks(session, hold=HOLD)
        site = session.get_one(Site, work.site_id) if work else None
    if work is None or site is None:
        return 0
    try:
        platform = context.reach(site)
        results = platform.find_accounts(work.people)
        changes = work.to_change(results)
        told = platform.update_accounts(changes) if changes else ()
    except (Retryable, Permanent) as error:
        return _no_answer(context, work, error)
    with context.writing() as session:
        return account_checks.settle_checks(
            session, work=work, results=results, told=told, patience=context.patience
        )


def _no_answer(context: JobContext, work: account_checks.CheckWork, error: Retryable | Permanent) -> int:
    log.warning("site %s: accounts not looked at: %s", work.site_id, error.code)
    with context.writing() as session:
        account_checks.settle_unchecked(session, work=work, patience=context.patience)
        if isinstance(error, Retryable):
            breaker.run_failed(session, site_id=work.site_id, code=error.code, patience=context.patience)
        elif error.concerns is Concern.SITE:
            breaker.site_refuses(session, site_id=work.site_id, code=error.code, patience=context.patience)
    return 0


def with_gone(
    context: JobContext,
    work: CourseWork,
    platform: LearningPlatform,
    wishes: Sequence[Wish],
    results: Sequence[RowResult],
) -> Sequence[RowResult]:
    """Rows that were refused because the account is gone wait instead: their people are looked for anew.

    The site is asked for those accounts, and for some that it has just taken: where it shows none of these either,
    nothing is believed.
    """
    accounts_of = {str(wish.enrolment_id): wish.remote_id for wish in wishes}
    refused = {one.key for one in results if one.status is RowStatus.REFUSED and one.concerns is Concern.ROW}
    taken = [accounts_of[one.key] for one in results if one.status is RowStatus.APPLIED][:WITNESSES]
    if not refused:
        return results
    asked = [accounts_of[key] for key in refused]
    try:
        there = platform.existing_accounts([*asked, *taken])
    except (Retryable, Permanent) as error:
        log.info("site %s: not known whether accounts are gone: %s", work.site_id, error.code)
        return results
    gone = set(asked) - set(there)
    if not gone or (taken and not set(taken) & set(there)) or (not taken and not there and len(gone) > 1):
        return results
    with context.writing() as session:
        must_hold(session, **work.place)
        accounts.forget_gone(session, site_id=work.site_id, remote_ids=gone)
    return [
        replace(one, status=RowStatus.RETRY, code="user_missing")
        if one.key in refused and accounts_of[one.key] in gone
        else one
        for one in results
    ]
