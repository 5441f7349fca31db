"""One participant's row: what is wanted, what the site holds, and every try; and the rows of a person by number."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import case, func, select
from sqlalchemy.orm import Session, joinedload

from service.dates import moment
from service.web.drift_view import open_findings
from service.web.enrolment_words import applied_word, held_word, state_chip, wanted_word
from service.web.moodle_words import SENTENCES, sentence, trouble
from service.web.site_trouble import trouble_of
from service.web.sync_view import soon
from workflows.actions.attempts import attempts_of
from workflows.actions.pauses import paused
from workflows.actions.sync import next_try
from workflows.clock import real_now, today
from workflows.errors import N_, NotFound, Refused
from workflows.models import Batch, DriftFinding, Enrolment, LmsAccount, Site, SyncAttempt
from workflows.people import persons_with_number

PAGE = 30
DOING = {
    "account": _l("Mencari atau membuat akun"),
    "compare": _l("Membandingkan dengan kelas"),
    "send": _l("Mengirim"),
    "none": _l("Belum sampai dikirim"),
}
OUTCOMES = {
    "applied": (_l("Berhasil"), "leaf", "check"),
    "waiting": (_l("Dicoba lagi"), "sun", "clock"),
    "failed": (_l("Gagal"), "rust", "alert"),
    "needs_account": (_l("Perlu akun"), "rust", "person"),
    "held": (_l("Ditahan"), "sun", "pause"),
}
KINDS = {
    "transient": _l("gangguan sementara"),
    "row": _l("tentang peserta ini"),
    "course": _l("tentang kelasnya"),
    "rights": _l("tentang wewenang layanan kami"),
    "site": _l("tentang seluruh situs"),
}


def all_sites(session: Session) -> list[dict[str, Any]]:
    """Each site with its trouble and figures, by name, and one look for a pause a site (a region has few)."""

    def number(condition: Any) -> Any:
        return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)

    columns = (
        number(Enrolment.desired == "active"),
        number(Enrolment.applied == "active"),
        *(number(Enrolment.status == state) for state in ("waiting", "needs_account", "failed", "held")),
        open_findings(DriftFinding.site_id == Site.id).correlate(Site).scalar_subquery(),
    )
    rows = session.execute(
        select(Site, *columns)
        .outerjoin(Enrolment, Enrolment.site_id == Site.id)
        .group_by(Site.id)
        .order_by(Site.name)
    )
    keys = ("wanted", "on_site", "waiting", "needs_account", "failed", "held", "different")
    return [
        {
            "site": site,
            "trouble": trouble_of(site, paused(session, site.id, "")),
            **dict(zip(keys, numbers, strict=True)),
        }
        for site, *numbers in rows
    ]


def rows_of_number(session: Session, number: str) -> list[dict[str, Any]]:
    """Every row of whoever carries this NIP or NI PPPK today."""
    if not number:
        raise Refused("no_number_given", N_("Tulis NIP atau NI PPPK."), field="number")
    people = persons_with_number(session, number, today(session))
    if not people:
        raise Refused("number_unknown", N_("Tidak ada orang dengan nomor ini."), field="number")
    rows = session.scalars(
        select(Enrolment)
        .where(Enrolment.person_id.in_(people))
        .options(joinedload(Enrolment.person), joinedload(Enrolment.batch).joinedload(Batch.version))
        .order_by(Enrolment.id.desc())
    )
    return [
        {
            "id": row.id,
            "whose": row.person_id,
            "name": row.person.name,
            "title": row.batch.version.title,
            "chip": state_chip(row),
        }
        for row in rows
    ]


def row_state(session: Session, enrolment_id: int, before: int | None) -> dict[str, Any]:
    """The row with its person, programme, site, account and tries (a page of them, newest first)."""
    row = session.scalars(
        select(Enrolment)
        .where(Enrolment.id == enrolment_id)
        .options(joinedload(Enrolment.person), joinedload(Enrolment.batch).joinedload(Batch.version))
    ).one_or_none()
    if row is None:
        raise NotFound("no_enrolment", N_("Peserta ini tidak ada."))
    site = session.get_one(Site, row.site_id)
    pause = paused(session, site.id, "") or paused(session, site.id, row.course_ref)
    found = attempts_of(session, row.id, before=before, most=PAGE + 1)
    return {
        "row": row,
        "site": site,
        "standing": state_chip(row),
        "wanted": wanted_word(row),
        "applied": applied_word(row),
        "why": trouble(row),
        "site_trouble": trouble_of(site, pause),
        "next": soon(next_try(row, site), real_now(session)) if row.status == "waiting" else "",
        "account": _account(session, row),
        "access": _access(row.applied_starts_at, row.applied_ends_at),
        "attempts": [_attempt(one) for one in found[:PAGE]],
        "older": found[PAGE - 1].id if len(found) > PAGE else None,
        "before": before,
    }


def _account(session: Session, row: Enrolment) -> str:
    """The site's own number of the account; never the user name, which is the NIP."""
    number = session.scalar(
        select(LmsAccount.remote_id).where(
            LmsAccount.site_id == row.site_id, LmsAccount.person_id == row.person_id
        )
    )
    return str(_("nomor %(number)s", number=number) if number else _("belum ada"))


def _access(starts_at: datetime | None, ends_at: datetime | None) -> str:
    if starts_at is None:
        return str(_("belum dikirim"))
    if ends_at is None:
        return str(_("mulai %(start)s", start=moment(starts_at)))
    return str(_("%(start)s sampai %(end)s", start=moment(starts_at), end=moment(ends_at)))


def _attempt(one: SyncAttempt) -> dict[str, Any]:
    return {
        "when": one.tried_at,
        "doing": DOING.get(one.doing, one.doing),
        "chip": OUTCOMES.get(one.outcome, (one.outcome, "plain", "dot")),
        "sent": _sent(one.sent),
        "code": one.code,
        "said": _said(one),
        "kind": KINDS.get(one.kind, ""),
        "run": one.run[:8],
    }


def _sent(text: str) -> str:
    """``akun 14 · Ikut serta · 5 Apr 2027 00.00 sampai ...``."""
    if not text:
        return ""
    asked = json.loads(text)
    parts = [_("akun %(number)s", number=asked["account"])]
    parts.append(
        _("kelompok %(name)s", name=asked["group"]) if "group" in asked else held_word(asked["wish"])
    )
    dates = [datetime.fromisoformat(asked[name]) if name in asked else None for name in ("from", "to")]
    if dates[0] is not None:
        parts.append(_access(dates[0], dates[1]))
    return " · ".join(parts)


def _said(one: SyncAttempt) -> str:
    if one.outcome == "applied":
        return str(_("Sudah seperti yang diinginkan.") if one.doing == "compare" else _("Moodle menerima."))
    near = one.answer if one.doing == "account" and one.answer in SENTENCES else one.code
    return sentence(near)
