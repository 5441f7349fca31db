"""Reports of completion that fit nobody yet ("Belum cocok"), in words. Statements themselves are never shown."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, or_, select, tuple_
from sqlalchemy.orm import Session, joinedload

from service.logs import mask
from workflows.models import Fact, LmsAccount, Person, ProgrammeVersion

PAGE = 30
WHY = {
    "unknown_account": _l("Akun ini belum dikenal. Cocok dengan sendirinya setelah orangnya didaftarkan."),
    "not_enrolled": _l("Orang ini bukan peserta kelas itu. Cocok dengan sendirinya setelah ia didaftarkan."),
    "unknown_site": _l("Laporan menyebut situs lain dari yang terdaftar. Periksa alamat situs di Moodle."),
    "before_window": _l("Selesai sebelum pelatihan dimulai."),
    "after_window": _l("Selesai sesudah pelatihan berakhir."),
    "too_late": _l("Laporan tiba setelah masa tunggu lewat."),
    "clock_ahead": _l("Jam Moodle lebih cepat dari jam kami, jadi waktunya belum dapat dipercaya."),
}
ACCEPTABLE = frozenset({"before_window", "after_window", "too_late", "clock_ahead"})
"""Reasons behind which a participant is known: a person may let the report count."""


def waiting_facts(session: Session, after: int) -> dict[str, Any]:
    """``facts`` a page at a time, oldest first, with people and courses by name, and how many wait in all."""
    rows = list(
        session.scalars(
            select(Fact)
            .where(Fact.status == "waiting", Fact.id > after)
            .options(joinedload(Fact.site))
            .order_by(Fact.id)
            .limit(PAGE + 1)
        )
    )
    shown = rows[:PAGE]
    people, courses = _people(session, shown), _courses(session, shown)
    names = {account: person.name for account, person in people.items()}
    total = session.scalar(select(func.count()).where(Fact.status == "waiting")) or 0
    return {
        "facts": [_fact(row, names, courses) for row in shown],
        "whose": [person.id for person in people.values()],
        "older": shown[-1].id if len(rows) > PAGE else None,
        "after": after,
        "total": total,
    }


def _fact(
    row: Fact, names: dict[tuple[int, str], str], courses: dict[tuple[int, str], str]
) -> dict[str, Any]:
    account = masked(row.account, row.account_kind)
    return {
        "id": row.id,
        "who": names.get((row.site_id, row.account)) or _("Akun %(account)s", account=account),
        "known": (row.site_id, row.account) in names,
        "account": account,
        "course": courses.get((row.site_id, row.course_ref)) or _("Kelas nomor %(ref)s", ref=row.course_ref),
        "site": row.site.name,
        "happened": row.happened_at,
        "arrived": row.arrived_at,
        "why": WHY.get(row.reason) or row.reason,
        "acceptable": row.reason in ACCEPTABLE,
    }


def masked(account: str, kind: str) -> str:
    """As the site names the learner, without what would identify a person to a stranger."""
    if kind == "id":
        return str(_("nomor %(account)s", account=mask(account)))
    if "@" in account:
        name, _at, domain = account.partition("@")
        return f"{mask(name)[:1]}…@{domain}"
    return mask(account)


def _people(session: Session, rows: list[Fact]) -> dict[tuple[int, str], Person]:
    """People whom we know behind these accounts, in one query."""
    pairs = [(row.site_id, row.account) for row in rows]
    found = session.scalars(
        select(LmsAccount)
        .where(
            or_(
                tuple_(LmsAccount.site_id, LmsAccount.remote_id).in_(pairs),
                tuple_(LmsAccount.site_id, LmsAccount.username).in_(pairs),
            )
        )
        .options(joinedload(LmsAccount.person))
    )
    people: dict[tuple[int, str], Person] = {}
    for account in found:
        for value in (account.remote_id, account.username):
            if value is not None:
                people[account.site_id, value] = account.person
    return people


def _courses(session: Session, rows: list[Fact]) -> dict[tuple[int, str], str]:
    found = session.execute(
        select(ProgrammeVersion.site_id, ProgrammeVersion.course_ref, ProgrammeVersion.course_title).where(
            tuple_(ProgrammeVersion.site_id, ProgrammeVersion.course_ref).in_(
                [(row.site_id, row.course_ref) for row in rows]
            ),
            ProgrammeVersion.course_title != "",
        )
    )
    return {(site, ref): title for site, ref, title in found if site is not None}
