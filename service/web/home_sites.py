"""For the administrator: each learning site, whether it listens, and how many rows wait or failed."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.dates import moment
from workflows.models import Enrolment, Fact, Site


def site_rows(session: Session) -> list[dict[str, Any]]:
    """By name, in three queries."""
    states = _by_state(session)
    waiting = select(Fact.site_id, func.count()).where(Fact.status == "waiting").group_by(Fact.site_id)
    unmatched = {row[0]: int(row[1]) for row in session.execute(waiting)}
    sites = session.scalars(select(Site).order_by(Site.name))
    return [_row(site, states.get(site.id, {}), unmatched.get(site.id, 0)) for site in sites]


def _by_state(session: Session) -> dict[int, dict[str, int]]:
    """Enrolments that the site does not hold as we want them, by status."""
    found: dict[int, dict[str, int]] = {}
    rows = session.execute(
        select(Enrolment.site_id, Enrolment.status, func.count())
        .where(Enrolment.status != "applied")
        .group_by(Enrolment.site_id, Enrolment.status)
    )
    for site_id, status, count in rows:
        found.setdefault(site_id, {})[status] = count
    return found


def _row(site: Site, states: dict[str, int], unmatched: int) -> dict[str, Any]:
    return {
        "name": site.name,
        "url": url_for("sites.show", code=site.code),
        "address": site.url,
        "state": health(site),
        "code": site.code,
        "waiting": states.get("waiting", 0),
        "needs_account": states.get("needs_account", 0),
        "failed": states.get("failed", 0),
        "unmatched": unmatched,
    }


def health(site: Site) -> dict[str, str]:
    """A word, its colour and sign, and a note: whether the site takes what is sent."""
    if site.awaits_first_run:
        return {"word": _("Menunggu uji pertama"), "tone": "sun", "sign": "alert", "note": ""}
    if site.went_back:
        return {"word": _("Berhenti: mundur ke keadaan lama"), "tone": "rust", "sign": "cross", "note": ""}
    if site.paused_code:
        note = _("sejak %(when)s, kode %(code)s", when=moment(site.paused_at), code=site.paused_code)
        return {"word": _("Berhenti: semua panggilan ditolak"), "tone": "rust", "sign": "cross", "note": note}
    if site.failures:
        note = _("%(count)s kali gagal berturut-turut", count=site.failures)
        if site.open_since is not None:
            note = _("sejak %(when)s; dicoba sekali semenit", when=moment(site.open_since))
        return {"word": _("Tidak menjawab"), "tone": "sun", "sign": "alert", "note": note}
    return {"word": _("Tersambung"), "tone": "leaf", "sign": "check", "note": ""}
