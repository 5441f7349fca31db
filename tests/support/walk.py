"""Taking a version through its life in a made-up world, by use cases alone, as the people whose task it is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.support.signing import decide, item_for, proof, select_decisions, sign, task_of  # noqa: F401
from tests.support.world import ENDS, FIRST_DAY, LEARNERS, SPEAKERS, STARTS, World
from workflows.actions import (
    enrolments,
    evaluations,
    needs,
    programmes,
    records,
    reviews,
    surveys,
    sync,
)
from workflows.content import Content, Cost
from workflows.models import (
    Batch,
    Enrolment,
    Invitation,
    ProgrammeVersion,
    Review,
    Survey,
    Wave,
)
from workflows.ports import AccountResult, AccountStatus, LearningFact, RowResult, RowStatus

BEFORE = (date(2027, 3, 29), STARTS)
AFTER = (date(2027, 8, 30), date(2027, 9, 12))
CLOSES = date(2027, 2, 5)
COSTS = (Cost("Narasumber", 20, "jam", 900_000), Cost("Konsumsi", 40, "orang", 110_000))
COST = 22_400_000
LEASE = timedelta(seconds=60)
FINISHED = datetime(2027, 4, 9, 6, tzinfo=UTC)


def content(world: World, **changes: Any) -> Content:
    values: dict[str, Any] = {
        "title": "Pengelolaan data publik",
        "aims": "Data unit terbit tepat waktu",
        "basis": "needs_analysis",
        "competency_id": world.competency,
        "level_required": 3,
        "target_group": "Pengelola data",
        "competency_gap": "12 orang pada tingkat 2",
        "performance_gap": "4 dari 9 laporan terlambat",
        "gap_reason": "",
        "form_code": "classroom",
        "days": 2,
        "planned_jp": 16,
        "seats": 10,
        "starts_on": STARTS,
        "ends_on": ENDS,
        "site_id": world.site,
        "course_ref": "7",
        "course_title": "Data publik",
        "ceiling_id": world.ceiling,
        "effect_threshold": 5,
        "duplicates_checked": "Tidak ada program serupa",
    }
    return Content(**{**values, **changes})


def to_proposed(world: World, costs: Sequence[Cost] = COSTS, by: str = "planner", **changes: Any) -> int:
    with world.writing() as session:
        need = needs.file_need(
            session,
            actor=world.actor(session, "author"),
            problem="Data tersebar",
            since="2026",
            service="Layanan data",
        )
        version = programmes.propose(
            session,
            actor=world.actor(session, by),
            owner_unit_id=world.units["dinas"],
            need_ids=[need.id],
            content=content(world, **changes),
            costs=costs,
        )
        return version.id


def open_review(world: World, version_id: int) -> None:
    with world.writing() as session:
        reviews.open_review(
            session,
            actor=world.actor(session, "planner"),
            version_id=version_id,
            opens_on=FIRST_DAY,
            closes_on=CLOSES,
            invited=list(world.fields.values()),
        )


def to_review(world: World, **changes: Any) -> int:
    version_id = to_proposed(world, **changes)
    open_review(world, version_id)
    return version_id


def speak(world: World, version_id: int, names: Iterable[str] = SPEAKERS) -> list[int]:
    """Each says one thing. The ids of what was said."""
    with world.writing() as session:
        return [
            reviews.give_input(
                session,
                actor=world.actor(session, name),
                version_id=version_id,
                kind="comment",
                text=f"Masukan {name}",
                importance=4,
            ).id
            for name in names
        ]


def answer_all(world: World, version_id: int) -> None:
    with world.writing() as session:
        review = session.scalars(select(Review).where(Review.version_id == version_id)).one()
        for item in review.inputs:
            if item.disposition is None:
                reviews.answer_input(
                    session,
                    actor=world.actor(session, "planner"),
                    input_id=item.id,
                    disposition="accepted",
                    answer="Dipakai",
                )


def close_review(world: World, version_id: int) -> None:
    with world.writing() as session:
        reviews.close_review(session, actor=world.actor(session, "planner"), version_id=version_id)


def to_approval(world: World, **changes: Any) -> int:
    """The review is closed and the chain waits for its first signature."""
    version_id = to_review(world, **changes)
    speak(world, version_id)
    answer_all(world, version_id)
    close_review(world, version_id)
    return version_id


def to_approved(world: World, **changes: Any) -> int:
    version_id = to_approval(world, **changes)
    sign(world, version_id)
    return version_id


def enrol(world: World, version_id: int, names: Iterable[str]) -> list[int]:
    with world.writing() as session:
        rows = enrolments.enrol(
            session,
            actor=world.actor(session, "planner"),
            version_id=version_id,
            person_ids=[world.people[name] for name in names],
        )
        session.flush()
        return [row.id for row in rows]


def another_batch(session: Session, version_id: int, number: int) -> int:
    """One more batch of the version, on its days; its id."""
    version = session.get_one(ProgrammeVersion, version_id)
    batch = Batch(version_id=version_id, number=number, starts_on=version.starts_on, ends_on=version.ends_on)
    session.add(batch)
    session.flush()
    return batch.id


def remote_id(world: World, name: str) -> str:
    return str(100 + list(world.people).index(name))


def deliver(world: World, course_ref: str = "7", owner: str = "worker") -> None:
    """The site answers well: accounts found, everything applied."""
    with world.writing() as session:
        work = sync.claim(
            session, site_id=world.site, course_ref=course_ref, owner=owner, lease=timedelta(seconds=60)
        )
        assert work is not None
        found = [
            AccountResult(row.key, AccountStatus.FOUND, remote_id(world, _name(world, row.key)), row.username)
            for row in work.unknown
        ]
        wishes = [*work.wishes, *sync.settle_accounts(session, work=work, results=found)]
        session.flush()
        sync.settle_rows(
            session,
            work=work,
            settled=[],
            results=[RowResult(str(wish.enrolment_id), RowStatus.APPLIED) for wish in wishes],
            sent={wish.enrolment_id: wish for wish in wishes},
        )
        sync.release_course(session, work=work)


def _name(world: World, key: str) -> str:
    return next(name for name, person in world.people.items() if str(person) == key)


def prepare_survey(
    world: World, version_id: int, questions: Sequence[str] = ("Saya mampu",)
) -> dict[str, int]:
    """Wave ids by kind."""
    with world.writing() as session:
        survey = surveys.prepare_survey(
            session,
            actor=world.actor(session, "quality"),
            version_id=version_id,
            questions=questions,
            before=BEFORE,
            after=AFTER,
        )
        return {wave.kind: wave.id for wave in survey.waves}


def open_wave(world: World, wave_id: int) -> None:
    with world.writing() as session:
        surveys.open_wave(session, actor=world.actor(session, "clock"), wave_id=wave_id)


def close_wave(world: World, wave_id: int) -> None:
    with world.writing() as session:
        surveys.close_wave(session, actor=world.actor(session, "clock"), wave_id=wave_id)


def invitation_of(session: Session, world: World, wave_id: int, respondent: str, assessed: str) -> Invitation:
    return session.scalars(
        select(Invitation).where(
            Invitation.wave_id == wave_id,
            Invitation.respondent_id == world.people[respondent],
            Invitation.assessed_id == world.people[assessed],
        )
    ).one()


def answer(world: World, wave_id: int, respondent: str, assessed: str, *scores: int) -> None:
    """One answer in its own transaction, as people give them."""
    with world.writing() as session:
        invitation = invitation_of(session, world, wave_id, respondent, assessed)
        surveys.answer(
            session, actor=world.actor(session, respondent), invitation_id=invitation.id, scores=scores
        )


def to_running(world: World, learners: Sequence[str] = LEARNERS, **changes: Any) -> int:
    """Everybody is enrolled and delivered; the day of the start has come."""
    version_id = to_approved(world, **changes)
    enrol(world, version_id, learners)
    deliver(world)
    prepare_survey(world, version_id)
    world.clock.go(STARTS)
    with world.writing() as session:
        enrolments.start(session, actor=world.actor(session, "planner"), version_id=version_id)
    return version_id


def fact(world: World, name: str, when: datetime = FINISHED, **changes: Any) -> LearningFact:
    values: dict[str, Any] = {
        "kind": "course_completed",
        "site": "http://lms.test",
        "account": remote_id(world, name),
        "account_kind": "id",
        "course_ref": "7",
        "when": when,
    }
    return LearningFact(**{**values, **changes})


def report(world: World, *facts: LearningFact) -> list[int]:
    """Facts arrive by polling, each applied in turn."""
    with world.writing() as session:
        return [
            records.apply_fact(session, site_id=world.site, fact=one, source="polling").id for one in facts
        ]


def wave_ids(world: World, version_id: int) -> dict[str, int]:
    with world.trying() as session:
        waves = session.scalars(select(Wave).join(Survey).where(Survey.version_id == version_id))
        return {wave.kind: wave.id for wave in waves}


def run_waves(
    world: World, version_id: int, before: dict[str, int], after: dict[str, int], learners: Sequence[str]
) -> None:
    """Both waves from opening to close; each named learner answers about themselves with one score."""
    waves = wave_ids(world, version_id)
    open_wave(world, waves["before"])
    for name, score in before.items():
        answer(world, waves["before"], name, name, score)
    close_wave(world, waves["before"])
    world.clock.go(ENDS, hour=18)
    report(world, *(fact(world, name) for name in learners))
    world.clock.go(AFTER[0])
    open_wave(world, waves["after"])
    for name, score in after.items():
        answer(world, waves["after"], name, name, score)
    world.clock.go(AFTER[1] + timedelta(days=1))
    close_wave(world, waves["after"])


def evaluate(world: World, version_id: int, outcome: str = "improved") -> None:
    with world.writing() as session:
        evaluations.evaluate(
            session,
            actor=world.actor(session, "quality"),
            version_id=version_id,
            outcome=outcome,
            reason="Nilai naik",
        )


def to_evaluated(world: World, **changes: Any) -> int:
    version_id = to_running(world, **changes)
    scores = dict.fromkeys(LEARNERS, 2)
    run_waves(world, version_id, scores, dict.fromkeys(LEARNERS, 4), LEARNERS)
    evaluate(world, version_id)
    return version_id


def revise(world: World, version_id: int) -> int:
    with world.writing() as session:
        return evaluations.revise(
            session,
            actor=world.actor(session, "quality"),
            version_id=version_id,
            finding="Praktik kurang",
            cause="Hanya 2 hari",
            change="Tambah pendampingan",
        ).id


def to_revised(world: World, **changes: Any) -> int:
    """The version that was revised; its next version is ``proposed``."""
    version_id = to_evaluated(world, **changes)
    revise(world, version_id)
    return version_id


def to_rejected(world: World, **changes: Any) -> int:
    version_id = to_approval(world, **changes)
    decide(world, "unit_head", version_id, "unit_head", "reject")
    return version_id


def enrolment_of(session: Session, world: World, version_id: int, name: str) -> Enrolment:
    return session.scalars(
        select(Enrolment)
        .join(Batch)
        .where(Batch.version_id == version_id, Enrolment.person_id == world.people[name])
    ).one()
