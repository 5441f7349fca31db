"""A course beside what we hold: the differences in words, each with what can be done, and their number over time."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session, joinedload

from service.dates import short_date
from service.web.moodle_words import sentence
from workflows.clock import local_day
from workflows.drift import REPAIRABLE, Kind
from workflows.models import DriftCheck, DriftCourse, DriftFinding, ProgrammeVersion, Site

PAGE = 100
CHECKS = 30
WORDS = {
    Kind.MISSING: (
        _l("Tidak ada di kelas"),
        _l("Menurut kami terdaftar, di Moodle tidak. Perbaikan mendaftarkannya lagi."),
    ),
    Kind.INACTIVE: (
        _l("Tidak aktif di kelas"),
        _l(
            "Terdaftar, tetapi ditangguhkan atau masa ikutnya lewat; Moodle tidak memberi tahu yang mana. "
            "Perbaikan mengaktifkannya lagi dengan tanggal kami."
        ),
    ),
    Kind.STILL_ACTIVE: (
        _l("Masih ikut serta"),
        _l("Sudah dihentikan di sini, masih ada di kelas. Perbaikan menghentikannya lagi."),
    ),
    Kind.OUT_OF_GROUP: (
        _l("Di luar kelompok angkatannya"),
        _l(
            "Sudah kami masukkan ke kelompok angkatannya, di Moodle tidak lagi. Perbaikan memasukkannya lagi."
        ),
    ),
    Kind.USER_GONE: (
        _l("Akunnya tidak ada lagi"),
        _l("Akun Moodle orang ini hilang. Perbaikan mencari atau membuat akunnya, lalu mendaftarkannya."),
    ),
    Kind.FOREIGN: (
        _l("Didaftarkan langsung di Moodle"),
        _l(
            "Bukan dari sini dan tidak kami sentuh. Bila orang ini peserta, tambahkan pada halaman peserta; "
            "bila tidak, biarkan dengan alasan."
        ),
    ),
    Kind.COURSE_GONE: (
        _l("Kelasnya tidak ada lagi"),
        _l("Kelas dihapus atau dipulihkan dengan nomor lain. Pilih kelas yang benar pada program."),
    ),
}
NEVER_COUNTED = ("left",)


def drift_state(session: Session, version: ProgrammeVersion, after: int) -> dict[str, Any]:
    """``groups`` by kind with their rows, the last ``check``, ``history`` for the picture; page by key."""
    key = (version.site_id or 0, version.course_ref)
    course = session.get(DriftCourse, key) if version.site_id else None
    rows = _rows(session, version, after)
    shown = rows[:PAGE]
    return {
        "site": session.get(Site, version.site_id) if version.site_id else None,
        "course": course,
        "trouble": sentence(course.trouble) if course and course.trouble else "",
        "wanted": course is not None and course.wanted_at is not None,
        "groups": [group for kind in Kind if (group := _group(session, kind, shown))],
        "open": _number_open(session, version),
        "whose": {row.person_id for row in shown if row.person_id is not None},
        "after": after,
        "older": shown[-1].id if len(rows) > PAGE else 0,
        **_history(session, version),
    }


def open_findings(*where: ColumnElement[bool]) -> Select[int]:
    """How many differences are open: not ended, and not left so with a reason."""
    open_now = (DriftFinding.ended_at.is_(None), DriftFinding.status.not_in(NEVER_COUNTED))
    return select(func.count(DriftFinding.id)).where(*open_now, *where)


def number_open(session: Session, site_id: int, course_ref: str) -> int:
    here = (DriftFinding.site_id == site_id, DriftFinding.course_ref == course_ref)
    return session.scalar(open_findings(*here)) or 0


def _number_open(session: Session, version: ProgrammeVersion) -> int:
    return number_open(session, version.site_id, version.course_ref) if version.site_id else 0


def _rows(session: Session, version: ProgrammeVersion, after: int) -> list[DriftFinding]:
    return list(
        session.scalars(
            select(DriftFinding)
            .where(
                DriftFinding.site_id == version.site_id,
                DriftFinding.course_ref == version.course_ref,
                DriftFinding.ended_at.is_(None),
                DriftFinding.id > after,
            )
            .options(joinedload(DriftFinding.person))
            .order_by(DriftFinding.id)
            .limit(PAGE + 1)
        )
    )


def _group(session: Session, kind: Kind, rows: list[DriftFinding]) -> dict[str, Any] | None:
    mine = [row for row in rows if row.kind == kind]
    if not mine:
        return None
    word, what = WORDS[kind]
    return {
        "kind": kind.value,
        "word": str(word),
        "what": str(what),
        "repairable": kind in REPAIRABLE,
        "rows": [_row(session, row) for row in mine],
    }


def _row(session: Session, row: DriftFinding) -> dict[str, Any]:
    chips = {
        "open": (_("belum diputuskan"), "sun", "alert"),
        "repairing": (_("sedang diperbaiki"), "sea", "clock"),
        "left": (_("dibiarkan"), "plain", "check"),
    }
    return {
        "id": row.id,
        "name": _name(row),
        "chip": chips[row.status],
        "decidable": row.status != "repairing",
        "since": short_date(local_day(session, row.first_seen)),
        "reason": row.reason,
    }


def _name(row: DriftFinding) -> str:
    if row.person is not None:
        return row.person.name
    return str(_("Akun Moodle nomor %(number)s", number=row.remote_id)) if row.remote_id else str(_("Kelas"))


def _history(session: Session, version: ProgrammeVersion) -> dict[str, Any]:
    """The last comparisons, oldest first; ``height`` of a column in per cent of the largest."""
    checks = session.scalars(
        select(DriftCheck)
        .where(DriftCheck.site_id == version.site_id, DriftCheck.course_ref == version.course_ref)
        .order_by(DriftCheck.checked_at.desc(), DriftCheck.id.desc())
        .limit(CHECKS)
    ).all()[::-1]
    most = max((differing(check) for check in checks), default=0) or 1
    return {
        "check": checks[-1] if checks else None,
        "history": [
            {
                "at": check.checked_at,
                "day": short_date(local_day(session, check.checked_at)),
                "number": differing(check),
                "height": round(100 * differing(check) / most, 1),
            }
            for check in checks
        ],
    }


def differing(check: DriftCheck) -> int:
    return sum(getattr(check, kind.value) for kind in Kind)


def drift_note(session: Session, version: ProgrammeVersion) -> str:
    """For the synchronisation page: how many differences are open; empty when none."""
    number = _number_open(session, version)
    if not number:
        return ""
    return str(_("%(number)s beda dengan Moodle", number=number))
