"""What is held about people who act on duty: decisions, changes, history."""

from __future__ import annotations

from sqlalchemy import and_

from workflows.errors import N_
from workflows.held import Held
from workflows.held_words import AT, DETAILS, KIND, OF_INPUT, PROGRAMME, PROOF, REASON, STATE, TEXT, Joins
from workflows.models import (
    ApprovalRequest,
    ApprovalTask,
    Batch,
    CapException,
    CourseOrder,
    Decision,
    DriftCheck,
    DriftCourse,
    DriftFinding,
    Enrolment,
    Evaluation,
    HistoryRow,
    HistoryValue,
    InputItem,
    OfficeLeave,
    PeopleImport,
    ProgrammeVersion,
    Revision,
    Site,
    SiteRewind,
    SyncHold,
    SyncPause,
    UnitChange,
    VersionChange,
)
from workflows.origin import ORIGIN_KEYS

OF_DECISION: Joins = (
    (ApprovalTask, ApprovalTask.id == Decision.task_id),
    (ApprovalRequest, ApprovalRequest.id == ApprovalTask.request_id),
    (ProgrammeVersion, ProgrammeVersion.id == ApprovalRequest.version_id),
)

DEEDS = (
    *(
        Held(
            "deeds",
            title,
            PeopleImport,
            whose,
            (
                (N_("Impor nomor"), PeopleImport.id),
                (STATE, PeopleImport.status),
                (AT, PeopleImport.uploaded_at),
            ),
        )
        for title, whose in (
            (N_("Mengunggah impor pegawai"), PeopleImport.uploaded_by),
            (N_("Meminta impor pegawai diterapkan"), PeopleImport.asked_by),
            (N_("Menerapkan atau membatalkan impor pegawai"), PeopleImport.done_by),
        )
    ),
    Held(
        "deeds",
        N_("Memesan kelas Moodle"),
        CourseOrder,
        CourseOrder.ordered_by,
        ((PROGRAMME, ProgrammeVersion.title), (STATE, CourseOrder.state), (AT, CourseOrder.ordered_at)),
        ((ProgrammeVersion, ProgrammeVersion.id == CourseOrder.version_id),),
    ),
    Held(
        "deeds",
        N_("Mengizinkan peserta melewati batas JP"),
        CapException,
        CapException.decided_by,
        (
            (PROGRAMME, ProgrammeVersion.title),
            (REASON, CapException.reason),
            (AT, CapException.decided_at),
        ),
        (
            (Enrolment, Enrolment.id == CapException.enrolment_id),
            (Batch, Batch.id == Enrolment.batch_id),
            (ProgrammeVersion, ProgrammeVersion.id == Batch.version_id),
        ),
    ),
    Held(
        "deeds",
        N_("Keputusan atas nama jabatan"),
        Decision,
        Decision.person_id,
        (
            (PROGRAMME, ProgrammeVersion.title),
            (N_("Jabatan"), Decision.office_title),
            (N_("Keputusan"), Decision.outcome),
            (REASON, Decision.reason),
            (AT, Decision.decided_at),
            (PROOF, Decision.evidence),
        ),
        OF_DECISION,
    ),
    Held(
        "deeds",
        N_("Keputusan pengganti atas nama Anda"),
        Decision,
        Decision.behalf_of_id,
        (
            (PROGRAMME, ProgrammeVersion.title),
            (N_("Jabatan"), Decision.office_title),
            (N_("Keputusan"), Decision.outcome),
            (AT, Decision.decided_at),
        ),
        OF_DECISION,
    ),
    Held(
        "deeds",
        N_("Cuti dan halangan yang Anda catat"),
        OfficeLeave,
        OfficeLeave.announced_by,
        ((N_("Nomor surat"), OfficeLeave.letter_no), (AT, OfficeLeave.announced_at)),
    ),
    Held(
        "deeds",
        N_("Perubahan unit kerja yang Anda catat"),
        UnitChange,
        UnitChange.entered_by,
        ((N_("Nomor surat"), UnitChange.letter_no), (KIND, UnitChange.kind), (AT, UnitChange.entered_at)),
    ),
    Held(
        "deeds",
        N_("Program yang dibuat"),
        ProgrammeVersion,
        ProgrammeVersion.created_by,
        ((PROGRAMME, ProgrammeVersion.title), (AT, ProgrammeVersion.created_at)),
    ),
    Held(
        "deeds",
        N_("Pemberhentian yang Anda setujui atau tolak"),
        SyncHold,
        SyncHold.decided_by,
        (
            (N_("Situs"), Site.name),
            (N_("Keputusan"), SyncHold.status),
            (REASON, SyncHold.reason),
            (AT, SyncHold.decided_at),
        ),
        ((Site, Site.id == SyncHold.site_id),),
    ),
    Held(
        "deeds",
        N_("Situs yang mundur dan Anda putuskan"),
        SiteRewind,
        SiteRewind.decided_by,
        (
            (N_("Situs"), Site.name),
            (N_("Keputusan"), SiteRewind.status),
            (REASON, SiteRewind.reason),
            (AT, SiteRewind.decided_at),
        ),
        ((Site, Site.id == SiteRewind.site_id),),
    ),
    Held(
        "deeds",
        N_("Pengiriman ke Moodle yang dijeda"),
        SyncPause,
        SyncPause.person_id,
        ((N_("Situs"), Site.name), (REASON, SyncPause.reason), (AT, SyncPause.paused_at)),
        ((Site, Site.id == SyncPause.site_id),),
    ),
    Held(
        "deeds",
        N_("Perubahan sesudah pembahasan"),
        VersionChange,
        VersionChange.person_id,
        (
            (PROGRAMME, ProgrammeVersion.title),
            (N_("Yang diubah"), VersionChange.touched),
            (AT, VersionChange.changed_at),
        ),
        ((ProgrammeVersion, ProgrammeVersion.id == VersionChange.version_id),),
    ),
    Held(
        "deeds",
        N_("Jawaban resmi atas masukan"),
        InputItem,
        InputItem.answered_by,
        (
            (PROGRAMME, ProgrammeVersion.title),
            (N_("Jawaban"), InputItem.answer),
            (AT, InputItem.answered_at),
        ),
        OF_INPUT,
    ),
    Held(
        "deeds",
        N_("Hasil evaluasi yang ditetapkan"),
        Evaluation,
        Evaluation.decided_by,
        (
            (PROGRAMME, ProgrammeVersion.title),
            (N_("Hasil"), Evaluation.outcome),
            (REASON, Evaluation.reason),
            (AT, Evaluation.decided_at),
        ),
        ((ProgrammeVersion, ProgrammeVersion.id == Evaluation.version_id),),
    ),
    Held(
        "deeds",
        N_("Versi baru yang diputuskan"),
        Revision,
        Revision.decided_by,
        ((PROGRAMME, ProgrammeVersion.title), (N_("Temuan"), Revision.finding), (AT, Revision.decided_at)),
        ((ProgrammeVersion, ProgrammeVersion.id == Revision.version_id),),
    ),
    Held(
        "deeds",
        N_("Putusan atas beda dengan Moodle"),
        DriftFinding,
        DriftFinding.decided_by,
        ((KIND, DriftFinding.kind), (REASON, DriftFinding.reason), (AT, DriftFinding.decided_at)),
    ),
    Held(
        "deeds",
        N_("Perbandingan dengan Moodle yang diminta"),
        DriftCheck,
        DriftCheck.by_id,
        ((N_("Kelas nomor"), DriftCheck.course_ref), (AT, DriftCheck.checked_at)),
    ),
    Held(
        "deeds",
        N_("Perbandingan yang sedang ditunggu"),
        DriftCourse,
        DriftCourse.wanted_by,
        ((N_("Kelas nomor"), DriftCourse.course_ref), (AT, DriftCourse.wanted_at)),
    ),
    Held(
        "deeds",
        N_("Tindakan dalam riwayat"),
        HistoryRow,
        HistoryRow.actor_id,
        ((N_("Peristiwa"), HistoryRow.name), (AT, HistoryRow.at), (DETAILS, HistoryRow.payload)),
    ),
    Held(
        "own_words",
        N_("Kata-kata Anda dalam riwayat"),
        HistoryValue,
        HistoryRow.actor_id,
        ((N_("Peristiwa"), HistoryRow.name), (TEXT, HistoryValue.value), (AT, HistoryRow.at)),
        ((HistoryRow, and_(HistoryRow.id == HistoryValue.row_id, HistoryValue.key.not_in(ORIGIN_KEYS))),),
    ),
    Held(
        "sign_in",
        N_("Alamat jaringan dan perangkat saat Anda bertindak"),
        HistoryValue,
        HistoryRow.actor_id,
        (
            (N_("Peristiwa"), HistoryRow.name),
            (N_("Alamat atau perangkat"), HistoryValue.value),
            (AT, HistoryRow.at),
        ),
        ((HistoryRow, and_(HistoryRow.id == HistoryValue.row_id, HistoryValue.key.in_(ORIGIN_KEYS))),),
    ),
)
