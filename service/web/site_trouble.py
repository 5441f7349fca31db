"""What is the matter with a site, in one sentence: for the banner, its own page and the pages of programmes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from service.dates import moment
from service.web.moodle_words import sentence
from workflows.models import Enrolment, Site, SiteLack, SyncPause


@dataclass(frozen=True, slots=True)
class Trouble:
    """``kind``: first (nobody has agreed to the first delivery) | back (in time) | paused (by a person) | refuses |
    away | shaky.

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
    if site.went_back:
        text = _(
            "Situs tidak lagi mengenal akun kita seperti kemarin. Tidak ada yang dikirim sampai diputuskan."
        )
        return Trouble("back", _("Moodle tampak mundur ke keadaan lama"), text, "rust")
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


def lack_word(kind: str) -> str:
    """What our service may not do there, as a title."""
    words = {
        "create": _("Kami tidak boleh membuat akun"),
        "update": _("Kami tidak boleh mengubah akun buatan kami"),
        "unenrol": _("Kami tidak boleh mengeluarkan peserta"),
        "completion": _("Kami tidak boleh melihat siapa yang selesai"),
        "view": _("Banyak akun yang kami kenal tidak tampak lagi"),
    }
    return str(words[kind])


def lacks_of(session: Session, site_id: int) -> list[dict[str, str]]:
    """The rights that are wanting for a part of the work: title, what waits for it, what to set in Moodle."""
    texts = {
        "create": _(
            "Orang yang akunnya sudah ada tetap didaftarkan; yang lain menunggu. Beri peran layanan"
            " hak moodle/user:create."
        ),
        "update": _(
            "Nama, surel, dan nomor di Moodle belum mengikuti data kepegawaian. Beri peran layanan"
            " hak moodle/user:update."
        ),
        "unenrol": _(
            "Yang dikeluarkan masih terdaftar di Moodle. Beri peran layanan hak enrol/manual:unenrol."
        ),
        "completion": _(
            "Yang selesai hanya diketahui dari laporan xAPI. Beri peran layanan hak report/completion:view."
        ),
        "view": _(
            "Tidak ada yang diubah karenanya. Periksa hak moodle/user:viewdetails, atau apakah Moodle"
            " dipulihkan dari cadangan."
        ),
    }
    rows = session.scalars(select(SiteLack).where(SiteLack.site_id == site_id).order_by(SiteLack.kind))
    return [
        {
            "kind": row.kind,
            "title": _("%(what)s sejak %(when)s", what=lack_word(row.kind), when=moment(row.since)),
            "text": texts[row.kind],
            "code": row.code,
        }
        for row in rows
    ]


def troubled_sites(session: Session) -> list[dict[str, str]]:
    """For the banner of organisers: each site to which nothing, or not all, is sent now."""
    whole = and_(SyncPause.site_id == Site.id, SyncPause.course_ref == "")
    rows = session.execute(
        select(Site, SyncPause, SiteLack.kind)
        .outerjoin(SyncPause, whole)
        .outerjoin(SiteLack, SiteLack.site_id == Site.id)
        .where(
            or_(
                Site.open_since.is_not(None),
                Site.paused_code != "",
                SyncPause.id.is_not(None),
                Site.awaits_first_run,
                SiteLack.kind.is_not(None),
                Site.went_back,
            )
        )
        .order_by(Site.name, SiteLack.kind)
    )
    found: dict[int, tuple[Site, SyncPause | None, list[str]]] = {}
    for site, pause, kind in rows:
        found.setdefault(site.id, (site, pause, []))[2].extend([kind] if kind else [])
    return [banner for one in found.values() for banner in _banners(*one)]


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


def _banners(site: Site, pause: SyncPause | None, kinds: list[str]) -> list[dict[str, str]]:
    trouble = trouble_of(site, pause)
    lacks = [
        {"title": f"{lack_word(kind)} ({site.name})", "tone": "sun", "code": site.code, "partly": "yes"}
        for kind in kinds
    ]
    return [*([_banner(site, trouble)] if trouble else []), *lacks]


def _banner(site: Site, trouble: Trouble) -> dict[str, str]:
    title = trouble.title if trouble.kind == "away" else f"{trouble.title} ({site.name})"
    decide = "yes" if trouble.kind == "back" else ""
    return {"title": title, "tone": trouble.tone, "code": site.code, "decide": decide}
