"""The effect of a programme in words and figures, and what still stands before a decision."""

from __future__ import annotations

from typing import Any

from flask_babel import format_decimal
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.dates import long_date
from service.web.support import say
from service.web.surveys_view import wave_word
from workflows.actions.surveys import survey_of
from workflows.actor import Actor
from workflows.errors import Refused
from workflows.guards import must_be_over
from workflows.lifecycle import MOVES_FROM
from workflows.models import Evaluation, Person, ProgrammeVersion, Revision, Survey
from workflows.results import SurveyResult, survey_result
from workflows.rules import allowed

OUTCOME_WORDS = {
    "improved": _l("Kinerja membaik"),
    "no_improvement": _l("Belum ada perbaikan"),
    "inconclusive": _l("Belum dapat disimpulkan"),
}
TONES = {"improved": "leaf", "no_improvement": "rust", "inconclusive": "sun"}


def evaluation_state(session: Session, version: ProgrammeVersion, actor: Actor) -> dict[str, Any]:
    """The survey's result, the decided evaluation if there is one, what is missing, what this person can do."""
    survey = survey_of(session, version.id)
    result = survey_result(session, survey) if survey else None
    decided = session.scalars(select(Evaluation).where(Evaluation.version_id == version.id)).one_or_none()
    running = version.closed_as is None and version.state in MOVES_FROM["evaluate"]
    missing = _missing(session, version, survey) if running else []
    may = running and allowed(actor, "programme.evaluate")
    return {
        "survey": survey,
        "result": result,
        "responses": _responses(result),
        "checks": _checks(result, version) if result and _closed(survey) else [],
        "suggested": result.suggested if result and _closed(survey) else "",
        "missing": missing,
        "running": running,
        "can_decide": may and not missing,
        "outcomes": _outcomes(result.suggested if result else ""),
        **_decided(session, version, decided, actor),
    }


def _closed(survey: Survey | None) -> bool:
    return survey is not None and all(wave.status == "closed" for wave in survey.waves)


def _missing(session: Session, version: ProgrammeVersion, survey: Survey | None) -> list[str]:
    """Sentences that say what has to happen before the team can decide; the rules' own words."""
    found = []
    try:
        must_be_over(session, version)
    except Refused as error:
        found.append(say(error)["text"])
    if survey is None:
        found.append(_("Survei sebelum dan sesudah belum disiapkan, jadi dampaknya belum dapat diukur."))
    elif not _closed(survey):
        day = long_date(survey.waves[-1].closes_on)
        found.append(_("Survei terakhir belum ditutup; ditutup sendiri sesudah %(day)s.", day=day))
    return found


def _responses(result: SurveyResult | None) -> list[dict[str, Any]]:
    waves = result.waves if result else ()
    return [
        {"label": wave_word(wave.kind), "answered": wave.answered, "invited": wave.invited}
        for wave in waves
        if wave.status != "planned"
    ]


def _checks(result: SurveyResult, version: ProgrammeVersion) -> list[dict[str, str]]:
    """The conditions behind the suggestion, one line each (R35, R36, R37)."""
    rate = _(
        "Tanggapan survei sesudah %(rate)s%%, diperlukan %(needed)s%%",
        rate=result.rate,
        needed=result.rate_needed,
    )
    lines = [(result.rate >= result.rate_needed, rate), *_pair_checks(result, version.effect_threshold)]
    return [{"text": text, "tone": "leaf" if holds else "rust"} for holds, text in lines]


def _pair_checks(result: SurveyResult, threshold: int) -> list[tuple[bool, str]]:
    change = result.change
    if change is None:
        few = _("Pasangan jawaban kurang dari %(least)s, jadi hasilnya tidak ditampilkan", least=result.least)
        return [(False, few)]
    moved = _(
        "Perubahan %(change)s poin, ambang %(threshold)s",
        change=signed(change.change),
        threshold=signed(threshold),
    )
    span = _(
        "Rentang 95%% perubahan: %(low)s sampai %(high)s", low=signed(change.low), high=signed(change.high)
    )
    return [
        (True, _("Pasangan jawaban sebelum dan sesudah mencukupi (n = %(n)s)", n=change.n)),
        (change.change >= threshold, moved),
        (change.low > 0, span),
    ]


def signed(value: float) -> str:
    """``+12,5``, with a real minus sign."""
    return f"{'+' if value >= 0 else '−'}{format_decimal(abs(value), format='0.0')}"


def _outcomes(suggested: str) -> list[dict[str, str]]:
    return [
        {"value": code, "label": str(word), "hint": _("Saran perhitungan") if code == suggested else ""}
        for code, word in OUTCOME_WORDS.items()
    ]


def _decided(
    session: Session, version: ProgrammeVersion, row: Evaluation | None, actor: Actor
) -> dict[str, Any]:
    if row is None:
        return {"evaluation": None, "can_revise": False, "next_id": None}
    revision = session.scalars(select(Revision).where(Revision.version_id == version.id)).one_or_none()
    return {
        "evaluation": row,
        "outcome": {"word": OUTCOME_WORDS[row.outcome], "tone": TONES[row.outcome]},
        "suggested_word": OUTCOME_WORDS[row.suggested],
        "decided_by": session.get_one(Person, row.decided_by).name,
        "can_revise": version.state in MOVES_FROM["revise"] and allowed(actor, "programme.revise"),
        "next_id": revision.next_version_id if revision else None,
    }
