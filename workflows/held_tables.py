"""Every table of meaning that holds something about a person: one entry for each column that names one.

A new column that names a person belongs here, or with its reason in tests/structure/not_held.txt.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import and_, or_, select

from workflows.errors import N_
from workflows.held import Held
from workflows.models import (
    ApprovalRequest,
    ApprovalTask,
    Base,
    Batch,
    Completion,
    Decision,
    Enrolment,
    Evaluation,
    Fact,
    HistoryRow,
    HistoryValue,
    Identifier,
    InputItem,
    Invitation,
    JobField,
    JpEntry,
    LmsAccount,
    Need,
    Office,
    OfficeHolding,
    Person,
    Posting,
    ProgrammeVersion,
    Review,
    Revision,
    RoleGrant,
    Site,
    Statement,
    Survey,
    Unit,
    VersionChange,
    Wave,
)

Joins = tuple[tuple[type[Base], Any], ...]

_KIND, _FROM, _TO = N_("Jenis"), N_("Berlaku dari"), N_("Berlaku sampai")
_PROGRAMME, _REASON, _TEXT, _AT, _STATE = N_("Program"), N_("Alasan"), N_("Isi"), N_("Waktu"), N_("Keadaan")
_UNIT, _SITE = N_("Unit kerja"), N_("Situs Moodle")
_DETAILS, _WHOLE, _PROOF = N_("Rincian"), N_("Isi lengkap"), N_("Bukti masuk")
RAW = frozenset({_DETAILS, _WHOLE, _PROOF})
"""Words of columns for programs: they stand in the file of a copy, not on the page."""

OF_ENROLMENT: Joins = (
    (Batch, Batch.id == Enrolment.batch_id),
    (ProgrammeVersion, ProgrammeVersion.id == Batch.version_id),
)
OF_INVITATION: Joins = (
    (Wave, Wave.id == Invitation.wave_id),
    (Survey, Survey.id == Wave.survey_id),
    (ProgrammeVersion, ProgrammeVersion.id == Survey.version_id),
)
OF_INPUT: Joins = (
    (Review, Review.id == InputItem.review_id),
    (ProgrammeVersion, ProgrammeVersion.id == Review.version_id),
)
OF_DECISION: Joins = (
    (ApprovalTask, ApprovalTask.id == Decision.task_id),
    (ApprovalRequest, ApprovalRequest.id == ApprovalTask.request_id),
    (ProgrammeVersion, ProgrammeVersion.id == ApprovalRequest.version_id),
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

PERSON = (
    Held(
        "identity",
        N_("Nama dan alamat surel"),
        Person,
        Person.id,
        (
            (N_("Nama"), Person.name),
            (N_("Surel"), Person.email),
            (N_("Status kepegawaian"), Person.employment_kind),
            (N_("Berhenti"), Person.left_on),
        ),
    ),
    Held(
        "identity",
        N_("Nomor induk"),
        Identifier,
        Identifier.person_id,
        (
            (_KIND, Identifier.kind),
            (N_("Nomor"), Identifier.value),
            (_FROM, Identifier.valid_from),
            (_TO, Identifier.valid_to),
        ),
    ),
    Held(
        "employment",
        N_("Tempat bertugas"),
        Posting,
        Posting.person_id,
        (
            (N_("Jabatan"), Posting.post_title),
            (_UNIT, Unit.name),
            (N_("Rumpun jabatan"), JobField.name),
            (_FROM, Posting.valid_from),
            (_TO, Posting.valid_to),
        ),
        ((Unit, Unit.id == Posting.unit_id), (JobField, JobField.id == Posting.job_field_id)),
    ),
    Held(
        "employment",
        N_("Tercatat sebagai atasan langsung"),
        Posting,
        Posting.superior_id,
        (
            (N_("Jabatan bawahan"), Posting.post_title),
            (_UNIT, Unit.name),
            (_FROM, Posting.valid_from),
            (_TO, Posting.valid_to),
        ),
        ((Unit, Unit.id == Posting.unit_id),),
    ),
    Held(
        "office",
        N_("Jabatan yang menandatangani"),
        OfficeHolding,
        OfficeHolding.person_id,
        (
            (N_("Jabatan"), Office.title),
            (N_("Mandat"), OfficeHolding.kind),
            (N_("Nomor surat"), OfficeHolding.letter_no),
            (_FROM, OfficeHolding.valid_from),
            (_TO, OfficeHolding.valid_to),
        ),
        ((Office, Office.id == OfficeHolding.office_id),),
    ),
    Held(
        "office",
        N_("Peran yang diberikan"),
        RoleGrant,
        RoleGrant.person_id,
        (
            (N_("Peran"), RoleGrant.role),
            (_FROM, RoleGrant.valid_from),
            (_TO, RoleGrant.valid_to),
            (_REASON, RoleGrant.reason),
        ),
    ),
)

TAKING_PART = (
    Held(
        "participation",
        N_("Kesulitan dan kebutuhan yang disampaikan"),
        Need,
        Need.author_id,
        (
            (N_("Yang sulit"), Need.problem),
            (N_("Sejak kapan"), Need.since),
            (N_("Layanan"), Need.service),
            (_AT, Need.filed_at),
            (_STATE, Need.status),
            (N_("Jawaban"), Need.answer),
            (N_("Kesenjangan kinerja"), Need.performance_gap),
        ),
    ),
    Held(
        "participation",
        N_("Masukan dalam pembahasan bersama"),
        InputItem,
        InputItem.author_id,
        (
            (_PROGRAMME, ProgrammeVersion.title),
            (_KIND, InputItem.kind),
            (_TEXT, InputItem.text),
            (N_("Kepentingan"), InputItem.importance),
            (_AT, InputItem.given_at),
            (N_("Tanggapan"), InputItem.disposition),
            (N_("Jawaban"), InputItem.answer),
        ),
        OF_INPUT,
    ),
    Held(
        "survey",
        N_("Undangan mengisi survei"),
        Invitation,
        Invitation.respondent_id,
        (
            (_PROGRAMME, ProgrammeVersion.title),
            (N_("Survei"), Wave.kind),
            (N_("Sebagai"), Invitation.relation),
        ),
        OF_INVITATION,
    ),
    Held(
        "survey",
        N_("Undangan orang lain menjawab tentang Anda"),
        Invitation,
        Invitation.assessed_id,
        (
            (_PROGRAMME, ProgrammeVersion.title),
            (N_("Survei"), Wave.kind),
            (N_("Yang diundang"), Invitation.relation),
        ),
        OF_INVITATION,
    ),
)

LEARNING = (
    Held(
        "learning",
        N_("Kepesertaan"),
        Enrolment,
        Enrolment.person_id,
        (
            (_PROGRAMME, ProgrammeVersion.title),
            (N_("Diinginkan"), Enrolment.desired),
            (N_("Di Moodle"), Enrolment.applied),
            (N_("Didaftarkan"), Enrolment.enrolled_at),
            (N_("Diterapkan"), Enrolment.applied_at),
        ),
        OF_ENROLMENT,
    ),
    Held(
        "learning",
        N_("Tuntas belajar"),
        Completion,
        Enrolment.person_id,
        (
            (_PROGRAMME, ProgrammeVersion.title),
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
            (_PROGRAMME, ProgrammeVersion.title),
            ("JP", JpEntry.jp),
            (_KIND, JpEntry.kind),
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
            (_SITE, Site.name),
            (N_("Nama akun"), LmsAccount.username),
            (N_("Nomor di situs"), LmsAccount.remote_id),
            (_STATE, LmsAccount.status),
            (N_("Diperiksa"), LmsAccount.checked_at),
        ),
        ((Site, Site.id == LmsAccount.site_id),),
    ),
    Held(
        "learning",
        N_("Laporan selesai dari Moodle"),
        Fact,
        LmsAccount.person_id,
        (
            (_SITE, Site.name),
            (N_("Kelas nomor"), Fact.course_ref),
            (N_("Selesai"), Fact.happened_at),
            (N_("Tiba"), Fact.arrived_at),
            (N_("Nilai"), Fact.score),
            (_STATE, Fact.status),
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
            (_AT, Statement.happened_at),
            (_WHOLE, Statement.body),
        ),
        ((Fact, Fact.statement_id == Statement.id), (LmsAccount, OF_ACCOUNT)),
    ),
)

DEEDS = (
    Held(
        "deeds",
        N_("Keputusan atas nama jabatan"),
        Decision,
        Decision.person_id,
        (
            (_PROGRAMME, ProgrammeVersion.title),
            (N_("Jabatan"), Decision.office_title),
            (N_("Keputusan"), Decision.outcome),
            (_REASON, Decision.reason),
            (_AT, Decision.decided_at),
            (_PROOF, Decision.evidence),
        ),
        OF_DECISION,
    ),
    Held(
        "deeds",
        N_("Program yang dibuat"),
        ProgrammeVersion,
        ProgrammeVersion.created_by,
        ((_PROGRAMME, ProgrammeVersion.title), (_AT, ProgrammeVersion.created_at)),
    ),
    Held(
        "deeds",
        N_("Perubahan sesudah pembahasan"),
        VersionChange,
        VersionChange.person_id,
        (
            (_PROGRAMME, ProgrammeVersion.title),
            (N_("Yang diubah"), VersionChange.touched),
            (_AT, VersionChange.changed_at),
        ),
        ((ProgrammeVersion, ProgrammeVersion.id == VersionChange.version_id),),
    ),
    Held(
        "deeds",
        N_("Jawaban resmi atas masukan"),
        InputItem,
        InputItem.answered_by,
        (
            (_PROGRAMME, ProgrammeVersion.title),
            (N_("Jawaban"), InputItem.answer),
            (_AT, InputItem.answered_at),
        ),
        OF_INPUT,
    ),
    Held(
        "deeds",
        N_("Hasil evaluasi yang ditetapkan"),
        Evaluation,
        Evaluation.decided_by,
        (
            (_PROGRAMME, ProgrammeVersion.title),
            (N_("Hasil"), Evaluation.outcome),
            (_REASON, Evaluation.reason),
            (_AT, Evaluation.decided_at),
        ),
        ((ProgrammeVersion, ProgrammeVersion.id == Evaluation.version_id),),
    ),
    Held(
        "deeds",
        N_("Versi baru yang diputuskan"),
        Revision,
        Revision.decided_by,
        ((_PROGRAMME, ProgrammeVersion.title), (N_("Temuan"), Revision.finding), (_AT, Revision.decided_at)),
        ((ProgrammeVersion, ProgrammeVersion.id == Revision.version_id),),
    ),
    Held(
        "deeds",
        N_("Tindakan dalam riwayat"),
        HistoryRow,
        HistoryRow.actor_id,
        ((N_("Peristiwa"), HistoryRow.name), (_AT, HistoryRow.at), (_DETAILS, HistoryRow.payload)),
    ),
    Held(
        "own_words",
        N_("Kata-kata Anda dalam riwayat"),
        HistoryValue,
        HistoryRow.actor_id,
        ((N_("Peristiwa"), HistoryRow.name), (_TEXT, HistoryValue.value), (_AT, HistoryRow.at)),
        ((HistoryRow, HistoryRow.id == HistoryValue.row_id),),
    ),
)

TABLES: tuple[Held, ...] = (*PERSON, *TAKING_PART, *LEARNING, *DEEDS)
