"""What the two waves say, shown only from a least number of answers on (R34-R37)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from statistics import fmean

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.actions.surveys import response, scale
from workflows.clock import today
from workflows.models import Answer, ProgrammeVersion, Survey, Wave
from workflows.parameters import whole_number
from workflows.statistics import PairedChange, paired_change


@dataclass(frozen=True, slots=True)
class WaveResult:
    """``mean`` 0-100, None while a wave is open, and where too few answers stand behind it or behind what it
    gives away: the mean of all less the mean of the pairs is what the few without a pair said (R37)."""

    kind: str
    status: str
    invited: int
    answered: int
    mean: float | None


@dataclass(frozen=True, slots=True)
class SurveyResult:
    """``change`` is None while waves are open or fewer pairs exist than may be shown. ``least`` is that number.

    ``suggested``: improved | no_improvement | inconclusive; ``rate`` the response of the second wave in per cent.
    """

    waves: tuple[WaveResult, ...]
    change: PairedChange | None
    least: int
    rate: int
    rate_needed: int
    suggested: str


def survey_result(session: Session, survey: Survey) -> SurveyResult:
    day = today(session)
    least = whole_number(session, "survey.least_answers", day)
    needed = whole_number(session, "survey.response_percent", day)
    low, high = scale(session)
    closed = all(wave.status == "closed" for wave in survey.waves)
    answers = {
        wave.id: _answers(session, wave, low, high) for wave in survey.waves if wave.status == "closed"
    }
    change = _change(survey, answers, least) if closed else None
    pairs = change.n if change else 0
    waves = tuple(
        _wave_result(session, wave, answers[wave.id] if closed else {}, pairs, least) for wave in survey.waves
    )
    last = waves[-1]
    rate = 100 * last.answered // last.invited if last.invited else 0
    version = session.get_one(ProgrammeVersion, survey.version_id)
    return SurveyResult(
        waves, change, least, rate, needed, _suggest(change, rate, needed, version.effect_threshold)
    )


def _answers(session: Session, wave: Wave, low: int, high: int) -> dict[str, float]:
    """pair_key -> mean score on 0-100."""
    rows = session.execute(select(Answer.pair_key, Answer.scores).where(Answer.wave_id == wave.id))
    return {key: 100 * (fmean(json.loads(scores)) - low) / (high - low) for key, scores in rows}


def _wave_result(
    session: Session, wave: Wave, answers: dict[str, float], pairs: int, least: int
) -> WaveResult:
    invited, answered = response(session, wave)
    alone = len(answers) - pairs
    may_show = len(answers) >= least and (alone == 0 or alone >= least)
    return WaveResult(
        wave.kind, wave.status, invited, answered, fmean(answers.values()) if may_show else None
    )


def _change(survey: Survey, answers: dict[int, dict[str, float]], least: int) -> PairedChange | None:
    by_kind = {wave.kind: answers[wave.id] for wave in survey.waves}
    before, after = by_kind["before"], by_kind["after"]
    pairs = [(before[key], after[key]) for key in sorted(before.keys() & after.keys())]
    return paired_change(pairs) if len(pairs) >= max(least, 2) else None


def _suggest(change: PairedChange | None, rate: int, needed: int, threshold: int) -> str:
    if change is None or rate < needed:
        return "inconclusive"
    if change.change >= threshold and change.low > 0:
        return "improved"
    return "no_improvement"
