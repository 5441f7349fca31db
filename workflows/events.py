"""Everything that can happen, in the past tense, with the sentence that tells it (Indonesian first).

``%(name)s`` places are filled from the payload and from the erasable personal values. An event that is not
listed here cannot be recorded.
"""

from __future__ import annotations

import uuid

from workflows.errors import N_

EVENTS: dict[str, str] = {
    "need.filed": N_("Kebutuhan disampaikan."),
    "need.filed_for": N_("Kebutuhan diinput operator unit atas nama %(behalf_of)s."),
    "need.confirmed": N_("Pengusul membenarkan kebutuhan yang diinput atas namanya."),
    "need.objected": N_("Pengusul berkeberatan atas kebutuhan yang diinput atas namanya: %(reason)s"),
    "need.completed": N_("Kebutuhan dilengkapi dengan kompetensi dan kesenjangan."),
    "need.declined": N_("Kebutuhan tidak dilanjutkan: %(reason)s"),
    "need.taken_up": N_("Kebutuhan dijadikan program."),
    "programme.proposed": N_("Program versi %(number)s diusulkan."),
    "programme.content_changed": N_("Isi program diubah: %(fields)s."),
    "programme.cost_changed": N_("Biaya berubah dari %(before)s menjadi %(after)s."),
    "programme.review_opened": N_("Pembahasan bersama dibuka sampai %(closes_on)s."),
    "programme.returned_for_changes": N_("Program dikembalikan ke usulan: %(reason)s"),
    "programme.approved": N_("Program disetujui pada langkah terakhir."),
    "programme.started": N_("Program mulai berjalan."),
    "programme.evaluated": N_("Program dievaluasi: %(outcome)s."),
    "programme.revised": N_("Program diperbarui menjadi versi %(next_number)s."),
    "programme.rejected": N_("Program ditolak: %(reason)s"),
    "review.input_given": N_("Masukan diberikan oleh rumpun %(job_field)s."),
    "review.input_given_for": N_(
        "Masukan rumpun %(job_field)s diinput operator unit atas nama %(behalf_of)s."
    ),
    "review.input_confirmed": N_("Pengusul membenarkan masukan yang diinput atas namanya."),
    "review.input_objected": N_("Pengusul berkeberatan atas masukan yang diinput atas namanya: %(reason)s"),
    "review.input_answered": N_("Masukan dijawab resmi: %(disposition)s."),
    "review.closed": N_("Pembahasan ditutup; %(heard)s rumpun didengar. Rantai persetujuan dimulai."),
    "approval.granted": N_("%(office)s %(verb)s."),
    "approval.returned": N_("%(office)s mengembalikan: %(reason)s"),
    "approval.rejected": N_("%(office)s menolak: %(reason)s"),
    "approval.resubmitted": N_("Diajukan kembali; %(void)s tanda persetujuan diulang."),
    "approval.voided": N_("%(void)s persetujuan gugur karena %(touched)s berubah."),
    "budget.reserved": N_("Dana %(amount)s dicadangkan."),
    "budget.committed": N_("Dana %(amount)s ditetapkan."),
    "budget.released": N_("Dana %(amount)s dilepas kembali."),
    "enrolment.requested": N_("%(count)s peserta didaftarkan."),
    "enrolment.cap_exceeded": N_(
        "Seorang PPPK didaftarkan meskipun JP-nya menjadi %(total)s dari paling banyak %(cap)s pada tahun perjanjian "
        "kerja mulai %(since)s: %(reason)s"
    ),
    "enrolment.withdrawn": N_("Seorang peserta dihentikan: %(reason)s"),
    "enrolment.unenrolled": N_("Seorang peserta dikeluarkan dari kelas Moodle: %(reason)s"),
    "enrolment.moved": N_("%(count)s peserta dipindahkan ke angkatan %(batch)s."),
    "course.ordered": N_("Kelas Moodle dipesan dari templat %(template)s."),
    "course.named": N_("Kelas Moodle nomor %(course)s dipilih; menunggu dilihat di Moodle."),
    "course.made": N_("Kelas %(title)s dibuat di Moodle."),
    "course.found": N_("Kelas %(title)s ditautkan."),
    "course.failed": N_("Kelas Moodle belum dapat dibuat atau ditautkan (%(code)s)."),
    "course.retried": N_("Kelas Moodle dicoba lagi."),
    "batch.added": N_("Angkatan %(number)s ditambahkan: %(starts_on)s sampai %(ends_on)s."),
    "batch.dates_changed": N_("Tanggal angkatan %(number)s menjadi %(starts_on)s sampai %(ends_on)s."),
    "batch.removed": N_("Angkatan %(number)s yang kosong dihapus."),
    "enrolment.synced": N_("Moodle: %(applied)s diterapkan, %(waiting)s menunggu, %(failed)s gagal."),
    "enrolment.retried": N_("Pengiriman ke Moodle dicoba lagi."),
    "drift.repair_approved": N_("Perbaikan beda dengan Moodle disetujui untuk %(count)s baris."),
    "drift.left": N_("%(count)s beda dengan Moodle dibiarkan: %(reason)s"),
    "completion.recorded": N_("Seorang peserta tuntas belajar; %(jp)s JP dicatat."),
    "fact.accepted": N_("Laporan selesai dari Moodle diterima dengan alasan: %(reason)s"),
    "fact.dismissed": N_("Laporan selesai dari Moodle dikesampingkan: %(reason)s"),
    "site.registered": N_("Situs %(code)s didaftarkan."),
    "site.changed": N_("Pengaturan situs %(code)s diubah: %(settings)s."),
    "office.appointed": N_("%(kind)s: %(name)s, surat %(letter)s, %(since)s sampai %(until)s."),
    "office.prolonged": N_("%(kind)s diperpanjang sampai %(until)s dengan surat %(letter)s."),
    "office.mandate_ended": N_("%(kind)s berakhir %(until)s: %(reason)s"),
    "office.leave_announced": N_(
        "%(name)s tidak di tempat %(since)s sampai %(until)s (%(days)s hari kerja), surat %(letter)s."
    ),
    "office.leave_ended": N_("Masa tidak di tempat berakhir %(until)s: %(reason)s"),
    "office.preparer_appointed": N_("Penyiap ditunjuk: %(name)s, %(since)s sampai %(until)s."),
    "office.preparer_ended": N_("Tugas penyiap %(name)s berakhir: %(reason)s"),
    "preparation.sorted": N_("Urutan tugas jabatan disusun penyiap; tugas nomor %(task)s kini ke-%(place)s."),
    "preparation.marked": N_("Tugas nomor %(task)s ditandai siap oleh penyiap."),
    "preparation.unmarked": N_("Tanda siap untuk tugas nomor %(task)s ditarik penyiap."),
    "preparation.commented": N_("Catatan pribadi penyiap ditulis untuk tugas nomor %(task)s."),
    "preparation.comment_removed": N_(
        "Catatan pribadi penyiap untuk tugas nomor %(task)s dihapus penulisnya."
    ),
    "office.alarm_raised": N_("Peringatan: %(alarm)s mulai %(since)s."),
    "office.alarm_cleared": N_("Peringatan selesai: %(alarm)s."),
    "site.first_run_looked": N_("Uji pertama situs %(code)s dijalankan tanpa mengirim: %(rows)s baris."),
    "site.first_run_confirmed": N_("Pengiriman pertama ke situs %(code)s disetujui: %(rows)s baris."),
    "site.key_issued": N_("Kunci xAPI baru dibuat untuk situs %(code)s."),
    "site.unreachable": N_("Situs tidak menjawab (%(code)s); pengiriman menunggu."),
    "site.refuses": N_("Situs menolak layanan kami (%(code)s); pengiriman dijeda."),
    "site.went_back": N_(
        "Situs mundur ke keadaan lama: dari %(looked)s akun, %(gone)s hilang dan %(moved)s milik orang lain."
    ),
    "site.rewind_cleared": N_("Situs mengenal lagi akun kita; pengiriman diteruskan."),
    "site.rewind_repaired": N_("Keadaan situs diterima; %(rows)s baris dikirim ulang: %(reason)s"),
    "site.answered": N_("Situs menjawab lagi; pengiriman diteruskan."),
    "site.lacks": N_("Layanan kami tidak boleh %(right)s di situs (%(code)s); yang lain diteruskan."),
    "site.lack_over": N_("Layanan kami boleh %(right)s lagi di situs."),
    "account.updated": N_("Nama atau surel %(count)s akun buatan kami diperbarui di situs."),
    "account.looked_again": N_("Akun %(count)s orang dicari lagi di situs."),
    "account.new_allowed": N_("Akun baru diizinkan untuk seseorang yang akunnya dihapus di situs."),
    "sync.paused": N_("Pengiriman ke Moodle dijeda: %(reason)s"),
    "sync.resumed": N_("Pengiriman ke Moodle dilanjutkan."),
    "sync.held": N_("%(count)s pemberhentian peserta di Moodle ditahan sampai diperiksa."),
    "sync.hold_approved": N_("%(count)s pemberhentian yang ditahan disetujui untuk dikirim: %(reason)s"),
    "sync.hold_declined": N_("%(count)s pemberhentian yang ditahan ditolak: %(reason)s"),
    "sync.course_paused": N_("Pengiriman ke kelas Moodle program ini dijeda: %(reason)s"),
    "sync.course_resumed": N_("Pengiriman ke kelas Moodle program ini dilanjutkan."),
    "person.signed_out": N_("%(count)s perangkat dikeluarkan oleh administrator."),
    "breach.reported": N_(
        "Insiden data pribadi nomor %(breach)s dilaporkan; wajib diberitahukan dalam %(hours)s jam."
    ),
    "breach.amended": N_("Keterangan insiden nomor %(breach)s dilengkapi."),
    "breach.told": N_("Pemberitahuan tentang insiden nomor %(breach)s dicatat: %(note)s"),
    "breach.overdue": N_("Batas waktu pemberitahuan insiden nomor %(breach)s terlewati."),
    "breach.closed": N_("Insiden nomor %(breach)s ditutup: %(conclusion)s"),
    "request.filed": N_("Permintaan tentang data pribadi sendiri disampaikan."),
    "request.answered": N_("Permintaan tentang data pribadi dijawab; %(erased)s catatan dihapus."),
    "privacy.erased": N_(
        "Data yang lewat masa simpannya dihapus: %(words)s kata dalam riwayat, %(looks)s catatan akses, "
        "%(sessions)s catatan perangkat."
    ),
    "person.data_copied": N_("Salinan data pribadi diambil oleh orangnya sendiri."),
    "history.sealed": N_("Riwayat disegel dengan segel nomor %(number)s."),
    "audit.exported": N_("%(rows)s catatan riwayat diunduh sebagai %(format)s."),
    "person.employed": N_("Hubungan kerja dicatat: %(employment)s sejak %(valid_from)s."),
    "person.assigned": N_("Tugas %(assignment)s diberikan sejak %(valid_from)s."),
    "person.assignment_ended": N_("Tugas %(assignment)s berakhir %(valid_to)s."),
    "person.number_entered": N_("Nomor induk (%(identifier)s) dicatat sejak %(valid_from)s."),
    "person.number_ended": N_("Nomor induk (%(identifier)s) berakhir %(valid_to)s: %(reason)s"),
    "person.account_released": N_("Kaitan dengan akun SSO dilepas: %(reason)s"),
    "people.applied": N_(
        "Impor %(import_no)s diterapkan: %(new)s baru, %(changed)s berubah, %(left)s ditandai berhenti, "
        "%(refused)s ditolak."
    ),
    "people.second_look_asked": N_(
        "Impor %(import_no)s menunggu orang kedua: mengubah %(share)s persen pegawai."
    ),
    "people.dropped": N_("Impor %(import_no)s dibatalkan."),
    "unit.added": N_("Unit kerja %(named)s dibentuk sejak %(since)s, surat %(letter)s."),
    "unit.renamed": N_("%(before)s menjadi %(named)s sejak %(since)s, surat %(letter)s."),
    "unit.moved": N_("Pindah dari bawah %(before)s ke bawah %(named)s sejak %(since)s, surat %(letter)s."),
    "unit.merged": N_(
        "Digabung ke %(named)s sejak %(since)s, surat %(letter)s: %(people)s pegawai, %(programmes)s program, "
        "%(needs)s kebutuhan, dan %(tasks)s tugas persetujuan ikut berpindah."
    ),
    "unit.joined": N_(
        "%(named)s digabung ke unit ini sejak %(since)s, surat %(letter)s: %(people)s pegawai."
    ),
    "unit.closed": N_("Ditutup; hari terakhir %(until)s, surat %(letter)s."),
    "unit.head_made": N_("Jabatan %(named)s dibentuk."),
    "unit.change_planned": N_("Perubahan dicatat untuk %(since)s, surat %(letter)s."),
    "unit.change_withdrawn": N_("Rencana perubahan untuk %(since)s dibatalkan: %(reason)s"),
    "unit.change_held_up": N_("Perubahan yang berlaku %(since)s belum dapat dijalankan (%(code)s)."),
    "role.granted": N_("Peran %(role)s diberikan sejak %(valid_from)s: %(reason)s"),
    "role.ended": N_("Peran %(role)s diakhiri: %(reason)s"),
    "survey.prepared": N_("Survei sebelum dan sesudah disiapkan."),
    "survey.wave_opened": N_("Survei %(wave)s dibuka untuk %(invited)s undangan."),
    "survey.wave_closed": N_("Survei %(wave)s ditutup; %(answered)s dari %(invited)s menjawab."),
}

STREAM_OF_SEALS = "seals"
STREAM_OF_AUDIT = "audit"
STREAM_OF_PEOPLE = "register:people"
PRIVACY_REGISTER = "register:privacy"
STREAM_OF_VERSION = "version:%d"
STREAM_OF_NEED = "need:%d"
STREAM_OF_SITE = "site:%d"
STREAM_OF_PERSON = "person:%s"
STREAM_OF_OFFICE = "office:%d"
STREAM_OF_UNIT = "unit:%d"
STREAM_OF_PREPARATION = "preparation:%d"


def version_stream(version_id: int) -> str:
    return STREAM_OF_VERSION % version_id


def need_stream(need_id: int) -> str:
    return STREAM_OF_NEED % need_id


def person_stream(person_id: uuid.UUID) -> str:
    return STREAM_OF_PERSON % person_id


def site_stream(site_id: int) -> str:
    return STREAM_OF_SITE % site_id


def office_stream(office_id: int) -> str:
    return STREAM_OF_OFFICE % office_id


def unit_stream(unit_id: int) -> str:
    return STREAM_OF_UNIT % unit_id


def preparation_stream(office_id: int) -> str:
    """Beside the office's own, so that letters are not lost among marks."""
    return STREAM_OF_PREPARATION % office_id
