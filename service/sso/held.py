"""What signing in leaves behind about a person; the tables of meaning stand in ``workflows.held_tables``."""

from __future__ import annotations

from service.sso.models import KeptForm, LoginSession, RefusedSignIn, SsoAccount
from workflows.errors import N_
from workflows.held import Held

TABLES: tuple[Held, ...] = (
    Held(
        "sign_in",
        N_("Akun SSO"),
        SsoAccount,
        SsoAccount.person_id,
        (
            (N_("Penerbit"), SsoAccount.iss),
            (N_("Pengenal di SSO"), SsoAccount.sub),
            (N_("Ditautkan"), SsoAccount.linked_at),
            (N_("Terakhir masuk"), SsoAccount.last_login_at),
        ),
    ),
    Held(
        "sign_in",
        N_("Perangkat yang masuk"),
        LoginSession,
        LoginSession.person_id,
        (
            (N_("Perangkat"), LoginSession.device),
            (N_("Masuk"), LoginSession.created_at),
            (N_("Terakhir dipakai"), LoginSession.last_seen_at),
            (N_("Berakhir"), LoginSession.ended_at),
            (N_("Sebab berakhir"), LoginSession.ended_why),
        ),
    ),
    Held(
        "sign_in",
        N_("Formulir yang menunggu dikirim"),
        KeptForm,
        KeptForm.person_id,
        (
            (N_("Halaman"), KeptForm.path),
            (N_("Isi"), KeptForm.fields),
            (N_("Disimpan"), KeptForm.kept_at),
            (N_("Dihapus paling lambat"), KeptForm.expires_at),
        ),
    ),
    Held(
        "deeds",
        N_("Kasus gagal masuk yang dibereskan"),
        RefusedSignIn,
        RefusedSignIn.settled_by,
        ((N_("Kasus"), RefusedSignIn.code), (N_("Waktu"), RefusedSignIn.settled_at)),
    ),
)
