"""What we ask of those who run a Moodle site, by the code with which it refused or did not answer.

Always Indonesian: it stands in a report that is passed on to them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

_ALIVE = (
    "Periksa apakah server web, PHP, dan basis data Moodle berjalan dan tidak kehabisan memori atau ruang.",
    "Periksa jaringan, DNS, dan pagar api antara server Bangkom dan situs ini.",
)
_TOKEN = (
    "Buat token baru: Site administration > Server > Web services > Manage tokens, untuk pengguna layanan Bangkom.",
    "Kirim token lewat jalur yang aman kepada pengelola Bangkom; jangan lewat surel biasa.",
)
_ROLE = (
    "Periksa peran pengguna layanan: Users > Permissions > Define roles, menurut daftar di docs/moodle.md.",
    "Periksa penugasannya: Users > Permissions > Assign system roles, dan Allow role assignments untuk Student.",
)
_SERVICE = (
    "Periksa Site administration > General > Advanced features: Enable web services, dan Manage protocols: REST.",
    "Periksa External services: layanan Bangkom aktif, fungsinya lengkap, penggunanya berwenang.",
)
_USER = (
    "Masuk sekali sebagai pengguna layanan: ganti kata sandi, setujui kebijakan, lengkapi profil bila diminta.",
)
_ADDRESS = ("Periksa apakah alamat situs berubah, dan apakah ada pagar atau halaman lain di depannya.",)
_MAINTENANCE = (
    "Beri tahu kami sampai kapan pemeliharaan berlangsung, atau matikan mode pemeliharaan bila sudah selesai.",
)
WENT_BACK = (
    "Beri tahu kami apakah situs dipulihkan dari cadangan, dan keadaan tanggal berapa yang dipulihkan.",
    "Bila pemulihan itu keliru: kembalikan keadaan terbaru, lalu beri tahu kami; kami melihat lagi dan meneruskan.",
    "Bila keadaan lama itu yang berlaku: beri tahu kami; akun dicari ulang dan pendaftaran dikirim lagi.",
    "Bila tidak ada pemulihan: periksa apakah peran layanan Bangkom masih boleh melihat pengguna"
    " (moodle/user:viewdetails).",
)
_CERTIFICATE = ("Perbarui sertifikat TLS situs, beserta sertifikat antaranya.",)

REQUESTS: Mapping[str, Sequence[str]] = {
    "invalidtoken": _TOKEN,
    "accessexception": (*_SERVICE, *_TOKEN),
    "http_403": _SERVICE,
    "http_404": _ADDRESS,
    "html": _ADDRESS,
    "not_json": _ADDRESS,
    "tls": _CERTIFICATE,
    "http_503": _MAINTENANCE,
    "sitemaintenance": _MAINTENANCE,
    "upgraderunning": _MAINTENANCE,
    "nopermissions": _ROLE,
    "wsusercannotassign": _ROLE,
    "requireloginerror": _ROLE,
    "errorcoursecontextnotvalid": _ROLE,
    "forcepasswordchangenotice": _USER,
    "sitepolicynotagreed": _USER,
    "usernotfullysetup": _USER,
    "wsaccessuserdeleted": _USER,
    "wsaccessuserexpired": _USER,
    "wsaccessusernologin": _USER,
    "wsaccessusersuspended": _USER,
    "wsaccessuserunconfirmed": _USER,
}


def requests_for(code: str) -> Sequence[str]:
    """Sentences in the order in which one would look."""
    return REQUESTS.get(code, _ALIVE)
