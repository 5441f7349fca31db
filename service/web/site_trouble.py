"""What is the matter with a site, in one sentence: for the banner, its own page and the pages of programmes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from service.dates import moment
from service.web.moodle_words import sentence
from workflows.models import Enrolment, Site, SyncPause


@dataclass(frozen=True, slots=True)
class Trouble:
    """``kind``: first (nobody has agreed to the first delivery) | paused (by a person) | refuses | away | shaky.

    ``tone`` as of a notice.
    """

    kind: str
    title: str
    text: str
    tone: str


def trouble_of(site: Site, pause: SyncPause | None) -> Trouble | None:
    """The weightiest one, or None."""
    if site.awaits_first_run:
        text = _("Belum ada yang dikirim ke situs ini: administrator membaca dahulu apa yang akan dikirim.")
        return Trouble("first", _("Pengiriman pertama menunggu dibaca"), text, "sun")
    if pause is not None:
        text = _("Dijeda %(when)s: %(reason)s", when=moment(pause.paused_at), reason=pause.reason)
        return Trouble("paused", _("Pengiriman ke Moodle dijeda"), text, "sun")
    if site.paused_code:
        return Trouble("refuses", _("Pengiriman ke Moodle dijeda"), sentence(site.paused_code), "rust")
    if site.open_since is not None:
        title = _("%(site)s tidak menjawab sejak %(when)s", site=site.name, when=moment(site.open_since))
        return Trouble("away", title, sentence(site.trouble_code), "sun")
    if site.failures:
        text = _("Panggilan terakhir gagal; program tetap berjalan.")
        return Trouble("shaky", _("Moodle sedang terganggu"), text, "sun")
    return None


def troubled_sites(session: Session) -> list[dict[str, str]]:
    """For the banner of organisers: each site to which nothing is sent now; one query, mostly empty."""
    whole = and_(SyncPause.site_id == Site.id, SyncPause.course_ref == "")
    rows = session.execute(
        select(Site, SyncPause)
        .outerjoin(SyncPause, whole)
        .where(
            or_(
                Site.open_since.is_not(None),
                Site.paused_code != "",
                SyncPause.id.is_not(None),
                Site.awaits_first_run,
            )
        )
        .order_by(Site.name)
    )
    return [_banner(site, pause) for site, pause in rows]


def held_stops(session: Session) -> list[dict[str, Any]]:
    """For the banner of organisers: each site with stops that wait for a person, and how many; mostly empty."""
    rows = session.execute(
        select(Site.code, Site.name, func.count())
        .join(Enrolment, Enrolment.site_id == Site.id)
        .where(Enrolment.status == "held")
        .group_by(Site.code, Site.name)
        .order_by(Site.name)
    )
    return [{"code": code, "site": name, "count": count} for code, name, count in rows]


def _banner(site: Site, pause: SyncPause | None) -> dict[str, str]:
    trouble = trouble_of(site, pause)
    if trouble is None:
        raise LookupError("a site in the banner has no trouble")
    title = trouble.title if trouble.kind == "away" else f"{trouble.title} ({site.name})"
    return {"title": title, "tone": trouble.tone, "code": site.code}
