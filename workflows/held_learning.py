"""What is held about people who learn: participation, accounts, reports, JP."""

from __future__ import annotations

from sqlalchemy import and_, or_, select

from workflows.errors import N_
from workflows.held import Held
from workflows.held_words import AT, KIND, PROGRAMME, REASON, SITE, STATE, WHOLE, Joins
from workflows.models import (
    Batch,
    CapException,
    Completion,
    CourseProgress,
    DriftFinding,
    Enrolment,
    Fact,
    JpEntry,
    LmsAccount,
    Person,
    ProgrammeVersion,
    Site,
    Statement,
    SyncAttempt,
    SyncHoldRow,
)

OF_ENROLMENT: Joins = (
    (Batch, Batch.id == Enrolment.batch_id),
    (ProgrammeVersion, ProgrammeVersion.id == Batch.version_id),
)
_EMAIL = select(Person.email).where(Person.id == LmsAccount.person_id).scalar_subquery()
OF_ACCOUNT = and_(
    LmsAccount.site_id == Fact.site_id,
    or_(
        and_(Fact.account_kind == "id", LmsAccount.remote_id == Fact.account),
        and_(Fact.account_kind == "username", LmsAccount.username == Fact.account),
        and_(Fact.account_kind == "email", Fact.account == _EMAIL),
    ),
)
"""As a report finds its person: the same name on another site, or of another kind, is nobody's."""

LEARNING = (
    Held(
        "learning",
        N_("Kepesertaan"),
        Enrolment,
        Enrolment.person_id,
        (
            (PROGRAMME, ProgrammeVersion.title),
            (N_("Diinginkan"), Enrolment.desired),
            (N_("Di Moodle"), Enrolment.applied),
            (N_("Didaftarkan"), Enrolment.enrolled_at),
            (N_("Diterapkan"), Enrolment.applied_at),
        ),
        OF_ENROLMENT,
    ),
    Held(
        "learning",
        N_("Ikut serta meskipun melewati batas JP"),
        CapException,
        Enrolment.person_id,
        (
            (PROGRAMME, ProgrammeVersion.title),
            (N_("JP sebelumnya"), CapException.jp_before),
            (N_("JP ditambahkan"), CapException.jp_added),
            (N_("Batas JP"), CapException.cap),
            (REASON, CapException.reason),
            (AT, CapException.decided_at),
        ),
        ((Enrolment, Enrolment.id == CapException.enrolment_id), *OF_ENROLMENT),
    ),
    Held(
        "learning",
        N_("Percobaan pengiriman ke Moodle"),
        SyncAttempt,
        Enrolment.person_id,
        (
            (PROGRAMME, ProgrammeVersion.title),
            (AT, SyncAttempt.tried_at),
            (N_("Yang dikirim"), SyncAttempt.sent),
            (STATE, SyncAttempt.outcome),
        ),
        ((Enrolment, Enrolment.id == SyncAttempt.enrolment_id), *OF_ENROLMENT),
    ),
    Held(
        "learning",
        N_("Pemberhentian yang ditahan sampai diperiksa"),
        SyncHoldRow,
        Enrolment.person_id,
        ((PROGRAMME, ProgrammeVersion.title), (AT, SyncHoldRow.held_at), (STATE, SyncHoldRow.desired)),
        ((Enrolment, Enrolment.id == SyncHoldRow.enrolment_id), *OF_ENROLMENT),
    ),
    Held(
        "learning",
        N_("Kemajuan di kelas"),
        CourseProgress,
        Enrolment.person_id,
        (
            (PROGRAMME, ProgrammeVersion.title),
            (N_("Langkah selesai"), CourseProgress.steps_done),
            (N_("Jumlah langkah"), CourseProgress.steps_total),
            (N_("Nilai"), CourseProgress.grade),
            (N_("Dibaca"), CourseProgress.read_at),
        ),
        ((Enrolment, Enrolment.id == CourseProgress.enrolment_id), *OF_ENROLMENT),
    ),
    Held(
        "learning",
        N_("Tuntas belajar"),
        Completion,
        Enrolment.person_id,
        (
            (PROGRAMME, ProgrammeVersion.title),
            (N_("Selesai"), Completion.effective_at),
            (N_("Dicatat"), Completion.recorded_at),
        ),
        ((Enrolment, Enrolment.id == Completion.enrolment_id), *OF_ENROLMENT),
    ),
    Held(
        "learning",
        N_("Buku JP"),
        JpEntry,
        JpEntry.person_id,
        (
            (PROGRAMME, ProgrammeVersion.title),
            ("JP", JpEntry.jp),
            (KIND, JpEntry.kind),
            (N_("Tahun"), JpEntry.year),
            (N_("Berlaku"), JpEntry.effective_on),
        ),
        ((Enrolment, Enrolment.id == JpEntry.enrolment_id), *OF_ENROLMENT),
    ),
    Held(
        "learning",
        N_("Akun di Moodle"),
        LmsAccount,
        LmsAccount.person_id,
        (
            (SITE, Site.name),
            (N_("Nama akun"), LmsAccount.username),
            (N_("Nomor di situs"), LmsAccount.remote_id),
            (STATE, LmsAccount.status),
            (N_("Nomor akun yang kami buat"), LmsAccount.made_ref),
            (N_("Berbeda dari data kami"), LmsAccount.differs),
            (N_("Diperiksa"), LmsAccount.checked_at),
        ),
        ((Site, Site.id == LmsAccount.site_id),),
    ),
    Held(
        "learning",
        N_("Beda kepesertaan dengan Moodle"),
        DriftFinding,
        DriftFinding.person_id,
        (
            (SITE, Site.name),
            (N_("Kelas nomor"), DriftFinding.course_ref),
            (KIND, DriftFinding.kind),
            (N_("Akun nomor"), DriftFinding.remote_id),
            (N_("Pertama terlihat"), DriftFinding.first_seen),
            (N_("Terakhir terlihat"), DriftFinding.last_seen),
        ),
        ((Site, Site.id == DriftFinding.site_id),),
    ),
    Held(
        "learning",
        N_("Laporan selesai dari Moodle"),
        Fact,
        LmsAccount.person_id,
        (
            (SITE, Site.name),
            (N_("Kelas nomor"), Fact.course_ref),
            (N_("Selesai"), Fact.happened_at),
            (N_("Tiba"), Fact.arrived_at),
            (N_("Nilai"), Fact.score),
            (STATE, Fact.status),
        ),
        ((LmsAccount, OF_ACCOUNT), (Site, Site.id == Fact.site_id)),
    ),
    Held(
        "learning",
        N_("Pernyataan xAPI sebagaimana diterima"),
        Statement,
        LmsAccount.person_id,
        (
            (N_("Nomor"), Statement.id),
            (N_("Kata kerja"), Statement.verb),
            (N_("Objek"), Statement.object_id),
            (AT, Statement.happened_at),
            (WHOLE, Statement.body),
        ),
        ((Fact, Fact.statement_id == Statement.id), (LmsAccount, OF_ACCOUNT)),
    ),
)
