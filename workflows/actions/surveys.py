"""Surveys before and after with the same instrument; who answered and what was answered kept apart (R34, R37)."""

from __future__ import annotations

import hashlib
import hmac
import json
import random
import secrets
import uuid
from collections.abc import Sequence
from datetime import date

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from workflows.actions.versions import lock_version
from workflows.actor import Actor
from workflows.clock import today
from workflows.errors import N_, Conflict, NotFound, Refused
from workflows.events import version_stream
from workflows.history import record
from workflows.lifecycle import ensure_state
from workflows.models import Answer, Batch, Completion, Enrolment, Invitation, Survey, Wave
from workflows.parameters import value_on, whole_number
from workflows.people import postings_on
from workflows.ports import SecretStore
from workflows.rules import require

MOST_QUESTIONS = 20


def secrets_of(session: Session) -> SecretStore:
    """Where this session finds the secrets of surveys."""
    store: SecretStore = session.info["secrets"]
    return store


def prepare_survey(
    session: Session,
    *,
    actor: Actor,
    version_id: int,
    questions: Sequence[str],
    before: tuple[date, date],
    after: tuple[date, date],
) -> Survey:
    """One instrument, two waves. The first ends before the training does, the second begins after it (R34)."""
    version = lock_version(session, version_id)
    require(actor, "survey.prepare")
    ensure_state(version, {"approved", "running"})
    if survey_of(session, version.id) is not None:
        raise Conflict("survey_exists", N_("Survei program ini sudah disiapkan."))
    texts = [q.strip() for q in questions if q.strip()]
    if not 1 <= len(texts) <= MOST_QUESTIONS:
        raise Refused(
            "questions", N_("Tulis 1 sampai %(most)s pertanyaan."), field="questions", most=MOST_QUESTIONS
        )
    _must_be_waves(version.starts_on, version.ends_on, before, after, today(session))
    name = secrets.token_hex(16)
    secrets_of(session).create(name)
    survey = Survey(version_id=version.id, questions=json.dumps(texts, ensure_ascii=False), secret_name=name)
    survey.waves = [
        Wave(kind=kind, opens_on=opens, closes_on=closes, status="planned")
        for kind, (opens, closes) in (("before", before), ("after", after))
    ]
    session.add(survey)
    session.flush()
    record(session, "survey.prepared", stream=version_stream(version.id), actor=actor, questions=len(texts))
    return survey


def open_wave(session: Session, *, actor: Actor, wave_id: int) -> Wave:
    """Invite: before, every participant and their superior; after, those who completed and their superior."""
    wave = _locked_wave(session, wave_id)
    require(actor, "survey.open")
    ensure_state(wave.survey.version, {"approved", "running"})
    if wave.status != "planned":
        raise Conflict("wave_status", N_("Survei ini sudah dibuka atau sudah ditutup."))
    if today(session) < wave.opens_on:
        raise Refused("wave_early", N_("Survei ini belum waktunya dibuka."), rule="R34")
    wave.status = "open"
    invite(session, wave)
    invited = session.scalar(select(func.count()).where(Invitation.wave_id == wave.id))
    record(session, "survey.wave_opened", stream=_stream(wave), actor=actor, wave=wave.kind, invited=invited)
    return wave


def invite(session: Session, wave: Wave) -> int:
    """Add those who are not invited yet (somebody may join while the wave is open). How many were added."""
    known = {
        (row.respondent_id, row.assessed_id)
        for row in session.scalars(select(Invitation).where(Invitation.wave_id == wave.id))
    }
    people = _assessed(session, wave)
    superiors = postings_on(session, people, today(session))
    wanted: list[tuple[uuid.UUID, uuid.UUID, str]] = [(person, person, "self") for person in people]
    for person in people:
        posting = superiors.get(person)
        if posting is not None and posting.superior_id is not None and posting.superior_id != person:
            wanted.append((posting.superior_id, person, "superior"))
    fresh = [row for row in wanted if row[:2] not in known]
    session.add_all(
        Invitation(wave_id=wave.id, respondent_id=r, assessed_id=a, relation=relation)
        for r, a, relation in fresh
    )
    session.flush()
    return len(fresh)


def answer(session: Session, *, actor: Actor, invitation_id: int, scores: Sequence[int]) -> None:
    """Take one answer. The invitation learns whether, the answer what; neither learns of the other."""
    invitation = session.get(Invitation, invitation_id)
    if invitation is None:
        raise NotFound("no_invitation", N_("Undangan survei ini tidak ada."))
    require(actor, "survey.answer", ["respondent"] if invitation.respondent_id == actor.person_id else [])
    wave = _locked_wave(session, invitation.wave_id)
    session.refresh(invitation, with_for_update=True)
    if invitation.answered:
        raise Conflict("answered", N_("Anda sudah menjawab survei ini. Terima kasih."))
    if wave.status != "open":
        raise Conflict("wave_closed", N_("Survei ini tidak sedang dibuka."))
    questions = json.loads(wave.survey.questions)
    low, high = scale(session)
    if len(scores) != len(questions) or any(not low <= score <= high for score in scores):
        raise Refused("scores", N_("Jawab setiap pertanyaan."), field="scores")
    secret = secrets_of(session).read(wave.survey.secret_name)
    session.add(
        Answer(
            id=_random_id(),
            wave_id=wave.id,
            pair_key=pair_key(secret, invitation.respondent_id, invitation.assessed_id),
            scores=json.dumps(list(scores)),
        )
    )
    invitation.answered = True


def close_wave(session: Session, *, actor: Actor, wave_id: int) -> Wave:
    """End a wave. Its answers are written anew in random order, so that no order or age of rows speaks; who
    answered is forgotten, only the counts stay; with the last wave go the few who could be told apart (R37)."""
    wave = _locked_wave(session, wave_id)
    require(actor, "survey.close")
    if wave.status != "open":
        raise Conflict("wave_status", N_("Survei ini tidak sedang dibuka."))
    invited, answered = response(session, wave)
    wave.status, wave.invited, wave.answered = "closed", invited, answered
    session.execute(update(Invitation).where(Invitation.wave_id == wave.id).values(answered=None))
    if all(one.status == "closed" for one in wave.survey.waves):
        _drop_the_few(session, wave.survey)
    _shuffle(session, wave)
    record(
        session,
        "survey.wave_closed",
        stream=_stream(wave),
        actor=actor,
        wave=wave.kind,
        invited=invited,
        answered=answered,
    )
    return wave


def pair_key(secret: bytes, respondent: uuid.UUID, assessed: uuid.UUID) -> str:
    """HMAC-SHA256 (hex): the same pair of people in both waves, readable only with the secret."""
    return hmac.new(secret, respondent.bytes + assessed.bytes, hashlib.sha256).hexdigest()


def scale(session: Session) -> tuple[int, int]:
    """Lowest and highest score of the instrument (a parameter with its source)."""
    low, high = value_on(session, "survey.scale", today(session))
    return int(low), int(high)


def response(session: Session, wave: Wave) -> tuple[int, int]:
    """(invited, answered)."""
    if wave.invited is not None and wave.answered is not None:
        return wave.invited, wave.answered
    invited = session.scalar(select(func.count()).where(Invitation.wave_id == wave.id)) or 0
    answered = (
        session.scalar(
            select(func.count()).where(Invitation.wave_id == wave.id, Invitation.answered.is_(True))
        )
        or 0
    )
    return invited, answered


def survey_of(session: Session, version_id: int) -> Survey | None:
    """The survey of a version, once it was prepared."""
    return session.scalars(select(Survey).where(Survey.version_id == version_id)).one_or_none()


def spent_secrets(session: Session) -> list[str]:
    """Names of secrets that must be gone: of surveys that are evaluated or cancelled."""
    return list(session.scalars(select(Survey.secret_name).where(Survey.status != "open")))


def cancel_survey(session: Session, survey: Survey) -> None:
    """The version is closed and nobody will evaluate: waves end, answers go, the secret is spent."""
    survey.status = "cancelled"
    for wave in survey.waves:
        wave.invited, wave.answered = response(session, wave)
        wave.status = "closed"
        session.execute(update(Invitation).where(Invitation.wave_id == wave.id).values(answered=None))
        session.execute(delete(Answer).where(Answer.wave_id == wave.id))


def _drop_the_few(session: Session, survey: Survey) -> None:
    """Answers of a class that is too small to be shown are never used, and with the lists of the invited they
    could be somebody's: those with a partner in the other wave, and those without, a wave at a time."""
    session.flush()
    least = whole_number(session, "survey.least_answers", today(session))
    keys = {
        wave.id: set(session.scalars(select(Answer.pair_key).where(Answer.wave_id == wave.id)))
        for wave in survey.waves
    }
    paired = set.intersection(*keys.values())
    for wave_id, all_keys in keys.items():
        for few in (all_keys & paired, all_keys - paired):
            if len(few) < least:
                session.execute(delete(Answer).where(Answer.wave_id == wave_id, Answer.pair_key.in_(few)))


def _shuffle(session: Session, wave: Wave) -> None:
    """Delete and insert in one transaction: new ids, one age for all rows, an order by chance."""
    session.flush()
    columns = select(Answer.pair_key, Answer.scores).where(Answer.wave_id == wave.id)
    rows = [{"wave_id": wave.id, **row} for row in session.execute(columns).mappings()]
    session.execute(delete(Answer).where(Answer.wave_id == wave.id))
    random.SystemRandom().shuffle(rows)
    if rows:
        session.execute(insert(Answer), [{"id": _random_id(), **row} for row in rows])


def _assessed(session: Session, wave: Wave) -> list[uuid.UUID]:
    query = (
        select(Enrolment.person_id)
        .join(Batch)
        .where(Batch.version_id == wave.survey.version_id, Enrolment.desired == "active")
        .order_by(Enrolment.id)
    )
    if wave.kind == "after":
        query = query.join(Completion)
    return list(dict.fromkeys(session.scalars(query)))


def _locked_wave(session: Session, wave_id: int) -> Wave:
    found = session.get(Wave, wave_id)
    if found is None:
        raise NotFound("no_wave", N_("Survei ini tidak ada."))
    lock_version(session, found.survey.version_id)
    session.refresh(found)
    return found


def _must_be_waves(
    starts_on: date, ends_on: date, before: tuple[date, date], after: tuple[date, date], day: date
) -> None:
    if before[1] < before[0] or after[1] < after[0]:
        raise Refused("wave_dates", N_("Survei harus ditutup setelah dibuka."), field="before")
    if before[1] < day or before[0] > starts_on or before[1] > ends_on:
        raise Refused(
            "baseline_late",
            N_("Survei sebelum pelatihan harus dibuka paling lambat saat pelatihan dimulai."),
            rule="R34",
            field="before",
        )
    if after[0] <= ends_on:
        raise Refused(
            "after_early",
            N_("Survei sesudah pelatihan dibuka setelah pelatihan selesai."),
            rule="R34",
            field="after",
        )


def _stream(wave: Wave) -> str:
    return version_stream(wave.survey.version_id)


def _random_id() -> uuid.UUID:
    return uuid.UUID(bytes=secrets.token_bytes(16), version=4)
