"""Why a sign-in did not succeed: one code each, a title and a sentence for people."""

from __future__ import annotations

from dataclasses import dataclass

from workflows.errors import N_


@dataclass(frozen=True, slots=True)
class Text:
    title: str
    sentence: str
    status: int = 403


_UNSAFE = Text(
    N_("Jawaban SSO tidak dapat dipercaya"),
    N_(
        "Jawaban dari SSO tidak lolos pemeriksaan, jadi Anda tidak dimasukkan. Coba masuk lagi. Bila "
        "terulang, sampaikan kode di bawah kepada administrator."
    ),
)
_STALE = N_("Permintaan masuk tidak berlaku lagi")
_STEPUP = N_("Konfirmasi ulang tidak berhasil")

TEXTS: dict[str, Text] = {
    "state_unknown": Text(
        _STALE, N_("Halaman ini dibuka tanpa permintaan masuk yang sah. Mulailah dari tombol Masuk."), 400
    ),
    "other_browser": Text(
        _STALE, N_("Permintaan masuk ini dimulai di peramban lain. Masuklah dari peramban ini."), 400
    ),
    "already_used": Text(
        _STALE, N_("Permintaan masuk ini sudah dipakai. Setiap permintaan hanya berlaku satu kali."), 400
    ),
    "stepup_used": Text(
        N_("Konfirmasi ini sudah dipakai"),
        N_(
            "Setiap konfirmasi hanya berlaku satu kali. Bila jawaban tadi tidak sempat tampil, buka halamannya: di "
            "sana terlihat apa yang sudah diputuskan."
        ),
        400,
    ),
    "too_late": Text(_STALE, N_("Waktu untuk masuk sudah habis. Silakan mulai lagi."), 400),
    "provider_refused": Text(
        N_("Anda belum masuk"), N_("SSO tidak menyelesaikan permintaan ini, atau Anda membatalkannya."), 400
    ),
    "other_session": Text(
        _STEPUP, N_("Konfirmasi ini dimulai dalam sesi lain. Belum ada yang diputuskan; ulangi dari daftar.")
    ),
    "other_person": Text(
        _STEPUP,
        N_(
            "Yang mengonfirmasi bukan orang yang sedang masuk. Belum ada yang diputuskan; ulangi dari daftar."
        ),
    ),
    "not_fresh": Text(
        _STEPUP, N_("SSO tidak menunjukkan bahwa Anda baru saja masuk ulang. Belum ada yang diputuskan.")
    ),
    "level_low": Text(
        _STEPUP,
        N_(
            "SSO tidak menunjukkan bahwa Anda memakai faktor kedua (OTP atau passkey). Belum ada yang "
            "diputuskan."
        ),
    ),
    "nip_missing": Text(
        N_("Akun SSO belum memuat NIP"),
        N_("SSO tidak menyebut NIP Anda. Mintalah pengelola SSO melengkapi akun, lalu masuk lagi."),
    ),
    "person_unknown": Text(
        N_("Anda belum terdaftar"),
        N_("Data Anda belum ada di layanan ini. Hubungi pengelola kepegawaian untuk mendaftarkan Anda."),
    ),
    "person_left": Text(
        N_("Anda tercatat sudah tidak bertugas"),
        N_(
            "Menurut data kepegawaian Anda sudah pensiun, pindah, atau berhenti, jadi tidak dapat masuk. Bila keliru, "
            "mintalah data Anda dibetulkan."
        ),
    ),
    "person_ambiguous": Text(
        N_("Data Anda ganda"),
        N_("Ada lebih dari satu orang dengan NIP Anda. Hubungi pengelola kepegawaian untuk membetulkannya."),
    ),
    "account_mismatch": Text(
        N_("Akun SSO tidak cocok"),
        N_(
            "Akun SSO ini pernah dikaitkan dengan orang lain, atau Anda sudah memakai akun SSO lain. "
            "Hubungi administrator."
        ),
    ),
}


class SignInFailed(Exception):
    """Never carries anything that came from a token."""

    retry: int | None = None
    """A step-up's transaction that can be begun again with everything that was typed."""
    waiting: int | None = None
    """The same, once the person has signed in again."""
    next_path: str = "/"
    """Where the way was leading: signing in again leads on there."""


class SsoRefused(SignInFailed):
    """Not accepted. ``code`` chooses the text for people; ``check`` names for the log what did not hold."""

    def __init__(self, code: str, check: str = "") -> None:
        super().__init__(check or code)
        self.code = code
        self.check = check or code

    @property
    def text(self) -> Text:
        return TEXTS.get(self.code, _UNSAFE)


class ProviderDown(SignInFailed):
    """The provider does not answer, or answers no sense. ``cause`` is a class name, never an address."""

    def __init__(self, cause: str) -> None:
        super().__init__(cause)
        self.cause = cause
