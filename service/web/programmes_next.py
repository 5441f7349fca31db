"""Berikutnya: what this person can do about a version now, or what it waits for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import current_app, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.dates import long_date, short_date
from service.web.profile_words import office_name
from service.web.rail import latest_request, open_task
from workflows.actions.courses import order_of
from workflows.actions.reviews import review_of
from workflows.actor import Actor
from workflows.batches import last_day
from workflows.clock import today
from workflows.guards import active_participants
from workflows.models import Evaluation, ProgrammeVersion, Review, Revision
from workflows.people import postings_on
from workflows.rules import allowed
from workflows.signers import signer_of


@dataclass(frozen=True, slots=True)
class Step:
    """``label`` empty: only told, nothing to press. ``post``: the address takes a form."""

    title: str
    text: str = ""
    label: str = ""
    url: str = ""
    post: bool = False


def next_steps(session: Session, version: ProgrammeVersion, me: Actor) -> tuple[Step | None, list[Step]]:
    """(the one thing, other things). Nothing is offered that this person may not do."""
    if version.closed_as is not None:
        return Step(_("Program ini sudah berakhir"), version.closed_reason), []
    found = _BY_STATE[version.state](session, version, me)
    return (found[0] if found else None), found[1:]


def _proposed(session: Session, version: ProgrammeVersion, me: Actor) -> list[Step]:
    if not allowed(me, "programme.open_review"):
        text = _("Badan kepegawaian membukanya dan mengundang rumpun jabatan.")
        return [Step(_("Menunggu pembahasan bersama"), text)]
    text = _("Tentukan tanggal dan rumpun jabatan yang diundang.")
    return [_step("reviews.show", version, _("Buka pembahasan bersama"), text, _("Buka pembahasan"))]


def _reviewed(session: Session, version: ProgrammeVersion, me: Actor) -> list[Step]:
    review = review_of(session, version.id)
    if review is None or review.closed_at is not None:
        return _signed(session, version, me)
    steps = _talked(session, version, review, me)
    if steps:
        return steps
    return [Step(_("Sedang dibahas bersama"), _("Sampai %(day)s.", day=long_date(review.closes_on)))]


def _talked(session: Session, version: ProgrammeVersion, review: Review, me: Actor) -> list[Step]:
    steps = []
    unanswered = sum(item.disposition is None for item in review.voices)
    if allowed(me, "review.answer_input") and unanswered:
        title = _("%(count)s masukan menunggu jawaban resmi", count=unanswered)
        steps.append(_step("reviews.show", version, title, "", _("Jawab masukan")))
    elif allowed(me, "review.close"):
        text = _("Semua masukan sudah dijawab.") if review.voices else _("Belum ada masukan.")
        steps.append(
            _step("reviews.show", version, _("Pembahasan sedang berlangsung"), text, _("Lihat pembahasan"))
        )
    if is_invited(session, review, me) and not any(item.author_id == me.person_id for item in review.inputs):
        text = _("Rumpun jabatan Anda diundang, sampai %(day)s.", day=long_date(review.closes_on))
        steps.append(_step("reviews.show", version, _("Suara Anda ditunggu"), text, _("Beri masukan")))
    return steps


def is_invited(session: Session, review: Review, me: Actor) -> bool:
    """Whether this person works in a job field that the review invites."""
    posting = postings_on(session, [me.person], today(session)).get(me.person)
    return posting is not None and posting.job_field_id in {row.job_field_id for row in review.invited}


def _signed(session: Session, version: ProgrammeVersion, me: Actor) -> list[Step]:
    request = latest_request(session, version.id)
    task = open_task(request)
    if request is not None and request.status == "returned":
        if allowed(me, "approval.resubmit"):
            url = url_for("programmes.resubmit", version_id=version.id)
            text = _("Perbaiki isi atau biaya lebih dahulu. Yang tidak berubah tidak ditandatangani ulang.")
            return [Step(_("Ajukan kembali"), text, _("Ajukan kembali"), url, post=True)]
        return [Step(_("Dikembalikan untuk perbaikan"), _("Badan kepegawaian sedang memperbaikinya."))]
    if task is None:
        return []
    holding = signer_of(session, task, today(session)).holding
    if holding is not None and holding.person_id == me.person_id:
        text = _("Paling lambat %(day)s.", day=long_date(task.due_on))
        url = _address("approvals.show", task_id=task.id)
        return [Step(_("Menunggu keputusan Anda"), text, _("Buka keputusan"), url)]
    title = office_name(task.office.title)
    who = title if holding is None else f"{title} ({holding.person.name})"
    text = _("Paling lambat %(day)s.", day=long_date(task.due_on))
    if holding is None:
        text = _("Tanpa pejabat berwenang hari ini: menunggu surat mandat.")
    return [Step(_("Menunggu %(who)s", who=who), text)]


def _approved(session: Session, version: ProgrammeVersion, me: Actor) -> list[Step]:
    taken = active_participants(session, version.id)
    seats = _(
        "%(taken)s dari %(seats)s tempat terisi; mulai %(day)s.",
        taken=taken,
        seats=version.seats,
        day=short_date(version.starts_on),
    )
    if not allowed(me, "enrolment.enrol"):
        return [Step(_("Pendaftaran peserta"), seats)]
    if not version.course_ref:
        return [_without_course(session, version)]
    if taken and today(session) >= version.starts_on:
        return [_step("participants.show", version, _("Mulai program"), seats, _("Buka peserta"))]
    return [_step("participants.show", version, _("Daftarkan peserta"), seats, _("Daftarkan"))]


def _without_course(session: Session, version: ProgrammeVersion) -> Step:
    url = url_for("programmes.course", version_id=version.id)
    order = order_of(session, version.id)
    if order is not None and order.state == "failed":
        return Step(_("Kelas Moodle gagal disiapkan"), "", _("Lihat sebabnya"), url)
    if order is not None and order.state != "linked":
        text = _("Peserta dapat didaftarkan setelah kelasnya tertaut.")
        return Step(_("Kelas Moodle sedang disiapkan"), text, _("Lihat keadaannya"), url)
    text = _("Peserta dapat didaftarkan setelah kelasnya dipilih.")
    return Step(_("Kelas Moodle belum dipilih"), text, _("Pilih kelas"), url)


def _running(session: Session, version: ProgrammeVersion, me: Actor) -> list[Step]:
    over = today(session) > last_day(session, version)
    steps = []
    if allowed(me, "programme.evaluate") and over:
        steps.append(_step("evaluations.show", version, _("Putuskan hasil evaluasi"), "", _("Buka evaluasi")))
    if allowed(me, "survey.oversee"):
        steps.append(_step("surveys.show", version, _("Survei sebelum dan sesudah"), "", _("Buka survei")))
    if allowed(me, "enrolment.oversee"):
        steps.append(_step("participants.show", version, _("Peserta dan ketuntasan"), "", _("Lihat peserta")))
    title = _("Pelatihan selesai, menunggu evaluasi") if over else _("Sedang berjalan")
    return steps or [Step(title, _("Sampai %(day)s.", day=long_date(version.ends_on)))]


def _evaluated(session: Session, version: ProgrammeVersion, me: Actor) -> list[Step]:
    if allowed(me, "programme.revise"):
        text = _("Temuan, sebabnya, dan apa yang berubah pada versi berikutnya.")
        return [_step("evaluations.revise", version, _("Perbarui program"), text, _("Buat versi berikutnya"))]
    if allowed(me, "survey.oversee"):
        return [_step("evaluations.show", version, _("Hasilnya sudah diputuskan"), "", _("Lihat hasil"))]
    row = session.scalars(select(Evaluation).where(Evaluation.version_id == version.id)).one_or_none()
    return [Step(_("Hasilnya sudah diputuskan"), row.reason if row is not None else "")]


def _revised(session: Session, version: ProgrammeVersion, me: Actor) -> list[Step]:
    row = session.scalars(select(Revision).where(Revision.version_id == version.id)).one_or_none()
    if row is None:
        return []
    url = url_for("programmes.show", version_id=row.next_version_id)
    title = _("Dilanjutkan pada versi %(number)s", number=version.number + 1)
    return [Step(title, row.change, _("Buka versi baru"), url)]


_BY_STATE: dict[str, Callable[[Session, ProgrammeVersion, Actor], list[Step]]] = {
    "proposed": _proposed,
    "participatory_review": _reviewed,
    "approved": _approved,
    "running": _running,
    "evaluated": _evaluated,
    "revised": _revised,
}


def _step(endpoint: str, version: ProgrammeVersion, title: str, text: str, label: str) -> Step:
    url = _address(endpoint, version_id=version.id)
    return Step(title, text, label if url else "", url)


def _address(endpoint: str, **values: Any) -> str:
    """The page's address, or nothing where this installation has no such page."""
    return url_for(endpoint, **values) if endpoint in current_app.view_functions else ""
