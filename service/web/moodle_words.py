"""What a refusal of the site means and what to do about it, by its code; an unknown code is shown as it is."""

from __future__ import annotations

from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from workflows.models import Enrolment

_AWAY = _l("Moodle sedang tidak dapat dihubungi; dicoba lagi dengan sendirinya.")
_SLOW = _l("Moodle tidak menjawab pada waktunya; dicoba lagi dengan sendirinya.")
_BROKEN = _l("Sambungan ke Moodle terputus; keadaannya diperiksa dahulu sebelum dicoba lagi.")
_TOKEN = _l("Moodle menolak token layanan. Administrator Moodle perlu membuat token baru.")
_RIGHTS = _l("Akun layanan di Moodle kurang wewenang. Administrator Moodle perlu memeriksa perannya.")
_ACCOUNT = _l("Akun layanan di Moodle belum siap: kata sandi, kebijakan, atau profilnya harus dilengkapi.")
_DOUBLE = _l(
    "Ada lebih dari satu akun yang cocok. Administrator Moodle perlu menggabungkan atau membetulkannya."
)
_NUMBER = _l(
    "Moodle menolak nomor atau nama pengguna orang ini. Periksa NIP atau NI PPPK di data kepegawaian."
)
_MAINTENANCE = _l("Moodle sedang dirawat; dicoba lagi dengan sendirinya.")

SENTENCES = {
    "braked": _l("Ditahan: terlalu banyak yang dihentikan sekaligus. Menunggu diperiksa orang."),
    "connect_timeout": _AWAY,
    "unreachable": _AWAY,
    "connection": _AWAY,
    "timeout": _SLOW,
    "http_408": _SLOW,
    "http_504": _SLOW,
    "connection_cut": _BROKEN,
    "run_interrupted": _l(
        "Pengiriman untuk kelas ini terputus di tengah jalan: prosesnya berhenti atau basis data tidak terjangkau. "
        "Keadaan di Moodle diperiksa dahulu sebelum dikirim lagi."
    ),
    "run_overtaken": _l(
        "Pengiriman ini tertahan terlalu lama dan kelasnya diambil alih proses lain. "
        "Keadaan di Moodle diperiksa sekali lagi."
    ),
    "answer_too_short": _BROKEN,
    "empty_answer": _BROKEN,
    "unexpected_answer": _BROKEN,
    "http_500": _l("Moodle mengalami gangguan; dicoba lagi dengan sendirinya."),
    "http_502": _AWAY,
    "http_503": _MAINTENANCE,
    "http_429": _l("Moodle meminta kami lebih pelan; dicoba lagi dengan sendirinya."),
    "http_403": _l(
        "Moodle atau pagar di depannya menutup pintu bagi layanan ini. Periksa alamat dan izinnya."
    ),
    "http_404": _l("Alamat Moodle tidak menuju layanan webnya. Periksa alamat di pengaturan."),
    "sitemaintenance": _MAINTENANCE,
    "upgraderunning": _MAINTENANCE,
    "dbconnectionfailed": _AWAY,
    "html": _l(
        "Yang menjawab adalah halaman web, bukan layanan Moodle. Periksa alamat atau pagar di depannya."
    ),
    "not_json": _l("Jawaban Moodle tidak terbaca. Periksa alamat dan versinya."),
    "tls": _l("Sertifikat Moodle tidak diterima. Administrator Moodle perlu memperbaruinya."),
    "not_set_up": _l(
        "Token atau sambungan situs ini belum dipasang di mesin Bangkom. Hubungi administratornya."
    ),
    "bad_url": _l("Alamat Moodle di pengaturan bukan alamat yang sah."),
    "invalidtoken": _TOKEN,
    "wsaccessuserdeleted": _TOKEN,
    "wsaccessuserexpired": _TOKEN,
    "wsaccessusernologin": _TOKEN,
    "wsaccessusersuspended": _TOKEN,
    "wsaccessuserunconfirmed": _TOKEN,
    "accessexception": _l(
        "Moodle menutup layanan webnya bagi kami: token kedaluwarsa, layanan dimatikan, atau fungsi belum diizinkan."
    ),
    "forcepasswordchangenotice": _ACCOUNT,
    "sitepolicynotagreed": _ACCOUNT,
    "usernotfullysetup": _ACCOUNT,
    "nopermissions": _RIGHTS,
    "wsusercannotassign": _RIGHTS,
    "requireloginerror": _RIGHTS,
    "errorcoursecontextnotvalid": _RIGHTS,
    "wsnoinstance": _l("Kelas ini tidak menerima pendaftaran manual. Aktifkan metode itu di kelas Moodle."),
    "course_missing": _l("Kelas ini tidak ada lagi di Moodle. Pilih kelas lain, atau pulihkan kelasnya."),
    "template_missing": _l("Templatnya tidak ada lagi di Moodle. Pilih templat lain."),
    "category_missing": _l("Kategorinya tidak ada lagi di Moodle. Pilih kategori lain."),
    "restore_running": _l("Salinan templat masih dikerjakan Moodle; diperiksa lagi dengan sendirinya."),
    "backupprecheckerrors": _l(
        "Moodle gagal menyalin templat ini. Administrator Moodle perlu memeriksa isi templat dan wewenang layanan."
    ),
    "courseidnumbertaken": _l("Nomor kelas kami sudah dipakai kelas lain. Hubungi administrator Moodle."),
    "shortnametaken": _l("Nama pendek kelas sudah dipakai kelas lain. Hubungi administrator Moodle."),
    "not_wanted": _l("Programnya sudah berakhir atau sudah memakai kelas lain; kelas ini tidak ditautkan."),
    "replaced": _l("Kelas lain sudah dipilih; kelas ini tidak dibuat."),
    "user_missing": _l("Akun orang ini tidak ada lagi di Moodle. Coba lagi; akunnya dicari ulang."),
    "not_as_wished": _l(
        "Moodle menerima, tetapi perubahannya tidak tampak. Periksa pendaftaran orang ini di kelas."
    ),
    "still_enrolled": _l("Orang ini masih terdaftar di kelas lewat cara lain di Moodle."),
    "missing": _l(
        "Orang ini belum punya akun Moodle. Buatkan akunnya di Moodle; dicari lagi dengan sendirinya."
    ),
    "deleted": _l(
        "Akun Moodle orang ini dihapus. Pulihkan atau buatkan akunnya di Moodle, atau izinkan kami membuat akun baru."
    ),
    "may_not_create": _l(
        "Layanan kami tidak boleh membuat akun di Moodle. Administrator Moodle perlu memberi hak moodle/user:create."
    ),
    "trial": _l("Orang ini belum punya akun Moodle; sedang dicoba apakah kami sudah boleh membuatnya."),
    "may_not_update": _l(
        "Layanan kami tidak boleh mengubah akun di Moodle. Administrator Moodle perlu memberi hak moodle/user:update."
    ),
    "no_number": _l("Orang ini tidak memiliki NIP atau NI PPPK yang berlaku. Periksa data kepegawaian."),
    "ambiguous": _DOUBLE,
    "twice_in_request": _l("Dua orang di data kami memakai nomor yang sama. Periksa data kepegawaian."),
    "two_with_id": _DOUBLE,
    "two_with_idnumber": _DOUBLE,
    "two_with_username": _DOUBLE,
    "shared_account": _l(
        "Dua orang kami mengarah ke satu akun Moodle. Administrator Moodle perlu memisahkannya."
    ),
    "other_idnumber": _l(
        "Akun dengan nama pengguna ini membawa nomor orang lain. Periksa akunnya di Moodle."
    ),
    "suspended": _l(
        "Akun Moodle orang ini ditangguhkan. Aktifkan kembali di Moodle; dicari lagi dengan sendirinya."
    ),
    "refused": _l("Moodle menolak membuat akun orang ini."),
    "idnumber_in_use": _l(
        "Nomornya yang baru sudah dipakai akun lain di Moodle. Pilih mana akunnya, lalu kosongkan ID number"
        " akun yang lain."
    ),
    "email_in_use": _l("Alamat surel orang ini sudah dipakai akun lain di Moodle."),
    "id_refused": _NUMBER,
    "idnumber_refused": _NUMBER,
    "username_refused": _NUMBER,
    "invalidparameter": _l("Moodle menolak isian orang ini. Periksa nama, surel, dan nomornya."),
    "invalidrecord": _l(
        "Moodle tidak menemukan akun atau kelas yang dimaksud. Coba lagi; keduanya dicari ulang."
    ),
}


def sentence(code: str) -> str:
    """In words; where the code is new to us, the code itself, so that somebody can look it up."""
    known = SENTENCES.get(code)
    return str(known) if known else gettext("Moodle menjawab dengan kode %(code)s.", code=code)


def trouble(row: Enrolment) -> str:
    """Why this row is not there yet, or an empty text. For accounts the nearer cause stands in the text."""
    if not row.error_code:
        return ""
    near = row.error_text if row.status == "needs_account" and row.error_text in SENTENCES else ""
    return sentence(near or row.error_code)
