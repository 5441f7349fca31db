"""A copy of what is held about a person: JSON and a note that explains it, in one zip. No name in any file name."""

from __future__ import annotations

import io
import json
import uuid
import zipfile
from datetime import UTC, date, datetime
from typing import Any

from flask_babel import gettext
from sqlalchemy.orm import Session

from service.current import bangkom
from service.web.held_view import TABLES, category_words
from service.web.words import _
from workflows.clock import now
from workflows.held import Held, held_about

DATA, NOTE = "data.json", "BACA-SAYA.txt"


def copy_of(session: Session, person_id: uuid.UUID) -> bytes:
    """The zip. Times are UTC in ISO 8601, days are days, a NIP is text; all rows of all tables."""
    found = held_about(session, TABLES, person_id)
    made_at = now(session).astimezone(UTC)
    data = {
        "made_at": made_at.isoformat(),
        "controller": bangkom().profile.agencies["government"].id,
        "apart": apart(),
        "categories": [
            {
                **category_words(session, category),
                "tables": [_table(held, rows) for held, rows in found if held.category == category.code],
            }
            for category in bangkom().profile.privacy
        ],
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(_entry(NOTE, made_at), _note())
        archive.writestr(_entry(DATA, made_at), json.dumps(data, ensure_ascii=False, indent=1))
    return packed.getvalue()


def apart() -> str:
    """Why the answers to surveys are not in it (R37)."""
    return _(
        "Jawaban survei Anda tidak ada di sini. Jawaban disimpan terpisah tanpa nama, tanpa waktu, dan tanpa urutan, "
        "sehingga layanan ini tidak dapat mengatakan jawaban mana yang milik Anda. Menebaknya akan membuka rahasia "
        "yang justru dijaga."
    )


def _note() -> str:
    parts = (
        _("Salinan data pribadi Anda pada Bangkom."),
        _(
            "Berkas %(file)s berisi semua yang tercatat tentang Anda, menurut kategori: apa, untuk apa, atas dasar "
            "apa, dan berapa lama. Waktu ditulis dalam UTC. Nama orang lain tidak disertakan.",
            file=DATA,
        ),
        apart(),
        _("Simpan berkas ini baik-baik: nomor induk Anda tertulis lengkap di dalamnya."),
    )
    return "\n\n".join(parts) + "\n"


def _entry(name: str, made_at: datetime) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, made_at.timetuple()[:6])
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def _table(held: Held, rows: list[tuple[Any, ...]]) -> dict[str, Any]:
    words = [gettext(word) for word in held.words]
    return {
        "title": gettext(held.title),
        "rows": [dict(zip(words, map(_plain, row), strict=True)) for row in rows],
    }


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return str(value) if isinstance(value, uuid.UUID) else value
