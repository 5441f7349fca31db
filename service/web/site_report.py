"""The report on an outage that is passed on to whoever runs the site: one page, Indonesian, no personal data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import force_locale
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.dates import moment
from service.web.moodle_words import sentence
from service.web.site_requests import WENT_BACK, requests_for
from service.web.site_trouble import lacks_of
from workflows.actions.rewind import open_rewind
from workflows.clock import now
from workflows.models import Enrolment, Site

AFTERWARDS = (
    "Kami mencoba sekali semenit. Begitu situs menjawab, semua yang menunggu dikirim dengan sendirinya.",
    "Tidak ada yang terdaftar dua kali: sebelum mengulang, kami membaca dahulu siapa yang sudah terdaftar.",
    "Kelas, kehadiran, dan persetujuan di Bangkom tetap berjalan selama gangguan.",
)
DECIDED = (
    "Tidak ada yang dikirim sampai seseorang di pihak kami memutuskan, setelah jawaban Anda.",
    *AFTERWARDS[1:],
)


@dataclass(frozen=True, slots=True)
class Part:
    heading: str
    lines: Sequence[str]


@dataclass(frozen=True, slots=True)
class Report:
    title: str
    parts: Sequence[Part]

    def as_text(self) -> str:
        """Ready to be put into a message: plain lines."""
        body = [f"{part.heading}\n" + "\n".join(f"- {line}" for line in part.lines) for part in self.parts]
        return "\n\n".join([self.title, *body]) + "\n"


def site_report(session: Session, site: Site, sender: str) -> Report:
    """What is the matter, since when, what waits, what we ask, and what comes of itself afterwards."""
    with force_locale("id"):
        return Report(
            f"Laporan keadaan Moodle: {site.name}",
            (
                Part("Situs", (site.url, f"Dari: {sender}", f"Dibuat: {moment(now(session))}")),
                Part("Yang kami lihat", _back(session, site) or _seen(site)),
                Part("Akibatnya", _effect(session, site)),
                *_lacking(session, site),
                *_asked(site),
                Part("Sesudah pulih", DECIDED if site.went_back else AFTERWARDS),
            ),
        )


def _asked(site: Site) -> list[Part]:
    lines: list[str] = [*WENT_BACK] if site.went_back else []
    if site.closed or site.failures:
        lines += requests_for(site.paused_code or site.trouble_code)
    return [Part("Yang kami minta", lines)] if lines else []


def _back(session: Session, site: Site) -> list[str]:
    """What a site that went back in time no longer knows; empty where it did not."""
    found = open_rewind(session, site.id)
    if found is None:
        return []
    return [
        "Situs tampak kembali ke keadaan lama, seperti sesudah dipulihkan dari cadangan.",
        f"Dari {found.looked} akun terbaru yang kami kenal, {found.gone} tidak ada lagi"
        f" dan {found.moved} nomornya kini milik orang lain.",
        f"Sejak: {moment(found.seen_at)}. Dilihat terakhir: {moment(found.looked_at)}.",
        *(_seen(site) if site.closed or site.failures else []),
    ]


def _seen(site: Site) -> list[str]:
    code = site.paused_code or site.trouble_code
    if not (site.closed or site.failures):
        return ["Situs menjawab dan menerima pendaftaran."]
    lines = [f"{sentence(code)} (kode: {code})"]
    since = site.paused_at or site.open_since
    if since is not None:
        lines.append(f"Sejak: {moment(since)}.")
    if site.trials:
        lines.append(f"Dicoba {site.trials} kali sesudah itu, terakhir {moment(site.tried_at)}.")
    if site.paused_course:
        lines.append(f"Ditolak pada kelas nomor {site.paused_course}.")
    return lines


def _lacking(session: Session, site: Site) -> list[Part]:
    """Rights that are wanting for a part of the work, each with where to set it."""
    lacks = lacks_of(session, site.id)
    lines = [f"{lack['title']} (kode: {lack['code']}). {lack['text']}" for lack in lacks]
    return [Part("Hak yang kurang", lines)] if lines else []


def _effect(session: Session, site: Site) -> list[str]:
    count, courses = session.execute(
        select(func.count(), func.count(Enrolment.course_ref.distinct())).where(
            Enrolment.site_id == site.id, Enrolment.status == "waiting"
        )
    ).one()
    if not count:
        return ["Tidak ada pendaftaran yang menunggu."]
    return [f"{count} perubahan pendaftaran pada {courses} kelas menunggu dikirim; tidak ada yang hilang."]
