"""What must hold for each move of a programme version. Each refusal names the rule and what to do.

The state machine calls these as validators with the keyword arguments of ``lifecycle.move``; it passes by
name only what a function asks for.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from workflows.budget import live_reservation
from workflows.clock import today
from workflows.errors import N_, Refused
from workflows.models import (
    ApprovalRequest,
    Batch,
    Completion,
    Enrolment,
    Evaluation,
    ProgrammeVersion,
    Review,
    Survey,
)
from workflows.parameters import whole_number


def must_be_complete(version: ProgrammeVersion) -> None:
    """Basis, competency and level, target group, both gaps or a reason (DOMAIN.md 3.1, PP 11/2017 art. 206)."""
    if not (version.competency_gap and version.performance_gap) and not version.gap_reason:
        raise Refused(
            "gap_missing",
            N_(
                "Isi kesenjangan kompetensi dan kesenjangan kinerja, atau tulis alasan mengapa salah satunya tidak ada "
                "(PP 11/2017 pasal 206)."
            ),
            rule="PP 11/2017 ps. 206",
            field="gap_reason",
        )
    if not version.target_group.strip():
        raise Refused(
            "target_missing",
            N_("Isi kelompok sasaran program."),
            rule="PP 11/2017 ps. 207",
            field="target_group",
        )


def may_open_review(
    session: Session,
    version: ProgrammeVersion,
    opens_on: date,
    closes_on: date,
    invited: Collection[int],
    minimum: int,
) -> None:
    must_be_complete(version)
    if not version.duplicates_checked.strip():
        raise Refused(
            "duplicates_unchecked",
            N_("Nyatakan dahulu hasil pemeriksaan program serupa sebelum membuka pembahasan."),
            rule="DOMAIN 3.1",
            field="duplicates_checked",
        )
    if opens_on < today(session) or closes_on < opens_on:
        raise Refused(
            "review_dates",
            N_("Tanggal pembahasan harus dimulai hari ini atau sesudahnya, dan berakhir setelah dimulai."),
            field="closes_on",
        )
    if closes_on >= version.starts_on:
        raise Refused(
            "review_after_start",
            N_("Pembahasan harus selesai sebelum pelatihan dimulai."),
            field="closes_on",
        )
    if not invited or len(invited) < minimum:
        raise Refused(
            "too_few_invited",
            N_("Undang sekurangnya %(minimum)s rumpun jabatan, sebanyak yang harus didengar."),
            rule="R32",
            field="invited",
            minimum=minimum,
        )


def may_return_for_changes(reason: str) -> None:
    must_have_reason(reason)


def must_have_reason(reason: str) -> None:
    if not reason.strip():
        raise Refused("reason_missing", N_("Tulis alasannya."), rule="R14", field="reason")


def must_have_jp(version: ProgrammeVersion) -> None:
    if version.jp is None:
        raise Refused(
            "jp_unknown",
            N_(
                "JP bentuk pelatihan ini belum ada aturannya. Minta administrator mengisi aturan JP beserta sumbernya, "
                "atau pilih bentuk lain."
            ),
            rule="R4",
            field="form_code",
        )


def may_approve(session: Session, version: ProgrammeVersion, request: ApprovalRequest) -> None:
    review = session.scalars(select(Review).where(Review.version_id == version.id)).one_or_none()
    if review is None or review.closed_at is None:
        raise Refused("review_open", N_("Pembahasan bersama belum ditutup."), rule="DOMAIN 3.1")
    must_have_jp(version)
    if any(task.status != "granted" for task in request.tasks):
        raise Refused("signature_missing", N_("Belum semua pejabat menyetujui."), rule="DOMAIN 3.1")
    reservation = live_reservation(session, version.id)
    if (
        reservation is None
        or reservation.amount != version.cost
        or reservation.ceiling_id != version.ceiling_id
    ):
        raise Refused(
            "reservation_differs",
            N_("Dana yang dicadangkan tidak sama dengan biaya program. Ulangi langkah keuangan."),
            rule="R21",
        )


def may_start(session: Session, version: ProgrammeVersion) -> None:
    if today(session) < version.starts_on:
        raise Refused(
            "too_early",
            N_("Program baru dapat dimulai pada %(day)s."),
            rule="DOMAIN 3.1",
            day=version.starts_on,
        )
    if not active_participants(session, version.id):
        raise Refused(
            "no_participant", N_("Daftarkan sekurangnya satu peserta lebih dahulu."), rule="DOMAIN 3.1"
        )


def active_participants(session: Session, version_id: int) -> int:
    query = select(func.count()).select_from(Enrolment).join(Batch)
    return session.scalar(query.where(Batch.version_id == version_id, Enrolment.desired == "active")) or 0


def may_evaluate(session: Session, version: ProgrammeVersion) -> None:
    must_be_over(session, version)
    survey = session.scalars(select(Survey).where(Survey.version_id == version.id)).one_or_none()
    if survey is None or any(wave.status != "closed" for wave in survey.waves):
        raise Refused(
            "wave_open",
            N_("Survei terakhir belum ditutup. Tunggu sampai tutup, atau tutup lebih dahulu."),
            rule="R34",
        )
    if session.scalar(select(func.count()).where(Evaluation.version_id == version.id)) != 1:
        raise Refused("outcome_missing", N_("Putuskan dahulu hasil evaluasinya."), rule="DOMAIN 3.1")


def must_be_over(session: Session, version: ProgrammeVersion) -> None:
    """The last batch is over, and completions are settled or the grace is over (R29)."""
    last = session.scalar(select(func.max(Batch.ends_on)).where(Batch.version_id == version.id))
    day = today(session)
    if last is None or day <= last:
        raise Refused("not_over", N_("Pelatihan belum selesai."), rule="DOMAIN 3.1")
    grace = whole_number(session, "completion.grace_days", day)
    if day > last + timedelta(days=grace):
        return
    open_rows = session.scalar(
        select(func.count())
        .select_from(Enrolment)
        .join(Batch)
        .outerjoin(Completion)
        .where(Batch.version_id == version.id, Enrolment.desired == "active", Completion.id.is_(None))
    )
    if open_rows:
        raise Refused(
            "completions_open",
            N_("%(count)s peserta belum tuntas dan masa tunggu %(grace)s hari belum lewat."),
            rule="R29",
            count=open_rows,
            grace=grace,
        )


def may_revise(finding: str, cause: str, change: str) -> None:
    for field, text in (("finding", finding), ("cause", cause), ("change", change)):
        if not text.strip():
            raise Refused(
                "revision_incomplete",
                N_("Isi temuan, sebabnya, dan sekurangnya satu perubahan untuk versi berikutnya."),
                rule="R38",
                field=field,
            )
