"""Whoever has no account that can be used on a site, by reason, and whose account says otherwise than we do."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from service.web.account_words import BY_KEY, DIFFERS, GROUPS, KNOWN, OTHER, differing, group_of
from service.web.moodle_words import sentence
from service.web.sync_view import soon
from workflows.accounts import is_lacking, is_usable
from workflows.actions.account_looks import has_rows
from workflows.clock import real_now
from workflows.models import LmsAccount, Person, Site

PAGE = 50


def accounts_state(session: Session, site: Site, group: str, after: int) -> dict[str, Any]:
    """``rows`` a page at a time by key; ``groups`` with their numbers; ``chosen`` the group that is shown, or None."""
    counts = _counts(session, site)
    rows = _rows(session, site, group, after)
    shown, now = rows[:PAGE], real_now(session)
    return {
        "site": site,
        "group": group,
        "chosen": BY_KEY.get(group),
        "groups": [(one.key, one.title, counts[one.key]) for one in GROUPS if counts.get(one.key)],
        "total": sum(number for key, number in counts.items() if key != DIFFERS),
        "differing": counts[DIFFERS],
        "rows": [_row(account, person, now) for account, person in shown],
        "whose": [person.id for _account, person in shown],
        "older": shown[-1][0].id if len(rows) > PAGE else None,
        "after": after,
    }


def of_group(group: str) -> tuple[ColumnElement[bool], ...]:
    """Accounts of this group; of every reason where it is none."""
    if group == DIFFERS:
        return (is_usable(), (LmsAccount.differs != "") | (LmsAccount.update_code != ""))
    lacking = (is_lacking(), has_rows())
    if group == OTHER:
        return (*lacking, LmsAccount.reason.not_in(KNOWN))
    if group in BY_KEY:
        return (*lacking, LmsAccount.reason.in_(BY_KEY[group].codes))
    return lacking


def _counts(session: Session, site: Site) -> dict[str, int]:
    counts = {group.key: 0 for group in GROUPS}
    by_reason = (
        select(LmsAccount.reason, func.count())
        .where(LmsAccount.site_id == site.id, *of_group(""))
        .group_by(LmsAccount.reason)
    )
    for reason, number in session.execute(by_reason):
        counts[group_of(reason).key] += number
    differing_too = select(func.count()).where(LmsAccount.site_id == site.id, *of_group(DIFFERS))
    counts[DIFFERS] = session.scalar(differing_too) or 0
    return counts


def _rows(session: Session, site: Site, group: str, after: int) -> list[tuple[LmsAccount, Person]]:
    query = (
        select(LmsAccount, Person)
        .join(Person, Person.id == LmsAccount.person_id)
        .where(LmsAccount.site_id == site.id, LmsAccount.id > after, *of_group(group))
        .order_by(LmsAccount.id)
        .limit(PAGE + 1)
    )
    return [(account, person) for account, person in session.execute(query)]


def _row(account: LmsAccount, person: Person, now: Any) -> dict[str, Any]:
    differs = account.remote_id is not None and not account.reason
    return {
        "id": account.id,
        "name": person.name,
        "number": account.remote_id or "",
        "title": group_of(account.reason).title,
        "why": _why_not_same(account) if differs else sentence(account.reason),
        "differs": differs,
        "deleted": account.reason == "deleted",
        "checked_at": account.checked_at,
        "looks": account.looks,
        "next": soon(account.check_at, now) if account.check_at else "",
    }


def _why_not_same(account: LmsAccount) -> str:
    if account.update_code:
        return sentence(account.update_code)
    return differing(account.differs)
