"""The form with which a survey is prepared: what it proposes, and what was typed into it."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from workflows.clock import today
from workflows.errors import N_, Refused
from workflows.models import ProgrammeVersion
from workflows.parameters import whole_number

DAYS_OPEN = 14
"""How long a proposed wave stays open, in days; people may choose otherwise."""
DAYS = ("before_opens", "before_closes", "after_opens", "after_closes")


@dataclass(frozen=True, slots=True)
class SurveyForm:
    questions: list[str]
    before: tuple[date, date]
    after: tuple[date, date]


def proposed(session: Session, version: ProgrammeVersion) -> dict[str, Any]:
    """Values to start from: the last fortnight before the start, and a fortnight some months after the end."""
    day, start = today(session), version.starts_on
    opens = max(day, start - timedelta(days=DAYS_OPEN))
    values: dict[str, Any] = {
        "questions": "\n".join(_questions(version)),
        "before_opens": opens.isoformat(),
        "before_closes": max(start, opens).isoformat(),
        "after_opens": "",
        "after_closes": "",
    }
    later = _months_after(session, version.ends_on, day)
    if later is not None:
        closes = later + timedelta(days=DAYS_OPEN - 1)
        values.update(after_opens=later.isoformat(), after_closes=closes.isoformat())
    return values


def typed(form: Mapping[str, str]) -> dict[str, Any]:
    return {name: form.get(name, "") for name in ("questions", *DAYS)}


def read_form(form: Mapping[str, str]) -> SurveyForm:
    """What was typed as values; Refused names the field that is no date."""
    days = {name: _day(form.get(name, ""), name.partition("_")[0]) for name in DAYS}
    return SurveyForm(
        form.get("questions", "").splitlines(),
        (days["before_opens"], days["before_closes"]),
        (days["after_opens"], days["after_closes"]),
    )


def _day(text: str, field: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refused("no_date", N_("Isi kedua tanggalnya."), field=field) from None


def _questions(version: ProgrammeVersion) -> list[str]:
    """Without "I": the person and the superior answer the same sentences about the same person (R34)."""
    name = version.competency.name
    return [
        _("Memahami apa yang perlu dikerjakan dalam %(competency)s", competency=name),
        _("Mampu mengerjakannya tanpa bantuan"),
        _("Pekerjaan yang memerlukannya selesai benar dan tepat waktu"),
    ]


def _months_after(session: Session, day: date, law: date) -> date | None:
    """That many months later, or None where the number is not known yet."""
    try:
        months = whole_number(session, "evaluation.months_default", law)
    except Refused:
        return None
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))
