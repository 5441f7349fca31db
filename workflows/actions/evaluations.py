"""Deciding the outcome, and letting it improve the next version (R35-R38)."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.actions.programmes import new_version
from workflows.actions.surveys import survey_of
from workflows.actions.versions import lock_version
from workflows.actor import Actor
from workflows.clock import now
from workflows.content import content_of, costs_of
from workflows.errors import N_, Refused
from workflows.guards import must_be_over, must_have_reason
from workflows.lifecycle import MOVES_FROM, ensure_state, move
from workflows.models import Evaluation, ProgrammeVersion, Revision
from workflows.results import survey_result
from workflows.rules import require

OUTCOMES = ("improved", "no_improvement", "inconclusive")


def evaluate(session: Session, *, actor: Actor, version_id: int, outcome: str, reason: str) -> Evaluation:
    """The team decides on the numbers; ``running`` -> ``evaluated``; the survey's secret is spent."""
    version = lock_version(session, version_id)
    require(actor, "programme.evaluate")
    ensure_state(version, MOVES_FROM["evaluate"])
    must_be_over(session, version)
    survey = survey_of(session, version.id)
    if survey is None or any(wave.status != "closed" for wave in survey.waves):
        raise Refused(
            "wave_open",
            N_("Survei terakhir belum ditutup. Tunggu sampai tutup, atau tutup lebih dahulu."),
            rule="R34",
        )
    if outcome not in OUTCOMES:
        raise Refused("outcome", N_("Pilih hasil evaluasi."), field="outcome")
    must_have_reason(reason)
    result = survey_result(session, survey)
    change = result.change
    evaluation = Evaluation(
        version_id=version.id,
        outcome=outcome,
        suggested=result.suggested,
        reason=reason.strip(),
        invited=result.waves[-1].invited,
        answered=result.waves[-1].answered,
        pairs=change.n if change else 0,
        mean_before=change.before if change else None,
        mean_after=change.after if change else None,
        change=change.change if change else None,
        change_low=change.low if change else None,
        change_high=change.high if change else None,
        threshold=version.effect_threshold,
        decided_by=actor.person,
        decided_at=now(session),
    )
    session.add(evaluation)
    session.flush()
    move(
        session,
        version,
        "evaluate",
        actor=actor,
        told={"outcome": outcome},
        personal={"reason": reason.strip()},
    )
    survey.status = "evaluated"
    return evaluation


def revise(
    session: Session, *, actor: Actor, version_id: int, finding: str, cause: str, change: str
) -> ProgrammeVersion:
    """``evaluated`` -> ``revised``; the next version is born ``proposed`` with the lineage. Returns the new one."""
    version = lock_version(session, version_id)
    number = version.number + 1
    move(
        session,
        version,
        "revise",
        actor=actor,
        told={"next_number": number},
        finding=finding,
        cause=cause,
        change=change,
    )
    following = new_version(
        session,
        actor=actor,
        programme=version.programme,
        number=number,
        content=content_of(version),
        costs=costs_of(version),
        supersedes=version,
    )
    following.duplicates_checked = ""
    session.add(
        Revision(
            version_id=version.id,
            next_version_id=following.id,
            finding=finding.strip(),
            cause=cause.strip(),
            change=change.strip(),
            decided_by=actor.person,
            decided_at=now(session),
        )
    )
    session.flush()
    return following


def revision_of(session: Session, version_id: int) -> Revision | None:
    """Why this version was born, where it is a revision."""
    return session.scalars(select(Revision).where(Revision.next_version_id == version_id)).one_or_none()
