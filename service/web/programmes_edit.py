"""What the forms of a programme offer to choose from, and what they check before a use case is called."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from service.dates import long_date, rupiah
from service.db import reading
from service.languages import chosen as language
from service.web import programmes_course as course
from service.web.courses_view import course_standing
from service.web.needs_view import competencies
from service.web.programmes_form import CONTENT_NAMES, Typed, costs_typed, lines_shown, values_of
from service.web.support import actor
from service.web.targets_form import ONLY, offered, rules_typed
from service.web.targets_view import in_one_line
from service.web.told import FIELD_WORDS
from workflows.actions.reviews import review_of
from workflows.actions.versions import get_version
from workflows.budget import live_reservation
from workflows.clock import today
from workflows.content import Content
from workflows.errors import N_, NotFound, Refused
from workflows.lifecycle import ensure_state
from workflows.models import Ceiling, Competency, Need, ProgrammeVersion, TrainingForm, Unit
from workflows.units import alive

UNIT_MISSING = N_("Pilih perangkat daerah pemilik program.")
FORM_BROKEN = N_("Formulir ini tidak lengkap. Muat ulang halaman.")
CHANGEABLE = ("proposed", "participatory_review")


def chosen_needs(session: Session, keys: Iterable[str]) -> Sequence[Need]:
    """The waiting needs that a programme is made from."""
    query = select(Need).where(Need.id.in_(need_ids(keys)), Need.status == "filed")
    return session.scalars(query.options(joinedload(Need.unit)).order_by(Need.id)).all()


def need_ids(keys: Iterable[str]) -> list[int]:
    return [int(key) for key in keys if key.isdecimal() and len(key) < 10]


def asked(form: Mapping[str, str], typed: Typed | None = None) -> dict[str, Any]:
    """What a button asked for besides saving: one more cost line, or a look at the site's courses."""
    action = form.get("action", "")
    return {
        "lines": lines_shown(form, more=1 if action == "add_row" else 0),
        "search": course.search(typed) if typed is not None and action == "search_course" else None,
        "asked": action,
    }


def choices(session: Session, typed: Mapping[str, str]) -> dict[str, Any]:
    """Lists to choose from; the number of queries does not depend on what was typed."""
    units = session.execute(select(Unit.id, Unit.name).where(alive(today(session))).order_by(Unit.name))
    forms = _forms(session)
    return {
        "typed": typed,
        "units": [(key, name) for key, name in units],
        "bases": bases(),
        "competencies": competencies(session),
        "forms": [(form.code, f"{_name(form)} ({rule_words(form)})") for form in forms],
        "form_rules": [(_name(form), f"{rule_words(form)}. {form.source_document}") for form in forms],
        "ceilings": _ceilings(session),
        "sites": course.sites(),
        "targets": offered(session, typed),
    }


def changing(
    session: Session, version: ProgrammeVersion, typed: Mapping[str, str], *, stale: bool = False
) -> dict[str, Any]:
    """The page that changes content. When it is stale it shows what stands now beside what was typed."""
    ensure_state(version, CHANGEABLE)
    seen = str(version.content_no) if stale else typed.get("seen_content_no", str(version.content_no))
    return {
        **choices(session, typed),
        "version": version,
        "seen": seen,
        "others": _others(session, version, typed) if stale else [],
        "warning": _fallen(session, version),
    }


def costing(
    session: Session,
    version: ProgrammeVersion,
    typed: Mapping[str, str],
    *,
    more: int = 0,
    stale: bool = False,
) -> dict[str, Any]:
    """The page that changes cost lines."""
    ensure_state(version, CHANGEABLE)
    seen = str(version.cost_no) if stale else typed.get("seen_cost_no", str(version.cost_no))
    now = [f"{c.label}: {c.quantity} {c.unit} × {rupiah(c.unit_price)}" for c in version.cost_lines]
    return {
        "version": version,
        "typed": typed,
        "lines": lines_shown(typed if typed else costs_typed(version), more=more),
        "seen": seen,
        "others": now if stale else [],
        "warning": _fallen(session, version),
        "money": money(session, version),
    }


def choosing_course(session: Session, version: ProgrammeVersion, typed: Mapping[str, str]) -> dict[str, Any]:
    """The page that says late which course it is."""
    ensure_state(version, ("approved",))
    standing = course_standing(session, version, actor())
    return {"version": version, "typed": typed, "sites": course.sites(), "course": standing}


def must_be_site(site_id: int | None) -> int:
    if site_id is None:
        raise Refused("no_site", N_("Pilih situs Moodle."), rule="R26", field="site_id")
    return site_id


def money(session: Session, version: ProgrammeVersion) -> dict[str, Any]:
    """Whole rupiah for the macro ``money_bar``: the ceiling, what others hold, this one; and what is held of it."""
    ceiling = session.get_one(Ceiling, version.ceiling_id)
    reservation = live_reservation(session, version.id)
    held = reservation.amount if reservation is not None else 0
    return {
        "ceiling": ceiling.amount,
        "others": ceiling.held - held,
        "this": version.cost,
        "name": f"{ceiling.name} {ceiling.fiscal_year}",
        "source": ceiling.source_document,
        "reservation": reservation,
        "left": ceiling.amount - ceiling.held + held - version.cost,
    }


def must_be_read(typed: Typed) -> None:
    if typed.problems:
        raise typed.problems[0]


def must_exist(session: Session, content: Content, unit_id: int | None = None) -> None:
    """What was chosen from a list is on it."""
    if unit_id is not None and session.get(Unit, unit_id) is None:
        raise Refused("unit", UNIT_MISSING, field="owner_unit_id")
    if session.get(Competency, content.competency_id) is None:
        raise Refused("competency", N_("Pilih kompetensinya."), field="competency_id")
    for name, most in (("title", 200), ("duplicates_checked", 4000), ("aims", 4000), ("target_group", 4000)):
        if len(getattr(content, name)) > most:
            sentence = N_("Terlalu panjang: paling banyak %(most)s huruf.")
            raise Refused("too_long", sentence, field=name, most=most)


def known_course(version_id: int) -> tuple[int | None, str, str]:
    with reading() as session:
        version = get_version(session, version_id)
        return version.site_id, version.course_ref, version.course_title


def bases() -> list[tuple[str, str]]:
    return [
        ("needs_analysis", _("AKD (analisis kebutuhan diklat)")),
        ("hcdp", _("HCDP (rencana pengembangan)")),
        ("offer", _("Penawaran penyelenggara")),
    ]


def rule_words(form: TrainingForm) -> str:
    """How the hours of a form are counted; the numbers stand in the table."""
    value = form.jp_value
    words: dict[str, str] = {
        "programme": _("JP sesuai program"),
        "per_day": _("%(jp)s JP sehari", jp=value),
        "cap_per_day": _("paling banyak %(jp)s JP sehari", jp=value),
        "fixed": _("%(jp)s JP", jp=value),
        "unknown": _("aturan JP belum ada"),
    }
    return words[form.jp_rule]


def form_of(session: Session, version: ProgrammeVersion) -> TrainingForm:
    """The form of a version as the table has it for the day of its start; the newest row where none covers it."""
    query = select(TrainingForm).where(TrainingForm.code == version.form_code)
    rows = session.scalars(query.order_by(TrainingForm.valid_from.desc())).all()
    if not rows:
        raise NotFound("unknown_form", N_("Bentuk pelatihan ini tidak dikenal."), rule="R4")
    return next((row for row in rows if row.valid_from <= version.starts_on), rows[0])


def form_name(form: TrainingForm) -> str:
    return _name(form)


def _name(form: TrainingForm) -> str:
    return form.name_en if language() == "en" else form.name


def _forms(session: Session) -> Sequence[TrainingForm]:
    day = today(session)
    return session.scalars(
        select(TrainingForm)
        .where(
            TrainingForm.valid_from <= day,
            or_(TrainingForm.valid_to.is_(None), TrainingForm.valid_to >= day),
        )
        .order_by(TrainingForm.id)
    ).all()


def _ceilings(session: Session) -> list[dict[str, Any]]:
    rows = session.scalars(
        select(Ceiling).where(Ceiling.fiscal_year >= today(session).year).order_by(Ceiling.fiscal_year, Ceiling.code)
    )  # fmt: skip
    return [
        {
            "value": row.id,
            "label": f"{row.fiscal_year} · {row.name}",
            "hint": _(
                "sisa %(left)s dari %(amount)s", left=rupiah(row.amount - row.held), amount=rupiah(row.amount)
            ),
        }
        for row in rows
    ]


def _others(session: Session, version: ProgrammeVersion, typed: Mapping[str, str]) -> list[str]:
    """Where what stands now differs from what was typed."""
    stands = values_of(version)
    typed = {**typed, "target_rules": rules_typed(typed), ONLY: "1" if typed.get(ONLY) == "1" else ""}
    differing = [n for n in CONTENT_NAMES if n in typed and typed[n].strip() != stands[n].strip()]
    return [f"{FIELD_WORDS[name]}: {_readable(session, version, name, stands[name])}" for name in differing]


def _readable(session: Session, version: ProgrammeVersion, name: str, value: str) -> str:
    if name == "target_rules":
        return in_one_line(session, value) or str(_("kosong"))
    if name == ONLY:
        return str(_("ya") if value else _("tidak"))
    if name in ("starts_on", "ends_on"):
        return long_date(getattr(version, name))
    if name == "competency_id":
        return version.competency.name
    return value or str(_("kosong"))


def _fallen(session: Session, version: ProgrammeVersion) -> str:
    """What a change costs once the review is closed (R12, R17)."""
    review = review_of(session, version.id)
    if review is None or review.closed_at is None:
        return ""
    said = _(
        "Rantai persetujuan sudah dimulai. Tanda persetujuan tentang bagian yang diubah gugur dan diulang, "
        "dan Anda ikut menjadi pengusul: Anda tidak dapat menyetujui program ini."
    )
    return str(said)
