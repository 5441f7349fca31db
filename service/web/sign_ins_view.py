"""Refused sign-ins as an administrator reads them: what happened, to whom (masked), what to do."""

from __future__ import annotations

from typing import Any

from flask import current_app
from flask_babel import gettext
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.dates import moment
from service.sso.models import RefusedSignIn
from service.sso.refusals import keyed, open_refusals
from workflows.errors import N_

MOST = 100
TITLES: dict[str, str] = {
    "person_unknown": N_("Tidak ada dalam data kepegawaian"),
    "person_ambiguous": N_("Dua orang dengan satu NIP"),
    "person_left": N_("Tercatat sudah berhenti"),
    "account_mismatch": N_("Akun SSO milik orang lain, atau akun kedua"),
    "nip_missing": N_("Akun SSO tanpa NIP"),
}
"""What the person read stands in service/sso/problems.py; this is for whoever mends it."""
TO_DO: dict[str, str] = {
    "person_unknown": N_(
        "Cari orangnya dalam data kepegawaian. Bila ASN di sini: lengkapi datanya, lalu minta ia masuk lagi. "
        "Bila bukan: tidak ada yang perlu dilakukan."
    ),
    "person_ambiguous": N_(
        "Dua orang tercatat dengan nomor ini. Periksa surat keputusannya, lalu akhiri nomor yang keliru pada halaman "
        "orangnya (Pegawai)."
    ),
    "person_left": N_(
        "Orang ini tercatat sudah berhenti. Bila keliru, betulkan tanggal berhentinya; bila benar, minta pengelola "
        "SSO menutup akunnya."
    ),
    "account_mismatch": N_(
        "Nomor ini sudah dipakai akun SSO lain, atau akun ini pernah milik orang lain. Pastikan kepada pengelola SSO "
        "akun mana yang benar: dua akun satu orang membuka jalan menyetujui usulan sendiri. Bila akunnya memang baru, "
        "lepaskan kaitan yang lama pada halaman perangkat orang itu."
    ),
    "nip_missing": N_("Minta pengelola SSO melengkapi NIP pada akun orang ini."),
}


def refusal_rows(session: Session, number: str = "") -> list[dict[str, Any]]:
    """``number``: only the cases of this NIP, found by its keyed hash."""
    who = keyed(number, str(current_app.secret_key)) if number else ""
    return [_row(row) for row in open_refusals(session, MOST) if not who or row.who_hash == who]


def count_open(session: Session) -> int:
    waiting = select(func.count()).where(RefusedSignIn.settled_at.is_(None))
    return session.scalar(waiting) or 0


def _row(row: RefusedSignIn) -> dict[str, Any]:
    return {
        "id": row.id,
        "title": gettext(TITLES[row.code]),
        "who": row.who_masked,
        "times": row.times,
        "first": moment(row.first_at),
        "last": moment(row.last_at),
        "to_do": gettext(TO_DO[row.code]),
    }
